/** The longest that a timer of the platform can wait, in milliseconds; beyond, it fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Waits `ms` milliseconds, however many; rejects with the signal's reason as soon as it aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = ms;
    let timer: NodeJS.Timeout | undefined;
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const wait = (): void => {
      const now = Math.min(left, LONGEST_TIMER_MS);
      left -= now;
      timer = setTimeout(left > 0 ? wait : done, now);
    };
    const done = (): void => {
      signal.removeEventListener("abort", stop);
      resolve();
    };
    wait();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
  });
}

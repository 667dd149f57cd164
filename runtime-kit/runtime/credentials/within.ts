import type { Clock } from "../../wire/time.js";
import { createTimer } from "../timer.js";

/**
 * Waits for what somebody else does, but no longer than `ms`: then its signal aborts, and this rejects, whatever comes
 * of it later.
 */
export function within<T>(
  clock: Clock,
  ms: number,
  action: (signal: AbortSignal) => T | Promise<T>,
  over?: AbortSignal,
): Promise<T> {
  const controller = new AbortController();
  return new Promise<T>((resolve, reject) => {
    const giveUp = (error: Error): void => {
      controller.abort(error);
      reject(error);
    };
    const late = () => giveUp(new Error(`no answer within ${ms} ms`));
    const timer = createTimer(clock, late);
    timer.set(clock.monotonic() + ms);
    const ended = (): void => giveUp(over?.reason as Error);
    over?.addEventListener("abort", ended);
    const settled = (): void => {
      timer.set(undefined);
      over?.removeEventListener("abort", ended);
    };
    if (over?.aborted === true) ended();
    // Called in a turn of its own: what throws at once rejects like the rest.
    Promise.resolve()
      .then(() => action(controller.signal))
      .then(resolve, reject)
      .finally(settled);
  });
}

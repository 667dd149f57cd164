/** So many at the same time; the others wait for their turn, in order. */
export interface Turns {
  take<T>(action: () => Promise<T>): Promise<T>;
  /** Resolves when none is left, or `over` aborts. */
  idle(over: AbortSignal): Promise<void>;
}

export function createTurns(atOnce: number): Turns {
  const waiting: (() => void)[] = [];
  const idle = new Set<() => void>();
  let running = 0;

  function leave(): void {
    const next = waiting.shift();
    // Who comes next has the turn of who leaves.
    if (next !== undefined) return next();
    running -= 1;
    if (running === 0) for (const tell of idle) tell();
  }

  return {
    async take(action) {
      if (running < atOnce) running += 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await action();
      } finally {
        leave();
      }
    },
    async idle(over) {
      if (running === 0 || over.aborted) return;
      await new Promise<void>((resolve) => {
        idle.add(resolve);
        over.addEventListener("abort", () => resolve());
      });
    },
  };
}

import type { Clock } from "../wire/time.js";
import { createTimer } from "./timer.js";

/** What is being waited for; each can be given up. */
export type Waits = Set<(reason: Error) => void>;

/**
 * Waits for what somebody else does, but no longer than `ms`, nor than until it is given up: then its signal aborts, and
 * this rejects, whatever comes of it later.
 */
export function within<T>(
  clock: Clock,
  ms: number,
  action: (signal: AbortSignal) => T | Promise<T>,
  waits: Waits = new Set(),
): Promise<T> {
  const controller = new AbortController();
  return new Promise<T>((resolve, reject) => {
    const giveUp = (reason: Error): void => {
      controller.abort(reason);
      reject(reason);
    };
    const timer = createTimer(clock, () => giveUp(new Error(`no answer within ${ms} ms`)));
    timer.set(clock.monotonic() + ms);
    waits.add(giveUp);
    // Called in a turn of its own: what throws at once rejects like the rest.
    Promise.resolve()
      .then(() => action(controller.signal))
      .then(resolve, reject)
      .finally(() => {
        timer.set(undefined);
        waits.delete(giveUp);
      });
  });
}

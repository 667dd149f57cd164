/**
 * A promise that may be left alone. Who awaits it is told what it rejects with; who does not must not end the process,
 * which may be somebody's application that hosts agents (`unhandledRejection`).
 */
export function optional<P extends Promise<unknown>>(promise: P): P {
  promise.catch(() => {});
  return promise;
}

/** A function whose promises may be left alone. */
export function optionally<F extends (...args: never[]) => Promise<unknown>>(door: F): F {
  return ((...args) => optional(door(...args))) as F;
}

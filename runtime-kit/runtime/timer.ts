import type { Clock } from "../wire/time.js";

/** The one timer of a machine (law 5): set to its next deadline after each step. */
export interface Timer {
  /** Moves the timer; `undefined` stops it. */
  set(at: number | undefined): void;
}

export function createTimer(clock: Clock, fire: () => void): Timer {
  let armed: number | undefined;
  let cancel = () => {};
  return {
    set(at) {
      if (at === armed) return;
      cancel();
      armed = at;
      cancel =
        at === undefined
          ? () => {}
          : clock.timer(at, () => {
              armed = undefined;
              fire();
            });
    },
  };
}

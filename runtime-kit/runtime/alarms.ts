import type { Clock } from "../wire/time.js";

/**
 * Deadlines that users know by the time of day: the end of a lease, or of a token. Their timers count by the monotonic
 * clock, which stands still while a machine sleeps and knows of no clock that is set; so they are looked at as well when
 * the wall clock has jumped. While there is none, nobody looks at any clock.
 */
export interface Alarms {
  /** Calls `ring` once if the wall clock jumps to `at`, or beyond. Takes the place of the owner's former one. */
  set(owner: object, at: number, ring: () => void): void;
  /** The owner's deadline stands no longer. */
  clear(owner: object): void;
}

export function createAlarms(clock: Clock): Alarms {
  const alarms = new Map<object, { readonly at: number; readonly ring: () => void }>();
  let stop: (() => void) | undefined;

  function look(): void {
    const wall = clock.wall();
    for (const [owner, { at, ring }] of alarms) {
      if (at > wall) continue;
      clear(owner);
      ring();
    }
  }

  function clear(owner: object): void {
    if (!alarms.delete(owner) || alarms.size > 0) return;
    stop?.();
    stop = undefined;
  }

  return {
    set(owner, at, ring) {
      alarms.set(owner, { at, ring });
      stop ??= clock.onJump?.(look);
    },
    clear,
  };
}

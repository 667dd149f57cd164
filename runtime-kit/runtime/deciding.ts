import type { Clock } from "../wire/time.js";
import type { Key } from "./keys.js";
import { within } from "./within.js";

/**
 * Decides about a submit with a key when nobody else decides about one with that key: the two are most likely one job, of which
 * policy and provisioner are asked once (IDEM-10). Rejects as `decide` does. §7.2
 */
export type Deciding = (principal: string, key: Key, decide: () => Promise<void>) => Promise<void>;

/** @param patienceMs how long others are waited for in all; what takes longer hangs, and is nobody else's trouble */
export function createDeciding(clock: Clock, patienceMs: number): Deciding {
  const open = new Map<string, Promise<unknown>>();

  return async (principal, { name }, decide) => {
    const at = JSON.stringify([principal, name]);
    const until = clock.monotonic() + patienceMs;
    // Where the first was refused the key is still to be used (IDEM-09), and one of those that waited is the next first.
    for (let other = open.get(at); other !== undefined; other = open.get(at)) {
      const left = until - clock.monotonic();
      if (left <= 0) return decide();
      await within(clock, left, () => other).catch(() => {});
    }
    // In the table before anything is asked, which may ask for the same.
    let over = (): void => {};
    open.set(at, new Promise<void>((resolve) => (over = resolve)));
    try {
      await decide();
    } finally {
      open.delete(at);
      over();
    }
  };
}

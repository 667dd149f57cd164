/**
 * The real time and the real chance, from what browsers and every server-side runtime have. The pure
 * rooms never see them (law 5).
 */
import type { Clock, Entropy } from "../wire/time.js";

/** The longest delay that `setTimeout` takes, in milliseconds; beyond it fires at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** How often a clock is looked at that may be set, and from which difference on it was, in milliseconds. */
const LOOK_MS = 1_000;
const JUMP_MS = 100;

const monotonic = (): number => performance.now();

/**
 * A clock that reads the system's: `performance.now` for durations, `Date.now` for dates. Its timers keep no process
 * alive: a runtime lives as long as its listener, and whoever waits for one says so with `stayAlive`. Nobody tells a
 * program that its clock was set: while somebody wants to know of jumps, it is looked at each second.
 */
export function systemClock(): Clock {
  return {
    monotonic,
    wall: () => Date.now(),
    timer(at, callback) {
      let handle: ReturnType<typeof setTimeout> | undefined;
      const arm = (): void => {
        // Rounded up: a timer that is a fraction early would only be armed again.
        const delay = Math.min(Math.max(Math.ceil(at - monotonic()), 0), LONGEST_DELAY_MS);
        handle = setTimeout(fire, delay);
        unref(handle);
      };
      const fire = (): void => {
        if (monotonic() < at) arm();
        else callback();
      };
      if (at !== Infinity) arm();
      return () => clearTimeout(handle);
    },
    onJump(callback) {
      const aheadNow = (): number => Date.now() - monotonic();
      let ahead = aheadNow();
      const look = (): void => {
        const now = aheadNow();
        // Against what was last told: a clock that is made right little by little has jumped, too, at some time.
        if (Math.abs(now - ahead) < JUMP_MS) return;
        ahead = now;
        callback();
      };
      const handle = setInterval(look, LOOK_MS);
      unref(handle);
      return () => clearInterval(handle);
    },
  };
}

/**
 * Keeps the process alive until what it returns is called, where there is a process: a promise does not, and one
 * that waits for timers of the clock would never settle in a program that has nothing else.
 */
export function stayAlive(): () => void {
  const handle = setInterval(() => {}, LONGEST_DELAY_MS);
  return () => clearInterval(handle);
}

/** The most that `getRandomValues` gives at once, in bytes. */
const LARGEST_DRAW = 65_536;

/** Bytes drawn ahead: a draw costs the same for one as for all of them, and an id needs sixteen. */
const pool = new Uint8Array(4096);
let spent = pool.length;

/** Unpredictable bytes from the platform's `crypto`. */
export const systemEntropy: Entropy = (length) => {
  if (length <= 64) return fromPool(length);
  const bytes = new Uint8Array(length);
  for (let from = 0; from < length; from += LARGEST_DRAW) {
    crypto.getRandomValues(bytes.subarray(from, Math.min(from + LARGEST_DRAW, length)));
  }
  return bytes;
};

/** Bytes that were never given before; the pool forgets them. */
function fromPool(length: number): Uint8Array {
  if (spent + length > pool.length) {
    crypto.getRandomValues(pool);
    spent = 0;
  }
  const bytes = pool.slice(spent, spent + length);
  pool.fill(0, spent, spent + length);
  spent += length;
  return bytes;
}

/** Lets the process end although the timer is pending, where there is a process. */
export function unref(handle: ReturnType<typeof setTimeout>): void {
  if (typeof handle === "object") (handle as { unref?: () => void }).unref?.();
}

import type { Clock } from "../wire/time.js";

/** A clock that stands still until a test moves it. */
export interface TestClock extends Clock {
  /**
   * Lets `ms` milliseconds pass. Every timer that falls due on the way runs at its own time, in order, and what
   * it sets off in memory settles before the next. What waits for the world outside (a file, the network, the
   * platform's cryptography) does not settle by itself: await it first.
   */
  advance(ms: number): Promise<void>;
  /**
   * Sets the wall clock so much ahead, or back where it is negative, without any time passing: as an operator does, or a
   * machine that slept.
   */
  jump(ms: number): Promise<void>;
}

/** Turns of the event loop in which what is only in memory comes to rest. */
const TURNS = 12;

/** A clock for `createRuntime`, `connect` and whatever else takes one; begins at `wall`, 2026 by default. */
export function testClock(options: { readonly wall?: number } = {}): TestClock {
  const epoch = options.wall ?? Date.UTC(2026, 0);
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  const jumped = new Set<() => void>();
  let now = 0;
  let ahead = 0;

  /** The timer that is due first, no later than `until`. */
  function next(until: number) {
    let first: { readonly at: number; readonly run: () => void } | undefined;
    for (const timer of timers) {
      if (timer.at <= until && (first === undefined || timer.at < first.at)) first = timer;
    }
    return first;
  }

  return {
    monotonic: () => now,
    wall: () => epoch + now + ahead,
    timer(at, run) {
      const timer = { at, run };
      timers.add(timer);
      // What is due already needs no time to pass.
      if (at <= now) void turn().then(() => timers.delete(timer) && run());
      return () => void timers.delete(timer);
    },
    onJump(callback) {
      const one = () => callback();
      jumped.add(one);
      return () => void jumped.delete(one);
    },
    async jump(ms) {
      ahead += ms;
      for (const tell of jumped) tell();
      await settled();
    },
    async advance(ms) {
      if (!(ms >= 0)) throw new RangeError(`time only goes on: advance(${ms})`);
      const until = now + ms;
      await settled();
      for (let due = next(until); due !== undefined; due = next(until)) {
        now = Math.max(now, due.at);
        timers.delete(due);
        due.run();
        await settled();
      }
      now = until;
    },
  };
}

async function settled(): Promise<void> {
  for (let at = 0; at < TURNS; at += 1) await turn();
}

/** One turn of the event loop, with all its microtasks. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}

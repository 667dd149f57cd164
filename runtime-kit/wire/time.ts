/**
 * Time and chance as arguments (law 5). The pure rooms know only these shapes; `transports/system.ts`
 * holds the real ones and `arcp/testing` holds those a test can move by hand.
 */
export interface Clock {
  /** Milliseconds that only ever grow, for durations and deadlines. */
  monotonic(): number;
  /** Milliseconds since the epoch, for what is printed on the wire. */
  wall(): number;
  /** Calls `callback` once, when `monotonic()` has reached `at` milliseconds. Returns what cancels it. */
  timer(at: number, callback: () => void): () => void;
  /**
   * Calls `callback` each time `wall()` has gone otherwise than `monotonic()`, soon after: it was set, or the machine
   * slept. Returns what ends that. A clock without it is never set.
   */
  onJump?(callback: () => void): () => void;
}

/** Gives `length` fresh unpredictable bytes. */
export type Entropy = (length: number) => Uint8Array;

/** The instant at which a machine takes a step, by both clocks, in milliseconds. */
export interface Now {
  readonly monotonic: number;
  readonly wall: number;
}

export function nowOf(clock: Clock): Now {
  return { monotonic: clock.monotonic(), wall: clock.wall() };
}

/** RFC 3339 in UTC with milliseconds, as every timestamp that we send. */
export function timestamp(wall: number): string {
  if (wall !== lastWall) {
    lastWall = wall;
    lastText = new Date(wall).toISOString();
  }
  return lastText;
}

/** What somebody says who means for ever: RFC 3339 reaches no further. */
const LATEST = Date.UTC(10_000, 0) - 1;

/** An instant of a program's, as the wire says it: at most the end of the year 9999. Throws for an invalid date. */
export function instantOf(date: Date): string {
  return new Date(Math.min(date.getTime(), LATEST)).toISOString();
}

// Events of one turn share their millisecond, and formatting a date costs more than all else in a frame.
let lastWall = Number.NaN;
let lastText = "";

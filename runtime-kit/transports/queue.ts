/**
 * The frames that have arrived and that nobody has read yet: what stands behind every `incoming`.
 */
import type { Closed, Incoming } from "./port.js";

/** Marks and hooks of a queue. Sizes are in UTF-16 units, each frame counted with a small overhead. */
export interface FrameQueueOptions {
  /** At or above this size the queue is full. Default 1 MiB. */
  readonly high?: number;
  /** A full queue is ready again at or below this size. Default half of `high`. */
  readonly low?: number;
  /** The queue became full: stop reading from the peer. */
  readonly onFull?: () => void;
  /** The queue was full and is ready again: go on reading. */
  readonly onReady?: () => void;
  /** The reader stopped before the end (`return()`): close the transport. */
  readonly onStop?: () => void;
}

type Result = IteratorResult<string, Closed>;

/** What a queued frame costs besides its text, so that a flood of empty frames is bounded too. */
const FRAME_OVERHEAD = 64;

const NOBODY: readonly never[] = [];

/** The end that a reader makes by itself. */
const STOPPED: Closed = { code: 1000, reason: "" };

/**
 * A queue of frames that is read as an async iterator. Every operation is O(1) amortised; a frame that
 * is already queued costs one resolved promise with `next()` and none with `take()`.
 *
 * Pushing never runs the reader's code: a waiting reader goes on in a later microtask.
 */
export class FrameQueue implements Incoming, AsyncIterator<string, Closed, undefined> {
  readonly #high: number;
  readonly #low: number;
  readonly #options: FrameQueueOptions;
  /** Frames in two arrays, one written and one read, exchanged when the second is empty. */
  #written: string[] = [];
  #reading: string[] = [];
  #position = 0;
  #size = 0;
  #full = false;
  #closed: Closed | undefined;
  /** Readers that wait, one as a rule; made anew for each, as an array that is pushed to has room for many. */
  #waiting: readonly ((result: Result) => void)[] = NOBODY;

  constructor(options: FrameQueueOptions = {}) {
    this.#options = options;
    this.#high = options.high ?? 1024 * 1024;
    this.#low = options.low ?? Math.floor(this.#high / 2);
  }

  /** Whether the writer should wait. */
  get full(): boolean {
    return this.#full;
  }

  /** How the transport ended, once it has; frames may still be queued before that end. */
  get closed(): Closed | undefined {
    return this.#closed;
  }

  /** What is queued, in UTF-16 units with the overhead of each frame. */
  get size(): number {
    return this.#size;
  }

  /** Adds a frame at the end. After the end it is dropped. */
  push(frame: string): void {
    if (this.#closed !== undefined) return;
    const [first, ...others] = this.#waiting;
    if (first !== undefined) {
      this.#waiting = others.length === 0 ? NOBODY : others;
      first({ value: frame, done: false });
      return;
    }
    this.#written.push(frame);
    this.#size += frame.length + FRAME_OVERHEAD;
    if (!this.#full && this.#size >= this.#high) {
      this.#full = true;
      this.#options.onFull?.();
    }
  }

  /** Ends the queue after the frames that are in it. Only the first end counts. */
  end(closed: Closed): void {
    if (this.#closed !== undefined) return;
    this.#closed = closed;
    const waiting = this.#waiting;
    this.#waiting = NOBODY;
    for (const wake of waiting) wake({ value: closed, done: true });
  }

  /** Ends the queue at once and drops the frames that are in it. */
  discard(closed: Closed): void {
    this.#written = [];
    this.#reading = [];
    this.#position = 0;
    this.#size = 0;
    this.end(closed);
    this.#relieve();
  }

  /** The next frame, if one is here. */
  take(): string | undefined {
    if (this.#position === this.#reading.length) {
      if (this.#written.length === 0) {
        if (this.#position > 0) this.#reading = [];
        this.#position = 0;
        return undefined;
      }
      this.#reading = this.#written;
      this.#written = [];
      this.#position = 0;
    }
    const frame = this.#reading[this.#position] as string;
    this.#reading[this.#position] = ""; // lets go of a large frame before the whole array is read
    this.#position += 1;
    this.#size -= frame.length + FRAME_OVERHEAD;
    this.#relieve();
    return frame;
  }

  next(): Promise<Result> {
    const frame = this.take();
    if (frame !== undefined) return Promise.resolve({ value: frame, done: false });
    const closed = this.#closed;
    if (closed !== undefined) return Promise.resolve({ value: closed, done: true });
    return new Promise((resolve) => {
      this.#waiting = this.#waiting.length === 0 ? [resolve] : [...this.#waiting, resolve];
    });
  }

  return(): Promise<Result> {
    if (this.#closed === undefined) this.#options.onStop?.();
    this.discard(STOPPED);
    return Promise.resolve({ value: this.#closed ?? STOPPED, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #relieve(): void {
    if (!this.#full || this.#size > this.#low) return;
    this.#full = false;
    this.#options.onReady?.();
  }
}

/** Calls that wait until a peer has room: `wait` adds one, `release` lets all of them go. */
export class Waiters {
  #promise: Promise<void> | undefined;
  #resolve: (() => void) | undefined;

  /** A promise shared by all who wait until the next `release`. */
  wait(): Promise<void> {
    return (this.#promise ??= new Promise((resolve) => (this.#resolve = resolve)));
  }

  release(): void {
    const resolve = this.#resolve;
    this.#promise = undefined;
    this.#resolve = undefined;
    resolve?.();
  }
}

/** The answer of every `send` that need not wait. */
export const DONE: Promise<void> = Promise.resolve();

import type { ReceivedEvent } from "./job-event.js";

/** What a queue tells those around it. */
export interface QueueHooks {
  /** The event with this number is read, or nobody is going to read it. */
  read(seq: number): void;
  /** Whether another process may go on reading: then what goes unread here stays unread. */
  readonly shared: boolean;
  /** `1`: somebody waits for the next frame; `-1`: no longer. */
  waiting(change: 1 | -1): void;
  /** Whether the reader is behind by more than the bound, or not any more. */
  full(full: boolean): void;
  /** Calls `over` once a program has had its time to begin to read; returns what calls that off. */
  grace(over: () => void): () => void;
}

interface Entry {
  readonly event: ReceivedEvent;
  readonly size: number;
}

type Result = IteratorResult<ReceivedEvent, undefined>;

/**
 * The events of one job that nobody has read yet, from its acceptance on. Who reads decides what is
 * acknowledged:
 *
 * - `kept`: nobody has begun. Nothing is acknowledged.
 * - `read`: a loop is open. An event is acknowledged when the loop asks for the next one.
 * - `skimmed`: the program waits for the result alone, or left its loop. All is acknowledged at once.
 *
 * Beyond the bound an open loop makes the queue `full`, which may slow the peer. So does a program that has not begun,
 * for a moment: it may be about to. After that, or at twice the bound, the oldest events go, counted in `dropped`.
 */
export class EventQueue {
  dropped = 0;
  readonly #hooks: QueueHooks;
  readonly #bound: { readonly events: number; readonly size: number };
  #mode: "kept" | "read" | "skimmed" = "kept";
  #entries: Entry[] = [];
  #head = 0;
  #size = 0;
  #full = false;
  /** What calls the grace off, while it lasts; `over` once it was given. */
  #grace: (() => void) | "over" | undefined;
  /** The newest number that was told as read. */
  #told = 0;
  #lastSeq: number | undefined;
  #end: { readonly error: Error | undefined } | undefined;
  #waiter: ((result: Promise<Result>) => void) | undefined;

  constructor(hooks: QueueHooks, bound: { readonly events: number; readonly size: number }) {
    this.#hooks = hooks;
    this.#bound = bound;
  }

  /** The newest number that was told as read, of the job's end too. */
  get told(): number {
    return this.#told;
  }

  /** Whether the end is told as read. */
  get finished(): boolean {
    return this.#lastSeq !== undefined && this.#told >= this.#lastSeq;
  }

  push(event: ReceivedEvent, size: number): void {
    if (this.#waiter !== undefined) {
      this.#wake(Promise.resolve({ value: event, done: false }));
      return;
    }
    this.#entries.push({ event, size });
    this.#size += size;
    if (this.#mode === "skimmed") this.#tell(event.seq);
    this.#keepBound();
  }

  /** The job's terminal came, with this number; or, with an error, the job was cut off. */
  end(seq: number | undefined, error?: Error): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    this.#lastSeq = seq;
    if (this.#mode === "skimmed") this.#tellAll();
    if (this.#waiter !== undefined) this.#wake(this.#atEnd());
    this.#endGrace();
    this.#setFull(false);
  }

  /** The program waits for something that no unread event may hold up. */
  skim(): void {
    if (this.#mode !== "kept") return;
    this.#mode = "skimmed";
    this.#endGrace();
    this.#setFull(false);
    this.#tellAll();
    this.#keepBound();
  }

  /** Begins to read. One loop at a time: two would share the events out between them. */
  open(): AsyncIterableIterator<ReceivedEvent, undefined> {
    if (this.#mode === "read") throw new TypeError("the events of this job are being read already");
    this.#mode = "read";
    this.#endGrace();
    let current: number | undefined;
    let open = true;
    const passed = (): void => {
      if (current !== undefined) this.#tell(current);
      current = undefined;
    };
    const leave = (): void => {
      if (open) this.#leave();
      open = false;
    };
    const iterator: AsyncIterableIterator<ReceivedEvent, undefined> = {
      next: async () => {
        passed();
        if (!open) return NOTHING;
        try {
          const result = await this.#next();
          if (result.done === true) leave();
          current = result.value?.seq;
          return result;
        } catch (error) {
          leave();
          throw error;
        }
      },
      return: () => {
        passed();
        leave();
        return NOTHING;
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  #next(): Promise<Result> {
    const entry = this.#shift();
    if (entry !== undefined) return Promise.resolve({ value: entry.event, done: false });
    if (this.#end !== undefined) return this.#atEnd();
    if (this.#waiter !== undefined) return Promise.reject(new TypeError("next() is under way"));
    this.#hooks.waiting(1);
    return new Promise((resolve) => (this.#waiter = resolve));
  }

  #wake(result: Promise<Result>): void {
    const waiter = this.#waiter;
    if (waiter === undefined) return;
    this.#waiter = undefined;
    this.#hooks.waiting(-1);
    waiter(result);
  }

  /** Ended and cut off never look the same: the loop of a job that was cut off throws. */
  #atEnd(): Promise<Result> {
    if (this.#end?.error !== undefined) return Promise.reject(this.#end.error);
    this.#tellAll();
    return NOTHING;
  }

  #leave(): void {
    this.#mode = "skimmed";
    this.#wake(NOTHING);
    this.#setFull(false);
    this.#tellAll();
    this.#keepBound();
  }

  #shift(): Entry | undefined {
    const entry = this.#entries[this.#head];
    if (entry === undefined) return undefined;
    this.#head += 1;
    this.#size -= entry.size;
    if (this.#head === this.#entries.length) {
      this.#entries = [];
      this.#head = 0;
    } else if (this.#head > 1024 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    if (this.#full && !this.#over(0.5)) this.#setFull(false);
    return entry;
  }

  #keepBound(): void {
    if (!this.#over(1)) return;
    if (this.#mode === "read") {
      this.#setFull(true);
      return;
    }
    if (this.#mode === "kept" && this.#grace !== "over") {
      this.#setFull(true);
      this.#grace ??= this.#hooks.grace(() => {
        this.#endGrace();
        this.#setFull(false);
        this.#keepBound();
      });
      // Others may have frames that they wait for, which come with more of these.
      if (!this.#over(2)) return;
      this.#endGrace();
      this.#setFull(false);
    }
    while (this.#over(1)) {
      const oldest = this.#shift();
      if (oldest === undefined) return;
      this.dropped += 1;
      if (this.#mode !== "kept" || !this.#hooks.shared) this.#tell(oldest.event.seq);
    }
  }

  #endGrace(): void {
    if (typeof this.#grace === "function") this.#grace();
    this.#grace = "over";
  }

  #over(part: number): boolean {
    const { events, size } = this.#bound;
    return this.#entries.length - this.#head > events * part || this.#size > size * part;
  }

  #setFull(full: boolean): void {
    if (this.#full === full) return;
    this.#full = full;
    this.#hooks.full(full);
  }

  #tellAll(): void {
    for (let at = this.#head; at < this.#entries.length; at++) {
      this.#tell(this.#entries[at]!.event.seq);
    }
    if (this.#lastSeq !== undefined) this.#tell(this.#lastSeq);
  }

  #tell(seq: number): void {
    if (seq <= this.#told) return;
    this.#told = seq;
    this.#hooks.read(seq);
  }
}

const NOTHING: Promise<Result> = Promise.resolve({ value: undefined, done: true });

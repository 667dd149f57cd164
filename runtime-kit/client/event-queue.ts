import type { ReceivedEvent } from "./job-event.js";

/** What a queue tells those around it. */
export interface QueueHooks {
  /** The event with this number is read, or nobody is going to read it. */
  read(seq: number): void;
  /** `1`: somebody waits for the next frame; `-1`: no longer. */
  waiting(change: 1 | -1): void;
  /** Whether the reader is behind by more than the bound, or not any more. */
  full(full: boolean): void;
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
 * Beyond the bound an open loop makes the queue `full`, which may slow the peer; without one the oldest
 * events go, counted in `dropped`.
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
    this.#setFull(false);
  }

  /** The program waits for something that no unread event may hold up. */
  skim(): void {
    if (this.#mode !== "kept") return;
    this.#mode = "skimmed";
    this.#tellAll();
  }

  /** Begins to read. One loop at a time: two would share the events out between them. */
  open(): AsyncIterableIterator<ReceivedEvent, undefined> {
    if (this.#mode === "read") throw new TypeError("the events of this job are being read already");
    this.#mode = "read";
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
    while (this.#over(1)) {
      const oldest = this.#shift();
      if (oldest === undefined) return;
      this.dropped += 1;
      this.#tell(oldest.event.seq);
    }
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

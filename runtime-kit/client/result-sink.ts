import type { ResultChunkBody } from "../../generated/current/index.js";
import { addChunk, createAssembly, resultProblem, takeBytes, takeWhole } from "../jobs/chunks.js";
import type { Assembly } from "../jobs/chunks.js";
import { ConnectionError } from "../wire/errors.js";
import type { QueueHooks } from "./event-queue.js";
import type { Outcome } from "./outcome.js";

type Success = Extract<Outcome, { ok: true }>;

/** What a stream may hold unread before it counts as full, in bytes. */
const STREAM_MARK = 4 * 1024 * 1024;

/** Puts a job's result together, or hands it on as it comes. §8.4 */
export class ResultSink {
  readonly #hooks: QueueHooks;
  readonly #maxBytes: number;
  #assembly: Assembly | undefined;
  #problem: ConnectionError | undefined;
  #value: { readonly value: unknown } | undefined;
  #stream: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** The stream's reader waits for bytes. */
  #pulled: (() => void) | undefined;
  /** One for each chunk in the assembly that came or was there since the stream was opened. */
  #unread: { readonly seq: number | undefined; readonly size: number }[] = [];
  #held = 0;
  #full = false;
  #end: { readonly outcome?: Success; readonly error?: Error } | undefined;

  constructor(hooks: QueueHooks, maxBytes: number) {
    this.#hooks = hooks;
    this.#maxBytes = maxBytes;
  }

  /** Whether a stream was opened, to which alone the chunks then belong. */
  get streaming(): boolean {
    return this.#stream !== undefined;
  }

  /** Whether a reader of the stream, where there is one, has had all of it. */
  get drained(): boolean {
    return this.#stream === undefined || (this.#end !== undefined && this.#unread.length === 0);
  }

  add(chunk: ResultChunkBody, seq: number): void {
    const added = this.#problem === undefined && this.#take(chunk);
    if (this.#stream === undefined) return;
    // What is damaged or was there before nobody will read: it must not hold up what others read.
    if (!added) this.#hooks.read(seq);
    else this.#unread.push({ seq, size: chunk.data.length });
    this.#held += added ? chunk.data.length : 0;
    this.#flow();
    if (this.#held > STREAM_MARK) this.#setFull(true);
  }

  /** Whether the chunk brought something new. */
  #take(chunk: ResultChunkBody): boolean {
    this.#assembly ??= createAssembly(chunk.result_id, {
      maxBytes: this.streaming ? Infinity : this.#maxBytes,
    });
    const verdict = addChunk(this.#assembly, chunk);
    if (!verdict.ok) this.#spoil(verdict.problem);
    return verdict.ok && !verdict.repeated;
  }

  #spoil(problem: string): void {
    this.#problem = new ConnectionError("PROTOCOL", problem);
    if (this.#assembly !== undefined) this.#assembly.parts = [];
    while (this.#unread.length > 0) this.#tellRead();
  }

  /** The job ended; `error` says how it failed, or that it was cut off. */
  end(end: { readonly outcome?: Success; readonly error?: Error }): void {
    this.#end = end;
    if (end.outcome !== undefined && this.#problem === undefined) this.#check(end.outcome);
    this.#flow();
    this.#setFull(false);
  }

  #check(outcome: Success): void {
    const assembly = this.#assembly;
    if (outcome.inline !== undefined && outcome.resultId === undefined) return;
    if (assembly === undefined) {
      if (outcome.resultId !== undefined && outcome.inline === undefined) {
        this.#spoil(`result ${outcome.resultId} was streamed, and not one chunk of it came`);
      }
      return;
    }
    const foreign = outcome.resultId !== undefined && outcome.resultId !== assembly.resultId;
    const problem = foreign
      ? `the job ended with result ${outcome.resultId}, and the chunks are of ${assembly.resultId}`
      : resultProblem(assembly, outcome.size);
    if (problem !== undefined) this.#spoil(problem);
  }

  /** The result of a job that has succeeded; the same value each time. */
  value(outcome: Success): unknown {
    if (this.#problem !== undefined) throw this.#problem;
    if (this.#value !== undefined) return this.#value.value;
    const streamed = this.#assembly !== undefined && !this.#isInline(outcome);
    if (streamed && this.streaming) {
      throw new TypeError("the result was taken as a stream; it is not kept twice");
    }
    this.#value = { value: streamed ? whole(this.#assembly!, outcome) : outcome.inline?.value };
    return this.#value.value;
  }

  #isInline(outcome: Success): boolean {
    return outcome.inline !== undefined && outcome.resultId === undefined;
  }

  /** The result as bytes while it comes. Once. */
  stream(): ReadableStream<Uint8Array> {
    if (this.#stream !== undefined || this.#value !== undefined) {
      throw new TypeError("the result of this job has been taken already");
    }
    if (this.#assembly !== undefined) {
      this.#assembly = { ...this.#assembly, maxBytes: Infinity };
      // These were events too, and are acknowledged as such.
      this.#unread = this.#assembly.parts.map(() => ({ seq: undefined, size: 0 }));
    }
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => void (this.#stream = controller),
        pull: () =>
          new Promise<void>((resolve) => {
            this.#pulled = resolve;
            this.#hooks.waiting(1);
            this.#flow();
          }),
        cancel: () => this.#release(),
      },
      { highWaterMark: 0 },
    );
  }

  /** Gives the reader what there is: bytes, the end, or the reason why there is none. */
  #flow(): void {
    const controller = this.#stream;
    if (controller === undefined || this.#pulled === undefined) return;
    if (this.#problem !== undefined) {
      this.#settle();
      controller.error(this.#problem);
      return;
    }
    for (;;) {
      const [piece] = this.#assembly === undefined ? [] : takeBytes(this.#assembly, 1);
      if (piece === undefined) break;
      this.#tellRead();
      if (piece.length === 0) continue;
      // One at a time: what waits here is not acknowledged, and slows the runtime.
      controller.enqueue(piece);
      this.#settle();
      return;
    }
    this.#flowEnd(controller);
  }

  #flowEnd(controller: ReadableStreamDefaultController<Uint8Array>): void {
    if (this.#end === undefined) return;
    this.#settle();
    const { outcome, error } = this.#end;
    if (error !== undefined || outcome === undefined) {
      controller.error(error);
      return;
    }
    if (this.#isInline(outcome)) controller.enqueue(inlineBytes(outcome.inline?.value));
    controller.close();
  }

  #settle(): void {
    const pulled = this.#pulled;
    this.#pulled = undefined;
    this.#hooks.waiting(-1);
    pulled?.();
  }

  #tellRead(): void {
    const read = this.#unread.shift();
    if (read === undefined) return;
    this.#held -= read.size;
    if (read.seq !== undefined) this.#hooks.read(read.seq);
    if (this.#held * 2 <= STREAM_MARK) this.#setFull(false);
  }

  /** The reader wants no more: what comes is acknowledged and let go. */
  #release(): void {
    this.#spoil("the stream of this result was cancelled by its reader");
    if (this.#pulled !== undefined) this.#settle();
  }

  #setFull(full: boolean): void {
    if (this.#full === full) return;
    this.#full = full;
    this.#hooks.full(full);
  }
}

/** A small result may stand in the terminal although its agent streamed it: text as it is, else JSON. */
function inlineBytes(value: unknown): Uint8Array {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return new TextEncoder().encode(text);
}

/** A large value went out as JSON text, and says so; anything else is the text or the bytes themselves. */
function whole(assembly: Assembly, outcome: Success): unknown {
  const value = takeWhole(assembly);
  return outcome.json && typeof value === "string" ? JSON.parse(value) : value;
}

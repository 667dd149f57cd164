/** A transport over two streams of bytes, as between a process and its child: NDJSON. §4.2 */
import { finished } from "node:stream";
import type { Readable, Writable } from "node:stream";
import { Limits } from "../../generated/current/index.js";
import { aFunction, aNumber, checkOptions } from "../wire/options.js";
import type { Checks } from "../wire/options.js";
import { ABRUPT, CLOSE_TIMEOUT_MS, closing, unlessTaken } from "./closing.js";
import { LineSplitter } from "./lines.js";
import type { LineFault } from "./lines.js";
import type { Closed, Transport } from "./port.js";
import { DONE, FrameQueue, Waiters } from "./queue.js";
import type { StdioTransportOptions } from "./stdio-options.js";

/** A transport over lines, and the promise of its end. */
export interface StdioTransport extends Transport {
  readonly frameBytes: number;
  /** Resolves when nothing more will arrive: with how the transport ended, or with what was given to `close`. */
  readonly ended: Promise<Closed>;
}

const DEFAULT_MARK = 256 * 1024;

const OPTIONS: Checks<StdioTransportOptions> = {
  maxFrameBytes: aNumber,
  lineBytes: aNumber,
  mark: aNumber,
  readMark: aNumber,
  closeTimeoutMs: aNumber,
  explain: aFunction,
};

/**
 * A transport that reads messages from `input` and writes them to `output`, one a line.
 *
 * The end of the input is a connection that dropped (1006, TRN-16), and so is an output that cannot be written to.
 * A line that is too long ends the transport with 1009, one that is not UTF-8 with 1007. Lines carry no
 * codes: a peer that is closed sees the end of its input.
 */
export function stdioTransport(
  input: Readable,
  output: Writable,
  options: StdioTransportOptions = {},
): StdioTransport {
  checkOptions("stdioTransport", options, OPTIONS);
  return new Lines(input, output, options);
}

class Lines implements StdioTransport {
  readonly incoming: FrameQueue;
  readonly frameBytes: number;
  readonly ended: Promise<Closed>;
  readonly #input: Readable;
  readonly #output: Writable;
  readonly #options: StdioTransportOptions;
  readonly #mark: number;
  readonly #senders = new Waiters();
  /** What the output was given and has not passed on, in bytes. Bun's `writableLength` of a child's pipe is 0. */
  #unwritten = 0;
  readonly #gone: Promise<void>;
  #end!: (closed: Closed) => void;
  /** Set once the transport has begun to end: nothing is sent or taken in any more. */
  #over = false;
  #outputOver = false;
  #callOff: () => void = () => undefined;

  constructor(input: Readable, output: Writable, options: StdioTransportOptions) {
    this.#input = input;
    this.#output = output;
    this.#options = options;
    this.#mark = options.mark ?? DEFAULT_MARK;
    this.frameBytes = options.lineBytes ?? Limits.stdioFrameBytes;
    this.ended = new Promise((resolve) => (this.#end = resolve));
    this.incoming = new FrameQueue({
      ...(options.readMark === undefined ? {} : { high: options.readMark }),
      onFull: () => input.pause(),
      onReady: () => input.resume(),
      onStop: () => void this.close(),
    });
    const lines = new LineSplitter(options.maxFrameBytes ?? Limits.maxFrameBytes);
    const take = (line: string): void => this.incoming.push(line);
    input.on("data", (data: Buffer | string) => {
      if (this.#over) return;
      const fault = lines.push(typeof data === "string" ? Buffer.from(data) : data, take);
      if (fault !== undefined) void this.#finish(violation(fault));
    });
    const inputOver = new Promise<void>((resolve) => {
      finished(input, { writable: false }, () => {
        void this.#finish(lines.unfinished ? CUT_OFF : ABRUPT);
        resolve();
      });
    });
    const outputOver = new Promise<void>((resolve) => {
      finished(output, { readable: false }, () => {
        this.#outputOver = true;
        // Whoever no longer reads may have said why: what is on its way is still heard, for a while.
        this.#letGo();
        resolve();
      });
    });
    this.#gone = Promise.all([inputOver, outputOver]).then(() => this.#callOff());
  }

  send(frames: readonly string[]): Promise<void> {
    if (this.#over || this.#outputOver) return DONE;
    if (frames.length > 0) this.#write(frames.map(lineOf).join(""));
    return this.#unwritten < this.#mark ? DONE : this.#senders.wait();
  }

  async close(code?: number, reason?: string): Promise<void> {
    const closed = closing(code, reason);
    this.incoming.discard(closed);
    this.#end(closed);
    if (!this.#over) {
      this.#over = true;
      this.#letGo();
    }
    await this.#gone;
  }

  /** The transport ended by itself: what had come before is good. */
  async #finish(how: Closed): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    this.#letGo();
    const closed = (await this.#options.explain?.(how)) ?? how;
    this.incoming.end(closed);
    this.#end(closed);
  }

  /** This side writes no more; the peer takes what was written, and ends too. */
  #letGo(): void {
    this.#senders.release();
    this.#output.end();
    if (this.#over) this.#input.resume(); // what comes is dropped, so that the peer is not stuck writing
    this.#callOff();
    const unsent = (): number => (this.#output.destroyed ? 0 : this.#unwritten);
    this.#callOff = unlessTaken(unsent, this.#options.closeTimeoutMs ?? CLOSE_TIMEOUT_MS, () => {
      this.#input.destroy();
      this.#output.destroy();
    });
  }

  #write(text: string): void {
    const bytes = Buffer.byteLength(text);
    this.#unwritten += bytes;
    this.#output.write(text, () => {
      this.#unwritten -= bytes;
      if (this.#unwritten < this.#mark) this.#senders.release();
    });
  }
}

const CUT_OFF: Closed = { code: ABRUPT.code, reason: "the input ended within a line" };

function violation(fault: LineFault): Closed {
  return fault === "too-long"
    ? { code: 1009, reason: "the line is too long" }
    : { code: 1007, reason: "the line is not UTF-8" };
}

/** TRN-10: in JSON a raw line break is white space, and a space will do as well. */
function lineOf(frame: string): string {
  return `${/[\r\n]/.test(frame) ? frame.replace(/[\r\n]+/g, " ") : frame}\n`;
}

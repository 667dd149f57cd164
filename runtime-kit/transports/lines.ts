/** Bytes that arrive in pieces of any size, as lines of text: UTF-8, one message a line. §4.2 */

/** Why a stream cannot be read as lines any further. */
export type LineFault = "too-long" | "not-utf8";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** What is kept of the buffer for a line in pieces once that line is complete, in bytes. */
const KEPT_BYTES = 64 * 1024;

/** What is white space to JSON. */
const BLANK = /^[ \t\r]*$/;

const NOTHING = Buffer.alloc(0);

/**
 * Cuts a stream of bytes into lines. Decoded line by line, so that a character may arrive in any number of
 * pieces. Blank lines are left out (TRN-13), a carriage return at the end of a line is no part of it, and a byte
 * order mark at its beginning neither: some platforms write one. Never holds more than a line of the limit.
 */
export class LineSplitter {
  readonly #limit: number;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  /** The beginning of a line whose end has not come. Copied together, since pieces may be of a byte each. */
  #held: Buffer = NOTHING;
  #size = 0;

  /** `limit` is the longest line, in bytes without what ends it. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether the last line has begun and not ended. */
  get unfinished(): boolean {
    return this.#size > 0;
  }

  /** Hands out the lines that these bytes complete; after a fault nothing more may be pushed. */
  push(bytes: Buffer, line: (text: string) => void): LineFault | undefined {
    let start = 0;
    for (;;) {
      const end = bytes.indexOf(LINE_FEED, start);
      if (end < 0) return this.#hold(bytes.subarray(start));
      const fault = this.#complete(bytes.subarray(start, end), line);
      if (fault !== undefined) return fault;
      start = end + 1;
    }
  }

  #complete(tail: Buffer, line: (text: string) => void): LineFault | undefined {
    let whole = tail;
    if (this.#size > 0) {
      const fault = this.#hold(tail);
      if (fault !== undefined) return fault;
      whole = this.#held.subarray(0, this.#size);
    }
    if (whole.at(-1) === CARRIAGE_RETURN) whole = whole.subarray(0, -1);
    if (whole.length > this.#limit) return "too-long";
    let text: string;
    try {
      text = this.#decoder.decode(whole);
    } catch {
      return "not-utf8";
    }
    this.#size = 0;
    if (this.#held.length > KEPT_BYTES) this.#held = NOTHING;
    if (!BLANK.test(text)) line(text);
    return undefined;
  }

  #hold(piece: Buffer): LineFault | undefined {
    const size = this.#size + piece.length;
    // One more than the limit: it may be the carriage return.
    if (size > this.#limit + 1) return "too-long";
    if (size > this.#held.length) {
      const grown = Buffer.allocUnsafe(Math.max(size, Math.min(2 * size, this.#limit + 1)));
      this.#held.copy(grown, 0, 0, this.#size);
      this.#held = grown;
    }
    piece.copy(this.#held, this.#size);
    this.#size = size;
    return undefined;
  }
}

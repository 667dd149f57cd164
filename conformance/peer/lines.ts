/** Cuts bytes into lines, whatever pieces they come in. §4.2 */

const NEWLINE = 0x0a;

/** More than this without a line end is no line: whoever writes it would fill the memory of the suite. */
const longest = 64 * 1024 * 1024;

/** Gathers bytes and gives each line to `onLine` once it is complete, without its line feed. */
export class LineCutter {
  readonly #onLine: (line: Buffer) => void;
  #pieces: Buffer[] = [];
  #length = 0;

  constructor(onLine: (line: Buffer) => void) {
    this.#onLine = onLine;
  }

  /** Takes the next bytes. Throws a `RangeError` when a line grows beyond 64 MiB. */
  push(bytes: Buffer): void {
    let from = 0;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, from)) {
      this.#keep(bytes.subarray(from, at));
      this.#emit();
      from = at + 1;
    }
    this.#keep(bytes.subarray(from));
    if (this.#length > longest) throw new RangeError(`a line of more than ${longest} bytes`);
  }

  /** The input has ended: what stands without a line end is a line too. */
  end(): void {
    if (this.#length > 0) this.#emit();
  }

  /** What has come of a line that has not ended. */
  get rest(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  #keep(piece: Buffer): void {
    if (piece.length > 0) this.#pieces.push(piece);
    this.#length += piece.length;
  }

  #emit(): void {
    const line = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#length = 0;
    this.#onLine(line);
  }
}

/** The socket of a peer over the standard streams of a child: one line for each message. §4.2 */
import { EventEmitter } from "node:events";
import type { Child } from "./child.js";
import { LineCutter } from "./lines.js";
import type { Socket } from "./socket.js";

/** A stream has no close codes: RFC 6455 keeps this number for an end that stated none. */
const noCode = 1005;

/** How long the end of the output and the end of the process may lie apart, in milliseconds. */
const settleMs = 5000;

/** How many lines of standard error a log keeps of one child; more would bury what was said on the wire. */
const errorLines = 200;

/** Lines over the standard streams of a child. Reads from the moment that somebody listens for messages. */
export class StdioSocket extends EventEmitter implements Socket {
  readonly raw: Child["input"];
  readonly #child: Child;
  #lastError = "";

  constructor(child: Child) {
    super();
    this.#child = child;
    this.raw = child.input;
    child.input.on("error", (error) => this.emit("note", `standard input: ${error.message}`));
    this.once("newListener", () => setImmediate(() => this.#listen()));
  }

  send(data: string | Uint8Array): void {
    if (!this.raw.writable) return;
    this.raw.write(data);
    this.raw.write("\n");
  }

  /** Ends the input of the child, which is what the end of a connection is here. */
  close(): void {
    this.raw.end();
  }

  terminate(): void {
    this.#child.kill();
  }

  #listen(): void {
    const { output, errors, ended } = this.#child;
    const lines = new LineCutter((line) => this.#read(line));
    output.on("data", (bytes: Buffer) => {
      try {
        lines.push(bytes);
      } catch (error) {
        this.emit("note", String(error));
        this.terminate();
      }
    });
    const outputEnded = new Promise<void>((resolve) => {
      output.once("end", () => (lines.end(), resolve()));
      output.once("error", () => resolve());
    });
    let left = errorLines;
    const noted = new LineCutter((line) => {
      this.#lastError = String(line);
      if (left-- > 0) this.emit("note", `standard error: ${this.#lastError}`);
    });
    errors.on("data", (bytes: Buffer) => noted.push(bytes));
    void this.#end(outputEnded, ended);
  }

  /** A line that is not UTF-8 is passed on as what it is: bytes, and no text. */
  #read(line: Buffer): void {
    // A receiver ignores blank lines.
    if (line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)) return;
    const text = utf8(line);
    this.emit("message", text ?? line, text === undefined);
  }

  async #end(outputEnded: Promise<void>, ended: Promise<string>): Promise<void> {
    await Promise.race([outputEnded, ended]);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), settleMs);
    });
    const [, how] = (await Promise.race([Promise.all([outputEnded, ended]), late])) ?? [];
    clearTimeout(timer);
    const why = how ?? "its output has ended and the process has not";
    const said = this.#lastError === "" ? "" : `; it said: ${this.#lastError.slice(0, 500)}`;
    this.emit("close", noCode, Buffer.from(how === "exited with 0" ? why : why + said));
  }
}

function utf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

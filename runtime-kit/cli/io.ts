/** What a command has of the world around it: streams, environment, signals. All of it can be replaced. */
import type { Readable, Writable } from "node:stream";

/** A stream that may be a terminal. */
export type Screen = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** Signals that ask a command to end. */
export type EndSignal = "SIGINT" | "SIGTERM";

export interface Io {
  readonly stdout: Screen;
  readonly stderr: Screen;
  readonly stdin: Readable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls back on each signal to end, which then does nothing else; returns what stops that. */
  onSignal(listener: (signal: EndSignal) => void): () => void;
  /** Once the command is done the process ends, whatever is still open in it. */
  leave?(): void;
  /** Calls back when nothing is left in the process that could still happen, and it would end; returns what stops that. */
  onIdle(listener: () => void): () => void;
  /** Calls back for each failure that nobody caught, which then does not end the process; returns what stops that. */
  onStray(listener: (thrown: unknown) => void): () => void;
}

/**
 * One of the output streams. Writing waits until the text has left this process, so that a slow reader
 * slows the command; a reader that went away, or a disc that is full, is told by `closed`, and what is written
 * then is dropped.
 */
export class Sink {
  readonly screen: Screen;
  /** Aborts when nobody reads any more, or when writing has failed: see `fault`. */
  readonly closed: AbortSignal;
  /** Why writing has failed; nothing where a reader went away, which is its right. */
  fault: string | undefined;
  readonly #gone = new AbortController();

  constructor(screen: Screen) {
    this.screen = screen;
    this.closed = this.#gone.signal;
    // Without a listener a closed pipe (EPIPE) would end the process with a stack on the screen.
    screen.on("error", (error) => this.#lose(error));
  }

  #lose(error: NodeJS.ErrnoException): void {
    if (this.closed.aborted) return;
    if (error.code !== "EPIPE") this.fault = error.message;
    this.#gone.abort();
  }

  get isTerminal(): boolean {
    return this.screen.isTTY === true;
  }

  write(data: string | Uint8Array): Promise<void> {
    if (this.closed.aborted || !this.screen.writable) return Promise.resolve();
    return new Promise((resolve) => {
      this.screen.write(data, (error) => {
        // It is here before it is an event; whoever waits for this write wants to know.
        if (error) this.#lose(error);
        resolve();
      });
    });
  }

  line(text: string): Promise<void> {
    return this.write(`${text}\n`);
  }
}

/** All of a stream as text; refuses more than `limit` bytes. */
export async function readAll(stream: Readable, limit: number): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of stream as AsyncIterable<Buffer | string>) {
    const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
    size += bytes.length;
    if (size > limit) return undefined;
    pieces.push(bytes);
  }
  return Buffer.concat(pieces).toString("utf8");
}

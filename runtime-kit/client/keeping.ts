import type { KeptPlace } from "../keepers/port.js";
import { ConnectionError } from "../wire/errors.js";

/** What a client does with the place where its session is kept. */
interface KeepingOptions {
  readonly place: KeptPlace;
  /** The session as it is at this moment; `undefined` before there is one. */
  readonly text: () => string | undefined;
  /** What is kept now. */
  readonly kept: string | undefined;
  /** A write failed. Whether something was taken out of the session that may have been what was wrong with it. */
  readonly lighten: (error: Error) => boolean;
  /** Nothing more can be kept. */
  readonly failed: (error: Error) => void;
}

/**
 * Keeps before it sends: what goes out after a `keep` waits until the session is written, in order. Writes that are
 * wanted while one is under way are one.
 */
export class Keeping {
  readonly #options: KeepingOptions;
  /** `keep`, or something to send. */
  #queue: ("keep" | (() => void))[] = [];
  #running: Promise<void> = Promise.resolve();
  #busy = false;
  #written: string | undefined;
  #failed = false;

  constructor(options: KeepingOptions) {
    this.#options = options;
    this.#written = options.kept;
  }

  keep(): void {
    this.#queue.push("keep");
    this.#go();
  }

  /** Sends when what came before it is done: at once, where nothing is under way. */
  send(send: () => void): void {
    if (this.#busy) this.#queue.push(send);
    else send();
  }

  /** Writes what there is to write, unless `last` is false, and lets the place go. */
  async finish(last: boolean): Promise<void> {
    if (last) this.keep();
    await this.#running;
    await this.#options.place.release().catch(() => undefined);
  }

  #go(): void {
    if (this.#busy) return;
    this.#busy = true;
    this.#running = this.#work();
  }

  async #work(): Promise<void> {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      if (next !== "keep") {
        next();
        continue;
      }
      while (this.#queue[0] === "keep") this.#queue.shift();
      if (this.#failed) continue;
      try {
        await this.#write().catch((error: Error) => {
          if (!this.#options.lighten(error)) throw error;
          return this.#write();
        });
      } catch (error) {
        this.#failed = true;
        this.#queue = [];
        this.#options.failed(notKept(error));
      }
    }
    // In the same turn as the last look at the queue: what comes next has to begin anew.
    this.#busy = false;
  }

  async #write(): Promise<void> {
    const text = this.#options.text();
    if (text === undefined || text === this.#written) return;
    await this.#options.place.save(text);
    this.#written = text;
  }
}

function notKept(error: unknown): ConnectionError {
  if (ConnectionError.is(error)) return error;
  const { message } = error as Error;
  return new ConnectionError("NOT_KEPT", `the session cannot be kept: ${message}`, {
    cause: error,
  });
}

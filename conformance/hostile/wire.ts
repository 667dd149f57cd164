/** A connection on which anything may be sent. */
export interface Wire {
  /** A frame of text. */
  text(frame: string): void;
  /** Bytes as they are, whatever they do to the framing. */
  bytes(bytes: Buffer): void;
  /** The next that is heard; the end is heard again and again. */
  next(): Promise<Heard>;
  end(): Promise<void>;
}

/** A message, or the end: with a close code, or the status of an upgrade that was refused. */
export type Heard =
  { readonly message: Readonly<Record<string, unknown>> } | { readonly closed: number };

/** What was heard, in order, for whoever asks for it. */
export class Ears {
  readonly #heard: Heard[] = [];
  #waiting: ((heard: Heard) => void) | undefined;

  tell(heard: Heard): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#heard.push(heard);
    else waiting(heard);
  }

  next(): Promise<Heard> {
    const [first] = this.#heard;
    if (first === undefined) return new Promise((resolve) => (this.#waiting = resolve));
    if ("message" in first) this.#heard.shift();
    return Promise.resolve(first);
  }
}

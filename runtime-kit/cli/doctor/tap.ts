/** A dial that is listened to, and whose connections can be dropped. */
import type { Message } from "../../../generated/current/index.js";
import type { Closed, Dial, Incoming, Transport } from "../../transports/port.js";
import { decode } from "../../wire/decode.js";

/** How far the clock of the runtime is ahead of ours, and how wrong that can be; in milliseconds. */
export interface Skew {
  readonly ms: number;
  readonly uncertainty: number;
  /** The field that it was read from. */
  readonly source: string;
}

export class Tap {
  /** The best that is known of the runtime's clock. */
  skew: Skew | undefined;
  saidGoodbye = false;
  /** The first frame, or how the connection ended before there was one. */
  readonly first: Promise<string | Closed>;
  #hearFirst!: (heard: string | Closed) => void;
  readonly #dial: Dial;
  #ready: Transport | undefined;
  #current: Transport | undefined;
  /** When the last frame was sent, by the wall clock. */
  #sentAt = 0;

  constructor(dial: Dial) {
    this.#dial = dial;
    this.first = new Promise((resolve) => (this.#hearFirst = resolve));
  }

  /** Opens the first connection; the client's first dial gets it. */
  async open(signal: AbortSignal): Promise<void> {
    this.#ready = await this.#dial({ signal });
  }

  readonly dial: Dial = async (options) => {
    const transport = this.#ready ?? (await this.#dial(options));
    this.#ready = undefined;
    this.#current = transport;
    return this.#tapped(transport);
  };

  /** Ends the connection without a word of the protocol, as a network does. */
  drop(): void {
    void this.#current?.close();
  }

  /** Also a connection that no client came to have. */
  async close(): Promise<void> {
    await Promise.all([this.#ready?.close(), this.#current?.close()]);
  }

  #tapped(transport: Transport): Transport {
    return {
      incoming: this.#heard(transport.incoming),
      send: (frames) => {
        this.#sentAt = Date.now();
        return transport.send(frames);
      },
      close: (code, reason) => transport.close(code, reason),
    };
  }

  #heard(incoming: Incoming): Incoming {
    const frames = incoming[Symbol.asyncIterator]();
    const next = async (): Promise<IteratorResult<string, Closed>> => {
      const result = await frames.next();
      this.#hearFirst(result.value);
      if (result.done !== true) this.#hear(result.value);
      return result;
    };
    return { [Symbol.asyncIterator]: () => ({ next }) };
  }

  #hear(frame: string): void {
    const decoded = decode(frame);
    if (!decoded.ok || !decoded.known) return;
    const { message } = decoded;
    if (message.type === "session.closed") this.saidGoodbye = true;
    const [source, text] = timeIn(message);
    const theirs = Date.parse(text ?? "");
    if (source === undefined || Number.isNaN(theirs)) return;
    const now = Date.now();
    // It was told between our sending and now: half of that is the error, and a millisecond is the grain.
    const uncertainty = (now - this.#sentAt) / 2 + 1;
    if (this.skew !== undefined && this.skew.uncertainty <= uncertainty) return;
    this.skew = { ms: Math.round(theirs - (now + this.#sentAt) / 2), uncertainty, source };
  }
}

function timeIn(message: Message): readonly [source?: string, text?: string | undefined] {
  if (message.type === "session.welcome") {
    return ["accepted_at of the welcome", message.payload.accepted_at];
  }
  if (message.type === "session.pong")
    return ["received_at of a pong", message.payload.received_at];
  return [];
}

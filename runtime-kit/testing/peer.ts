import { PROTOCOL_VERSION } from "../../generated/current/index.js";
import type { MemoryTransport } from "../transports/memory.js";
import type { Closed } from "../transports/port.js";
import type { EnvelopeFields } from "./message.js";

/** A message as it arrived: JSON, and nothing about it has been checked. */
export interface SeenMessage {
  readonly id: string;
  readonly type: string;
  readonly session_id?: string;
  readonly job_id?: string;
  readonly trace_id?: string;
  readonly event_seq?: number;
  readonly payload: Readonly<Record<string, unknown>>;
}

/**
 * One end of a connection that does what a test says, also what is wrong. All that arrives is kept; waiting is
 * for a condition and has no deadline of its own, since that is the test runner's to have.
 */
export class ScriptedPeer {
  /** All that has arrived, in order. */
  readonly seen: SeenMessage[] = [];
  /** Put into all that is sent, once it is known. */
  sessionId: string | undefined;
  readonly #transport: MemoryTransport;
  readonly #prefix: string;
  #ended: Closed | undefined;
  #taken = 0;
  #sent = 0;
  #waiting: (() => void)[] = [];

  /** @internal `prefix` is for the ids of what it sends. */
  constructor(transport: MemoryTransport, prefix: string) {
    this.#transport = transport;
    this.#prefix = prefix;
    void this.#read();
  }

  async #read(): Promise<void> {
    const frames = this.#transport.incoming[Symbol.asyncIterator]();
    for (;;) {
      const next = await frames.next();
      if (next.done === true) this.#ended = next.value;
      else {
        const arrived = JSON.parse(next.value) as SeenMessage;
        this.seen.push(arrived);
        this.took(arrived);
      }
      for (const wake of this.#waiting.splice(0)) wake();
      if (next.done === true) return;
    }
  }

  /** @internal A message arrived. */
  protected took(_message: SeenMessage): void {}

  /** How the connection ended, once it has. */
  get ended(): Closed | undefined {
    return this.#ended;
  }

  /** The next message of this type; those before it are passed over. Rejects if the connection ends without one. */
  async next(type: string): Promise<SeenMessage> {
    for (;;) {
      while (this.#taken < this.seen.length) {
        const message = this.seen[this.#taken++]!;
        if (message.type === type) return message;
      }
      if (this.#ended !== undefined) throw this.#hungUp(type);
      await this.#change();
    }
  }

  /** Until something holds; looked at now, after each message, and at the end, where it rejects if it does not. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#ended !== undefined) throw this.#hungUp("what was waited for");
      await this.#change();
    }
  }

  /** Until the connection has ended. */
  async end(): Promise<Closed> {
    while (this.#ended === undefined) await this.#change();
    return this.#ended;
  }

  /** Sends a message. Members of `envelope` take the place of those that it would have. */
  send(
    type: string,
    payload: Readonly<Record<string, unknown>> = {},
    envelope: EnvelopeFields = {},
  ): this {
    const id = `${this.#prefix}_${(this.#sent += 1)}`;
    const session = this.sessionId === undefined ? {} : { session_id: this.sessionId };
    return this.sendText(
      JSON.stringify({ arcp: PROTOCOL_VERSION, id, type, ...session, ...envelope, payload }),
    );
  }

  /** Sends a frame as it is, JSON or not. */
  sendText(frame: string): this {
    void this.#transport.send([frame]);
    return this;
  }

  /** Cuts the connection: both ends see 1006, as of a cable that is pulled out. */
  drop(): void {
    this.#transport.drop();
  }

  /** Ends the connection in good order. */
  close(code?: number, reason?: string): Promise<void> {
    return this.#transport.close(code, reason);
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #hungUp(before: string): Error {
    const last = this.seen.at(-1);
    const said = last === undefined ? "nothing" : `${last.type} ${JSON.stringify(last.payload)}`;
    const { code, reason } = this.#ended!;
    return new Error(
      `the connection ended (${code} ${reason}) before ${before}; the last thing it said: ${said}`,
    );
  }
}

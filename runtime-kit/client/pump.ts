import { Limits } from "../../generated/current/index.js";
import type { Message } from "../../generated/current/index.js";
import { clientDeadline, stepClient } from "../sessions/client.js";
import { newClient } from "../sessions/client-state.js";
import type {
  ClientConfig,
  ClientEffect,
  ClientInput,
  ClientNews,
  ClientState,
  Outgoing,
} from "../sessions/client-state.js";
import type { KeptPlace } from "../keepers/port.js";
import type { Closed, Dial, Transport } from "../transports/port.js";
import { decode } from "../wire/decode.js";
import { seal } from "../wire/draft.js";
import type { ClientDraft } from "../wire/draft.js";
import { encode } from "../wire/encode.js";
import { ArcpError, ConnectionError } from "../wire/errors.js";
import { beyondDepth, deeperThan } from "../wire/json.js";
import { messageIds } from "../wire/ids.js";
import type { MessageIds } from "../wire/ids.js";
import type { Clock, Entropy } from "../wire/time.js";
import { clip } from "../wire/text.js";
import { nowOf } from "../wire/time.js";
import { fitsBytes } from "../wire/utf8.js";
import { Gate } from "./gate.js";
import { formerOf } from "./kept-session.js";
import type { KeptSession } from "./kept-session.js";
import { Keeping } from "./keeping.js";
import type { TokenSource } from "./options.js";

/** What happens to the jobs of a session, and to the session; told to the client that owns the pump. */
interface PumpSink {
  /** `size` is that of the frame that brought the message, in UTF-16 units. */
  deliver(effect: Extract<ClientEffect, { do: "deliver" }>, size: number): void;
  cutoff(effect: Extract<ClientEffect, { do: "cutoff" }>): void;
  news(news: ClientNews): void;
  /** The session as it is to be kept now. */
  kept(): string | undefined;
}

/** Where a session is kept, and what was found there. */
export interface KeptAt {
  readonly place: KeptPlace;
  readonly text: string | undefined;
  readonly session: KeptSession | undefined;
}

interface PumpOptions {
  readonly dial: Dial;
  readonly config: ClientConfig;
  readonly token: TokenSource | undefined;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly sink: PumpSink;
  readonly kept: KeptAt | undefined;
}

interface Waiting {
  readonly resolve: (message: Message) => void;
  readonly reject: (error: Error) => void;
}

interface Connection {
  readonly number: number;
  readonly abort: AbortController;
  transport: Transport | undefined;
}

/** Carries facts to the session's machine and performs its orders: all that is not pure in a client. */
export class Pump {
  /** Holds the reading of frames while the program is behind and nothing waits for one. */
  readonly gate: Gate;
  readonly #options: PumpOptions;
  readonly #state: ClientState;
  readonly #nextId: MessageIds;
  readonly #requests = new Map<string, Waiting>();
  #connection: Connection | undefined;
  #cancelTimer: (() => void) | undefined;
  #armedFor = Infinity;
  #frameSize = 0;
  #farewells: Promise<void>[] = [];
  readonly #keeping: Keeping | undefined;
  /** Submits whose sending waits until they are kept. */
  readonly #unkept = new Set<string>();

  constructor(options: PumpOptions) {
    const { clock, entropy, config, kept } = options;
    this.#options = options;
    this.#nextId = messageIds(clock, entropy);
    const seed = entropy(4).reduce((number, byte) => number * 256 + byte, 0);
    const former = kept?.session === undefined ? undefined : formerOf(kept.session);
    this.#state = newClient(config, seed, nowOf(clock), former);
    this.#keeping = kept === undefined ? undefined : this.#keepingAt(kept);
    this.gate = new Gate((type) => this.input({ type }));
  }

  #keepingAt({ place, text: kept }: KeptAt): Keeping {
    return new Keeping({
      place,
      kept,
      text: () => this.#options.sink.kept(),
      lighten: (cause) => this.#withdraw(cause),
      failed: (error) => this.input({ type: "unkept", error }),
    });
  }

  /** Submits that wait to be kept are refused, since one of them may be what does not fit. */
  #withdraw(cause: Error): boolean {
    const fresh = [...this.#state.pending.values()].filter(
      ({ id, draft, unsure }) => draft.type === "job.submit" && !unsure && this.#unkept.has(id),
    );
    const text = `the job was not submitted, since it cannot be kept: ${cause.message}`;
    for (const { id } of fresh) {
      // Also one whose caller has left already: it is in the way all the same.
      this.#forget(id)?.reject(new ConnectionError("NOT_KEPT", text, { cause }));
      this.input({ type: "abandon", id, unsent: true });
    }
    return fresh.length > 0;
  }

  /** The session's state, to be read only. */
  get state(): Readonly<ClientState> {
    return this.#state;
  }

  start(): void {
    this.input({ type: "time" });
  }

  /** A fresh id of a message, for what has to name it beforehand. */
  nextId(): string {
    return this.#nextId();
  }

  /** Sends a request, now or when there is a session; `taken` runs before anything that follows the answer. */
  request<T>(
    draft: ClientDraft,
    options: {
      readonly id?: string;
      readonly repeatable: boolean;
      readonly taken: (message: Message) => T;
    },
  ): Promise<T> {
    const id = options.id ?? this.#nextId();
    return new Promise<T>((resolve, reject) => {
      this.#requests.set(id, {
        resolve: (message) => resolve(options.taken(message)),
        reject,
      });
      this.gate.waiting(1);
      this.input({ type: "request", id, draft, repeatable: options.repeatable });
    });
  }

  /** Waits for the answer to a request that a former process made and the machine will repeat. */
  adopt<T>(id: string, taken: (message: Message) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#requests.set(id, { resolve: (message) => resolve(taken(message)), reject });
      this.gate.waiting(1);
    });
  }

  /** The client has ended: what there is is kept, where `last` says so, and the place is let go. */
  async finish(last: boolean): Promise<void> {
    await this.#keeping?.finish(last);
  }

  /** The caller no longer waits; its promise rejects with `error`. */
  abandon(id: string, error: Error, unsent = false): void {
    const waiting = this.#forget(id);
    if (waiting === undefined) return;
    waiting.reject(error);
    this.input({ type: "abandon", id, unsent });
  }

  /** Waits until the transports that were closed have said goodbye. */
  async farewells(): Promise<void> {
    await Promise.allSettled(this.#farewells);
  }

  input(input: ClientInput): void {
    const effects = stepClient(this.#state, input, nowOf(this.#options.clock));
    for (const effect of effects) this.#perform(effect);
    this.#arm();
  }

  #perform(effect: ClientEffect): void {
    switch (effect.do) {
      case "dial":
        void this.#dial(effect.connection);
        return;
      case "keep":
        this.#keeping?.keep();
        return;
      case "send":
        this.#sendKept(effect.connection, effect.messages);
        return;
      case "hangup":
        this.#hangUp(effect);
        return;
      case "resolve":
        this.#forget(effect.id)?.resolve(effect.message);
        return;
      case "reject":
        this.#forget(effect.id)?.reject(effect.error);
        return;
      case "deliver":
        this.#options.sink.deliver(effect, this.#frameSize);
        return;
      case "cutoff":
        this.#options.sink.cutoff(effect);
        return;
      case "tell":
        this.#options.sink.news(effect.news);
    }
  }

  #forget(id: string): Waiting | undefined {
    const waiting = this.#requests.get(id);
    if (this.#requests.delete(id)) this.gate.waiting(-1);
    return waiting;
  }

  async #dial(number: number): Promise<void> {
    const connection: Connection = { number, abort: new AbortController(), transport: undefined };
    this.#connection = connection;
    const { dial } = this.#options;
    let token: string | undefined;
    try {
      token = await this.#token();
      if (connection.abort.signal.aborted) return;
      connection.transport = await dial({ signal: connection.abort.signal });
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause), { cause });
      this.input({ type: "failed", connection: number, error });
      return;
    }
    if (connection.abort.signal.aborted) {
      void connection.transport.close();
      return;
    }
    this.input({ type: "opened", connection: number, token });
    const closed = await this.#read(number, connection.transport);
    this.input({ type: "dropped", connection: number, closed });
  }

  async #token(): Promise<string | undefined> {
    const { token } = this.#options;
    return typeof token === "function" ? token() : token;
  }

  async #read(connection: number, { incoming }: Transport): Promise<Closed> {
    const frames = incoming[Symbol.asyncIterator]();
    for (;;) {
      const result = await frames.next();
      if (result.done === true) return result.value;
      let frame: string | undefined = result.value;
      while (frame !== undefined) {
        this.#receive(connection, frame);
        if (this.gate.shut) await this.gate.opened();
        frame = incoming.take?.();
      }
    }
  }

  #receive(connection: number, text: string): void {
    this.#frameSize = text.length;
    this.input({ type: "frame", connection, decoded: decode(text), text });
  }

  #sendKept(number: number, messages: readonly Outgoing[]): void {
    if (this.#keeping === undefined) return this.#send(number, messages);
    for (const { id, draft } of messages) {
      if (draft.type === "job.submit" && id !== undefined) this.#unkept.add(id);
    }
    this.#keeping.send(() => this.#send(number, messages));
  }

  #send(number: number, messages: readonly Outgoing[]): void {
    const frames: string[] = [];
    for (const message of messages) {
      // A submit that could not be kept was withdrawn meanwhile.
      if (this.#unkept.delete(message.id ?? "") && !this.#state.pending.has(message.id!)) continue;
      const frame = this.#frameOf(message);
      if (frame !== undefined) frames.push(frame);
    }
    const connection = this.#connection;
    if (connection?.number !== number || frames.length === 0) return;
    void connection.transport?.send(frames);
  }

  /** The frame of a message; what cannot be one fails its own call and nothing else. */
  #frameOf(message: Outgoing): string | undefined {
    const id = message.id ?? this.#nextId();
    const { sessionId, version } = message;
    try {
      const envelope = { id, version, ...(sessionId === undefined ? {} : { sessionId }) };
      const frame = encode(seal(message.draft, envelope));
      const limit = this.#maxFrameBytes();
      if (!fitsBytes(frame, limit)) {
        const text = `the message is larger than the ${limit} bytes that a frame may have`;
        throw new ArcpError("INVALID_REQUEST", text, { details: { limit } });
      }
      if (deeperThan(frame, Limits.maxDepth)) throw tooDeep(frame);
      return frame;
    } catch (cause) {
      const error = ArcpError.is(cause)
        ? cause
        : new ArcpError("INVALID_REQUEST", `this is not JSON: ${String(cause)}`, { cause });
      queueMicrotask(() => this.abandon(id, error, true));
      return undefined;
    }
  }

  #maxFrameBytes(): number {
    const told = this.#state.session?.limits["max_frame_bytes"];
    return typeof told === "number" ? Math.min(told, Limits.maxFrameBytes) : Limits.maxFrameBytes;
  }

  #hangUp({ connection: number, code, reason }: Extract<ClientEffect, { do: "hangup" }>): void {
    const connection = this.#connection;
    if (connection?.number !== number) return;
    this.#connection = undefined;
    connection.abort.abort();
    const farewell = connection.transport?.close(code, reason);
    if (farewell !== undefined && this.#state.phase === "ended") this.#farewells.push(farewell);
  }

  /** One timer for everything. It is set anew only to an earlier time: heartbeats move with every frame. */
  #arm(): void {
    const due = clientDeadline(this.#state) ?? Infinity;
    if (due >= this.#armedFor && due !== Infinity) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#armedFor = due;
    if (due === Infinity) return;
    this.#cancelTimer = this.#options.clock.timer(due, () => {
      this.#armedFor = Infinity;
      this.#cancelTimer = undefined;
      this.input({ type: "time" });
    });
  }
}

/** Refused here, because a peer need not say which message it was that it did not parse (ENC-16). */
function tooDeep(frame: string): ArcpError {
  const limit = Limits.maxDepth;
  const path = clip(beyondDepth(JSON.parse(frame), limit) ?? "", 256);
  const text = `${path}: the message nests deeper than the ${limit} levels that a frame may have`;
  return new ArcpError("INVALID_REQUEST", text, { details: { limit: "max_depth", path } });
}

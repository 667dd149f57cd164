/**
 * The scripted peer: one raw connection to the implementation. It sends what a check says, also what is wrong,
 * keeps all that arrives, and waits only with a deadline.
 */
import type { Writable } from "node:stream";
import type { MessageType } from "../../generated/current/constants.js";
import { CheckFailed, HarnessError } from "./faults.js";
import type { WireLog } from "./log.js";
import { readFrame, requestIdOf, type Frame, type WireMessage } from "./message.js";
import { current, type Revision } from "./revisions.js";
import { rawOf, type Socket } from "./socket.js";

/** How a connection ended. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** A type, several types, or a question about the message. */
export type Match = string | readonly string[] | ((message: WireMessage) => boolean);

/** Where and how long to look. */
export interface WaitOptions {
  /** Only frames with a greater index count. Default: all of this connection. */
  readonly after?: number;
  /** Milliseconds before scaling. Default 5000. */
  readonly within?: number;
  /** What is waited for, in words, for the message of a failure. */
  readonly what?: string;
}

/** What may be sent without being marked as malformed. */
export type SendType = MessageType | `x-vendor.${string}`;

/** What a peer needs from its surroundings. */
export interface PeerContext {
  readonly name: string;
  readonly log: WireLog;
  /** Scales milliseconds by `--time-scale`. */
  readonly scale: (ms: number) => number;
  /** A fresh identifier that begins with `prefix`. */
  readonly fresh: (prefix: string) => string;
  /** Milliseconds that a process may take to start, on top of every wait before its first word. Default 0. */
  readonly startMs?: number;
}

/** How long a wait lasts when nobody says otherwise, in milliseconds before scaling. */
const defaultWait = 5000;

interface Waiter {
  readonly test: (frame: Frame) => boolean;
  readonly resolve: (frame: Frame) => void;
  readonly reject: (error: Error) => void;
  readonly what: string;
}

/** One connection, before, in and after its session. */
export class Peer {
  /** Everything that arrived, in order. */
  readonly frames: Frame[] = [];
  /** The session, once welcomed. Sent with every message from then on. */
  sessionId: string | undefined;
  /** The newest resume token of the session. */
  resumeToken: string | undefined;
  /** The features that were negotiated. */
  features: ReadonlySet<string> = new Set();
  /** The welcome, once received. */
  welcome: Frame | undefined;
  /** Whether it answers pings, as any peer does that is not dead. §6.4 */
  answersPings = true;
  /** The draft that it speaks. */
  revision: Revision = current;
  readonly context: PeerContext;
  readonly #socket: Socket;
  readonly #waiters = new Set<Waiter>();
  readonly #closeWaiters = new Set<() => void>();
  readonly #claimed = new Set<number>();
  /** Answers to the submits of fences, which no check asked for. */
  readonly #fences = new Set<number>();
  #closed: Closed | undefined;

  constructor(socket: Socket, context: PeerContext) {
    this.#socket = socket;
    this.context = context;
    socket.on("message", (data, binary) => this.#arrived(String(data), binary));
    socket.on("close", (code, reason) =>
      this.#ended({ code, reason: Buffer.from(reason).toString() }),
    );
    socket.on("error", (error) => context.log.add(context.name, "*", `socket: ${error.message}`));
    socket.on("note", (text) => context.log.add(context.name, "*", text));
    context.log.add(context.name, "*", "connected");
  }

  /** The stream below the messages, for bytes that no peer would send. */
  get raw(): Writable | undefined {
    return rawOf(this.#socket);
  }

  /** How the connection ended, if it did. */
  get closed(): Closed | undefined {
    return this.#closed;
  }

  /** The index that the next frame will have, less one: `after: peer.last` means "from now on". */
  get last(): number {
    return this.frames.length - 1;
  }

  /**
   * Sends a message that is right by the generated validators, and returns its `id`.
   * `envelope` adds or replaces members of the envelope; `undefined` takes one away.
   */
  send(
    type: SendType,
    payload: Readonly<Record<string, unknown>> = {},
    envelope: Readonly<Record<string, unknown>> = {},
  ): string {
    const message = this.compose(type, payload, envelope);
    const verdict = this.revision.validateMessage(message);
    if (verdict.kind === "invalid") {
      const problems = verdict.problems?.map((p) => `${p.path} ${p.code}`).join(", ");
      throw new HarnessError(`the suite would send an invalid ${type}: ${problems}`);
    }
    this.sendText(JSON.stringify(message));
    return String(message["id"]);
  }

  /** Sends a message that is wrong on purpose, as it stands, and returns its `id`. */
  sendMalformed(
    type: string,
    payload: unknown = {},
    envelope: Readonly<Record<string, unknown>> = {},
  ): string {
    const message = this.compose(type, payload, envelope);
    this.sendText(JSON.stringify(message));
    return String(message["id"]);
  }

  /** The envelope that `send` would write. */
  compose(
    type: string,
    payload: unknown,
    envelope: Readonly<Record<string, unknown>>,
  ): Record<string, unknown> {
    return {
      arcp: this.revision.PROTOCOL_VERSION,
      id: this.context.fresh("msg"),
      type,
      ...(this.sessionId === undefined ? {} : { session_id: this.sessionId }),
      ...envelope,
      payload,
    };
  }

  /** Sends one text frame as it stands. */
  sendText(text: string): void {
    this.context.log.add(this.context.name, ">", text);
    this.#socket.send(text);
  }

  /** Sends bytes, in a binary frame, or in a text frame that need not be UTF-8. */
  sendBytes(bytes: Uint8Array, as: "binary" | "text" = "binary"): void {
    this.context.log.add(this.context.name, ">", `(${as} frame of ${bytes.byteLength} bytes)`);
    this.#socket.send(bytes, { binary: as === "binary" });
  }

  /** Waits for a frame, one that is there already included, and returns it. Fails the check otherwise. */
  expect(match: Match, options: WaitOptions = {}): Promise<Frame> {
    const test = matcher(match);
    const after = options.after ?? -1;
    const what = options.what ?? describe(match);
    const wanted = (frame: Frame) => frame.index > after && test(frame.message);
    const there = this.frames.find(wanted);
    if (there !== undefined) return Promise.resolve(there);
    if (this.#closed !== undefined) return Promise.reject(this.#gone(what));
    return new Promise((resolve, reject) => {
      const wait = this.#deadline(options.within);
      const done = () => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter = {
        test: wanted,
        what,
        resolve: (frame) => (done(), resolve(frame)),
        reject: (error) => (done(), reject(error)),
      };
      const timer = setTimeout(
        () => waiter.reject(new CheckFailed(`no ${what} within ${Math.round(wait)} ms`, true)),
        wait,
      );
      this.#waiters.add(waiter);
    });
  }

  /** All frames so far that match, but for the answers that only fences asked for. */
  collect(match: Match, after = -1): Frame[] {
    const test = matcher(match);
    return this.frames.filter(
      ({ index, message }) => index > after && test(message) && !this.#fences.has(index),
    );
  }

  /**
   * Waits for the answer to the request `id`: one of `types`, or `session.error`. An answer that names no
   * request counts in the order of arrival, as the drafts are silent about it.
   */
  async reply(id: string, types: Match, options: WaitOptions = {}): Promise<Frame> {
    const test = matcher(types);
    const frame = await this.expect(
      (m) => {
        if (m.type !== "session.error" && !test(m)) return false;
        const named = requestIdOf(m);
        if (named !== undefined) return named === id;
        return m["id"] === id || !this.#isClaimed(m);
      },
      { what: `answer (${describe(types)}) to ${id}`, ...options },
    );
    this.#claimed.add(frame.index);
    return frame;
  }

  /** Sends a request and waits for its answer. Only frames after the request count. */
  request(
    type: SendType,
    payload: Readonly<Record<string, unknown>>,
    types: Match,
    envelope: Readonly<Record<string, unknown>> = {},
  ): Promise<Frame> {
    const after = this.last;
    return this.reply(this.send(type, payload, envelope), types, { after });
  }

  /**
   * Proves that all that was sent before has been read: whatever it caused at once has arrived when this returns. A
   * submit may have to wait for more than that, and so may what jobs do and replays bring: `settle` is for those.
   */
  async fence(): Promise<void> {
    const after = this.last;
    if (this.features.has("heartbeat")) {
      const nonce = this.context.fresh("fence");
      this.send("session.ping", { nonce });
      const pong = (m: WireMessage) =>
        m.type === "session.pong" && m.payload["ping_nonce"] === nonce;
      await this.expect(pong, { after, what: "session.pong of the fence" });
    } else if (this.features.has("list_jobs")) {
      await this.request("session.list_jobs", { limit: 1 }, "session.jobs");
    } else {
      await this.#refusedSubmit();
    }
  }

  /**
   * A fence that submits cannot be overtaken by: one more of them, which is answered behind all that were sent before
   * (SERR-14), then a plain fence. Call it when the answers that are expected have come.
   */
  async settle(): Promise<void> {
    await this.#refusedSubmit();
    await this.fence();
  }

  async #refusedSubmit(): Promise<void> {
    const agent = "conformance.no-such-agent";
    const answer = await this.request("job.submit", { agent }, "job.accepted");
    if (answer.message.type !== "session.error") {
      throw new CheckFailed("a submit for an agent that nobody hosts was accepted");
    }
    this.#fences.add(answer.index);
  }

  /** Waits until the other side has ended the connection. */
  expectClose(within = defaultWait): Promise<Closed> {
    if (this.#closed !== undefined) return Promise.resolve(this.#closed);
    return new Promise((resolve, reject) => {
      const wait = this.#deadline(within);
      const done = () => {
        clearTimeout(timer);
        this.#closeWaiters.delete(done);
        resolve(this.#closed ?? { code: 1006, reason: "" });
      };
      const timer = setTimeout(() => {
        this.#closeWaiters.delete(done);
        reject(new CheckFailed(`the connection is still open after ${Math.round(wait)} ms`, true));
      }, wait);
      this.#closeWaiters.add(done);
    });
  }

  /** Ends the connection abruptly: no closing frame, as when a cable is pulled. */
  cut(): void {
    if (this.#closed === undefined) this.context.log.add(this.context.name, "*", "cut");
    this.#socket.terminate();
  }

  /** Ends the connection in good order: with a closing frame, over stdio with the end of the input. */
  close(code = 1000): void {
    this.#socket.close(code);
  }

  #deadline(within = defaultWait): number {
    const { scale, startMs = 0 } = this.context;
    return scale(within) + (this.frames.length === 0 ? startMs : 0);
  }

  #isClaimed(message: WireMessage): boolean {
    const frame = this.frames.find((f) => f.message === message);
    return frame !== undefined && this.#claimed.has(frame.index);
  }

  #arrived(text: string, binary: boolean): void {
    const { log, name } = this.context;
    log.add(name, "<", binary ? `(binary frame of ${text.length} bytes)` : text);
    const message = readFrame(binary ? "" : text);
    const frame: Frame = { index: this.frames.length, at: log.now(), text, binary, message };
    this.frames.push(frame);
    if (message.type === "session.ping" && this.answersPings) {
      this.send("session.pong", { ping_nonce: String(message.payload["nonce"]) });
    }
    for (const waiter of [...this.#waiters]) if (waiter.test(frame)) waiter.resolve(frame);
  }

  #ended(closed: Closed): void {
    this.#closed = closed;
    const why = closed.reason === "" ? "" : ` ${closed.reason}`;
    this.context.log.add(this.context.name, "*", `closed ${closed.code}${why}`);
    for (const done of [...this.#closeWaiters]) done();
    for (const waiter of [...this.#waiters]) waiter.reject(this.#gone(waiter.what));
  }

  #gone(what: string): CheckFailed {
    const { code, reason } = this.#closed ?? { code: 1006, reason: "" };
    const how = reason === "" ? code : `${code}, ${reason}`;
    return new CheckFailed(`connection closed (${how}) instead of ${what}`);
  }
}

function matcher(match: Match): (message: WireMessage) => boolean {
  if (typeof match === "function") return match;
  const types = typeof match === "string" ? [match] : match;
  return (message) => types.includes(message.type);
}

function describe(match: Match): string {
  if (typeof match === "function") return "matching message";
  return typeof match === "string" ? match : match.join(" or ");
}

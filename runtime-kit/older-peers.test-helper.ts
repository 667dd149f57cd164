/** Peers of drafts 02 and 02.1 on real sockets, which take nothing that their draft does not have. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import * as draft02 from "../generated/draft-02/index.js";
import * as draft021 from "../generated/draft-02.1/index.js";
import type { SeenMessage } from "./testing/index.js";

/** A message as it came; whether it is one of the draft has been looked at. */
export interface Heard extends Omit<SeenMessage, "payload"> {
  readonly arcp: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test says what it expects to find
  readonly payload: any;
}

type Fields = Readonly<Record<string, unknown>>;

/** What a draft has, as its own generated code says. */
export interface Draft {
  readonly name: string;
  readonly features: readonly string[];
  readonly validateMessage: (value: unknown) => {
    readonly kind: "known" | "unknown" | "invalid";
    readonly problems?: unknown;
  };
  readonly validateEventBody: (kind: string, body: unknown) => readonly unknown[] | undefined;
  readonly errors: object;
}

export const DRAFTS: readonly Draft[] = [
  { ...draft02, name: "02", features: [] },
  { ...draft021, name: "02.1", features: Object.values(draft021.Feature) },
];

/** What is wrong with a message for a peer that knows this draft alone and is not lenient; `undefined` for nothing. */
export function strange(draft: Draft, message: Heard): string | undefined {
  const { kind, problems } = draft.validateMessage(message);
  if (kind === "unknown") return `draft ${draft.name} has no ${message.type}`;
  if (kind === "invalid") return `${message.type}: ${JSON.stringify(problems)}`;
  const { payload } = message;
  if (message.type === "job.event") {
    const found = draft.validateEventBody(payload.kind, payload.body);
    // Kinds of a vendor's own are none of a draft's, and every draft lets them be.
    if (found === undefined && payload.kind.startsWith("x-vendor.")) return undefined;
    if (found === undefined) return `draft ${draft.name} has no events of kind ${payload.kind}`;
    return found.length === 0 ? undefined : `${payload.kind}: ${JSON.stringify(found)}`;
  }
  const { code } = payload;
  if (code !== undefined && !Object.hasOwn(draft.errors, code)) {
    return `draft ${draft.name} has no code ${code}`;
  }
  return undefined;
}

/** One end of a WebSocket whose owner knows one draft. What it hears that is strange is kept in `faults`. */
export class OlderPeer {
  readonly draft: Draft;
  readonly heard: Heard[] = [];
  readonly faults: string[] = [];
  sessionId: string | undefined;
  closed: number | undefined;
  readonly #socket: WebSocket;
  #sent = 0;
  #taken = 0;
  #wake: (() => void)[] = [];

  constructor(socket: WebSocket, draft: Draft) {
    this.#socket = socket;
    this.draft = draft;
    socket.on("message", (data) => {
      const message = JSON.parse(String(data)) as Heard;
      const fault = strange(draft, message);
      if (fault !== undefined) this.faults.push(fault);
      this.heard.push(message);
      this.#changed();
    });
    socket.on("close", (code) => {
      this.closed = code;
      this.#changed();
    });
    socket.on("error", () => undefined);
  }

  /** Sends a message that must be one of the draft. Returns its id. */
  send(type: string, payload: Fields = {}, envelope: Fields = {}): string {
    const id = `01JABCDEFGHJKMNPQRSTVW${String((this.#sent += 1)).padStart(4, "0")}`;
    const session = this.sessionId === undefined ? {} : { session_id: this.sessionId };
    const message = { arcp: "1", id, type, ...session, ...envelope, payload };
    const verdict = this.draft.validateMessage(message);
    if (verdict.kind !== "known") throw new Error(`not of this draft: ${JSON.stringify(verdict)}`);
    this.#socket.send(JSON.stringify(message));
    return id;
  }

  /** Sends what no draft has. */
  sendText(text: string): void {
    this.#socket.send(text);
  }

  /** The next message of this type; those before it are passed over. */
  async next(type: string, test: (message: Heard) => boolean = () => true): Promise<Heard> {
    for (;;) {
      while (this.#taken < this.heard.length) {
        const message = this.heard[this.#taken++]!;
        if (message.type === type && test(message)) return message;
      }
      if (this.closed !== undefined) {
        const said = this.heard.map((one) => one.type).join(", ");
        throw new Error(`closed with ${this.closed} before ${type}, after ${said}`);
      }
      await this.#change();
    }
  }

  /** Until the other side has ended the connection; the code. */
  async end(): Promise<number> {
    while (this.closed === undefined) await this.#change();
    return this.closed;
  }

  cut(): void {
    this.#socket.terminate();
  }

  close(): void {
    this.#socket.close(1000);
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #changed(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

/** A client of this draft, connected and not welcomed. */
export async function olderClient(url: string, draft: Draft): Promise<OlderPeer> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const peer = new OlderPeer(socket, draft);
  await once(socket, "open");
  return peer;
}

/** Says hello as the draft has it; the welcome. `resume` is the block of a resume. */
export async function hello(peer: OlderPeer, token: string, resume?: Fields): Promise<Heard> {
  const { features } = peer.draft;
  peer.send("session.hello", {
    client: { name: "older", version: "1" },
    auth: { scheme: "bearer", token },
    ...(features.length === 0 ? {} : { capabilities: { encodings: ["json"], features } }),
    ...(resume === undefined ? {} : { resume }),
  });
  const welcome = await peer.next("session.welcome");
  peer.sessionId = welcome.session_id;
  return welcome;
}

/** A runtime of this draft that does what a test says. */
export class OlderRuntime {
  readonly draft: Draft;
  readonly peers: OlderPeer[] = [];
  readonly #server: WebSocketServer;
  #taken = 0;
  #wake: (() => void)[] = [];

  private constructor(draft: Draft, server: WebSocketServer) {
    this.draft = draft;
    this.#server = server;
    server.on("connection", (socket) => {
      this.peers.push(new OlderPeer(socket, draft));
      for (const wake of this.#wake.splice(0)) wake();
    });
  }

  static async start(draft: Draft): Promise<OlderRuntime> {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0, path: "/arcp" });
    await once(server, "listening");
    return new OlderRuntime(draft, server);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/arcp`;
  }

  /** The next connection. */
  async next(): Promise<OlderPeer> {
    while (this.#taken >= this.peers.length) {
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
    return this.peers[this.#taken++]!;
  }

  async close(): Promise<void> {
    for (const peer of this.peers) peer.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

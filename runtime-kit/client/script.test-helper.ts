import type { Dial } from "../transports/port.js";
import { memoryPair } from "../transports/memory.js";
import type { MemoryTransport } from "../transports/memory.js";
import { ConnectionError } from "../wire/errors.js";
import type { Clock } from "../wire/time.js";
import { connectWith } from "./connect.js";
import type { Client } from "./client.js";
import type { ConnectOptions } from "./options.js";

type Loose = Record<string, unknown>;

/** A message as a scripted peer sees it. */
export interface Seen {
  readonly id: string;
  readonly type: string;
  readonly session_id?: string;
  readonly trace_id?: string;
  readonly payload: Loose;
}

/** One connection of a scripted runtime. Whatever the client sends can be awaited, in order. */
export class Peer {
  readonly seen: Seen[] = [];
  ended: { readonly code: number; readonly reason: string } | undefined;
  readonly #transport: MemoryTransport;
  #taken = 0;
  #wake: () => void = () => undefined;
  #ids = 0;
  /** Whether a close is answered by itself. */
  polite = true;
  /** Put into what is sent from the welcome on. */
  sessionId: string | undefined;

  constructor(transport: MemoryTransport) {
    this.#transport = transport;
    void this.#read();
  }

  async #read(): Promise<void> {
    const frames = this.#transport.incoming[Symbol.asyncIterator]();
    for (;;) {
      const result = await frames.next();
      if (result.done === true) this.ended = result.value;
      else this.#take(JSON.parse(result.value) as Seen);
      this.#wake();
      if (result.done === true) return;
    }
  }

  #take(message: Seen): void {
    this.seen.push(message);
    if (message.type === "session.close" && this.polite) {
      this.send("session.closed", { request_id: message.id });
    }
  }

  /** The next message of this type; others before it are passed over. */
  async next(type: string): Promise<Seen> {
    for (;;) {
      while (this.#taken < this.seen.length) {
        const message = this.seen[this.#taken++]!;
        if (message.type === type) return message;
      }
      if (this.ended !== undefined) throw new Error(`the client hung up before ${type}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Until the client has ended the connection. */
  async end(): Promise<{ readonly code: number; readonly reason: string }> {
    while (this.ended === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.ended;
  }

  send(type: string, payload: Loose, envelope: Loose = {}): this {
    const id = `rt_${(this.#ids += 1)}`;
    const session = this.sessionId === undefined ? {} : { session_id: this.sessionId };
    const frame = { arcp: "1.1", id, type, ...session, ...envelope, payload };
    void this.#transport.send([JSON.stringify(frame)]);
    return this;
  }

  /** Waits for the hello and welcomes it. */
  async welcome(sessionId = "sess_1", payload: Loose = {}): Promise<Seen> {
    const hello = await this.next("session.hello");
    this.sessionId = sessionId;
    const capabilities = {
      encodings: ["json"],
      features: ["heartbeat", "ack", "list_jobs", "progress", "result_chunk"],
      agents: [{ name: "a", versions: ["1.0.0"], default: "1.0.0" }],
    };
    this.send("session.welcome", {
      runtime: { name: "script", version: "1" },
      resume_token: "rt_1",
      resume_window_sec: 600,
      heartbeat_interval_sec: 30,
      capabilities,
      ...payload,
    });
    return hello;
  }

  /** Waits for a submit and accepts it. */
  async accept(jobId = "job_1", payload: Loose = {}): Promise<Seen> {
    const submit = await this.next("job.submit");
    this.send(
      "job.accepted",
      { request_id: submit.id, lease: {}, accepted_at: "2026-01-01T00:00:00Z", ...payload },
      { job_id: jobId },
    );
    return submit;
  }

  event(
    seq: number,
    kind = "log",
    body: Loose = { level: "info", message: `e${seq}` },
    jobId = "job_1",
  ) {
    const payload = { kind, ts: "2026-01-01T00:00:00Z", body };
    return this.send("job.event", payload, { job_id: jobId, event_seq: seq });
  }

  chunk(seq: number, at: number, data: string, more = true, encoding = "utf8"): this {
    const body = { result_id: "res_1", chunk_seq: at, data, encoding, more };
    return this.event(seq, "result_chunk", body);
  }

  result(seq: number, payload: Loose, jobId = "job_1"): this {
    const terminal = { final_status: "success", ...payload };
    return this.send("job.result", terminal, { job_id: jobId, event_seq: seq });
  }

  error(seq: number, code: string, final: string, jobId = "job_1", payload: Loose = {}): this {
    const terminal = { code, message: "it failed", final_status: final, ...payload };
    return this.send("job.error", terminal, { job_id: jobId, event_seq: seq });
  }

  drop(): void {
    this.#transport.drop();
  }
}

/** A runtime that does what the test says: its `dial` is for `connect`. */
export class Script {
  readonly peers: Peer[] = [];
  /** While set, dialling fails. */
  unreachable = false;
  dials = 0;
  #wake: () => void = () => undefined;
  #taken = 0;

  readonly dial: Dial = () => {
    this.dials += 1;
    if (this.unreachable) return Promise.reject(new ConnectionError("UNREACHABLE", "nobody there"));
    const [ours, theirs] = memoryPair();
    this.peers.push(new Peer(theirs));
    this.#wake();
    return Promise.resolve(ours);
  };

  /** The next connection that the client opens. */
  async peer(): Promise<Peer> {
    while (this.#taken >= this.peers.length) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.peers[this.#taken++]!;
  }
}

export const connect = connectWith((url) => {
  throw new Error(`no test opens ${url}`);
});

/** A connected client and the runtime's end of it. */
export async function connected(
  options: ConnectOptions = {},
  payload: Loose = {},
): Promise<{ client: Client; script: Script; peer: Peer }> {
  const script = new Script();
  const opening = connect(script.dial, { reconnect: { minDelayMs: 1, maxDelayMs: 2 }, ...options });
  const peer = await script.peer();
  await peer.welcome("sess_1", payload);
  return { client: await opening, script, peer };
}

/** A client with a job that the runtime has accepted. */
export async function running(options: ConnectOptions = {}) {
  const { client, script, peer } = await connected(options);
  const [job] = await Promise.all([client.submit("a", { x: 1 }), peer.accept()]);
  return { client, script, peer, job };
}

/** Until something holds; every other turn of the event loop is looked at. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

/** A clock that a test moves. Timers run in their order, each at its own time. */
export class ManualClock implements Clock {
  now = 0;
  readonly #timers = new Set<{ readonly at: number; readonly run: () => void }>();

  monotonic(): number {
    return this.now;
  }

  wall(): number {
    return 1_700_000_000_000 + this.now;
  }

  timer(at: number, run: () => void): () => void {
    const timer = { at, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  pass(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.now = Math.max(this.now, due.at);
      due.run();
    }
    this.now = end;
  }
}

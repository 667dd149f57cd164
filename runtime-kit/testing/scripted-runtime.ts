import { memoryPair } from "../transports/memory.js";
import type { MemoryTransport } from "../transports/memory.js";
import type { Dial } from "../transports/port.js";
import { ConnectionError } from "../wire/errors.js";
import { ScriptedPeer } from "./peer.js";
import type { SeenMessage } from "./peer.js";

type Fields = Readonly<Record<string, unknown>>;

const TS = "2026-01-01T00:00:00.000Z";

/** One connection that a client has opened to a scripted runtime. Jobs are `job_1` unless they are named. */
export class ScriptedConnection extends ScriptedPeer {
  /** Whether `session.close` is answered by itself. */
  answersClose = true;

  /** @internal Made by `ScriptedRuntime`. */
  constructor(transport: MemoryTransport) {
    super(transport, "rt");
  }

  /** @internal */
  protected override took(message: SeenMessage): void {
    if (message.type === "session.close" && this.answersClose) {
      this.send("session.closed", { request_id: message.id });
    }
  }

  /** Waits for the hello, and welcomes it; members of `payload` take the place of the usual. §6.2 */
  async welcome(sessionId = "sess_1", payload: Fields = {}): Promise<SeenMessage> {
    const hello = await this.next("session.hello");
    this.sessionId = sessionId;
    this.send("session.welcome", {
      runtime: { name: "script", version: "1" },
      resume_token: "rt_1",
      resume_window_sec: 600,
      heartbeat_interval_sec: 30,
      capabilities: {
        encodings: ["json"],
        features: ["heartbeat", "ack", "list_jobs", "progress", "result_chunk"],
        agents: [{ name: "a", versions: ["1.0.0"], default: "1.0.0" }],
      },
      ...payload,
    });
    return hello;
  }

  /** Waits for a submit, and accepts it. §7.1 */
  async accept(jobId = "job_1", payload: Fields = {}): Promise<SeenMessage> {
    const submit = await this.next("job.submit");
    this.send(
      "job.accepted",
      { request_id: submit.id, lease: {}, accepted_at: TS, ...payload },
      { job_id: jobId },
    );
    return submit;
  }

  /** An event with this number; a log entry by default. §8 */
  event(
    seq: number,
    kind = "log",
    body: Fields = { level: "info", message: `e${seq}` },
    jobId = "job_1",
  ): this {
    return this.send("job.event", { kind, ts: TS, body }, { job_id: jobId, event_seq: seq });
  }

  /** Chunk `at` of a streamed result. §8.4 */
  chunk(seq: number, at: number, data: string, more = true, encoding = "utf8"): this {
    const body = { result_id: "res_1", chunk_seq: at, data, encoding, more };
    return this.event(seq, "result_chunk", body);
  }

  /** Ends a job well; `payload` holds the `result`, if any. §7.3 */
  result(seq: number, payload: Fields = {}, jobId = "job_1"): this {
    const terminal = { final_status: "success", ...payload };
    return this.send("job.result", terminal, { job_id: jobId, event_seq: seq });
  }

  /** Ends a job in an error. §7.3 */
  error(
    seq: number,
    code: string,
    finalStatus: string,
    jobId = "job_1",
    payload: Fields = {},
  ): this {
    const terminal = { code, message: "it failed", final_status: finalStatus, ...payload };
    return this.send("job.error", terminal, { job_id: jobId, event_seq: seq });
  }
}

/** A runtime that does what a test says, to test a client against. */
export class ScriptedRuntime {
  /** The connections that were opened, the oldest first. */
  readonly connections: ScriptedConnection[] = [];
  /** While set, nobody can connect. */
  unreachable = false;
  /** How often a client has tried. */
  dials = 0;
  #taken = 0;
  #waiting: (() => void)[] = [];

  /** What `connect` takes. */
  readonly dial: Dial = () => {
    this.dials += 1;
    if (this.unreachable) return Promise.reject(new ConnectionError("UNREACHABLE", "nobody there"));
    const [ours, theirs] = memoryPair();
    this.connections.push(new ScriptedConnection(theirs));
    for (const wake of this.#waiting.splice(0)) wake();
    return Promise.resolve(ours);
  };

  /** The next connection that a client opens. */
  async connection(): Promise<ScriptedConnection> {
    while (this.#taken >= this.connections.length) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return this.connections[this.#taken++]!;
  }
}

/**
 * A runtime that does what a test says: `connect(runtime.dial)`, and then, in step with the client,
 * `await runtime.connection()`, `.welcome()`, `.accept()`, `.event(1)`, `.drop()` and so on.
 */
export function scriptedRuntime(): ScriptedRuntime {
  return new ScriptedRuntime();
}

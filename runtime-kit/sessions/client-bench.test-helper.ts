import { expect } from "vitest";
import type { Feature, JobId } from "../../generated/current/index.js";
import { decode } from "../wire/decode.js";
import type { ClientDraft } from "../wire/draft.js";
import { clientDeadline, stepClient } from "./client.js";
import { newClient } from "./client-state.js";
import type {
  ClientConfig,
  ClientEffect,
  ClientInput,
  ClientNews,
  FormerSession,
} from "./client-state.js";

type Loose = Readonly<Record<string, unknown>>;
type Of<K extends ClientEffect["do"]> = Extract<ClientEffect, { do: K }>;

export const FEATURES: readonly Feature[] = [
  "heartbeat",
  "ack",
  "list_jobs",
  "progress",
  "result_chunk",
];

export const CONFIG: ClientConfig = {
  peer: { name: "bench", version: "0" },
  features: FEATURES,
  welcomeMs: 10_000,
  replyMs: 5_000,
  ackMs: 200,
  backoff: { minDelayMs: 250, maxDelayMs: 10_000, giveUpAfterMs: Infinity },
};

/** A client's machine under a clock that is moved by hand, opposite a runtime that is scripted. */
export class Bench {
  now = 1_000;
  readonly state;
  /** Effects that no test has looked at yet. */
  #effects: ClientEffect[] = [];
  #ids = 0;

  constructor(config: Partial<ClientConfig> = {}, former?: FormerSession) {
    this.state = newClient({ ...CONFIG, ...config }, 42, this.#instant(), former);
  }

  #instant() {
    return { monotonic: this.now, wall: 1_700_000_000_000 + this.now };
  }

  take(input: ClientInput): this {
    this.#effects.push(...stepClient(this.state, input, this.#instant()));
    return this;
  }

  /** Lets time pass, with a step at each deadline on the way. */
  pass(ms: number): this {
    const until = this.now + ms;
    for (let steps = 0; steps < 100_000; steps++) {
      const due = clientDeadline(this.state);
      if (due === undefined || due > until) {
        this.now = until;
        return this;
      }
      this.now = Math.max(this.now, due);
      this.take({ type: "time" });
    }
    throw new Error("the machine never comes to rest");
  }

  /** Dials and says hello. */
  hello(token = "tok"): this {
    this.pass(this.state.phase === "waiting" ? this.state.by - this.now : 0);
    expect(this.state.phase).toBe("dialing");
    return this.take({ type: "opened", connection: this.state.connection, token });
  }

  welcome(sessionId = "sess_1", payload: Loose = {}, envelope: Loose = {}): this {
    return this.frame("session.welcome", welcome(payload), { session_id: sessionId, ...envelope });
  }

  /** A connected client whose first effects are forgotten. */
  connected(payload: Loose = {}): this {
    this.hello().welcome("sess_1", payload);
    expect(this.state.phase).toBe("live");
    this.effects();
    return this;
  }

  /** What the runtime sends on the present connection. */
  frame(type: string, payload: Loose, envelope: Loose = {}): this {
    const session = this.state.session === undefined ? {} : { session_id: this.state.session.id };
    const id = `rt_${(this.#ids += 1)}`;
    return this.text(JSON.stringify({ arcp: "1.1", id, type, ...session, ...envelope, payload }));
  }

  text(text: string): this {
    const { connection } = this.state;
    return this.take({ type: "frame", connection, decoded: decode(text), text });
  }

  event(seq: number, jobId = "job_1", body: Loose = { message: `e${seq}`, level: "info" }): this {
    const payload = { kind: "log", ts: "2026-01-01T00:00:00Z", body };
    return this.frame("job.event", payload, { job_id: jobId, event_seq: seq });
  }

  result(seq: number, jobId = "job_1", payload: Loose = { result: "done" }): this {
    const terminal = { final_status: "success", ...payload };
    return this.frame("job.result", terminal, { job_id: jobId, event_seq: seq });
  }

  drop(code = 1006, reason = ""): this {
    return this.take({
      type: "dropped",
      connection: this.state.connection,
      closed: { code, reason },
    });
  }

  request(id: string, draft: ClientDraft, repeatable = draft.type !== "job.submit"): this {
    return this.take({ type: "request", id, draft, repeatable });
  }

  submit(id: string, extra: Loose = {}, repeatable = false): this {
    const draft = { type: "job.submit", payload: { agent: "a", ...extra } } as const;
    return this.request(id, { ...draft, trace_id: traceOf(id) }, repeatable);
  }

  cancel(id: string, jobId = "job_1"): this {
    const job = jobId as JobId;
    return this.request(id, { type: "job.cancel", job_id: job, payload: { job_id: job } });
  }

  list(id: string): this {
    return this.request(id, { type: "session.list_jobs", payload: {} });
  }

  accept(jobId: string, payload: Loose = {}, envelope: Loose = {}): this {
    return this.frame(
      "job.accepted",
      { lease: {}, accepted_at: "2026-01-01T00:00:00Z", ...payload },
      { job_id: jobId, ...envelope },
    );
  }

  /** A connected client with a running job, its first effects forgotten. */
  running(...jobIds: readonly string[]): this {
    this.connected();
    for (const jobId of jobIds)
      this.submit(`m_${jobId}`).accept(jobId, { request_id: `m_${jobId}` });
    this.effects();
    return this;
  }

  /** All effects since the last look. */
  effects(): readonly ClientEffect[] {
    return this.#effects.splice(0);
  }

  /** The effects of one kind since the last look; forgets the others too. */
  of<K extends ClientEffect["do"]>(kind: K): readonly Of<K>[] {
    return this.effects().filter((effect): effect is Of<K> => effect.do === kind);
  }

  /** The messages sent since the last look. */
  sent(): readonly (ClientDraft & { readonly id: string | undefined })[] {
    return this.of("send").flatMap(({ messages }) =>
      messages.map(({ draft, id }) => ({ ...draft, id })),
    );
  }

  news(): readonly ClientNews[] {
    return this.of("tell").map(({ news }) => news);
  }
}

export function welcome(payload: Loose = {}): Loose {
  return {
    runtime: { name: "script", version: "1" },
    resume_token: "rt_1",
    resume_window_sec: 600,
    heartbeat_interval_sec: 30,
    capabilities: { encodings: ["json"], features: FEATURES, agents: ["a"] },
    ...payload,
  };
}

/** A trace id that says which request it belongs to. */
export function traceOf(id: string) {
  return Buffer.from(id.padEnd(16, ".")).toString("hex").slice(0, 32);
}

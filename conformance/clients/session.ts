/** A session as the fake runtime plays it: right by the draft, unless a check sends something else. §6, §7 */
import { suiteClient } from "../peer/session.js";
import { jobIdOf, type Frame } from "../peer/message.js";
import type { Peer } from "../peer/peer.js";
import type { Loose } from "./driver.js";

/** What a welcome may say besides the usual. */
export interface WelcomeOptions {
  /** Default: what the hello offers, or what the session had where a resume names no capabilities. */
  readonly features?: readonly string[];
  /** Default 60: nobody pings while a check runs. */
  readonly heartbeatSec?: number;
  /** Further members of the payload. */
  readonly payload?: Loose;
  /** Further members of the envelope, such as another `arcp`. */
  readonly envelope?: Loose;
}

/** A message of the numbered stream, made once and sent as often as a check wants. */
export interface Numbered {
  readonly type: "job.event" | "job.result" | "job.error";
  readonly seq: number;
  readonly jobId: string;
  readonly payload: Loose;
}

/** One session over all its connections. */
export class Session {
  readonly id: string;
  /** The tokens that were given out, the newest last. */
  readonly tokens: string[] = [];
  features: readonly string[] = [];
  /** The connection that it has now. */
  peer: Peer;
  /** The newest number that was made. */
  seq = 0;
  protected readonly fresh: (prefix: string) => string;

  constructor(peer: Peer) {
    this.peer = peer;
    this.fresh = peer.context.fresh;
    this.id = this.fresh("sess");
  }

  /** Takes a connection for its own; the resume token that its welcome is to give. */
  protected admit(peer: Peer, hello: Frame, features?: readonly string[]): string {
    const token = this.fresh("rt");
    peer.context.log.hide(token);
    this.tokens.push(token);
    this.peer = peer;
    peer.sessionId = this.id;
    // A resume that names no capabilities changes nothing (RES-15).
    const silent = hello.message.payload["capabilities"] === undefined;
    this.features = features ?? (silent ? this.features : offeredBy(hello));
    peer.features = new Set(this.features);
    return token;
  }

  /** Welcomes whoever said `hello` on `peer`: to this session, with a new resume token. */
  welcome(peer: Peer, hello: Frame, options: WelcomeOptions = {}): void {
    const token = this.admit(peer, hello, options.features);
    const payload = {
      runtime: suiteClient,
      session_id: this.id,
      accepted_at: now(),
      resume_token: token,
      resume_window_sec: 600,
      heartbeat_interval_sec: options.heartbeatSec ?? 60,
      capabilities: { encodings: ["json"], features: this.features, agents: ["echo"] },
      limits: { max_frame_bytes: 1_048_576 },
      ...options.payload,
    };
    peer.send("session.welcome", payload, options.envelope);
  }

  /** Accepts a submit. `more` are further members of the payload, `envelope` of the envelope. */
  accept(submit: Frame, more: Loose = {}, envelope: Loose = {}): FakeJob {
    const { message } = submit;
    const job = new FakeJob(this, this.fresh("job"));
    const payload = {
      request_id: message["id"],
      job_id: job.id,
      agent: message.payload["agent"],
      lease: message.payload["lease_request"] ?? {},
      accepted_at: now(),
      ...more,
    };
    this.peer.send("job.accepted", payload, { job_id: job.id, ...envelope });
    return job;
  }

  /** Accepts a subscribe to a job of another session, of which it has numbered ten events. §7.6 */
  subscribed(subscribe: Frame, job: FakeJob): void {
    const payload = {
      ...{ request_id: subscribe.message["id"], job_id: job.id, current_status: "running" },
      ...{ agent: "echo@1.0.0", lease: {}, parent_job_id: null },
      ...{ subscribed_from: 10, replayed: subscribe.message.payload["history"] === true },
    };
    this.peer.send("job.subscribed", payload, { job_id: job.id });
  }

  /** Sends a numbered message, on the present connection. */
  deliver({ type, seq, jobId, payload }: Numbered, envelope: Loose = {}): void {
    this.peer.send(type, payload, { job_id: jobId, event_seq: seq, ...envelope });
  }

  /** Refuses a request. */
  refuse(request: Frame, code: string, more: Loose = {}): void {
    const payload = { request_id: request.message["id"], code, message: "refused", ...more };
    this.peer.send("session.error", { retryable: false, ...payload });
  }
}

/** A job of the fake runtime. What is made gets the session's next number. */
export class FakeJob {
  readonly session: Session;
  readonly id: string;

  constructor(session: Session, id: string) {
    this.session = session;
    this.id = id;
  }

  /** Makes a message and does not send it. */
  make(type: Numbered["type"], payload: Loose): Numbered {
    const seq = ++this.session.seq;
    return { type, seq, jobId: this.id, payload: { job_id: this.id, ...payload } };
  }

  /** Makes an event and does not send it. */
  makeEvent(kind: string, body: Loose): Numbered {
    return this.make("job.event", { kind, ts: now(), body });
  }

  /** Makes a log event with this text and does not send it. */
  makeLog(message: string): Numbered {
    return this.makeEvent("log", { level: "info", message });
  }

  event(kind: string, body: Loose): void {
    this.session.deliver(this.makeEvent(kind, body));
  }

  log(message: string): void {
    this.session.deliver(this.makeLog(message));
  }

  /** Makes the end of the job and does not send it. */
  makeResult(more: Loose = {}): Numbered {
    return this.make("job.result", { final_status: "success", completed_at: now(), ...more });
  }

  /** Ends the job in success; `more` are members of the payload, `result` first of all. */
  succeed(more: Loose = { result: "done" }): void {
    this.session.deliver(this.makeResult(more));
  }

  /** Ends the job in an error. */
  fail(code: string, more: Loose = {}): void {
    const payload = {
      code,
      message: "it failed",
      retryable: false,
      final_status: "error",
      ...more,
    };
    this.session.deliver(this.make("job.error", { completed_at: now(), ...payload }));
  }

  /** Whether a message is about this job. */
  readonly owns = (frame: Frame): boolean => jobIdOf(frame.message) === this.id;
}

/** The features that a hello offers. §6.2 */
export function offeredBy({ message }: Frame): string[] {
  const capabilities = message.payload["capabilities"] as { features?: unknown } | undefined;
  const features = capabilities?.features;
  return Array.isArray(features) ? features.filter((f) => typeof f === "string") : [];
}

/** A time in the draft's form. */
export function now(): string {
  return new Date().toISOString();
}

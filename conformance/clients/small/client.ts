/**
 * A small client, right by the draft, with a switch for each fault that a client can have: it proves that every check
 * of clients can fail. It speaks the driver's protocol within this process, so it is also an example of a driver.
 *
 * Long because it is a whole client in one piece: each fault stands beside what is right, where it can be judged.
 */
import { randomBytes } from "node:crypto";
import { WebSocket } from "ws";
import { PROTOCOL_VERSION } from "../../../generated/current/constants.js";
import { allFeatures } from "../../peer/session.js";
import { isRecord } from "../../peer/message.js";
import type { Loose, Verb } from "../driver.js";
import type { Ear, StartDriver } from "../link.js";
import type { FaultName } from "./faults.js";
import { answeredBy, failureOf, type Message, type Request } from "./replies.js";
import { Result } from "./result.js";

/** Starts the small client with these faults. */
export function smallClient(...faults: readonly FaultName[]): StartDriver {
  return (ear) => {
    const client = new SmallClient(new Set(faults), ear);
    // A driver's first line comes after it was started, as that of a process does.
    queueMicrotask(() => client.introduce());
    return { send: (line) => client.obey(line), stop: async () => client.stop() };
  };
}

const reconnectMs = 50;
const ackMs = 150;
const version = PROTOCOL_VERSION;

class SmallClient {
  readonly #has: (fault: FaultName) => boolean;
  readonly #ear: Ear;
  #socket: WebSocket | undefined;
  #url = "";
  #bearer = "";
  /** The version that the runtime speaks. */
  #arcp = version;
  #sessionId: string | undefined;
  #tokens: string[] = [];
  #features = new Set<string>();
  #limit = 1_048_576;
  #live = false;
  #resuming = false;
  /** The session that the runtime offered instead of ours. */
  #instead: Message | undefined;
  #lastSeq = 0;
  #holeAfter = -1;
  #acked = 0;
  #ackTimer: NodeJS.Timeout | undefined;
  #beat: NodeJS.Timeout | undefined;
  #heardAt = 0;
  #sentAt = 0;
  #count = 0;
  readonly #jobs = new Map<string, Result>();
  readonly #ended = new Set<string>();
  #requests: Request[] = [];
  #connecting: number | undefined;
  #closing: { n: number; bye: boolean } | undefined;
  #over = false;

  constructor(faults: ReadonlySet<FaultName>, ear: Ear) {
    this.#has = (fault) => faults.has(fault);
    this.#ear = ear;
  }

  /** Whether the runtime speaks a draft before 1.1. §5.5 */
  get #older(): boolean {
    return this.#arcp === "1";
  }

  introduce(): void {
    this.#write({
      client: "small 1.0",
      verbs: [
        ...["connect", "submit", "resume", "sync", "close"],
        ...["cancel", "list", "subscribe", "unsubscribe"],
      ],
    });
  }

  stop(): void {
    this.#over = true;
    clearInterval(this.#beat);
    clearTimeout(this.#ackTimer);
    this.#socket?.terminate();
  }

  // ---- what the driver is asked ----

  obey(line: string): void {
    const { n, do: verb, ...args } = JSON.parse(line) as { n: number; do: Verb } & Loose;
    switch (verb) {
      case "connect":
        this.#url = String(args["url"]);
        this.#bearer = String(args["token"]);
        this.#connecting = n;
        if (this.#has("logs-tokens")) this.#ear.aside(`connecting with ${this.#bearer}`);
        return this.#dial();
      case "submit":
        return this.#submit(n, args);
      case "cancel":
        return this.#cancel(n, args);
      case "list":
        return this.#list(n, [], undefined);
      case "subscribe":
        return this.#subscribe(n, args);
      case "unsubscribe":
        return this.#unsubscribe(n, String(args["job_id"]));
      case "resume":
        return this.#write({ n, ok: {} });
      case "sync":
        return void setImmediate(() => this.#write({ n, ok: {} }));
      case "close":
        return this.#close(n);
    }
  }

  #submit(n: number, args: Loose): void {
    const { agent, input, lease_request, idempotency_key, trace_id, expires_in_sec } = args;
    const payload: Record<string, unknown> = { agent };
    if (input !== undefined) payload["input"] = input;
    if (lease_request !== undefined) payload["lease_request"] = lease_request;
    const key = idempotency_key ?? `key_${n}`;
    if (!this.#has("no-key")) payload["idempotency_key"] = key;
    if (typeof expires_in_sec === "number") {
      if (!this.#features.has("lease_expires_at") && !this.#has("uses-any-feature")) {
        return this.#refuse(n, "INVALID_REQUEST", "lease_expires_at was not negotiated");
      }
      const at = new Date(
        Date.now() + expires_in_sec * (this.#has("expires-in-the-past") ? -1 : 1000),
      );
      const text = at.toISOString();
      payload["lease_constraints"] = {
        expires_at: this.#has("expires-at-with-offset") ? text.replace("Z", "+00:00") : text,
      };
    }
    if (this.#has("eager") && !this.#live) this.#send("job.submit", payload);
    const trace = typeof trace_id === "string" ? trace_id : randomBytes(16).toString("hex");
    const shown = this.#has("trace-id-upper") ? trace.toUpperCase() : trace;
    const envelope = this.#has("no-trace") ? {} : { trace_id: shown };
    this.#request({ n, type: "job.submit", payload, envelope, traceId: trace });
  }

  #cancel(n: number, args: Loose): void {
    const job_id = String(args["job_id"]);
    const envelope = this.#has("job-id-in-payload-only") ? {} : { job_id };
    const payload = this.#has("job-id-in-envelope-only") ? {} : { job_id };
    this.#request({ n, type: "job.cancel", payload, envelope, jobId: job_id });
  }

  #subscribe(n: number, args: Loose): void {
    if (!this.#features.has("subscribe")) {
      return this.#refuse(n, "INVALID_REQUEST", "subscribe was not negotiated");
    }
    if (this.#has("watches-by-list")) return this.#list(n, [], undefined);
    if (this.#has("watches-by-submit")) return this.#submit(n, { agent: "echo" });
    const job_id = String(args["job_id"]);
    const asked = args["from"] !== undefined && !this.#has("history-unasked");
    const payload = { job_id, ...(asked && { history: true, from_event_seq: args["from"] }) };
    this.#request({ n, type: "job.subscribe", payload, envelope: { job_id }, jobId: job_id });
  }

  #unsubscribe(n: number, job_id: string): void {
    this.#jobs.delete(job_id);
    const type = this.#has("unsubscribes-by-cancel") ? "job.cancel" : "job.unsubscribe";
    if (!this.#has("unsubscribe-forgotten")) this.#send(type, { job_id }, { job_id });
    this.#write({ n, ok: {} });
  }

  #list(n: number, ids: string[], cursor: string | undefined): void {
    if (!this.#features.has("list_jobs") && !this.#has("uses-any-feature")) {
      return this.#refuse(n, "INVALID_REQUEST", "list_jobs was not negotiated");
    }
    const shown = this.#has("cursor-trimmed") ? cursor?.trim() : cursor;
    const payload = cursor === undefined ? { limit: 100 } : { limit: 100, cursor: shown };
    this.#request({ n, type: "session.list_jobs", payload, envelope: {}, ids });
  }

  #request(request: Omit<Request, "id">): void {
    const full: Request = { ...request, id: this.#nextId() };
    const size = Buffer.byteLength(JSON.stringify(full.payload));
    if (size > this.#limit - 1000 && !this.#has("sends-large")) {
      return this.#refuse(full.n, "INVALID_REQUEST", "too large for one message");
    }
    this.#requests.push(full);
    if (this.#live) this.#transmit(full);
  }

  #transmit({ type, payload, envelope, id }: Request): void {
    this.#send(type, payload, envelope, id);
  }

  #close(n: number): void {
    this.#closing = { n, bye: false };
    if (this.#has("closes-abruptly")) return void this.#socket?.close(1000);
    if (this.#older) {
      // Nobody answers a bye. (OLD-06)
      this.#send("session.bye", {});
      return this.#has("waits-for-closed") ? undefined : void this.#socket?.close(1000);
    }
    this.#send("session.close", {});
  }

  // ---- the connection ----

  #dial(): void {
    if (this.#over) return;
    const query = this.#has("token-in-url") ? `?token=${this.#bearer}` : "";
    const lax = this.#has("oversized-closes-1000");
    const socket = new WebSocket(this.#url + query, {
      perMessageDeflate: false,
      maxPayload: lax ? 64 * 1024 * 1024 : 1_048_576,
    });
    this.#socket = socket;
    this.#live = false;
    socket.on("error", () => undefined);
    socket.on("open", () => this.#greet());
    socket.on("message", (data, binary) => {
      if (socket !== this.#socket) return;
      if (!this.#has("wants-pongs") || String(data).includes('"session.pong"'))
        this.#heardAt = Date.now();
      if (binary) return this.#has("takes-binary") ? undefined : socket.close(1003);
      const text = String(data);
      if (text.length > 1_048_576) return socket.close(1000);
      return this.#hear(text);
    });
    socket.on("close", (code) => socket === this.#socket && this.#dropped(code));
  }

  #greet(): void {
    const id = this.#sessionId;
    this.#heardAt = this.#sentAt = Date.now();
    this.#resuming = id !== undefined && !this.#has("never-resumes");
    const cursor = this.#cursor();
    const features = this.#has("features-unsaid") ? [] : allFeatures;
    const payload = {
      client: { name: "small", version: "1.0" },
      ...(this.#has("no-token") ? {} : { auth: { scheme: "bearer", token: this.#bearer } }),
      capabilities: { encodings: ["json"], features },
      ...(this.#resuming && !this.#has("resumes-by-session-resume") ? { resume: cursor } : {}),
    };
    if (this.#has("pings-before-hello")) this.#send("session.ping", { nonce: "early" });
    if (this.#resuming && this.#has("resumes-by-session-resume")) {
      return this.#send("session.resume", { ...cursor, auth: payload.auth });
    }
    return this.#send("session.hello", payload);
  }

  #cursor() {
    const last = this.#lastSeq;
    return {
      session_id: this.#sessionId,
      resume_token: this.#has("first-token-kept") ? this.#tokens[0] : this.#tokens.at(-1),
      last_event_seq: this.#has("cursor-from-zero")
        ? 0
        : this.#has("cursor-ahead")
          ? last + 1
          : last,
    };
  }

  #dropped(code: number): void {
    const closing = this.#closing;
    this.#quiet();
    if (closing !== undefined) return this.#write({ n: closing.n, ok: {} });
    if (this.#over) return;
    if (code === 4009 && !this.#has("fights-back")) return this.#finish("superseded");
    if (this.#has("gives-up-without-welcome") && !this.#live && this.#sessionId !== undefined) {
      return this.#finish("no welcome");
    }
    if (this.#has("forgets-unanswered")) this.#requests = [];
    if (this.#has("fresh-key-on-repeat")) {
      for (const { payload } of this.#requests) payload["idempotency_key"] = this.#nextId();
    }
    this.#live = false;
    this.#tell("lost", { code: "CLOSED" });
    setTimeout(() => this.#dial(), reconnectMs);
  }

  /** Gives a connection up by itself, and comes back. */
  #abandon(code: number, why: string): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#quiet();
    this.#live = false;
    socket?.close(code);
    this.#tell("lost", { code: why });
    setTimeout(() => this.#dial(), reconnectMs);
  }

  #quiet(): void {
    clearInterval(this.#beat);
    clearTimeout(this.#ackTimer);
    this.#ackTimer = undefined;
  }

  #finish(reason: string): void {
    this.#over = true;
    this.#live = false;
    this.#tell("closed", { reason });
    for (const { n } of this.#requests.splice(0)) this.#refuse(n, "CLOSED", reason);
  }

  // ---- what the runtime says ----

  #hear(text: string): void {
    const read = this.#has("first-member-wins") ? text.replace(/,"kind":"log"(?=,"ts")/, "") : text;
    const message = JSON.parse(read) as Message;
    const { type } = message;
    if (this.#isStrange(message)) return this.#abandon(1002, "PROTOCOL");
    if (type === "job.event" || type === "job.result" || type === "job.error") {
      return this.#numbered(message);
    }
    switch (type) {
      case "session.welcome":
        return this.#welcomed(message);
      case "session.error":
        return this.#error(message);
      case "session.ping":
        return this.#ping(message);
      case "job.accepted":
        return this.#accepted(message);
      case "job.subscribed":
        return this.#subscribed(message);
      case "job.cancelled":
        return this.#answer(message, "job.cancel", {});
      case "session.jobs":
        return this.#page(message);
      case "session.closed":
        return this.#closed(message.payload["reason"]);
      case "session.bye":
        return this.#has("ignores-bye") ? undefined : this.#closed();
      default:
        return this.#has("unknown-type-fatal") ? this.#abandon(1002, "PROTOCOL") : undefined;
    }
  }

  /** What faulty clients find strange, and good ones do not. */
  #isStrange(message: Message): boolean {
    const { arcp, id, type, payload } = message;
    const job = message["job_id"];
    return (
      (this.#has("refuses-other-minors") && arcp !== version && arcp !== "1") ||
      (this.#has("wants-msg-ids") && !/^(?:msg|evt)_.{10}/.test(String(id))) ||
      (this.#has("strict-envelope") && "x_future" in message) ||
      (this.#has("strict-payload") && "x_future" in payload) ||
      (this.#has("wants-accepted-at") && type === "job.accepted" && !("accepted_at" in payload)) ||
      (this.#has("wants-job-id-in-envelope") && job === undefined && "job_id" in payload) ||
      (this.#has("wants-job-id-in-payload") && job !== undefined && !("job_id" in payload))
    );
  }

  #ping({ payload }: Message): void {
    if (this.#has("mute-to-pings")) return;
    const nonce = this.#has("wrong-nonce") ? "other" : payload["nonce"];
    const envelope = this.#has("numbered-pongs") ? { event_seq: 1 } : {};
    this.#send(
      "session.pong",
      { ping_nonce: nonce, received_at: new Date().toISOString() },
      envelope,
    );
  }

  #welcomed(message: Message): void {
    const { payload } = message;
    const elsewhere = this.#has("session-in-payload-only") ? undefined : message["session_id"];
    const id = String(payload["session_id"] ?? elsewhere);
    this.#arcp = message.arcp === "1" && !this.#has("arcp-always-1.1") ? "1" : version;
    const former = this.#sessionId;
    if (former !== undefined && id !== former) {
      // Ours was ignored: the other form is tried once. (W-06)
      const again = this.#has("asks-older-again") || message.arcp !== "1";
      if (this.#instead === undefined && this.#resuming && again && !this.#has("no-recall")) {
        this.#instead = message;
        const { session_id: _, ...cursor } = this.#cursor();
        return this.#send("session.resume", { session_id: former, ...cursor }, { session_id: id });
      }
      this.#replace();
    }
    this.#instead = undefined;
    this.#adopt(id, payload);
    const back = former !== undefined;
    this.#live = true;
    if (this.#connecting !== undefined) {
      const agents = (payload["capabilities"] as Loose)["agents"];
      const names = (Array.isArray(agents) ? agents : []).map((agent: unknown) =>
        isRecord(agent)
          ? this.#has("agents-by-name-only")
            ? String(agent)
            : agent["name"]
          : this.#has("agents-as-objects-only")
            ? undefined
            : agent,
      );
      const ok = { session_id: id, features: [...this.#features], agents: names };
      this.#write({ n: this.#connecting, ok });
      this.#connecting = undefined;
    }
    if (back || !this.#has("eager")) for (const request of this.#requests) this.#transmit(request);
    if (this.#has("two-in-one-frame")) this.#socket?.send(`{"arcp":"1.1"}\n{"arcp":"1.1"}`);
    if (this.#has("uses-any-feature")) this.#send("session.ping", { nonce: "any" });
  }

  #adopt(id: string, payload: Loose): void {
    this.#sessionId = id;
    this.#tokens.push(String(payload["resume_token"]));
    if (this.#has("logs-tokens")) this.#ear.aside(`resume token ${this.#tokens.at(-1)}`);
    const { features } = payload["capabilities"] as { features?: unknown };
    const told = Array.isArray(features) ? features.map(String) : [];
    if (this.#has("unknown-flag-fatal") && told.some((f) => !allFeatures.includes(f))) {
      return this.#abandon(1002, "PROTOCOL");
    }
    const both = this.#has("features-of-the-welcome")
      ? told
      : told.filter((f) => allFeatures.includes(f));
    this.#features = new Set(this.#older && this.#has("older-has-no-features") ? [] : both);
    this.#watch(Number(payload["heartbeat_interval_sec"] ?? 30) * 1000);
  }

  /** Another session took the place of ours: what we had is lost, and said to be. */
  #replace(): void {
    if (!this.#has("gap-untold")) this.#tell("gap", { reason: "forgotten" });
    this.#lastSeq = 0;
    this.#jobs.clear();
  }

  #watch(interval: number): void {
    this.#quiet();
    if (!this.#features.has("heartbeat")) return;
    this.#beat = setInterval(() => {
      const now = Date.now();
      if (now - this.#heardAt > 2 * interval && !this.#has("patient")) {
        return this.#abandon(4008, "HEARTBEAT_LOST");
      }
      if (now - this.#sentAt < interval || this.#has("never-pings")) return undefined;
      const envelope = this.#has("numbered-pings") ? { event_seq: 1 } : {};
      return this.#send("session.ping", { nonce: this.#nextId() }, envelope);
    }, interval / 10);
  }

  #error(message: Message): void {
    const { payload } = message;
    if (this.#instead !== undefined) {
      // The runtime knows neither form: we go on with what it offered.
      const { payload: welcome, session_id: given } = this.#instead;
      this.#instead = undefined;
      this.#replace();
      this.#live = true;
      return this.#adopt(String(welcome["session_id"] ?? given), welcome);
    }
    if (!this.#live && this.#connecting === undefined && this.#resuming) {
      this.#replace();
      this.#sessionId = undefined;
      return this.#abandon(1000, "RESUME_REFUSED");
    }
    const version = message.arcp === "1" && !this.#older && payload["code"] === "INVALID_REQUEST";
    if (this.#connecting !== undefined && version && !this.#has("never-says-1")) {
      // It may be that the version was all it did not like. (OLD-04)
      this.#arcp = "1";
      this.#socket?.close(1000);
      return this.#dial();
    }
    if (this.#connecting !== undefined) {
      const n = this.#connecting;
      this.#connecting = undefined;
      this.#over = true;
      return this.#write({ n, error: failureOf(payload, this.#has) });
    }
    if (this.#closing !== undefined && !this.#closing.bye && !this.#has("no-bye")) {
      this.#closing.bye = true;
      this.#send("session.bye", {});
      return this.#closed();
    }
    if (this.#has("error-fails-all")) {
      for (const { n } of this.#requests.splice(0))
        this.#write({ n, error: failureOf(payload, this.#has) });
      for (const id of this.#jobs.keys())
        this.#end(id, { status: "error", error: failureOf(payload, this.#has) });
      return undefined;
    }
    const named = answeredBy(this.#requests, message, undefined, this.#has);
    // Its draft has no names: where one request is open, it is that one. (OLD-08)
    const only = this.#older && !this.#has("nameless-refusals-lost") && this.#requests.length === 1;
    return this.#fail(named ?? (only ? this.#requests[0] : undefined), payload);
  }

  #fail(request: Request | undefined, payload: Loose): void {
    if (request === undefined) return;
    this.#requests = this.#requests.filter((one) => one !== request);
    this.#write({ n: request.n, error: failureOf(payload, this.#has) });
  }

  #accepted(message: Message): void {
    const { payload } = message;
    const id = String(message["job_id"] ?? payload["job_id"]);
    const child = payload["parent_job_id"] != null || payload["delegate_id"] !== undefined;
    if (child && !this.#has("child-answers")) return;
    const credentials = payload["credentials"];
    if (Array.isArray(credentials)) {
      if (this.#has("logs-credentials"))
        this.#ear.aside(`credentials ${JSON.stringify(credentials)}`);
      if (this.#has("unknown-scheme-fatal")) return this.#abandon(1002, "PROTOCOL");
    }
    this.#answer(message, "job.submit", { job_id: id }, () =>
      this.#jobs.set(id, new Result(this.#has)),
    );
  }

  #subscribed(message: Message): void {
    const id = String(message["job_id"] ?? message.payload["job_id"]);
    this.#answer(message, "job.subscribe", { job_id: id }, () => {
      if (!this.#has("watched-untold")) this.#jobs.set(id, new Result(this.#has));
    });
  }

  #answer(message: Message, type: string, ok: Loose, taken?: () => void): void {
    const request = answeredBy(this.#requests, message, type, this.#has);
    if (request === undefined) return;
    this.#requests = this.#requests.filter((one) => one !== request);
    taken?.();
    this.#write({ n: request.n, ok });
  }

  #page(message: Message): void {
    const request = answeredBy(this.#requests, message, "session.list_jobs", this.#has);
    if (request === undefined) return;
    this.#requests = this.#requests.filter((one) => one !== request);
    const rows = message.payload["jobs"];
    const ids = [...(request.ids ?? []), ...(rows as Loose[]).map((row) => String(row["job_id"]))];
    const next = message.payload["next_cursor"];
    if (typeof next === "string" && !this.#has("first-page-only")) this.#list(request.n, ids, next);
    else this.#write({ n: request.n, ok: { jobs: ids } });
  }

  /** The runtime has ended the connection in good order. */
  #closed(reason?: unknown): void {
    if (this.#has("talks-after-close")) this.#send("session.ping", { nonce: "late" });
    if (this.#closing !== undefined) return void this.#socket?.close(1000);
    // The code with which the runtime then closes says the same.
    if (reason === "superseded") return undefined;
    return this.#abandon(1000, "CLOSED");
  }

  // ---- the numbered stream ----

  #numbered(message: Message): void {
    const seq = Number(message["event_seq"]);
    if (!this.#live && this.#has("early-replay-lost")) return;
    if (seq <= this.#lastSeq && !this.#has("delivers-duplicates")) return;
    if (seq > this.#lastSeq + 1 && !this.#has("gap-ignored") && this.#holeAfter !== this.#lastSeq) {
      this.#holeAfter = this.#lastSeq;
      return this.#abandon(4002, "GAP");
    }
    this.#lastSeq = Math.max(seq, this.#lastSeq);
    this.#scheduleAck();
    const id = String(message["job_id"] ?? message.payload["job_id"]);
    const job = this.#jobs.get(id);
    const duplicate = message.type === "job.error" && message.payload["code"] === "DUPLICATE_KEY";
    if (duplicate && !this.#has("duplicate-key-ends")) return this.#refused(message);
    if (job === undefined && !(this.#has("ends-twice") && this.#ended.has(id))) {
      if (message.type === "job.error") this.#refused(message);
      return;
    }
    this.#deliver(id, job ?? new Result(this.#has), message);
  }

  /** A job.error of a job that is not ours refuses a submit. (W-36) */
  #refused(message: Message): void {
    if (this.#has("job-error-of-strangers-lost")) return;
    this.#fail(answeredBy(this.#requests, message, "job.submit", this.#has), message.payload);
  }

  #deliver(id: string, job: Result, message: Message): void {
    const { payload, type } = message;
    if (type === "job.event") {
      const { kind, body } = payload;
      if (kind === "result_chunk") job.add(body as Loose);
      const known = ["log", "status", "progress", "result_chunk"].includes(String(kind));
      if (!known && this.#has("unknown-kind-dropped")) return;
      if (!known && this.#has("unknown-kind-fatal")) return this.#abandon(1002, "PROTOCOL");
      return this.#tell("event", { job_id: id, seq: message["event_seq"], kind, body });
    }
    this.#end(
      id,
      type === "job.error"
        ? { status: payload["final_status"], error: failureOf(payload, this.#has) }
        : job.outcome(payload),
    );
  }

  #end(id: string, outcome: Loose): void {
    this.#jobs.delete(id);
    if (this.#older && !this.#has("waits-for-cancelled")) {
      // The end is the answer to a cancel. (OLD-05)
      const asked = this.#requests.filter((one) => one.type === "job.cancel" && one.jobId === id);
      this.#requests = this.#requests.filter((one) => !asked.includes(one));
      for (const { n } of asked) this.#write({ n, ok: {} });
    }
    this.#ended.add(id);
    this.#tell("end", { job_id: id, ...outcome });
  }

  #scheduleAck(): void {
    if (!this.#features.has("ack") && !this.#has("uses-any-feature")) return;
    if (this.#has("acks-each")) return this.#ack();
    this.#ackTimer ??= setTimeout(() => this.#ack(), ackMs);
  }

  #ack(): void {
    this.#ackTimer = undefined;
    const seq = this.#lastSeq + (this.#has("acks-ahead") ? 5 : 0);
    if (seq <= this.#acked && !this.#has("acks-each")) return;
    this.#acked = seq;
    const envelope = this.#has("numbered-acks") ? { event_seq: seq } : {};
    this.#send("session.ack", { last_processed_seq: seq }, envelope);
  }

  // ---- writing ----

  #send(type: string, payload: Loose, envelope: Loose = {}, id = this.#nextId()): void {
    const message: Record<string, unknown> = {
      arcp: this.#has("arcp-2.0") ? "2.0" : this.#arcp,
      id: this.#has("ids-repeat") ? "msg_0000000001" : id,
      type,
      ...(this.#sessionId === undefined || !this.#live || this.#has("no-session-id")
        ? {}
        : { session_id: this.#sessionId }),
      ...envelope,
      payload,
    };
    if (this.#has("no-id")) delete message["id"];
    if (this.#has("no-payload") && type !== "session.hello") delete message["payload"];
    this.#sentAt = Date.now();
    const text = JSON.stringify(message);
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send(this.#has("binary-frames") ? Buffer.from(text) : text);
  }

  /** `msg_` and a ULID that grows. (W-02) */
  #nextId(): string {
    this.#count += 1;
    if (this.#has("ids-are-numbers")) return `${this.#count}`;
    const count = this.#has("ids-shrink") ? 9999 - this.#count : this.#count;
    return `msg_01JABCDEFGHJKMNPQRST${String(count).padStart(6, "0")}`;
  }

  #write(line: Loose): void {
    if (!this.#over || "n" in line || "news" in line) this.#ear.line(JSON.stringify(line));
  }

  #tell(news: string, more: Loose): void {
    this.#write({ news, ...more });
  }

  #refuse(n: number, code: string, message: string): void {
    this.#write({ n, error: { code, message, retryable: false } });
  }
}

// `Client` is an `AsyncDisposable`, which a program for ES2022 has not asked for.
/// <reference lib="esnext.disposable" preserve="true" />
import type {
  AgentInfo,
  Feature,
  JobId,
  JobSummary,
  Message,
  PeerInfo,
  TraceId,
} from "../../generated/current/index.js";
import type { ChildFacts } from "../sessions/client-children.js";
import type { ClientNews } from "../sessions/client-state.js";
import { member } from "../sessions/client-correlate.js";
import type { Dial } from "../transports/port.js";
import { ArcpError, ConnectionError } from "../wire/errors.js";
import type { Clock, Entropy } from "../wire/time.js";
import { timestamp } from "../wire/time.js";
import { ulid } from "../wire/ids.js";
import { newTraceId } from "../wire/trace.js";
import { isOlder } from "../wire/version.js";
import { checkClose, checkJobs, checkSubmit, checkWatch } from "./check-options.js";
import { Job } from "./job.js";
import type { Cancelled, JobHost } from "./job.js";
import { boundsOf, configOf, submissionOf, subscriptionOf, traceOf } from "./options.js";
import type { ConnectOptions, JobsFilter, SubmitOptions, WatchOptions } from "./options.js";
import type { KeptSubmission } from "./kept-session.js";
import { Pump } from "./pump.js";
import type { KeptAt } from "./pump.js";
import { Held } from "./held.js";
import { listJobs } from "./list-jobs.js";
import { watchedJob } from "./watched-job.js";
import { isHeard } from "../sessions/client-watch.js";

/** What is known of the session. §6.2 */
export interface SessionInfo {
  readonly id: string;
  /** What both sides agreed to use. */
  readonly features: readonly Feature[];
  readonly runtime: PeerInfo;
  readonly limits: Readonly<Record<string, unknown>>;
  /** How long the session can at least be resumed, in seconds. */
  readonly resumeWindowSec: number;
  /** Times that it was resumed. */
  readonly resumed: number;
}

/** How a client ended; without `error` the program closed it. */
export interface ClosedClient {
  readonly error: Error | undefined;
}

/** How long a job with more events than are kept waits for its program to begin to read, in milliseconds. */
const BEGIN_MS = 3_000;

/**
 * A session with a runtime. It reconnects and resumes by itself; calls made meanwhile wait. Made by
 * `connect`.
 */
export class Client implements AsyncDisposable {
  /** Resolves when nothing more will happen; never rejects. */
  readonly closed: Promise<ClosedClient>;
  readonly #options: ConnectOptions;
  readonly #clock: Clock;
  readonly #entropy: Entropy;
  readonly #pump: Pump;
  readonly #jobs = new Map<string, Job>();
  /** Where the session is kept: the jobs that are kept with it. */
  readonly #held: Held | undefined;
  readonly #resumesFormer: boolean;
  /** Submits of a former process that are being repeated. */
  readonly #adopted: Promise<unknown>[] = [];
  readonly #host: JobHost;
  #settleClosed: (closed: ClosedClient) => void = () => undefined;
  #settleConnected: { resolve: () => void; reject: (error: Error) => void } | undefined;

  /** @internal Use `connect`. */
  constructor(
    dial: Dial,
    options: ConnectOptions,
    system: { readonly clock: Clock; readonly entropy: Entropy },
    kept?: KeptAt,
  ) {
    this.#options = options;
    this.#clock = system.clock;
    this.#entropy = system.entropy;
    this.closed = new Promise((resolve) => (this.#settleClosed = resolve));
    this.#pump = new Pump({
      ...system,
      dial,
      config: { ...configOf(options), keeping: kept !== undefined },
      token: options.token,
      kept,
      sink: {
        deliver: ({ jobId, message }, size) => {
          const job = this.#jobs.get(jobId);
          job?.deliver(message, size);
          if (job?.isOver === true) this.#jobs.delete(jobId);
        },
        cutoff: ({ jobs, error }) => jobs.forEach((id) => this.#cutOff(id, error)),
        news: (news) => this.#news(news),
        kept: () => this.#held?.text(this.#pump.state),
      },
    });
    const { gate } = this.#pump;
    this.#host = {
      bounds: boundsOf(options),
      schemes: options.credentialSchemes ?? ["bearer"],
      cancel: (jobId, reason) => this.cancel(jobId, reason),
      warn: (error) => this.#news({ type: "warning", error }),
      letGo: (jobId) => {
        this.#jobs.delete(jobId);
        this.#held?.forget([jobId]);
        this.#pump.input({ type: "letGo", jobId });
      },
      hooks: (part) => ({
        read: (seq) => this.#pump.input({ type: "read", seq }),
        shared: kept !== undefined,
        waiting: (change) => gate.waiting(change),
        full: (full) => gate.full(part, full),
        grace: (over) => this.#clock.timer(this.#clock.monotonic() + BEGIN_MS, over),
      }),
    };
    this.#resumesFormer = kept?.session !== undefined;
    if (kept === undefined) return;
    this.#held = new Held();
    for (const former of kept.session?.jobs ?? []) {
      const job = this.#held.restore(former, this.#host);
      this.#jobs.set(job.id, job);
    }
    for (const { id, abandoned, ...submission } of kept.session?.unanswered ?? []) {
      if (abandoned !== true) this.#adopted.push(this.#adopt(id, submission));
    }
  }

  /** What a refused one had asked for is told, since the program that asked is gone. */
  async #adopt(id: string, submission: KeptSubmission): Promise<void> {
    try {
      await this.#pump.adopt(id, (message) =>
        this.#accept(message as Message<"job.accepted">, submission),
      );
    } catch (error) {
      const { agent } = submission.payload;
      const text = `a submit of ${agent} that a former process had made came to nothing: ${(error as Error).message}`;
      const cause = { cause: error };
      if (this.#pump.state.phase === "ended") return;
      const warning = ArcpError.is(error)
        ? new ArcpError(error.code, text, cause)
        : new ConnectionError("OUTCOME_UNKNOWN", text, cause);
      this.#news({ type: "warning", error: warning });
    }
  }

  /** @internal Resolves with the first welcome. */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settleConnected = { resolve, reject };
      this.#pump.start();
    });
  }

  /** The session as of the latest welcome. */
  get session(): SessionInfo {
    const { session, resumed } = this.#pump.state;
    const { id, features, runtime, limits, resumeWindowSec } = session!;
    return { id, features, runtime, limits, resumeWindowSec, resumed };
  }

  /** The agents that the runtime offers, with their versions where it names them. §6.2, §7.5 */
  get agents(): readonly AgentInfo[] {
    return this.#pump.state.session!.agents;
  }

  /**
   * The jobs of this session that have not ended, oldest first. Where the session is kept, also those whose end
   * was not read yet, and with them what a former process left; submits that it had not had an answer to are answered
   * before this resolves. Reading them goes on where that process was. §6.3
   */
  async openJobs(): Promise<readonly Job[]> {
    await Promise.all(this.#adopted);
    return this.#held?.jobs() ?? [...this.#jobs.values()];
  }

  /**
   * Starts a job; resolves when the runtime has accepted it. `agent` is a name, or `name@version`.
   *
   * If the connection goes before the answer, the submit is repeated on the next one: each has an idempotency key,
   * of its own if none is given, by which the runtime finds the job that it may have made already (W-33).
   *
   * Throws a `TypeError` for what cannot be sent, an `ArcpError` if it is refused, and a `ConnectionError` if the
   * connection ends for good. §7.1
   */
  async submit<R = unknown>(
    agent: string,
    input?: unknown,
    options: SubmitOptions = {},
  ): Promise<Job<R>> {
    checkSubmit(options);
    const { signal } = options;
    signal?.throwIfAborted();
    const payload = submissionOf(agent, input, options, () => this.#newKey());
    const traceId = traceOf(options) ?? newTraceId(this.#entropy);
    const id = this.#pump.nextId();
    const giveUp = (): void => this.#pump.abandon(id, reasonOf(signal));
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      const draft = { type: "job.submit", trace_id: traceId as TraceId, payload } as const;
      const job = await this.#pump.request(draft, {
        id,
        repeatable: true,
        taken: (message) =>
          this.#accept(message as Message<"job.accepted">, { trace_id: draft.trace_id, payload }),
      });
      if (signal !== undefined) cancelOn(signal, job);
      return job as Job<R>;
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  }

  #newKey(): string {
    return `key_${ulid(this.#clock.wall(), this.#entropy)}`;
  }

  /** A key that was used before finds the job that this client has already. */
  #accept(message: Message<"job.accepted">, submission: KeptSubmission): Job {
    const known = this.#jobs.get(message.job_id);
    known?.acceptedAgain(message.payload);
    if (known !== undefined) return known;
    const job = new Job(message, submission.payload.agent, this.#host);
    this.#jobs.set(job.id, job);
    this.#held?.add(job, submission);
    return job;
  }

  /**
   * Looks on at a job that another session has submitted, or another principal where the runtime's policy lets this one:
   * from now on, or with what was said before. Goes on over lost connections. Watching does not give the authority to
   * cancel. A job that this client has already is given as it is, until it is over, was closed, or may not be seen any more.
   *
   * Throws a `TypeError` for what cannot be sent, an `ArcpError` if it is refused (`JOB_NOT_FOUND` also for a job that
   * may not be seen), and a `ConnectionError` if the connection ends for good. §7.6
   */
  async watch<R = unknown>(jobId: string, options: WatchOptions = {}): Promise<Job<R>> {
    checkWatch(options);
    const payload = subscriptionOf(jobId, options);
    const known = this.#jobs.get(jobId);
    if (known !== undefined) return known as Job<R>;
    // A former process on this session may have watched it: what it was told would not come again.
    if (this.#resumesFormer) this.#pump.input({ type: "giveBack", jobId: payload.job_id! });
    const draft = { type: "job.subscribe", job_id: payload.job_id!, payload } as const;
    return this.#pump.request(draft, {
      repeatable: true,
      taken: (message) => this.#watched(message as Message<"job.subscribed">) as Job<R>,
    });
  }

  #watched(message: Message<"job.subscribed">): Job {
    const known = this.#jobs.get(message.job_id);
    if (known !== undefined) return known;
    const job = watchedJob(message, this.#host);
    if (isHeard(message.payload)) this.#jobs.set(job.id, job);
    return job;
  }

  /** The jobs that this principal may see, in the runtime's order; pages are fetched as they are needed. §6.6 */
  jobs(filter: JobsFilter = {}): AsyncGenerator<JobSummary, undefined> {
    checkJobs(filter);
    return listJobs(this.#pump, filter);
  }

  /** Asks the runtime to end a job; the session that submitted it may. §7.4 */
  cancel(jobId: string, reason?: string): Promise<Cancelled> {
    const id = jobId as JobId;
    const payload = { job_id: id, ...(reason === undefined ? {} : { reason }) };
    return this.#pump.request(
      { type: "job.cancel", job_id: id, payload },
      {
        repeatable: true,
        taken: (message) => {
          const status = member(message.payload, "final_status");
          // To an older runtime the end is the answer; one that the cancel made did not forestall it (OLD-05).
          const answers = message.type !== "job.cancelled" && isOlder(message.arcp);
          const late = !answers || status !== "cancelled";
          return { jobId, finalStatus: typeof status === "string" && late ? status : undefined };
        },
      },
    );
  }

  /** Milliseconds from a `session.ping` to its `session.pong`. §6.4 */
  ping(): Promise<number> {
    const id = this.#pump.nextId();
    const started = this.#clock.monotonic();
    const payload = { nonce: id, sent_at: timestamp(this.#clock.wall()) };
    return this.#pump.request(
      { type: "session.ping", payload },
      { id, repeatable: true, taken: () => this.#clock.monotonic() - started },
    );
  }

  /**
   * Says goodbye and ends; jobs run on. What waits is settled with a `ConnectionError` `CLOSED`. Safe to call twice. §6.7
   */
  async close(options: { readonly reason?: string } = {}): Promise<void> {
    checkClose(options);
    this.#pump.gate.waiting(1);
    this.#pump.input({ type: "close", id: this.#pump.nextId(), ...options });
    await this.closed;
    await this.#pump.farewells();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #cutOff(id: string, error: Error): void {
    const job = this.#jobs.get(id);
    this.#jobs.delete(id);
    job?.cutOff(error);
  }

  #news(news: ClientNews): void {
    const { on, logger } = this.#options;
    switch (news.type) {
      case "connected":
        this.#settleConnected?.resolve();
        return;
      case "reconnecting": {
        const { attempt, delayMs, error } = news;
        logger?.warn({ attempt, delayMs, err: error }, "connection lost");
        tellLater(on?.reconnecting, { attempt, delayMs, error });
        return;
      }
      case "resumed":
        this.#settleConnected?.resolve();
        logger?.info({ sessionId: news.session.id }, "session resumed");
        tellLater(on?.resumed, { sessionId: news.session.id });
        return;
      case "gap":
        this.#held?.forget(news.gap.jobs);
        logger?.error({ ...news.gap }, "events were lost");
        tellLater(on?.gap, news.gap);
        return;
      case "warning":
        logger?.warn({ err: news.error }, "warning");
        tellLater(on?.warning, news.error);
        return;
      case "child":
        this.#child(news.child);
        return;
      case "ended":
        this.#ended(news.error);
    }
  }

  #child(child: ChildFacts): void {
    const { agent = "", parent_job_id: parentId, delegate_id: delegateId } = child.payload;
    const job = new Job(child, agent, this.#host);
    this.#jobs.set(job.id, job);
    tellLater(this.#options.on?.child, { job, parentId: parentId ?? "", delegateId });
  }

  #ended(error: Error | undefined): void {
    const { on, logger } = this.#options;
    const never = new ConnectionError("CLOSED", "the client was closed before it was connected");
    this.#settleConnected?.reject(error ?? never);
    logger?.info(error === undefined ? {} : { err: error }, "client closed");
    tellLater(on?.closed, { error });
    void this.#finish(error);
  }

  async #finish(error: Error | undefined): Promise<void> {
    // One that took nothing up has nothing to add; and what another owns by now is not to be written over.
    await this.#pump.finish(this.#pump.state.greeted && !ConnectionError.is(error, "SUPERSEDED"));
    this.#settleClosed({ error });
  }
}

/** Listeners run after the step that they are told of, so that they may call the client. */
function tellLater<E>(listener: ((event: E) => void) | undefined, event: E): void {
  if (listener !== undefined) queueMicrotask(() => listener(event));
}

function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error(String(reason), { cause: reason });
}

function cancelOn(signal: AbortSignal, job: Job): void {
  // That the cancel comes too late, or the client is closed, the result tells.
  const cancel = (): void => void job.cancel(reasonOf(signal).message).catch(() => undefined);
  if (signal.aborted) {
    cancel();
    return;
  }
  signal.addEventListener("abort", cancel, { once: true });
  void job.over.then(() => signal.removeEventListener("abort", cancel));
}

import type {
  Budget,
  Credential,
  JobId,
  JobStatus,
  Lease,
  LeaseConstraints,
  PayloadOf,
} from "../../generated/current/index.js";
import { isUnreadable, unreadableError } from "../sessions/client-events.js";
import type { Numbered } from "../sessions/client-state.js";
import { ConnectionError } from "../wire/errors.js";
import { WITHHELD_KIND } from "../wire/withheld.js";
import { EventQueue } from "./event-queue.js";
import type { QueueHooks } from "./event-queue.js";
import { budgetAfter } from "./job-budget.js";
import { JobCredentials } from "./job-credentials.js";
import type { ReceivedEvent } from "./job-event.js";
import type { BufferOptions } from "./options.js";
import { outcomeOf, withheldError } from "./outcome.js";
import type { Outcome } from "./outcome.js";
import { ResultSink } from "./result-sink.js";

/** What a job was accepted with. §7.1 */
export type Accepted = Omit<PayloadOf<"job.accepted">, "credentials">;

/** The same, or what `job.subscribed` says, which does not tell since when. §7.6 */
type Begun = Omit<Accepted, "accepted_at"> & Partial<Pick<Accepted, "accepted_at">>;

/** The answer to a cancel. §7.4 */
export interface Cancelled {
  readonly jobId: string;
  /** How the job had ended already, where the cancel came too late. */
  readonly finalStatus: string | undefined;
}

/** What a job needs of its client. */
export interface JobHost {
  readonly bounds: Required<BufferOptions>;
  /** Schemes of credentials that the program knows. */
  readonly schemes: readonly string[];
  cancel(jobId: string, reason?: string): Promise<Cancelled>;
  /** Something is wrong that fails nothing. */
  warn(error: Error): void;
  /** Nobody hears this job any more. */
  letGo(jobId: JobId): void;
  /** `full` is kept apart by `part`, since events and result have a reader each. */
  hooks(part: object): QueueHooks;
}

/** How far a former process had come with a job. */
export interface FormerReading {
  /** The newest event of its loop that was read. */
  readonly readSeq: number;
  /** The number of the first piece of its streamed result, which comes again as a whole. */
  readonly resultFrom: number | undefined;
}

type Ended = { readonly outcome: Outcome } | { readonly cutOff: Error };

/** What a job that is only watched begins with. §7.6 */
export interface Watched {
  readonly status: string;
  /** Whether anything follows; if not, the job had ended and its history was not asked for. */
  readonly heard: boolean;
}

/**
 * A job that was submitted here: its events, its result, and the authority to cancel it. Events are kept
 * from the acceptance on, so there is no race between submitting and reading. Or a job that is only watched: the same
 * without that authority.
 *
 * ```ts
 * for await (const event of job) if (event.kind === "progress") show(event.body.current);
 * const result = await job.result();
 * ```
 */
export class Job<R = unknown> implements AsyncIterable<ReceivedEvent> {
  readonly id: JobId;
  /** The agent with the version that it was resolved to, where the runtime says so. §7.5 */
  readonly agent: string;
  /** What the job may touch and spend. §9 */
  readonly lease: Lease;
  readonly leaseConstraints: LeaseConstraints | undefined;
  readonly traceId: string | undefined;
  /**
   * The payload of `job.accepted`, whatever else it says, but for its secrets; of a watched job what `job.subscribed` says
   * of it.
   */
  readonly accepted: Begun;
  /** Whether it was not submitted here, and can only be looked at. §7.6 */
  readonly watched: boolean;
  readonly #host: JobHost;
  readonly #hooks: QueueHooks;
  readonly #queue: EventQueue;
  readonly #sink: ResultSink;
  readonly #ended: Promise<Ended>;
  #settle: (ended: Ended) => void = () => undefined;
  #over = false;
  #status: JobStatus | (string & {}) = "pending";
  #final: string | undefined;
  #summary: string | undefined;
  #budget: Budget | undefined;
  readonly #credentials: JobCredentials;
  readonly #readBefore: number;
  #resultFrom: number | undefined;

  /** @internal Made by `client.submit`, or of what a former process has kept. */
  constructor(
    message: {
      readonly job_id: JobId;
      readonly trace_id?: string;
      readonly payload: Begun & Pick<PayloadOf<"job.accepted">, "credentials">;
    },
    agent: string,
    host: JobHost,
    former?: FormerReading,
    watched?: Watched,
  ) {
    const { credentials } = message.payload;
    const payload = credentials === undefined ? message.payload : withoutSecrets(message.payload);
    this.#readBefore = former?.readSeq ?? 0;
    this.#resultFrom = former?.resultFrom;
    this.id = message.job_id;
    this.accepted = payload;
    this.agent = payload.agent ?? agent;
    this.lease = payload.lease;
    this.leaseConstraints = payload.lease_constraints;
    this.#budget = payload.budget;
    this.#credentials = new JobCredentials(host.schemes);
    this.#credentials.take(credentials);
    this.traceId = payload.trace_id ?? message.trace_id;
    this.#host = host;
    this.#hooks = host.hooks(this);
    this.#queue = new EventQueue(this.#hooks, host.bounds);
    const sinkHooks = host.hooks({});
    this.#sink = new ResultSink(sinkHooks, host.bounds.resultBytes);
    this.#ended = new Promise((resolve) => (this.#settle = resolve));
    this.watched = watched !== undefined;
    if (watched === undefined) return;
    this.#status = watched.status;
    if (!watched.heard) this.#missed(watched.status);
  }

  /**
   * The job's credentials as they are now: rotated ones have their new value, and once the job has ended, or is cut off,
   * there are none. Secrets: neither log nor keep them. Those of a scheme that is not in `credentialSchemes` are left out. §9.8
   */
  get credentials(): readonly Credential[] {
    return this.#credentials.list;
  }

  /** As far as this client has heard; `running` once the job says anything. §7.3 */
  get status(): JobStatus | (string & {}) {
    return this.#status;
  }

  /**
   * What is left to spend, by currency, as far as this client has heard; absent where the lease names no budget. What
   * it began with is `accepted.budget`. §9.6
   */
  get budget(): Budget | undefined {
    return this.#budget;
  }

  /** How the job ended, once it has: `success`, `error`, `cancelled` or `timed_out`. */
  get finalStatus(): string | undefined {
    return this.#final;
  }

  /** The result in a sentence, where the agent gave one; known once the job has ended. */
  get summary(): string | undefined {
    return this.#summary;
  }

  /** Events that were let go unread because more of them waited than the client keeps, and no loop was open. */
  get dropped(): number {
    return this.#queue.dropped;
  }

  /**
   * The events, in order, each once; ends with the job. Asking for the next one acknowledges the last, so a
   * loop that is slow slows the runtime. Leaving the loop means that the rest need not be kept. One loop at
   * a time. A loop that begins so late that events were let go (`dropped`) begins with the oldest that is left, and the
   * client tells a `warning`. A `ConnectionError` is thrown when the job was cut off, that is, goes on unheard. §8.2
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<ReceivedEvent, undefined> {
    const events = this.#queue.open();
    if (this.dropped > 0) this.#host.warn(begunLate(this.id, this.dropped));
    return events;
  }

  /**
   * The result: as it stands in the terminal, or put together from its chunks, a string if all of them were
   * text, else a `Uint8Array`. May be awaited with or without a loop over the events.
   *
   * Throws an `ArcpError` if the job failed, or was watched and may be no longer (`JOB_NOT_FOUND`, `PERMISSION_DENIED`),
   * and a `ConnectionError` if it was cut off (`CLOSED`, `SUPERSEDED`, `GAP`), or if the result came damaged
   * (`PROTOCOL`). §7.3, §7.6, §8.4
   */
  async result(): Promise<R> {
    this.#queue.skim();
    this.#hooks.waiting(1);
    try {
      const ended = await this.#ended;
      if ("cutOff" in ended) throw ended.cutOff;
      if (!ended.outcome.ok) throw ended.outcome.error;
      return this.#sink.value(ended.outcome) as R;
    } finally {
      this.#hooks.waiting(-1);
    }
  }

  /**
   * The result as bytes while it is made; the chunks that come from now on are no longer events of the loop.
   * Reading acknowledges. Fails like `result()`, also when a chunk is missing or the size is wrong. Once. §8.4
   */
  stream(): ReadableStream<Uint8Array> {
    const stream = this.#sink.stream();
    this.#queue.skim();
    return stream;
  }

  /**
   * Asks the runtime to end the job. Resolves when it has agreed, or at once for a job that has ended; `result()` then
   * throws `CANCELLED`. §7.4
   */
  cancel(reason?: string): Promise<Cancelled> {
    if (this.#final !== undefined && !this.watched) {
      return Promise.resolve({ jobId: this.id, finalStatus: this.#final });
    }
    return this.#host.cancel(this.id, reason);
  }

  /**
   * Hears no more of the job, which goes on: a loop that is open and `result()` end with a `ConnectionError` `CLOSED`.
   * Of a watched job the subscription is given back. To leave a loop does not do that: its result may still be waited for.
   */
  close(): void {
    if (this.#over) return;
    this.#host.letGo(this.id);
    this.cutOff(new ConnectionError("CLOSED", `job ${this.id} is no longer listened to`));
    this.#queue.skim();
  }

  /** @internal A message of the job's stream arrived; `size` is that of its frame. */
  deliver(message: Numbered, size: number): void {
    if (this.#over) return;
    if (message.type !== "job.event") {
      this.#finish(message.event_seq, { outcome: outcomeOf(message) });
      return;
    }
    const { payload, event_seq: seq } = message;
    if (this.watched && (payload.kind as string) === WITHHELD_KIND) {
      this.#finish(seq, { cutOff: withheldError(this.id, payload.body) });
      return;
    }
    if (isUnreadable(message)) {
      this.#finish(seq, { cutOff: unreadableError(this.id, seq) });
      return;
    }
    this.#status = "running";
    if (payload.kind === "result_chunk") {
      this.#resultFrom ??= seq;
      this.#sink.add(payload.body, seq);
      if (this.#sink.streaming) return;
    }
    if (payload.kind === "metric") this.#budget = budgetAfter(this.#budget, payload.body);
    const told = payload.kind === "status" ? this.#credentials.rotated(payload.body) : payload.body;
    if (seq <= this.#readBefore) {
      this.#hooks.read(seq);
      return;
    }
    // Member by member: a spread of what came from the wire costs more than the parsing of it.
    const { kind, ts, origin_seq: origin } = payload;
    const event =
      origin === undefined
        ? { kind, ts, body: told, seq }
        : { kind, ts, body: told, seq, origin_seq: origin };
    this.#queue.push(event as ReceivedEvent, size);
  }

  /** @internal The job was accepted again, to a submit that repeats its key. */
  acceptedAgain({ credentials }: PayloadOf<"job.accepted">): void {
    this.#credentials.take(credentials);
  }

  /** @internal Nothing more will be heard of this job here. */
  cutOff(error: Error): void {
    if (!this.#over) this.#finish(undefined, { cutOff: error });
  }

  /** @internal How far the program has read; `undefined` once it has read all, the end too. */
  get reading(): FormerReading | undefined {
    if (this.#queue.finished && this.#sink.drained) return undefined;
    const readSeq = Math.max(this.#queue.told, this.#readBefore);
    return { readSeq, resultFrom: this.#resultFrom };
  }

  /** @internal Whether nothing more of it is heard: it has ended, was cut off, or may no longer be looked at. */
  get isOver(): boolean {
    return this.#over;
  }

  /** @internal Resolves when the job has ended or was cut off. */
  get over(): Promise<unknown> {
    return this.#ended;
  }

  /** It had ended, and nothing of that is told: its loop is empty. */
  #missed(status: string): void {
    const text = `job ${this.id} had ended (${status}) before it was watched; watch it with { history: true } for its result`;
    this.#over = true;
    this.#final = status;
    const error = new ConnectionError("OUTCOME_UNKNOWN", text);
    this.#sink.end({ error });
    this.#queue.end(undefined);
    this.#settle({ cutOff: error });
  }

  #finish(seq: number | undefined, ended: Ended): void {
    this.#over = true;
    this.#credentials.drop();
    if ("cutOff" in ended) {
      this.#sink.end({ error: ended.cutOff });
      this.#queue.end(seq, ended.cutOff);
    } else {
      const { outcome } = ended;
      this.#status = outcome.status;
      this.#final = outcome.status;
      if (outcome.ok) this.#summary = outcome.summary;
      this.#sink.end(outcome.ok ? { outcome } : { error: outcome.error });
      this.#queue.end(seq);
    }
    this.#settle(ended);
  }
}

function withoutSecrets({
  credentials: _,
  ...begun
}: Begun & Pick<PayloadOf<"job.accepted">, "credentials">): Begun {
  return begun;
}

function begunLate(jobId: string, dropped: number): ConnectionError {
  const text = `the loop over job ${jobId} begins late: ${dropped} events before it were let go, since nobody read them`;
  return new ConnectionError("GAP", text);
}

import { Limits } from "../../generated/current/index.js";
import type { Feature, JobId, JobStatus, PayloadOf } from "../../generated/current/index.js";
import type { Backoff, ClientConfig, Gap } from "../sessions/client-state.js";
import type { SessionKeeper } from "../keepers/port.js";
import type { Dial } from "../transports/port.js";
import type { LeaseRequest } from "../wire/lease-request.js";
import type { Logger } from "../wire/logger.js";
import type { Job } from "./job.js";
import { instantOf } from "../wire/time.js";
import type { Clock, Entropy } from "../wire/time.js";
import { traceIdOf } from "../wire/trace.js";

/**
 * Where to connect: a URL (`wss://`, or `ws://` on this machine), or anything that opens a transport. Whoever gives the
 * latter answers for who can read what it carries.
 */
export type Target = string | URL | Dial;

/** The bearer token, or what gives a fresh one for each connection. §6.1 */
export type TokenSource = string | (() => string | Promise<string>);

/** What a connection tells the program besides the answers to its calls. Called after the fact, never awaited. */
export interface ClientListeners {
  /** The connection is lost and will be dialled again in `delayMs` milliseconds. */
  readonly reconnecting?: (event: {
    readonly attempt: number;
    readonly delayMs: number;
    readonly error: Error;
  }) => void;
  /** The session goes on where it was; nothing was lost. */
  readonly resumed?: (event: { readonly sessionId: string }) => void;
  /** Events were lost for good: the session could not be resumed, or the runtime left numbers out. §6.3 */
  readonly gap?: (gap: Gap) => void;
  /**
   * A job of this client has delegated another one, which runs in the same session: read it, wait for its result, or
   * `close()` it, as any other job. Without this listener children are not heard. §10
   */
  readonly child?: (event: {
    readonly job: Job;
    readonly parentId: string;
    readonly delegateId: string | undefined;
  }) => void;
  /** Something is wrong that fails no call: an error of the runtime that names no request, a bad frame. */
  readonly warning?: (error: Error) => void;
  /** Nothing more will come; `error` is absent when the program closed the client. */
  readonly closed?: (event: { readonly error: Error | undefined }) => void;
}

/** How a lost connection is dialled again; all optional, in milliseconds. */
export type ReconnectOptions = Partial<Backoff>;

/** How much of what nobody has read yet a client keeps for each job. */
export interface BufferOptions {
  /** Events that nobody has read yet. Default 10,000. */
  readonly events?: number;
  /** Their size, about, in characters of JSON. Default 16 Mi. */
  readonly size?: number;
  /** Most bytes of a streamed result that `result()` assembles; `stream()` has no such limit. Default 512 MiB. */
  readonly resultBytes?: number;
}

/** Options of `connect`. */
export interface ConnectOptions {
  /** Absent: nothing is sent, which only a runtime without authentication accepts. */
  readonly token?: TokenSource;
  /** How the program calls itself in the hello. Default `arcp`. */
  readonly name?: string;
  /** The program's version in the hello. Default this package's. */
  readonly version?: string;
  /** Features to offer. Default all that this client knows. §6.2 */
  readonly features?: readonly Feature[];
  /** Schemes of credentials that the program knows how to present. Default `bearer` alone. §9.8 */
  readonly credentialSchemes?: readonly string[];
  /** `false` offers no heartbeat, so that only the transport tells of a dead peer. §6.4 */
  readonly heartbeat?: boolean;
  /** `false`: a lost connection ends the client. Default: dial again for ever. */
  readonly reconnect?: ReconnectOptions | false;
  /** Longest wait for the transport and the welcome together, in milliseconds. Default 10,000. */
  readonly connectTimeoutMs?: number;
  readonly buffer?: BufferOptions;
  /**
   * Where the session is kept, so that another process can go on with it: `keptInFile(…)`, `keptInLocalStorage(…)`.
   * What is kept there already is taken up: its jobs are in `client.openJobs()`. §6.3
   */
  readonly session?: SessionKeeper;
  /**
   * Also connects to another host without TLS (`ws://`): tokens, inputs and results can then be read and changed by
   * whoever is between. For a tunnel, or a network of containers, in which nobody is. Default false. SEC-01, TRN-04
   */
  readonly allowInsecureRemote?: boolean;
  readonly on?: ClientListeners;
  readonly logger?: Logger;
  /** Gives up a connect that is under way. */
  readonly signal?: AbortSignal;
  /** For tests: what tells the time. */
  readonly clock?: Clock;
  /** For tests: where chance comes from. */
  readonly entropy?: Entropy;
}

/** Options of `client.submit`. */
export interface SubmitOptions {
  /** What the job may touch and spend. §9 */
  readonly lease?: LeaseRequest;
  /**
   * When the lease ends; a string is RFC 3339 in UTC. Needs a runtime that serves the feature
   * `lease_expires_at`; another refuses the job with `INVALID_REQUEST`. §9.5
   */
  readonly expiresAt?: string | Date;
  /**
   * Submitting again with the same key and parameters finds the same job, from another session too, until 24 h
   * after its end; with other parameters it is refused (`DUPLICATE_KEY`). By default each submit has a key of its
   * own, so that one whose answer was lost can be repeated. §7.2
   */
  readonly idempotencyKey?: string;
  /** Longest run in seconds, after which the job ends with `TIMEOUT`. */
  readonly maxRuntimeSec?: number;
  /** Aborted before the job is accepted: the submit rejects; after it: the job is cancelled. */
  readonly signal?: AbortSignal;
  /** 32 lowercase hexadecimal digits; a fresh one if absent. §11 */
  readonly traceId?: string;
}

/** Options of `client.watch`. */
export interface WatchOptions {
  /**
   * What was said after this number is told first; 0 for all of it. It is the submitting session's: `seq` of an event
   * there, `origin_seq` of one that was watched. §7.6
   */
  readonly from?: number;
  /** `true` without `from`: all that was said before. Default: only with `from`. */
  readonly history?: boolean;
}

/** Which jobs `client.jobs` lists. §6.6 */
export interface JobsFilter {
  readonly status?: readonly JobStatus[];
  /** `name` matches every version of it. */
  readonly agent?: string;
  readonly createdAfter?: string | Date;
  /** Most jobs to list. Default all. */
  readonly limit?: number;
}

/** Version of this package, as the hello says it. */
export const CLIENT_VERSION = "0.1.0";

const REPLY_MS = 5_000;
const ACK_MS = 200;

/** Whether this client keeps what a feature asks of it: a new flag does not compile until somebody has decided. */
const OFFERED: Readonly<Record<Feature, boolean>> = {
  heartbeat: true,
  ack: true,
  list_jobs: true,
  subscribe: true,
  lease_expires_at: true,
  "cost.budget": true,
  "model.use": true,
  provisioned_credentials: true,
  progress: true,
  result_chunk: true,
  agent_versions: true,
};

function offeredFeatures(): Feature[] {
  return (Object.keys(OFFERED) as Feature[]).filter((feature) => OFFERED[feature]);
}

/** What the machine is to be told, from what the program said. */
export function configOf(options: ConnectOptions): ClientConfig {
  const offered = options.features ?? offeredFeatures();
  return {
    peer: { name: options.name ?? "arcp", version: options.version ?? CLIENT_VERSION },
    features: options.heartbeat === false ? offered.filter((one) => one !== "heartbeat") : offered,
    welcomeMs: options.connectTimeoutMs ?? 10_000,
    replyMs: REPLY_MS,
    ackMs: ACK_MS,
    children: options.on?.child !== undefined,
    backoff:
      options.reconnect === false
        ? undefined
        : { minDelayMs: 250, maxDelayMs: 10_000, giveUpAfterMs: Infinity, ...options.reconnect },
  };
}

/** The bounds with their defaults. */
export function boundsOf(options: ConnectOptions): Required<BufferOptions> {
  return { events: 10_000, size: 2 ** 24, resultBytes: 2 ** 29, ...options.buffer };
}

/** RFC 3339 for either form of an instant. Throws a `TypeError` that names the option. */
export function instant(value: string | Date, option: string): string {
  if (typeof value === "string") return value;
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) {
    throw new TypeError(`${option} is no valid date: give a Date, or RFC 3339 in UTC`);
  }
  return instantOf(value);
}

/** The trace id of the options. Throws a `TypeError` for what every peer would pass over. §11 */
export function traceOf({ traceId }: SubmitOptions): string | undefined {
  if (traceId === undefined || traceIdOf(traceId) === traceId) return traceId;
  throw new TypeError("traceId must be 32 lowercase hexadecimal digits, not all of them 0");
}

/** The payload of a submit. Throws a `TypeError` for an agent without a name. §7.1 */
export function submissionOf(
  agent: string,
  input: unknown,
  options: SubmitOptions,
  newKey: () => string,
): PayloadOf<"job.submit"> {
  if (typeof agent !== "string" || agent === "") {
    const given = agent === "" ? "an empty string" : typeof agent;
    throw new TypeError(`submit: agent must be a name, or name@version; it is ${given}`);
  }
  const { lease, expiresAt, idempotencyKey, maxRuntimeSec } = options;
  return {
    agent,
    ...(input === undefined ? {} : { input }),
    ...(lease === undefined ? {} : { lease_request: lease }),
    ...(expiresAt === undefined
      ? {}
      : { lease_constraints: { expires_at: instant(expiresAt, "expiresAt") } }),
    idempotency_key: idempotencyKey ?? newKey(),
    ...(maxRuntimeSec === undefined ? {} : { max_runtime_sec: maxRuntimeSec }),
  };
}

/** The payload of a subscribe. Throws a `TypeError` for what is no job's id. §7.6 */
export function subscriptionOf(
  jobId: string,
  { from, history = from !== undefined }: WatchOptions,
): PayloadOf<"job.subscribe"> {
  if (typeof jobId !== "string" || jobId === "") {
    throw new TypeError("watch: give the id of a job, as client.jobs() lists it");
  }
  if (from !== undefined && !(Number.isSafeInteger(from) && from >= 0)) {
    throw new TypeError(`watch: from is the number of an event, 0 or more; got ${from}`);
  }
  const job_id = jobId as JobId;
  return history ? { job_id, history, from_event_seq: from ?? 0 } : { job_id };
}

/** Jobs asked for in one page of a list. */
export function pageSize(left: number): number {
  return Math.min(left, Limits.listPageMax);
}

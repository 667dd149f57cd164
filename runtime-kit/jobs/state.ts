import { jobLifecycle } from "../../generated/current/index.js";
import type {
  DelegateId,
  Feature,
  JobId,
  JobStatus,
  ResultId,
  SessionId,
  TraceId,
} from "../../generated/current/index.js";
import { countersOf } from "../leases/budget.js";
import type { Counter } from "../leases/budget.js";
import { restoredExpiry } from "../leases/expiry.js";
import type { Expiry } from "../leases/expiry.js";
import type { CompiledLease } from "../leases/lease.js";
import type { Now } from "../wire/time.js";
import type { ReaderState } from "./readers.js";

/** A job as the runtime keeps it: plain data. §7 */
export interface JobState {
  readonly id: JobId;
  /** The resolved agent, `name@version`; fixed for the job's life (AGENT-*). */
  readonly agent: string;
  readonly principal: string;
  /** The session that submitted it, and may cancel it. */
  readonly session: SessionId;
  readonly traceId: TraceId;
  /** The `id` of the submit, for its reply; absent for a job that an agent delegated. */
  readonly requestId: string | undefined;
  /** When it was accepted, in milliseconds since the epoch. */
  readonly acceptedAt: number;
  readonly lease: CompiledLease;
  readonly maxRuntimeMs: number | undefined;
  /**
   * What its frames should stay within, in bytes, where a result can be cut: the submitting connection's, since the
   * log is encoded once (W-28).
   */
  readonly frameBytes: number;
  /** Where it was delegated from; absent for a job that a client submitted by itself. §10 */
  readonly parent: { readonly job: JobId; readonly delegateId: DelegateId } | undefined;
  /** The key it was submitted with, and the hash of what was asked for (IDEM-04). */
  readonly key: { readonly name: string; readonly asked: string } | undefined;
  /** What the submitting session's features let this job record (W-14). */
  readonly records: {
    readonly progress: boolean;
    readonly chunks: boolean;
    /** Whether it tells of readers that are behind. */
    readonly pressure: boolean;
  };
  status: JobStatus;
  /** Who receives its entries, the submitting session first. */
  readers: readonly ReaderState[];
  /** Length of its log: the index of the next entry. */
  entries: number;
  /** When the lease ends, if it does. */
  expiry: Expiry | undefined;
  /** What is left to spend; absent where the lease names no budget. */
  budget: readonly Counter[] | undefined;
  /** When the run must have ended, by the monotonic clock. */
  runUntil: number | undefined;
  cancel: { readonly reason: string | undefined; readonly endBy: number } | undefined;
  stream: StreamState | undefined;
  /** When it ended, in milliseconds since the epoch. */
  completedAt: number | undefined;
}

/** What a job is made of; what its features let it record is fixed now (W-14). */
export type JobSeed = Omit<
  JobState,
  | "records"
  | "status"
  | "readers"
  | "entries"
  | "budget"
  | "runUntil"
  | "cancel"
  | "stream"
  | "completedAt"
> & { readonly features: readonly Feature[] };

/** A job that was accepted and has not begun: `pending`, its log empty. §7.3 */
export function newJob(seed: JobSeed): JobState {
  // Field by field: what is spread into a new object has a hidden class of its own, for each job.
  return {
    id: seed.id,
    agent: seed.agent,
    principal: seed.principal,
    session: seed.session,
    traceId: seed.traceId,
    requestId: seed.requestId,
    acceptedAt: seed.acceptedAt,
    lease: seed.lease,
    expiry: seed.expiry,
    maxRuntimeMs: seed.maxRuntimeMs,
    frameBytes: seed.frameBytes,
    parent: seed.parent,
    key: seed.key,
    records: {
      progress: seed.features.includes("progress"),
      chunks: seed.features.includes("result_chunk"),
      pressure: seed.features.includes("ack"),
    },
    status: jobLifecycle.initial,
    readers: [{ session: seed.session, live: 0, whole: true }],
    entries: 0,
    budget: countersOf(seed.lease),
    runUntil: undefined,
    cancel: undefined,
    stream: undefined,
    completedAt: undefined,
  };
}

/**
 * A job as its record tells after a restart. Its log is the truth about its length; what the old process's monotonic
 * clock meant, nobody knows.
 */
export function restoredJob(record: JobState, entries: number, now: Now): JobState {
  const { expiry, acceptedAt } = record;
  return {
    ...record,
    entries,
    runUntil: undefined,
    expiry: expiry === undefined ? undefined : restoredExpiry(expiry, acceptedAt, now),
  };
}

/** A result in the making. §8.4 */
export interface StreamState {
  readonly id: ResultId;
  /** Index of the next chunk. */
  next: number;
  /** Decoded bytes so far. */
  bytes: number;
  done: boolean;
  /** The pieces, when the session cannot receive chunks and the whole must go inline. */
  readonly inline: string[] | undefined;
}

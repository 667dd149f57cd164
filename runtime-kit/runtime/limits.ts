import { Limits } from "../../generated/current/index.js";
import { FRAME_OVERHEAD } from "../wire/encode.js";

/** Bounds of a runtime. Times are in milliseconds, sizes in bytes. §5.3 */
export interface RuntimeLimits {
  /** How long a connection may stay silent before its first message. */
  readonly helloDeadlineMs: number;
  /** The least time for which a dropped session can be resumed. */
  readonly resumeWindowMs: number;
  readonly heartbeatMs: number;
  /** How long a cancelled agent may take to end by itself. */
  readonly cancelGraceMs: number;
  /** How long a job may live on once its lease has ended; it allows no operation. */
  readonly leaseGraceMs: number;
  /** How long a finished job stays listed and its log readable. */
  readonly retentionMs: number;
  /** How long an expired session is remembered, so that its client is told the truth. */
  readonly tombstoneMs: number;
  /** Largest frame, both ways. */
  readonly maxFrameBytes: number;
  /** Largest streamed result, decoded. */
  readonly maxResultBytes: number;
  /** Data of one chunk of a streamed result, decoded. */
  readonly chunkBytes: number;
  /** How long a function of `policy` may take for an answer; what it then answers is no longer heard. */
  readonly policyTimeoutMs: number;
  /** How long the provisioner of credentials may take for an answer. */
  readonly credentialTimeoutMs: number;
  /** Jobs that are kept after their end; beyond it the oldest are forgotten before their retention is over. */
  readonly maxFinishedJobs: number;
  /** Logs of finished jobs together, in characters of JSON; beyond it the oldest jobs are forgotten. */
  readonly maxFinishedBytes: number;
  /**
   * Logs of all jobs together, in characters of JSON: what a store's file grows to, and little more. Beyond it finished
   * jobs are forgotten, from an eighth more on also those that a connected session has not been sent; where running
   * ones alone are more than that, the one with the longest log is ended.
   */
  readonly maxStoredBytes: number;
  /** Inputs of jobs that have not ended, together. */
  readonly maxInputsBytes: number;
  /** Agents that run at the same time; further jobs wait as `pending`. */
  readonly maxRunningJobs: number;
  readonly maxPendingJobs: number;
  /** How many jobs may stand above one that an agent delegates. */
  readonly maxDelegationDepth: number;
  /** Jobs that one job has delegated and that have not ended. Each runs beside its parent, whatever `maxRunningJobs` says. */
  readonly maxChildrenPerJob: number;
  /** Jobs of one principal that have not ended. */
  readonly maxJobsPerPrincipal: number;
  /** Submits of one principal in a second, on average; as many may come at once. Those of known keys are answered anyway. */
  readonly maxSubmitsPerSecond: number;
  /** Jobs that sessions of one principal receive without having submitted them: subscriptions, and repeated keys. */
  readonly maxSubscriptionsPerPrincipal: number;
  /**
   * What waits for connections of one principal that do not take it; beyond it the one that is stuck longest is
   * closed, and may resume.
   */
  readonly maxBufferedBytesPerPrincipal: number;
  /** Sessions of one principal, connected or resumable. */
  readonly maxSessionsPerPrincipal: number;
  /** Connections that have not been authenticated yet. */
  readonly maxUnauthenticated: number;
}

/** The limits with their defaults. Throws a `TypeError` for a name that is none, or a value that bounds nothing. */
export function limitsOf(given: Partial<RuntimeLimits> = {}): RuntimeLimits {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name)) {
      throw new TypeError(
        `there is no limit ${name}; there are ${Object.keys(DEFAULT_LIMITS).join(", ")}`,
      );
    }
    if (typeof value !== "number" || Number.isNaN(value) || value < 0) {
      throw new TypeError(`the limit ${name} is a number, not negative; got ${String(value)}`);
    }
    const least = LEAST[name as keyof RuntimeLimits] ?? 0;
    if (value < least) {
      throw new TypeError(`the limit ${name} is a number, ${least} or more; got ${value}`);
    }
  }
  return { ...DEFAULT_LIMITS, ...given };
}

/** With less nothing would ever run, or no welcome would fit. */
const LEAST: Partial<RuntimeLimits> = {
  maxRunningJobs: 1,
  maxFrameBytes: 4 * FRAME_OVERHEAD,
  chunkBytes: 4,
};

/** The limits of a runtime that is told nothing else. */
export const DEFAULT_LIMITS: RuntimeLimits = {
  helloDeadlineMs: Limits.helloDeadlineMs,
  resumeWindowMs: Limits.resumeWindowSec * 1000,
  heartbeatMs: Limits.heartbeatIntervalSec * 1000,
  cancelGraceMs: Limits.cancelGraceMs,
  leaseGraceMs: Limits.leaseGraceMs,
  retentionMs: Limits.retentionHours * 3_600_000,
  tombstoneMs: Limits.tombstoneHours * 3_600_000,
  maxFrameBytes: Limits.maxFrameBytes,
  maxResultBytes: 1024 * 1024 * 1024,
  chunkBytes: Limits.chunkBytes,
  policyTimeoutMs: 5_000,
  credentialTimeoutMs: 10_000,
  maxFinishedJobs: 10_000,
  maxFinishedBytes: 256 * 1024 * 1024,
  maxStoredBytes: 4 * 1024 * 1024 * 1024,
  maxInputsBytes: 256 * 1024 * 1024,
  maxRunningJobs: 64,
  maxPendingJobs: 10_000,
  maxDelegationDepth: 8,
  maxChildrenPerJob: 64,
  maxJobsPerPrincipal: 10_000,
  maxSubmitsPerSecond: 10_000,
  maxSubscriptionsPerPrincipal: 10_000,
  maxBufferedBytesPerPrincipal: 64 * 1024 * 1024,
  maxSessionsPerPrincipal: 1_000,
  maxUnauthenticated: 256,
};

const HOUR_MS = 3_600_000;

/** What a welcome says of limits that are not those of the draft, by the draft's names (ENC-17). §5.3 */
export function statedLimits(limits: RuntimeLimits): Readonly<Record<string, number>> {
  const named = [
    ["max_frame_bytes", limits.maxFrameBytes, Limits.maxFrameBytes],
    ["hello_deadline_ms", limits.helloDeadlineMs, Limits.helloDeadlineMs],
    ["resume_window_sec", limits.resumeWindowMs / 1000, Limits.resumeWindowSec],
    ["heartbeat_interval_sec", limits.heartbeatMs / 1000, Limits.heartbeatIntervalSec],
    ["cancel_grace_ms", limits.cancelGraceMs, Limits.cancelGraceMs],
    ["lease_grace_ms", limits.leaseGraceMs, Limits.leaseGraceMs],
    ["chunk_bytes", limits.chunkBytes, Limits.chunkBytes],
    ["retention_hours", limits.retentionMs / HOUR_MS, Limits.retentionHours],
    ["tombstone_hours", limits.tombstoneMs / HOUR_MS, Limits.tombstoneHours],
  ] as const;
  return Object.fromEntries(
    // What has no bound has no number to be stated.
    named
      .filter(([, own, drafts]) => own !== drafts && Number.isFinite(own))
      .map(([name, own]) => [name, own]),
  );
}

/** The exit codes of the command line, complete over every code that a failure can have. */
import type { ErrorCode } from "../../generated/current/index.js";
import { isErrorCode } from "../wire/errors.js";
import type { ConnectionFailure } from "../wire/errors.js";

/** How a command can end. `conformance` has codes of its own. */
export const Exit = {
  Success: 0,
  Unexpected: 1,
  Usage: 2,
  Unauthenticated: 3,
  Unreachable: 4,
  JobError: 5,
  LeaseOrBudget: 6,
  Cancelled: 7,
  Timeout: 8,
  NotFound: 9,
  Gap: 10,
} as const;
export type ExitCode = (typeof Exit)[keyof typeof Exit];

/** What each code means, as `--help` prints it. */
export const meanings: Readonly<Record<ExitCode, string>> = {
  0: "success",
  1: "unexpected",
  2: "usage: a wrong command line, or a request that the runtime finds invalid",
  3: "unauthenticated",
  4: "unreachable, or cut off for good",
  5: "the job ended in an error",
  6: "lease or budget",
  7: "the job was cancelled",
  8: "the job ran out of time",
  9: "no such agent or job",
  10: "gap: events were lost",
};

/** For a request that was refused: nothing has run. */
const refused: Readonly<Record<ErrorCode, ExitCode>> = {
  PERMISSION_DENIED: Exit.LeaseOrBudget,
  LEASE_SUBSET_VIOLATION: Exit.LeaseOrBudget,
  JOB_NOT_FOUND: Exit.NotFound,
  DUPLICATE_KEY: Exit.Usage,
  AGENT_NOT_AVAILABLE: Exit.NotFound,
  AGENT_VERSION_NOT_AVAILABLE: Exit.NotFound,
  CANCELLED: Exit.Cancelled,
  TIMEOUT: Exit.Timeout,
  RESUME_WINDOW_EXPIRED: Exit.Gap,
  HEARTBEAT_LOST: Exit.Unreachable,
  LEASE_EXPIRED: Exit.LeaseOrBudget,
  BUDGET_EXHAUSTED: Exit.LeaseOrBudget,
  INVALID_REQUEST: Exit.Usage,
  UNAUTHENTICATED: Exit.Unauthenticated,
  INTERNAL_ERROR: Exit.Unexpected,
};

/** How a job can end, other than in success. */
export type EndedCode =
  typeof Exit.JobError | typeof Exit.LeaseOrBudget | typeof Exit.Cancelled | typeof Exit.Timeout;

/** For the terminal of a job: it ended, whatever its code would mean elsewhere. */
const ended: Readonly<Record<ErrorCode, EndedCode>> = {
  PERMISSION_DENIED: Exit.LeaseOrBudget,
  LEASE_SUBSET_VIOLATION: Exit.LeaseOrBudget,
  JOB_NOT_FOUND: Exit.JobError,
  DUPLICATE_KEY: Exit.JobError,
  AGENT_NOT_AVAILABLE: Exit.JobError,
  AGENT_VERSION_NOT_AVAILABLE: Exit.JobError,
  CANCELLED: Exit.Cancelled,
  TIMEOUT: Exit.Timeout,
  RESUME_WINDOW_EXPIRED: Exit.JobError,
  HEARTBEAT_LOST: Exit.JobError,
  LEASE_EXPIRED: Exit.LeaseOrBudget,
  BUDGET_EXHAUSTED: Exit.LeaseOrBudget,
  INVALID_REQUEST: Exit.JobError,
  UNAUTHENTICATED: Exit.JobError,
  INTERNAL_ERROR: Exit.JobError,
};

/** For a connection that failed: whatever the job does, it goes on unheard. Never one of `EndedCode`. */
const cutOff: Readonly<Record<ConnectionFailure, Exclude<ExitCode, 0 | EndedCode>>> = {
  UNREACHABLE: Exit.Unreachable,
  REFUSED: Exit.Unreachable,
  CLOSED: Exit.Unreachable,
  SUPERSEDED: Exit.Unreachable,
  HEARTBEAT_LOST: Exit.Unreachable,
  PROTOCOL: Exit.Unexpected,
  OUTCOME_UNKNOWN: Exit.Unreachable,
  GAP: Exit.Gap,
  NOT_KEPT: Exit.Unexpected,
};

/** The exit code of a request that was refused with this code. §12 */
export function exitOfRefusal(code: string): ExitCode {
  return isErrorCode(code) ? refused[code] : Exit.Unexpected;
}

/** The exit code of a job that ended with this code. §7.3, §12 */
export function exitOfEnd(code: string): EndedCode {
  return isErrorCode(code) ? ended[code] : Exit.JobError;
}

/** The exit code of a connection that failed. */
export function exitOfConnection(code: ConnectionFailure): ExitCode {
  return cutOff[code];
}

/** The table, for `--help`. */
export function exitHelp(): string {
  const rows = Object.entries(meanings).map(([code, words]) => `  ${code.padStart(2)}  ${words}`);
  return ["", "Exit codes:", ...rows].join("\n");
}

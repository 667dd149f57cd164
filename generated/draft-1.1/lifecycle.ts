// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

/**
 * Where a job stands.
 *
 * @see spec/draft-arcp-1.1.md#job-lifecycle §7.3
 */
export type JobStatus = "pending" | "running" | "cancelled" | "error" | "success" | "timed_out";

/**
 * Where a session stands, as its runtime sees it.
 *
 * @see spec/draft-arcp-1.1.md#sessions §6
 */
export type SessionPhase = "greeting" | "attached" | "refused" | "detached" | "closed" | "expired";

/** What moves a job from one status to the next. */
export type JobTrigger = "start" | "cancel" | "fail" | "expire" | "return" | "crash" | "timeout";

/** What moves a session from one phase to the next. */
export type SessionTrigger = "hello" | "refuse" | "drop" | "close" | "resume" | "discard" | "expire";

/** A machine: where it begins, what nothing leaves, and every step between. */
interface Lifecycle<State extends string, Trigger extends string> {
  readonly initial: State;
  readonly terminal: readonly State[];
  readonly transitions: readonly {
    readonly from: State;
    readonly to: State;
    readonly on: Trigger;
  }[];
}

/**
 * Every step that a job can take.
 *
 * @see spec/draft-arcp-1.1.md#job-lifecycle §7.3
 */
export const jobLifecycle: Lifecycle<JobStatus, JobTrigger> = {
  initial: "pending",
  terminal: ["cancelled", "error", "success", "timed_out"],
  transitions: [
    /** The agent was started. */
    { from: "pending", to: "running", on: "start" },
    /** Cancelled before the agent was started. */
    { from: "pending", to: "cancelled", on: "cancel" },
    /** The agent could not be started. */
    { from: "pending", to: "error", on: "fail" },
    /** The lease ended before the agent was started. */
    { from: "pending", to: "error", on: "expire" },
    /** The agent returned its result. */
    { from: "running", to: "success", on: "return" },
    /** The agent threw, or the runtime refused what it returned. */
    { from: "running", to: "error", on: "fail" },
    /** The lease ended, and the agent tried an operation or the grace ran out. */
    { from: "running", to: "error", on: "expire" },
    /** The process that ran the agent died. */
    { from: "running", to: "error", on: "crash" },
    /** A cancel was committed and the agent has ended, or was ended. */
    { from: "running", to: "cancelled", on: "cancel" },
    /** The run outlasted `max_runtime_sec`. */
    { from: "running", to: "timed_out", on: "timeout" },
  ],
};

/**
 * Every step that a session can take.
 *
 * @see spec/draft-arcp-1.1.md#sessions §6
 */
export const sessionLifecycle: Lifecycle<SessionPhase, SessionTrigger> = {
  initial: "greeting",
  terminal: ["refused", "expired"],
  transitions: [
    /** A hello was accepted and a session was created. */
    { from: "greeting", to: "attached", on: "hello" },
    /** The first message was refused, or none came in time; no session ever existed. */
    { from: "greeting", to: "refused", on: "refuse" },
    /** The transport ended without a close. */
    { from: "attached", to: "detached", on: "drop" },
    /** The client closed the session in good order; it can still be resumed. */
    { from: "attached", to: "closed", on: "close" },
    /** A newer connection resumed the session and took it over. */
    { from: "attached", to: "attached", on: "resume" },
    /** An empty session was dropped because its client then resumed another one. */
    { from: "attached", to: "expired", on: "discard" },
    /** A connection resumed the session. */
    { from: "detached", to: "attached", on: "resume" },
    /** A connection resumed the session. */
    { from: "closed", to: "attached", on: "resume" },
    /** The resume window is over and the log no longer covers what the client has not seen. */
    { from: "detached", to: "expired", on: "expire" },
    /** As for a detached session. */
    { from: "closed", to: "expired", on: "expire" },
  ],
};

/** Whether a job in this status has ended. A status that this revision does not know has not. */
export function isTerminal(status: string): boolean {
  switch (status) {
    case "cancelled":
    case "error":
    case "success":
    case "timed_out":
      return true;
    default:
      return false;
  }
}

/** Where a trigger takes a job; `undefined` where the table has no such step. */
export function nextJobStatus(from: JobStatus, on: JobTrigger): JobStatus | undefined {
  switch (from) {
    case "pending":
      switch (on) {
        case "start":
          return "running";
        case "cancel":
          return "cancelled";
        case "fail":
          return "error";
        case "expire":
          return "error";
        default:
          return undefined;
      }
    case "running":
      switch (on) {
        case "return":
          return "success";
        case "fail":
          return "error";
        case "expire":
          return "error";
        case "crash":
          return "error";
        case "cancel":
          return "cancelled";
        case "timeout":
          return "timed_out";
        default:
          return undefined;
      }
    default:
      return undefined;
  }
}

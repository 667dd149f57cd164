// Generated from spec/draft-arcp-02.md by `npm run generate`. Edit the spec, never this file.

/**
 * Where a job stands.
 *
 * @see spec/draft-arcp-02.md#job-lifecycle §7.3
 */
export type JobStatus = "pending" | "running" | "success" | "error" | "cancelled" | "timed_out";

/**
 * Where a session stands, as its runtime sees it.
 *
 * @see spec/draft-arcp-02.md#sessions §6
 */
export type SessionPhase = "greeting" | "attached" | "refused" | "detached" | "closed" | "expired";

/** What moves a job from one status to the next. */
export type JobTrigger = "start" | "return" | "fail" | "cancel" | "timeout";

/** What moves a session from one phase to the next. */
export type SessionTrigger = "hello" | "refuse" | "drop" | "close" | "resume" | "expire";

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
 * @see spec/draft-arcp-02.md#job-lifecycle §7.3
 */
export const jobLifecycle: Lifecycle<JobStatus, JobTrigger> = {
  initial: "pending",
  terminal: ["success", "error", "cancelled", "timed_out"],
  transitions: [
    /** The agent was started. */
    { from: "pending", to: "running", on: "start" },
    /** The agent returned its result. */
    { from: "running", to: "success", on: "return" },
    /** The job failed. */
    { from: "running", to: "error", on: "fail" },
    /** The client cancelled the job. */
    { from: "running", to: "cancelled", on: "cancel" },
    /** The run outlasted `max_runtime_sec`. */
    { from: "running", to: "timed_out", on: "timeout" },
  ],
};

/**
 * Every step that a session can take.
 *
 * @see spec/draft-arcp-02.md#sessions §6
 */
export const sessionLifecycle: Lifecycle<SessionPhase, SessionTrigger> = {
  initial: "greeting",
  terminal: ["refused", "expired"],
  transitions: [
    /** A hello was accepted and a session was created. */
    { from: "greeting", to: "attached", on: "hello" },
    /** The hello was refused; no session ever existed. */
    { from: "greeting", to: "refused", on: "refuse" },
    /** The transport ended without a close. */
    { from: "attached", to: "detached", on: "drop" },
    /** One side said `session.bye`; the session may be kept. */
    { from: "attached", to: "closed", on: "close" },
    /** A connection resumed the session. */
    { from: "detached", to: "attached", on: "resume" },
    /** A connection resumed the session, which the runtime had kept. */
    { from: "closed", to: "attached", on: "resume" },
    /** The window is over. */
    { from: "detached", to: "expired", on: "expire" },
    /** As for a detached session. */
    { from: "closed", to: "expired", on: "expire" },
  ],
};

/** Whether a job in this status has ended. A status that this revision does not know has not. */
export function isTerminal(status: string): boolean {
  switch (status) {
    case "success":
    case "error":
    case "cancelled":
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
        default:
          return undefined;
      }
    case "running":
      switch (on) {
        case "return":
          return "success";
        case "fail":
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

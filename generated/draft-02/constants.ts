// Generated from spec/draft-arcp-02.md by `npm run generate`. Edit the spec, never this file.

/** The name of the draft that this folder was generated from: its folder is `draft-02`. */
export const DRAFT = "02";

/** The revision that this folder was generated from, as the envelope's `arcp` says it. */
export const PROTOCOL_VERSION = "1";

/** Revisions that a message may name, oldest first. */
export const SUPPORTED_VERSIONS = ["1"] as const;

/** Types of messages. */
export const MessageType = {
  /**
   * Opens a session, or resumes one; the first message of a connection.
   *
   * @see spec/draft-arcp-02.md#hello §6.2
   */
  SessionHello: "session.hello",
  /**
   * Accepts the client and says what the session can do.
   *
   * @see spec/draft-arcp-02.md#hello §6.2
   */
  SessionWelcome: "session.welcome",
  /**
   * The last message of a connection.
   *
   * @see spec/draft-arcp-02.md#close §6.4
   */
  SessionBye: "session.bye",
  /**
   * Refuses a request, or reports a fault of the session.
   *
   * @see spec/draft-arcp-02.md#session-error §6.5
   */
  SessionError: "session.error",
  /**
   * Asks for a job to be run.
   *
   * @see spec/draft-arcp-02.md#job-submit §7.1
   */
  JobSubmit: "job.submit",
  /**
   * Says that the job exists, and with what authority.
   *
   * @see spec/draft-arcp-02.md#job-submit §7.1
   */
  JobAccepted: "job.accepted",
  /**
   * Asks for a job to be stopped.
   *
   * @see spec/draft-arcp-02.md#job-cancel §7.4
   */
  JobCancel: "job.cancel",
  /**
   * Something happened in a job.
   *
   * @see spec/draft-arcp-02.md#job-event §8.1
   */
  JobEvent: "job.event",
  /**
   * The job ended in success.
   *
   * @see spec/draft-arcp-02.md#job-event §8.1
   */
  JobResult: "job.result",
  /**
   * The job ended otherwise.
   *
   * @see spec/draft-arcp-02.md#job-event §8.1
   */
  JobError: "job.error",
} as const;

/** Types of messages. */
export type MessageType = (typeof MessageType)[keyof typeof MessageType];

/** Codes of errors. */
export const ErrorCode = {
  /**
   * The lease does not allow the operation.
   *
   * @see spec/draft-arcp-02.md#errors §12
   */
  PermissionDenied: "PERMISSION_DENIED",
  /**
   * A delegation asked for more than its parent may do.
   *
   * @see spec/draft-arcp-02.md#errors §12
   */
  LeaseSubsetViolation: "LEASE_SUBSET_VIOLATION",
  /**
   * No such job in this session.
   *
   * @see spec/draft-arcp-02.md#errors §12
   */
  JobNotFound: "JOB_NOT_FOUND",
  /**
   * The idempotency key was used with other parameters.
   *
   * @see spec/draft-arcp-02.md#errors §12
   */
  DuplicateKey: "DUPLICATE_KEY",
  /**
   * No agent of that name is registered.
   *
   * @see spec/draft-arcp-02.md#errors §12
   */
  AgentNotAvailable: "AGENT_NOT_AVAILABLE",
  /**
   * The job was cancelled.
   *
   * @see spec/draft-arcp-02.md#errors §12
   */
  Cancelled: "CANCELLED",
  /**
   * The job ran longer than `max_runtime_sec`.
   *
   * @see spec/draft-arcp-02.md#errors §12
   */
  Timeout: "TIMEOUT",
  /**
   * The buffer no longer covers what was asked for.
   *
   * @see spec/draft-arcp-02.md#errors §12
   */
  ResumeWindowExpired: "RESUME_WINDOW_EXPIRED",
  /**
   * The client went away without a close.
   *
   * @see spec/draft-arcp-02.md#errors §12
   */
  HeartbeatLost: "HEARTBEAT_LOST",
  /**
   * The message is malformed or breaks a schema.
   *
   * @see spec/draft-arcp-02.md#errors §12
   */
  InvalidRequest: "INVALID_REQUEST",
  /**
   * The token of the hello is missing or invalid.
   *
   * @see spec/draft-arcp-02.md#errors §12
   */
  Unauthenticated: "UNAUTHENTICATED",
  /**
   * The runtime failed.
   *
   * @see spec/draft-arcp-02.md#errors §12
   */
  InternalError: "INTERNAL_ERROR",
} as const;

/** Codes of errors. */
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

/** Flags of features, as negotiated. */
export const Feature = {
} as const;

/** Flags of features, as negotiated. */
export type Feature = (typeof Feature)[keyof typeof Feature];

/** Kinds of job events. */
export const EventKind = {
  /**
   * A line for people.
   *
   * @see spec/draft-arcp-02.md#event-kinds §8.2
   */
  Log: "log",
  /**
   * A piece of the agent's reasoning.
   *
   * @see spec/draft-arcp-02.md#event-kinds §8.2
   */
  Thought: "thought",
  /**
   * The agent called a tool.
   *
   * @see spec/draft-arcp-02.md#event-kinds §8.2
   */
  ToolCall: "tool_call",
  /**
   * The tool answered, or the call was refused.
   *
   * @see spec/draft-arcp-02.md#event-kinds §8.2
   */
  ToolResult: "tool_result",
  /**
   * The job entered a phase.
   *
   * @see spec/draft-arcp-02.md#event-kinds §8.2
   */
  Status: "status",
  /**
   * A measurement.
   *
   * @see spec/draft-arcp-02.md#event-kinds §8.2
   */
  Metric: "metric",
  /**
   * The agent made something that has an address.
   *
   * @see spec/draft-arcp-02.md#event-kinds §8.2
   */
  ArtifactRef: "artifact_ref",
  /**
   * The agent asked for a sub-job.
   *
   * @see spec/draft-arcp-02.md#event-kinds §8.2
   */
  Delegate: "delegate",
} as const;

/** Kinds of job events. */
export type EventKind = (typeof EventKind)[keyof typeof EventKind];

/** Namespaces of a lease. */
export const Namespace = {
  /**
   * Reading files.
   *
   * @see spec/draft-arcp-02.md#lease-grammar §9.2
   */
  FsRead: "fs.read",
  /**
   * Writing files.
   *
   * @see spec/draft-arcp-02.md#lease-grammar §9.2
   */
  FsWrite: "fs.write",
  /**
   * Requests over HTTP and HTTPS.
   *
   * @see spec/draft-arcp-02.md#lease-grammar §9.2
   */
  NetFetch: "net.fetch",
  /**
   * Calling registered tools.
   *
   * @see spec/draft-arcp-02.md#lease-grammar §9.2
   */
  ToolCall: "tool.call",
  /**
   * Delegating to other agents.
   *
   * @see spec/draft-arcp-02.md#lease-grammar §9.2
   */
  AgentDelegate: "agent.delegate",
} as const;

/** Namespaces of a lease. */
export type Namespace = (typeof Namespace)[keyof typeof Namespace];

/** Limits of the protocol; the name of each ends in its unit, where it has one. */
export const Limits = {
  /**
   * Time an agent has to stop after a cancel before the runtime ends it. In ms.
   *
   * @see spec/draft-arcp-02.md#limits §5.3
   */
  cancelGraceMs: 30000,
  /**
   * How long an `idempotency_key` is remembered. In hours.
   *
   * @see spec/draft-arcp-02.md#limits §5.3
   */
  idempotencyHours: 24,
} as const;

// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

/** The name of the draft that this folder was generated from: its folder is `draft-02.1`. */
export const DRAFT = "02.1";

/** The revision that this folder was generated from, as the envelope's `arcp` says it. */
export const PROTOCOL_VERSION = "1";

/** Revisions that a message may name, oldest first. */
export const SUPPORTED_VERSIONS = ["1"] as const;

/** Types of messages. */
export const MessageType = {
  /**
   * Opens a session, or resumes one; the first message of a connection.
   *
   * @see spec/draft-arcp-02.1.md#hello §6.2
   */
  SessionHello: "session.hello",
  /**
   * Accepts the client and says what the session can do.
   *
   * @see spec/draft-arcp-02.1.md#hello §6.2
   */
  SessionWelcome: "session.welcome",
  /**
   * Asks the peer for a sign of life.
   *
   * @see spec/draft-arcp-02.1.md#heartbeats §6.4
   */
  SessionPing: "session.ping",
  /**
   * Answers a ping.
   *
   * @see spec/draft-arcp-02.1.md#heartbeats §6.4
   */
  SessionPong: "session.pong",
  /**
   * Says up to which event the client has processed all.
   *
   * @see spec/draft-arcp-02.1.md#ack §6.5
   */
  SessionAck: "session.ack",
  /**
   * Asks which jobs there are.
   *
   * @see spec/draft-arcp-02.1.md#list-jobs §6.6
   */
  SessionListJobs: "session.list_jobs",
  /**
   * One page of the jobs that the principal may observe.
   *
   * @see spec/draft-arcp-02.1.md#list-jobs §6.6
   */
  SessionJobs: "session.jobs",
  /**
   * The last message of a connection.
   *
   * @see spec/draft-arcp-02.1.md#close §6.7
   */
  SessionBye: "session.bye",
  /**
   * Refuses a request, or reports a fault of the session.
   *
   * @see spec/draft-arcp-02.1.md#session-error §6.8
   */
  SessionError: "session.error",
  /**
   * Asks for a job to be run.
   *
   * @see spec/draft-arcp-02.1.md#job-submit §7.1
   */
  JobSubmit: "job.submit",
  /**
   * Says that the job exists, and with what authority.
   *
   * @see spec/draft-arcp-02.1.md#job-submit §7.1
   */
  JobAccepted: "job.accepted",
  /**
   * Asks for a job to be stopped.
   *
   * @see spec/draft-arcp-02.1.md#job-cancel §7.4
   */
  JobCancel: "job.cancel",
  /**
   * Asks to observe a job.
   *
   * @see spec/draft-arcp-02.1.md#job-subscribe §7.6
   */
  JobSubscribe: "job.subscribe",
  /**
   * Says what the job is and may do, and that its events follow.
   *
   * @see spec/draft-arcp-02.1.md#job-subscribe §7.6
   */
  JobSubscribed: "job.subscribed",
  /**
   * Ends the observation.
   *
   * @see spec/draft-arcp-02.1.md#job-subscribe §7.6
   */
  JobUnsubscribe: "job.unsubscribe",
  /**
   * Something happened in a job.
   *
   * @see spec/draft-arcp-02.1.md#job-event §8.1
   */
  JobEvent: "job.event",
  /**
   * The job ended in success.
   *
   * @see spec/draft-arcp-02.1.md#job-event §8.1
   */
  JobResult: "job.result",
  /**
   * The job ended otherwise.
   *
   * @see spec/draft-arcp-02.1.md#job-event §8.1
   */
  JobError: "job.error",
} as const;

/** Types of messages. */
export type MessageType = (typeof MessageType)[keyof typeof MessageType];

/** Codes of errors. */
export const ErrorCode = {
  /**
   * The lease or the policy does not allow the operation.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  PermissionDenied: "PERMISSION_DENIED",
  /**
   * A delegation asked for more than its parent may do.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  LeaseSubsetViolation: "LEASE_SUBSET_VIOLATION",
  /**
   * No such job, or none that is visible.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  JobNotFound: "JOB_NOT_FOUND",
  /**
   * The idempotency key was used with other parameters.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  DuplicateKey: "DUPLICATE_KEY",
  /**
   * No agent of that name is registered.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  AgentNotAvailable: "AGENT_NOT_AVAILABLE",
  /**
   * The agent is registered, that version of it is not.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  AgentVersionNotAvailable: "AGENT_VERSION_NOT_AVAILABLE",
  /**
   * The job was cancelled.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  Cancelled: "CANCELLED",
  /**
   * The job ran longer than `max_runtime_sec`.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  Timeout: "TIMEOUT",
  /**
   * The buffer no longer covers what was asked for.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  ResumeWindowExpired: "RESUME_WINDOW_EXPIRED",
  /**
   * Nothing was heard from the other side for too long.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  HeartbeatLost: "HEARTBEAT_LOST",
  /**
   * The lease reached its `expires_at`.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  LeaseExpired: "LEASE_EXPIRED",
  /**
   * A budget counter is at zero or below.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  BudgetExhausted: "BUDGET_EXHAUSTED",
  /**
   * The message is malformed or breaks a schema.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  InvalidRequest: "INVALID_REQUEST",
  /**
   * The token is missing or invalid.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  Unauthenticated: "UNAUTHENTICATED",
  /**
   * The runtime failed.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  InternalError: "INTERNAL_ERROR",
} as const;

/** Codes of errors. */
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

/** Flags of features, as negotiated. */
export const Feature = {
  /**
   * Both peers show that they live (§6.4).
   *
   * @see spec/draft-arcp-02.1.md#hello §6.2
   */
  Heartbeat: "heartbeat",
  /**
   * The client says how far it has processed (§6.5).
   *
   * @see spec/draft-arcp-02.1.md#hello §6.2
   */
  Ack: "ack",
  /**
   * The client can list jobs (§6.6).
   *
   * @see spec/draft-arcp-02.1.md#hello §6.2
   */
  ListJobs: "list_jobs",
  /**
   * A session can observe jobs of other sessions (§7.6).
   *
   * @see spec/draft-arcp-02.1.md#hello §6.2
   */
  Subscribe: "subscribe",
  /**
   * A lease can end at a set time (§9.5).
   *
   * @see spec/draft-arcp-02.1.md#hello §6.2
   */
  LeaseExpiresAt: "lease_expires_at",
  /**
   * A lease can cap what a job spends (§9.6).
   *
   * @see spec/draft-arcp-02.1.md#hello §6.2
   */
  CostBudget: "cost.budget",
  /**
   * Jobs report how far they are (§8.2).
   *
   * @see spec/draft-arcp-02.1.md#hello §6.2
   */
  Progress: "progress",
  /**
   * Large results are streamed (§8.4).
   *
   * @see spec/draft-arcp-02.1.md#hello §6.2
   */
  ResultChunk: "result_chunk",
  /**
   * Agents have versions, and a submission can pin one (§7.5).
   *
   * @see spec/draft-arcp-02.1.md#hello §6.2
   */
  AgentVersions: "agent_versions",
} as const;

/** Flags of features, as negotiated. */
export type Feature = (typeof Feature)[keyof typeof Feature];

/** Kinds of job events. */
export const EventKind = {
  /**
   * A line for people.
   *
   * @see spec/draft-arcp-02.1.md#event-kinds §8.2
   */
  Log: "log",
  /**
   * A piece of the agent's reasoning.
   *
   * @see spec/draft-arcp-02.1.md#event-kinds §8.2
   */
  Thought: "thought",
  /**
   * The agent called a tool.
   *
   * @see spec/draft-arcp-02.1.md#event-kinds §8.2
   */
  ToolCall: "tool_call",
  /**
   * The tool answered, or the call was refused.
   *
   * @see spec/draft-arcp-02.1.md#event-kinds §8.2
   */
  ToolResult: "tool_result",
  /**
   * The job entered a phase.
   *
   * @see spec/draft-arcp-02.1.md#event-kinds §8.2
   */
  Status: "status",
  /**
   * A measurement; costs among them.
   *
   * @see spec/draft-arcp-02.1.md#event-kinds §8.2
   */
  Metric: "metric",
  /**
   * The agent made something that has an address.
   *
   * @see spec/draft-arcp-02.1.md#event-kinds §8.2
   */
  ArtifactRef: "artifact_ref",
  /**
   * The agent asked for a sub-job.
   *
   * @see spec/draft-arcp-02.1.md#event-kinds §8.2
   */
  Delegate: "delegate",
  /**
   * How far the job has come.
   *
   * @see spec/draft-arcp-02.1.md#event-kinds §8.2
   */
  Progress: "progress",
  /**
   * A part of a streamed result.
   *
   * @see spec/draft-arcp-02.1.md#event-kinds §8.2
   */
  ResultChunk: "result_chunk",
} as const;

/** Kinds of job events. */
export type EventKind = (typeof EventKind)[keyof typeof EventKind];

/** Namespaces of a lease. */
export const Namespace = {
  /**
   * Reading files.
   *
   * @see spec/draft-arcp-02.1.md#lease-grammar §9.2
   */
  FsRead: "fs.read",
  /**
   * Writing files.
   *
   * @see spec/draft-arcp-02.1.md#lease-grammar §9.2
   */
  FsWrite: "fs.write",
  /**
   * Requests over HTTP and HTTPS.
   *
   * @see spec/draft-arcp-02.1.md#lease-grammar §9.2
   */
  NetFetch: "net.fetch",
  /**
   * Calling registered tools.
   *
   * @see spec/draft-arcp-02.1.md#lease-grammar §9.2
   */
  ToolCall: "tool.call",
  /**
   * Delegating to other agents.
   *
   * @see spec/draft-arcp-02.1.md#lease-grammar §9.2
   */
  AgentDelegate: "agent.delegate",
  /**
   * Ceilings on what the job may spend.
   *
   * @see spec/draft-arcp-02.1.md#lease-grammar §9.2
   */
  CostBudget: "cost.budget",
} as const;

/** Namespaces of a lease. */
export type Namespace = (typeof Namespace)[keyof typeof Namespace];

/** Limits of the protocol; the name of each ends in its unit, where it has one. */
export const Limits = {
  /**
   * Silent intervals after which a connection counts as dead. In intervals.
   *
   * @see spec/draft-arcp-02.1.md#limits §5.3
   */
  heartbeatMissedIntervals: 2,
  /**
   * Time an agent has to stop after a cancel before the runtime ends it. In ms.
   *
   * @see spec/draft-arcp-02.1.md#limits §5.3
   */
  cancelGraceMs: 30000,
  /**
   * How long an `idempotency_key` is remembered. In hours.
   *
   * @see spec/draft-arcp-02.1.md#limits §5.3
   */
  idempotencyHours: 24,
} as const;

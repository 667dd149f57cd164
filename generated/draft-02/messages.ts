// Generated from spec/draft-arcp-02.md by `npm run generate`. Edit the spec, never this file.

import type { EventKind, MessageType } from "./constants.js";
import type { CallId, DelegateId, JobId, MessageId, SessionId, TraceId } from "./ids.js";

/**
 * The object around every message.
 *
 * @see spec/draft-arcp-02.md#envelope §5.1
 */
export interface Envelope {
  /** Version of the protocol: `1`. */
  readonly arcp: string;
  /** Names this message. */
  readonly id: MessageId;
  /** Which message this is; decides the shape of `payload`. */
  readonly type: string;
  /** The session that the message belongs to; on every message after the welcome. */
  readonly session_id?: SessionId;
  /** The distributed trace that the message belongs to. */
  readonly trace_id?: TraceId;
  /** The job that a job message is about. */
  readonly job_id?: JobId;
  /** Number of the message in its session; on `job.event`, `job.result` and `job.error`. */
  readonly event_seq?: number;
  /** What the message says; its shape depends on `type`. */
  readonly payload: {
    readonly [k: string]: unknown;
  };
}

/**
 * How the client proves who it is.
 *
 * @see spec/draft-arcp-02.md#authentication §6.1
 */
export interface Auth {
  /** How to read `token`. This revision defines `bearer` only. */
  readonly scheme: string;
  /** The bearer token. A secret. */
  readonly token?: string;
}

/**
 * Which program a peer is.
 *
 * @see spec/draft-arcp-02.md#hello §6.2
 */
export interface PeerInfo {
  /** Name of the program. */
  readonly name: string;
  /** Its version, in the program's own notation. */
  readonly version: string;
}

/**
 * What a peer can do.
 *
 * @see spec/draft-arcp-02.md#hello §6.2
 */
export interface Capabilities {
  /** Encodings that the peer reads. This revision defines `json` only. */
  readonly encodings?: readonly string[];
  /** Names of the agents that this client may submit to. In the welcome only. */
  readonly agents?: readonly string[];
}

/**
 * What went wrong.
 *
 * @see spec/draft-arcp-02.md#session-error §6.5
 */
export interface ErrorPayload {
  /** Which error (§12). */
  readonly code: string;
  /** One sentence for people. */
  readonly message: string;
  /** Whether the same request may succeed later. */
  readonly retryable?: boolean;
  /** What a program may want to know; depends on `code`. */
  readonly details?: {
    readonly [k: string]: unknown;
  };
}

/**
 * What a job may do: capability namespaces, each with the patterns it grants.
 *
 * @see spec/draft-arcp-02.md#lease §9.1
 */
export interface Lease {
  readonly [k: string]: readonly string[];
}

/**
 * Opens a session, or resumes one; the first message of a connection.
 *
 * @see spec/draft-arcp-02.md#hello §6.2
 */
export interface SessionHelloPayload {
  /** Which program the client is. */
  readonly client: PeerInfo;
  /** Who the client is. Without it the hello is refused. */
  readonly auth?: Auth;
  /** What the client can do. */
  readonly capabilities?: Capabilities;
  /** Asks for an earlier session to go on instead of a new one. */
  readonly resume?: {
    /** The session to go on with. */
    readonly session_id: SessionId;
    /** The newest token of that session. A secret. */
    readonly resume_token: string;
    /** The highest `event_seq` that the client has processed. */
    readonly last_event_seq: number;
  };
}

/**
 * Accepts the client and says what the session can do.
 *
 * @see spec/draft-arcp-02.md#hello §6.2
 */
export interface SessionWelcomePayload {
  /** Which program the runtime is. */
  readonly runtime: PeerInfo;
  /** Resumes this session. A secret. */
  readonly resume_token: string;
  /** Seconds after the last message for which a resume is certain to be possible. */
  readonly resume_window_sec: number;
  /** What the runtime can do, and which agents there are. */
  readonly capabilities: Capabilities;
}

/**
 * The last message of a connection.
 *
 * @see spec/draft-arcp-02.md#close §6.4
 */
export interface SessionByePayload {
  /** Why, for logs and people. */
  readonly reason?: string;
}

/**
 * Refuses a request, or reports a fault of the session.
 *
 * @see spec/draft-arcp-02.md#session-error §6.5
 */
export interface SessionErrorPayload {
  /** Which error (§12). */
  readonly code: string;
  /** One sentence for people. */
  readonly message: string;
  /** Whether the same request may succeed later. */
  readonly retryable?: boolean;
  /** What a program may want to know; depends on `code`. */
  readonly details?: {
    readonly [k: string]: unknown;
  };
}

/**
 * Asks for a job to be run.
 *
 * @see spec/draft-arcp-02.md#job-submit §7.1
 */
export interface JobSubmitPayload {
  /** Name of the agent to run. */
  readonly agent: string;
  /** What the agent receives; any JSON value, opaque to the protocol. */
  readonly input?: unknown;
  /** The authority that the job asks for; absent asks for none. */
  readonly lease_request?: Lease;
  /** The client's name for this submission; repeating it does not start a second job. */
  readonly idempotency_key?: string;
  /** Seconds that the job may take. */
  readonly max_runtime_sec?: number;
}

/**
 * Says that the job exists, and with what authority.
 *
 * @see spec/draft-arcp-02.md#job-submit §7.1
 */
export interface JobAcceptedPayload {
  /** The new job, or the existing one for a repeated idempotency key. */
  readonly job_id: JobId;
  /** The effective lease: what was asked for, or less. */
  readonly lease: Lease;
  /** When the job was accepted; shown in the answer to a submission, not for a child. */
  readonly accepted_at?: string;
  /** The trace of the job, 32 lowercase hexadecimal digits. */
  readonly trace_id?: string;
  /** The job that delegated this one. */
  readonly parent_job_id?: JobId;
  /** The delegation that this answers. */
  readonly delegate_id?: DelegateId;
}

/**
 * Asks for a job to be stopped.
 *
 * @see spec/draft-arcp-02.md#job-cancel §7.4
 */
export interface JobCancelPayload {
  /** Why, for people. */
  readonly reason?: string;
}

/**
 * An event of any kind, also one that this revision does not know.
 *
 * @see spec/draft-arcp-02.md#job-event §8.1
 */
export interface UnknownEvent {
  /** What happened; decides the shape of `body`. */
  readonly kind: string;
  /** When it happened, RFC 3339. */
  readonly ts: string;
  /** The fact itself, in the shape of its kind. */
  readonly body: {
    readonly [k: string]: unknown;
  };
}

/**
 * The job ended in success.
 *
 * @see spec/draft-arcp-02.md#job-event §8.1
 */
export interface JobResultPayload {
  /** `success`. */
  readonly final_status: string;
  /** The result; a member that the draft does not name. */
  readonly result?: unknown;
  /** The result in a sentence, for people. */
  readonly summary?: string;
}

/**
 * The job ended otherwise.
 *
 * @see spec/draft-arcp-02.md#job-event §8.1
 */
export interface JobErrorPayload {
  /** What went wrong, one of the codes of section 12. */
  readonly code: string;
  /** The same for people. */
  readonly message: string;
  /** Whether a new submission may end differently. */
  readonly retryable?: boolean;
  /** What a program may want to know, by code. */
  readonly details?: {
    readonly [k: string]: unknown;
  };
  /** `error`, `cancelled` or `timed_out`. */
  readonly final_status: string;
}

/**
 * A line for people.
 *
 * @see spec/draft-arcp-02.md#kind-log §8.2.1
 */
export interface LogBody {
  /** How much it matters: `info`, `warn` and the like. */
  readonly level: string;
  /** The line. */
  readonly message: string;
}

/**
 * A piece of the agent's reasoning.
 *
 * @see spec/draft-arcp-02.md#kind-thought §8.2.2
 */
export interface ThoughtBody {
  /** The reasoning, as the agent chose to show it. */
  readonly text: string;
}

/**
 * The agent called a tool.
 *
 * @see spec/draft-arcp-02.md#kind-tool-call §8.2.3
 */
export interface ToolCallBody {
  /** The tool that is called. */
  readonly tool: string;
  /** The arguments, as the tool receives them. */
  readonly args?: unknown;
  /** Names this call. */
  readonly call_id: CallId;
}

/**
 * The tool answered, or the call was refused.
 *
 * @see spec/draft-arcp-02.md#kind-tool-result §8.2.4
 */
export interface ToolResultBody {
  /** The call that this answers. */
  readonly call_id: CallId;
  /** What the tool returned. */
  readonly result?: unknown;
  /** Why there is no result. */
  readonly error?: ErrorPayload;
}

/**
 * The job entered a phase.
 *
 * @see spec/draft-arcp-02.md#kind-status §8.2.5
 */
export interface StatusBody {
  /** A word for where the job stands. */
  readonly phase: string;
  /** The same for people. */
  readonly message?: string;
}

/**
 * A measurement.
 *
 * @see spec/draft-arcp-02.md#kind-metric §8.2.6
 */
export interface MetricBody {
  /** What is measured. */
  readonly name: string;
  /** The measurement. */
  readonly value: number;
  /** Its unit. */
  readonly unit?: string;
}

/**
 * The agent made something that has an address.
 *
 * @see spec/draft-arcp-02.md#kind-artifact-ref §8.2.7
 */
export interface ArtifactRefBody {
  /** Where the artifact is. */
  readonly uri: string;
  /** Its media type. */
  readonly content_type: string;
  /** Its size in bytes. */
  readonly byte_size?: number;
  /** Its SHA-256, in lowercase hexadecimal. */
  readonly sha256?: string;
}

/**
 * The agent asked for a sub-job.
 *
 * @see spec/draft-arcp-02.md#kind-delegate §8.2.8
 */
export interface DelegateBody {
  /** Names the delegation. */
  readonly delegate_id: DelegateId;
  /** The agent asked for. */
  readonly agent: string;
  /** What the child receives. */
  readonly input?: unknown;
  /** The authority asked for the child. */
  readonly lease_request?: Lease;
}

/** Body by kind. */
interface EventBodies {
  readonly log: LogBody;
  readonly thought: ThoughtBody;
  readonly tool_call: ToolCallBody;
  readonly tool_result: ToolResultBody;
  readonly status: StatusBody;
  readonly metric: MetricBody;
  readonly artifact_ref: ArtifactRefBody;
  readonly delegate: DelegateBody;
}

/** The body of an event of a kind. */
export type EventBody<K extends EventKind> = EventBodies[K];

interface EventOf<K extends EventKind> extends Omit<UnknownEvent, "kind" | "body"> {
  readonly kind: K;
  readonly body: EventBody<K>;
}

/** The payload of `job.event` for a kind, or for any of several. */
export type JobEventPayload<K extends EventKind = EventKind> = { readonly [P in K]: EventOf<P> }[K];

/** Any event of this revision; `kind` tells which. */
export type JobEvent = JobEventPayload;

/** Payload by type. */
interface Payloads {
  readonly "session.hello": SessionHelloPayload;
  readonly "session.welcome": SessionWelcomePayload;
  readonly "session.bye": SessionByePayload;
  readonly "session.error": SessionErrorPayload;
  readonly "job.submit": JobSubmitPayload;
  readonly "job.accepted": JobAcceptedPayload;
  readonly "job.cancel": JobCancelPayload;
  readonly "job.event": JobEvent;
  readonly "job.result": JobResultPayload;
  readonly "job.error": JobErrorPayload;
}

/** The payload of a message of a type. */
export type PayloadOf<T extends MessageType> = Payloads[T];

interface Plain<T extends MessageType> extends Omit<Envelope, "type" | "payload"> {
  readonly type: T;
  readonly payload: PayloadOf<T>;
}

interface OfJob<T extends MessageType> extends Plain<T> {
  readonly job_id: NonNullable<Envelope["job_id"]>;
}

interface Numbered<T extends MessageType> extends OfJob<T> {
  readonly event_seq: NonNullable<Envelope["event_seq"]>;
}

/** Message by type. */
interface Messages {
  readonly "session.hello": Plain<"session.hello">;
  readonly "session.welcome": Plain<"session.welcome">;
  readonly "session.bye": Plain<"session.bye">;
  readonly "session.error": Plain<"session.error">;
  readonly "job.submit": Plain<"job.submit">;
  readonly "job.accepted": OfJob<"job.accepted">;
  readonly "job.cancel": OfJob<"job.cancel">;
  readonly "job.event": Numbered<"job.event">;
  readonly "job.result": Numbered<"job.result">;
  readonly "job.error": Numbered<"job.error">;
}

/**
 * A whole message of a type, or of any of several; `type` tells which. An event that was received may
 * bear a kind that is not in `EventKind`: ask `isKnownEvent` before relying on its body.
 */
export type Message<T extends MessageType = MessageType> = Messages[T];

/** What a client sends. */
export type ClientToRuntime = Message<
  | "session.hello"
  | "session.bye"
  | "job.submit"
  | "job.cancel"
>;

/** What a runtime sends. */
export type RuntimeToClient = Message<
  | "session.welcome"
  | "session.bye"
  | "session.error"
  | "job.accepted"
  | "job.event"
  | "job.result"
  | "job.error"
>;

/** A message of a type that this revision does not know. */
export type UnknownMessage = Envelope;

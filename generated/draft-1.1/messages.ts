// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

import type { EventKind, MessageType } from "./constants.js";
import type { CallId, CredentialId, DelegateId, JobId, MessageId, ResultId, SessionId, TraceId } from "./ids.js";
import type { JobStatus } from "./lifecycle.js";

/**
 * The object around every message.
 *
 * @see spec/draft-arcp-1.1.md#envelope §5.1
 */
export interface Envelope {
  /** Version of the protocol that the sender speaks: `1.1`, or `1` to a peer that said `1`. */
  readonly arcp: string;
  /** Names this message, unique in its connection and direction. */
  readonly id: MessageId;
  /** Which message this is; decides the shape of `payload`. */
  readonly type: string;
  /** The session that the message belongs to; on every message after the welcome. */
  readonly session_id?: SessionId;
  /** The distributed trace that the message belongs to. */
  readonly trace_id?: TraceId;
  /** The job that a job message is about. */
  readonly job_id?: JobId;
  /** Number of the message in its session; on `job.event`, `job.result` and `job.error` only. */
  readonly event_seq?: number;
  /** What the message says; its shape depends on `type`. */
  readonly payload: {
    readonly [k: string]: unknown;
  };
  /** Data of vendors, one member for each extension, named `x-vendor.…`. */
  readonly extensions?: {
    readonly [k: string]: unknown;
  };
}

/**
 * How the client proves who it is.
 *
 * @see spec/draft-arcp-1.1.md#authentication §6.1
 */
export interface Auth {
  /** How to read `token`. This revision defines `bearer` only. */
  readonly scheme: string;
  /** The bearer token, at most `max_token_length` characters. A secret. */
  readonly token?: string;
}

/**
 * Which program a peer is.
 *
 * @see spec/draft-arcp-1.1.md#hello §6.2
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
 * @see spec/draft-arcp-1.1.md#hello §6.2
 */
export interface Capabilities {
  /** Encodings that the peer reads. This revision defines `json` only. */
  readonly encodings?: readonly string[];
  /**
   * Feature flags: in the hello those that the client understands, in the welcome those that the
   * session may use.
   */
  readonly features?: readonly string[];
  /** Agents that this client may submit to, as bare names or with versions. In the welcome only. */
  readonly agents?: readonly (string | AgentInfo)[];
}

/**
 * One agent that the client may submit to.
 *
 * @see spec/draft-arcp-1.1.md#hello §6.2
 */
export interface AgentInfo {
  /** Name of the agent, without a version. */
  readonly name: string;
  /** Versions that can be asked for. */
  readonly versions?: readonly string[];
  /** The version that a bare name stands for; null or absent when none does. */
  readonly default?: string | null;
}

/**
 * One job in a list.
 *
 * @see spec/draft-arcp-1.1.md#list-jobs §6.6
 */
export interface JobSummary {
  /** The job. */
  readonly job_id: JobId;
  /** Its agent, with the version that was resolved: `name@version`. */
  readonly agent: string;
  /** Its state (§7.3). A reader takes an unknown word for a state that it does not know. */
  readonly status: string;
  /** What the job may do. */
  readonly lease: Lease;
  /** Until when it may do it. */
  readonly lease_constraints?: LeaseConstraints;
  /** What is left of its budget, by currency. */
  readonly budget?: Budget;
  /** Its current credentials; to the principal that submitted the job only. */
  readonly credentials?: readonly Credential[];
  /** The job that delegated to this one; null or absent if none did. */
  readonly parent_job_id?: JobId | null;
  /** When the job was accepted, RFC 3339 in UTC. */
  readonly created_at: string;
  /** The same time as `created_at`, under the name that deployed clients read. */
  readonly submitted_at?: string;
  /** The trace of the job. */
  readonly trace_id?: string;
  /** Number of its newest event in the submitting session; 0 if there is none. */
  readonly last_event_seq?: number;
}

/**
 * What went wrong.
 *
 * @see spec/draft-arcp-1.1.md#session-error §6.8
 */
export interface ErrorPayload {
  /** Which error (§12). A reader treats an unknown code as not retryable. */
  readonly code: string;
  /** One sentence for people; holds no secret. */
  readonly message: string;
  /** Whether the same request may succeed later. Absent: the table of §12 tells. */
  readonly retryable?: boolean;
  /** What a program may want to know; depends on `code`. */
  readonly details?: {
    readonly [k: string]: unknown;
  };
  /** `id` of the request that the error answers. */
  readonly request_id?: MessageId;
  /** The job that the error is about. */
  readonly job_id?: JobId;
}

/**
 * Names an agent, without a version.
 *
 * @see spec/draft-arcp-1.1.md#agent-versions §7.5
 */
export type AgentName = string;

/**
 * Names an agent, with or without an exact version.
 *
 * @see spec/draft-arcp-1.1.md#agent-versions §7.5
 */
export type AgentRef = string;

/**
 * What a job may do: capability namespaces, each with the patterns it grants.
 *
 * @see spec/draft-arcp-1.1.md#lease §9.1
 */
export interface Lease {
  readonly [k: string]: readonly string[];
}

/**
 * Bounds that apply to a lease as a whole.
 *
 * @see spec/draft-arcp-1.1.md#lease §9.1
 */
export interface LeaseConstraints {
  /** The instant from which the lease authorises nothing, RFC 3339 with `Z`. */
  readonly expires_at?: string;
}

/**
 * A currency and a ceiling in it, `USD:5.00`.
 *
 * @see spec/draft-arcp-1.1.md#lease-budget §9.6
 */
export type Amount = string;

/**
 * Budget counters: per currency, what is left to spend.
 *
 * @see spec/draft-arcp-1.1.md#lease-budget §9.6
 */
export interface Budget {
  readonly [k: string]: number;
}

/**
 * A short-lived secret for one upstream, as narrow as the job's lease.
 *
 * @see spec/draft-arcp-1.1.md#credential §9.8.1
 */
export interface Credential {
  /** Names the credential within its job. */
  readonly id: CredentialId;
  /** How to present it; `bearer` is the one defined here. */
  readonly scheme: string;
  /** The secret itself. */
  readonly value: string;
  /** The base URL at which it is valid, and nowhere else. */
  readonly endpoint: string;
  /** A hint which API is spoken at the endpoint, `openai` for one. */
  readonly profile?: string;
  /** What the upstream enforces by itself, echoed: `cost.budget`, `model.use`, `expires_at` … */
  readonly constraints?: {
    readonly [k: string]: unknown;
  };
}

/**
 * Opens a session, or resumes one; the first message of a connection.
 *
 * @see spec/draft-arcp-1.1.md#hello §6.2
 */
export interface SessionHelloPayload {
  /** Which program the client is. */
  readonly client: PeerInfo;
  /** Who the client is. Without it the hello is refused. */
  readonly auth?: Auth;
  /** What the client understands. On a resume, absent means unchanged. */
  readonly capabilities?: Capabilities;
  /** Asks for an earlier session to go on instead of a new one. */
  readonly resume?: {
    /** The session to go on with. */
    readonly session_id: SessionId;
    /** The newest token of that session, at most `max_token_length` characters. A secret. */
    readonly resume_token: string;
    /** The highest `event_seq` that the client has processed; 0 if none. */
    readonly last_event_seq: number;
  };
}

/**
 * Accepts the client and says what the session can do.
 *
 * @see spec/draft-arcp-1.1.md#hello §6.2
 */
export interface SessionWelcomePayload {
  /** The session, as in the envelope. A runtime always sends it. */
  readonly session_id?: SessionId;
  /** Which program the runtime is. */
  readonly runtime: PeerInfo;
  /** Resumes this session, once; at most `max_token_length` characters. A secret. */
  readonly resume_token: string;
  /** Seconds after the last message for which a resume is certain to be possible. */
  readonly resume_window_sec: number;
  /**
   * Seconds in which each peer sends at least one message, with `heartbeat` negotiated; 0 or
   * absent for no heartbeats.
   */
  readonly heartbeat_interval_sec?: number;
  /** When the runtime accepted the client, RFC 3339 in UTC. */
  readonly accepted_at?: string;
  /** Limits of this runtime where they are worth knowing; names of §5.3 and others. */
  readonly limits?: {
    /** Largest message that the runtime accepts, in bytes. */
    readonly max_frame_bytes?: number;
    /** Largest `input` of a submission, in bytes of JSON text. */
    readonly max_input_bytes?: number;
  };
  /** What this session may use, and which agents there are. */
  readonly capabilities: Capabilities;
}

/**
 * Goes on with a session on a new connection.
 *
 * @see spec/draft-arcp-1.1.md#resume §6.3
 */
export interface SessionResumePayload {
  /** The session to go on with; absent, the token alone tells. */
  readonly session_id?: SessionId;
  /** The newest token of that session, at most `max_token_length` characters. A secret. */
  readonly resume_token: string;
  /** The highest `event_seq` that the client has processed; 0 if none. */
  readonly last_event_seq: number;
  /** Who the client is; needed when this is the first message of the connection. */
  readonly auth?: Auth;
}

/**
 * Asks the peer for a sign of life.
 *
 * @see spec/draft-arcp-1.1.md#heartbeats §6.4
 */
export interface SessionPingPayload {
  /** Any text; the pong repeats it. */
  readonly nonce: string;
  /** When the ping was sent, RFC 3339 in UTC. */
  readonly sent_at?: string;
}

/**
 * Answers a ping.
 *
 * @see spec/draft-arcp-1.1.md#heartbeats §6.4
 */
export interface SessionPongPayload {
  /** The `nonce` of the ping that this answers. */
  readonly ping_nonce: string;
  /** When the ping arrived, RFC 3339 in UTC. */
  readonly received_at?: string;
}

/**
 * Says up to which event the client has processed all.
 *
 * @see spec/draft-arcp-1.1.md#ack §6.5
 */
export interface SessionAckPayload {
  /** The highest `event_seq` up to which everything is processed. */
  readonly last_processed_seq: number;
}

/**
 * Asks which jobs there are.
 *
 * @see spec/draft-arcp-1.1.md#list-jobs §6.6
 */
export interface SessionListJobsPayload {
  /** Which jobs to list; each member narrows the list, none lists all. */
  readonly filter?: {
    /** Only jobs in one of these states. */
    readonly status?: readonly JobStatus[];
    /** Only jobs of this agent; a bare name matches all its versions. */
    readonly agent?: AgentRef;
    /** Only jobs created after this time. */
    readonly created_after?: string;
  };
  /** Most jobs in the answer, at most `list_page_max`; absent for 100. */
  readonly limit?: number;
  /** Where to go on: `next_cursor` of the page before; null or absent for the first page. */
  readonly cursor?: string | null;
}

/**
 * One page of the jobs that the principal may observe.
 *
 * @see spec/draft-arcp-1.1.md#list-jobs §6.6
 */
export interface SessionJobsPayload {
  /** `id` of the request that this answers. A runtime always sends it. */
  readonly request_id?: MessageId;
  /** The jobs of this page. */
  readonly jobs: readonly JobSummary[];
  /** What to send as `cursor` for the next page; null or absent on the last one. */
  readonly next_cursor?: string | null;
}

/**
 * Ends the connection in good order; jobs run on.
 *
 * @see spec/draft-arcp-1.1.md#close §6.7
 */
export interface SessionClosePayload {
  /** Why, for logs and people. */
  readonly reason?: string;
}

/**
 * The last message of a connection.
 *
 * @see spec/draft-arcp-1.1.md#close §6.7
 */
export interface SessionClosedPayload {
  /** Why; `superseded` when another connection took the session over. */
  readonly reason?: string;
  /** `id` of the close that this answers; absent when nobody asked. */
  readonly request_id?: MessageId;
}

/**
 * The close of revision 1.0; deprecated, means `session.close`.
 *
 * @see spec/draft-arcp-1.1.md#close §6.7
 */
export interface SessionByePayload {
  /** Why, for logs and people. */
  readonly reason?: string;
}

/**
 * Refuses a request, or reports a fault of the session.
 *
 * @see spec/draft-arcp-1.1.md#session-error §6.8
 */
export interface SessionErrorPayload {
  /** Which error (§12). A reader treats an unknown code as not retryable. */
  readonly code: string;
  /** One sentence for people; holds no secret. */
  readonly message: string;
  /** Whether the same request may succeed later. Absent: the table of §12 tells. */
  readonly retryable?: boolean;
  /** What a program may want to know; depends on `code`. */
  readonly details?: {
    readonly [k: string]: unknown;
  };
  /** `id` of the request that the error answers. */
  readonly request_id?: MessageId;
  /** The job that the error is about. */
  readonly job_id?: JobId;
}

/**
 * Asks for a job to be run.
 *
 * @see spec/draft-arcp-1.1.md#job-submit §7.1
 */
export interface JobSubmitPayload {
  /** The agent to run, with or without a version. */
  readonly agent: AgentRef;
  /** What the agent receives; any JSON value, opaque to the protocol. */
  readonly input?: unknown;
  /** The authority that the job asks for; absent asks for none. */
  readonly lease_request?: Lease;
  /** Bounds on the whole lease; absent means that it does not expire. */
  readonly lease_constraints?: LeaseConstraints;
  /**
   * The client's name for this submission, at most `max_idempotency_key_length` characters;
   * repeating it never starts a second job.
   */
  readonly idempotency_key?: string;
  /** Seconds that the agent may run, counted from its start. */
  readonly max_runtime_sec?: number;
  /** A running job to become the parent; checked like a delegation. */
  readonly parent_job_id?: JobId;
}

/**
 * Says that the job exists, and with what authority.
 *
 * @see spec/draft-arcp-1.1.md#job-submit §7.1
 */
export interface JobAcceptedPayload {
  /** The new job, or the existing one for a repeated idempotency key. */
  readonly job_id?: JobId;
  /** The `id` of the submit that this answers; absent for a delegated job. */
  readonly request_id?: MessageId;
  /** The agent that runs, as `name@version`. */
  readonly agent?: string;
  /** The effective lease: what was asked for, or less. */
  readonly lease: Lease;
  /** Bounds on the whole lease, when it has any. */
  readonly lease_constraints?: LeaseConstraints;
  /** What is left per currency; present when the lease has `cost.budget`. */
  readonly budget?: Budget;
  /** Credentials of the job; to its submitter alone. */
  readonly credentials?: readonly Credential[];
  /** When the job was accepted, RFC 3339 in UTC. */
  readonly accepted_at: string;
  /** The trace of the job, 32 lowercase hexadecimal digits. */
  readonly trace_id?: string;
  /** The job that delegated this one. */
  readonly parent_job_id?: JobId | null;
  /** The delegation that this answers. */
  readonly delegate_id?: DelegateId;
}

/**
 * Asks for a job to be stopped.
 *
 * @see spec/draft-arcp-1.1.md#job-cancel §7.4
 */
export interface JobCancelPayload {
  /** The job; may stand in the envelope instead. */
  readonly job_id?: JobId;
  /** Why, for people; delivered to the agent and echoed in the acknowledgement. */
  readonly reason?: string;
}

/**
 * Says that the cancel is committed, or came too late.
 *
 * @see spec/draft-arcp-1.1.md#job-cancel §7.4
 */
export interface JobCancelledPayload {
  /** The job; may stand in the envelope instead. */
  readonly job_id?: JobId;
  /** The reason of the cancel. */
  readonly reason?: string;
  /** The `id` of the cancel that this answers. */
  readonly request_id?: MessageId;
  /** How the job had ended before the cancel arrived; absent when the cancel took effect. */
  readonly final_status?: string;
}

/**
 * Asks to observe a job.
 *
 * @see spec/draft-arcp-1.1.md#job-subscribe §7.6
 */
export interface JobSubscribePayload {
  /** The job; may stand in the envelope instead. */
  readonly job_id?: JobId;
  /** With `history`: replay what came after this number of the submitting session. */
  readonly from_event_seq?: number;
  /** Whether to replay what is retained before going live; absent means no. */
  readonly history?: boolean;
}

/**
 * Says what the job is and may do, and that its events follow.
 *
 * @see spec/draft-arcp-1.1.md#job-subscribe §7.6
 */
export interface JobSubscribedPayload {
  /** The job; may stand in the envelope instead. */
  readonly job_id?: JobId;
  /** The `id` of the subscribe that this answers. */
  readonly request_id?: MessageId;
  /** Where the job stands now; one of `JobStatus`. */
  readonly current_status: string;
  /** The agent that runs, as `name@version`. */
  readonly agent: string;
  /** The effective lease. */
  readonly lease: Lease;
  /** Bounds on the whole lease, when it has any. */
  readonly lease_constraints?: LeaseConstraints;
  /** What is left per currency; present when the lease has `cost.budget`. */
  readonly budget?: Budget;
  /** Credentials of the job; to its submitter alone. */
  readonly credentials?: readonly Credential[];
  /** The job that delegated this one, or null. */
  readonly parent_job_id?: JobId | null;
  /** The trace of the job. */
  readonly trace_id?: string;
  /** The job's newest number in the submitting session; 0 when it has made no event. */
  readonly subscribed_from: number;
  /** Whether history follows before live events. */
  readonly replayed: boolean;
}

/**
 * Ends the observation.
 *
 * @see spec/draft-arcp-1.1.md#job-subscribe §7.6
 */
export interface JobUnsubscribePayload {
  /** The job; may stand in the envelope instead. */
  readonly job_id?: JobId;
}

/**
 * An event of any kind, also one that this revision does not know.
 *
 * @see spec/draft-arcp-1.1.md#job-event §8.1
 */
export interface UnknownEvent {
  /** The job; may stand in the envelope instead. */
  readonly job_id?: JobId;
  /** What happened; decides the shape of `body`. */
  readonly kind: string;
  /** When it happened, RFC 3339 in UTC; the same in every delivery. */
  readonly ts: string;
  /** The fact itself, in the shape of its kind. */
  readonly body: {
    readonly [k: string]: unknown;
  };
  /** To a subscriber: the event's number in the submitting session. */
  readonly origin_seq?: number;
}

/**
 * The job ended in success.
 *
 * @see spec/draft-arcp-1.1.md#job-event §8.1
 */
export interface JobResultPayload {
  /** The job; may stand in the envelope instead. */
  readonly job_id?: JobId;
  /** `success`. */
  readonly final_status: string;
  /** The result, inline; absent when it was streamed. */
  readonly result?: unknown;
  /** The streamed result that the chunks assemble to. */
  readonly result_id?: ResultId;
  /** Size of the assembled result in bytes, decoded. */
  readonly result_size?: number;
  /** The result in a sentence, for people. */
  readonly summary?: string;
  /** When the job ended, RFC 3339 in UTC. */
  readonly completed_at?: string;
}

/**
 * The job ended otherwise.
 *
 * @see spec/draft-arcp-1.1.md#job-event §8.1
 */
export interface JobErrorPayload {
  /** The job; may stand in the envelope instead. */
  readonly job_id?: JobId;
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
  /** When the job ended, RFC 3339 in UTC. */
  readonly completed_at?: string;
}

/**
 * A line for people.
 *
 * @see spec/draft-arcp-1.1.md#kind-log §8.2.1
 */
export interface LogBody {
  /** How much it matters: `debug`, `info`, `warn` or `error`. */
  readonly level: string;
  /** The line. */
  readonly message: string;
}

/**
 * A piece of the agent's reasoning.
 *
 * @see spec/draft-arcp-1.1.md#kind-thought §8.2.2
 */
export interface ThoughtBody {
  /** The reasoning, as the agent chose to show it. */
  readonly text: string;
}

/**
 * The agent called a tool.
 *
 * @see spec/draft-arcp-1.1.md#kind-tool-call §8.2.3
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
 * @see spec/draft-arcp-1.1.md#kind-tool-result §8.2.4
 */
export interface ToolResultBody {
  /** The call that this answers, or the `delegate_id` of a refused delegation. */
  readonly call_id: CallId;
  /** What the tool returned. */
  readonly result?: unknown;
  /** Why there is no result. */
  readonly error?: ErrorPayload;
}

/**
 * The job entered a phase.
 *
 * @see spec/draft-arcp-1.1.md#kind-status §8.2.5
 */
export interface StatusBody {
  /** A word for where the job stands, the agent's own or one of section 15. */
  readonly phase: string;
  /** The same for people. */
  readonly message?: string;
  /** With phase `credential_rotated`: the credential. */
  readonly id?: CredentialId;
  /** With phase `credential_rotated`: its new secret, to the submitter alone. */
  readonly value?: string;
}

/**
 * A measurement; costs among them.
 *
 * @see spec/draft-arcp-1.1.md#kind-metric §8.2.6
 */
export interface MetricBody {
  /** What is measured; `cost.` begins a cost that is charged. */
  readonly name: string;
  /** The measurement. */
  readonly value: number;
  /** Its unit; for a cost, the currency. */
  readonly unit?: string;
  /** Labels to tell measurements of one name apart. */
  readonly dimensions?: {
    readonly [k: string]: unknown;
  };
}

/**
 * The agent made something that has an address.
 *
 * @see spec/draft-arcp-1.1.md#kind-artifact-ref §8.2.7
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
 * @see spec/draft-arcp-1.1.md#kind-delegate §8.2.8
 */
export interface DelegateBody {
  /** Names the delegation; repeated, it means the same child. */
  readonly delegate_id: DelegateId;
  /** The agent asked for, with or without a version. */
  readonly agent: string;
  /** What the child receives. */
  readonly input?: unknown;
  /** The authority asked for the child. */
  readonly lease_request?: Lease;
  /** Bounds asked for the child's lease. */
  readonly lease_constraints?: LeaseConstraints;
  /** The child; absent when the delegation is refused. */
  readonly child_job_id?: JobId;
  /** The child's effective lease; absent when the delegation is refused. */
  readonly lease?: Lease;
}

/**
 * How far the job has come.
 *
 * @see spec/draft-arcp-1.1.md#kind-progress §8.2.9
 */
export interface ProgressBody {
  /** How much is done. */
  readonly current: number;
  /** How much there is; absent when nobody knows. */
  readonly total?: number;
  /** What is counted. */
  readonly units?: string;
  /** What is being done, for people. */
  readonly message?: string;
}

/**
 * A part of a streamed result.
 *
 * @see spec/draft-arcp-1.1.md#result-chunk §8.4
 */
export interface ResultChunkBody {
  /** The result that this is a part of. */
  readonly result_id: ResultId;
  /** Position of the chunk, from 0. */
  readonly chunk_seq: number;
  /** The part, in the form that `encoding` names. */
  readonly data: string;
  /** `utf8` or `base64`. */
  readonly encoding: string;
  /** Whether another chunk follows. */
  readonly more: boolean;
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
  readonly progress: ProgressBody;
  readonly result_chunk: ResultChunkBody;
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
  readonly "session.resume": SessionResumePayload;
  readonly "session.ping": SessionPingPayload;
  readonly "session.pong": SessionPongPayload;
  readonly "session.ack": SessionAckPayload;
  readonly "session.list_jobs": SessionListJobsPayload;
  readonly "session.jobs": SessionJobsPayload;
  readonly "session.close": SessionClosePayload;
  readonly "session.closed": SessionClosedPayload;
  readonly "session.bye": SessionByePayload;
  readonly "session.error": SessionErrorPayload;
  readonly "job.submit": JobSubmitPayload;
  readonly "job.accepted": JobAcceptedPayload;
  readonly "job.cancel": JobCancelPayload;
  readonly "job.cancelled": JobCancelledPayload;
  readonly "job.subscribe": JobSubscribePayload;
  readonly "job.subscribed": JobSubscribedPayload;
  readonly "job.unsubscribe": JobUnsubscribePayload;
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
  readonly "session.resume": Plain<"session.resume">;
  readonly "session.ping": Plain<"session.ping">;
  readonly "session.pong": Plain<"session.pong">;
  readonly "session.ack": Plain<"session.ack">;
  readonly "session.list_jobs": Plain<"session.list_jobs">;
  readonly "session.jobs": Plain<"session.jobs">;
  readonly "session.close": Plain<"session.close">;
  readonly "session.closed": Plain<"session.closed">;
  readonly "session.bye": Plain<"session.bye">;
  readonly "session.error": Plain<"session.error">;
  readonly "job.submit": Plain<"job.submit">;
  readonly "job.accepted": OfJob<"job.accepted">;
  readonly "job.cancel": OfJob<"job.cancel">;
  readonly "job.cancelled": OfJob<"job.cancelled">;
  readonly "job.subscribe": OfJob<"job.subscribe">;
  readonly "job.subscribed": OfJob<"job.subscribed">;
  readonly "job.unsubscribe": OfJob<"job.unsubscribe">;
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
  | "session.resume"
  | "session.ping"
  | "session.pong"
  | "session.ack"
  | "session.list_jobs"
  | "session.close"
  | "session.bye"
  | "job.submit"
  | "job.cancel"
  | "job.subscribe"
  | "job.unsubscribe"
>;

/** What a runtime sends. */
export type RuntimeToClient = Message<
  | "session.welcome"
  | "session.ping"
  | "session.pong"
  | "session.jobs"
  | "session.closed"
  | "session.bye"
  | "session.error"
  | "job.accepted"
  | "job.cancelled"
  | "job.subscribed"
  | "job.event"
  | "job.result"
  | "job.error"
>;

/** A message of a type that this revision does not know. */
export type UnknownMessage = Envelope;

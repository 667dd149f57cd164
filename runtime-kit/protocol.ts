/**
 * `arcp/protocol`: the protocol without I/O, for those who bring their own. Machines that take facts and give
 * orders, and what reads and writes messages. Nothing here waits, tells the time, makes chance or opens a socket;
 * docs/protocol.md shows how to drive it. Messages have the types of `arcp/generated`.
 */

// Versions and limits of the draft.
export { Limits, PROTOCOL_VERSION, SUPPORTED_VERSIONS } from "../generated/current/index.js";

// Messages, §5: text to message and back.
export { decode } from "./wire/decode.js";
export type { DecodeLimits, Decoded, Fault } from "./wire/decode.js";
export { seal } from "./wire/draft.js";
export type { ClientDraft, RuntimeDraft } from "./wire/draft.js";
export { encode, frameBuilder } from "./wire/encode.js";
export type { FrameBuilder, FrameHead } from "./wire/encode.js";
export { messageIds, ulid } from "./wire/ids.js";
export type { MessageIds } from "./wire/ids.js";
export { timestamp } from "./wire/time.js";
export type { Clock, Entropy, Now } from "./wire/time.js";
export { newTraceId, traceIdOf } from "./wire/trace.js";
export { isOlder, wireVersion } from "./wire/version.js";

// Errors, §12.
export { ArcpError, ConnectionError, isErrorCode } from "./wire/errors.js";
export type { ArcpErrorOptions, ConnectionFailure } from "./wire/errors.js";

// The client's side of a session, §6.
export { clientDeadline, stepClient } from "./sessions/client.js";
export type { ChildFacts } from "./sessions/client-children.js";
export { newClient } from "./sessions/client-state.js";
export type {
  Backoff,
  ClientConfig,
  ClientEffect,
  ClientInput,
  ClientNews,
  ClientState,
  Gap,
  Numbered,
  Outgoing,
  Pending,
  SessionFacts,
} from "./sessions/client-state.js";
export { outcomeOf } from "./client/outcome.js";
export type { Outcome } from "./client/outcome.js";

// The runtime's side, §6: a connection until it has a session, then the session.
export { connectionDeadline, newConnection, stepConnection } from "./sessions/connection.js";
export type {
  ConnectionEffect,
  ConnectionInput,
  ConnectionState,
  Opening,
} from "./sessions/connection.js";
export { newSession, sessionDeadline, sessionExpiry, stepSession } from "./sessions/server.js";
export type {
  JobRequest,
  LivenessOptions,
  SessionEffect,
  SessionInput,
  SessionState,
} from "./sessions/server.js";
export { CLOSE_HEARTBEAT_LOST, CLOSE_SUPERSEDED } from "./sessions/close-codes.js";
export type { Liveness } from "./sessions/liveness.js";
export { numberEntries } from "./sessions/numbering.js";
export type { NumberRun } from "./sessions/numbering.js";
export { inOlderWords } from "./sessions/older.js";
export { errorDraft } from "./sessions/replies.js";
export { refuseResume } from "./sessions/resume.js";
export type { Resumable, ResumeRequest, ResumeTokens } from "./sessions/resume.js";
export { negotiate, welcomeDraft } from "./sessions/welcome.js";
export type { Advertised } from "./sessions/welcome.js";

// Jobs, §7 and §8.
export { parseAgentRef, resolveAgent } from "./jobs/agents.js";
export type { AgentVersions } from "./jobs/agents.js";
export { addChunk, createAssembly, resultProblem, takeBytes, takeWhole } from "./jobs/chunks.js";
export type { Assembly, ChunkVerdict } from "./jobs/chunks.js";
export { jobDeadline, stepJob } from "./jobs/job.js";
export type { JobEffect, JobInput, JobLimits } from "./jobs/facts.js";
export { newJob } from "./jobs/state.js";
export type { JobSeed, JobState, StreamState } from "./jobs/state.js";

// Leases, §9.
export { budgetOnWire, charged, counterOf, countersOf, exhausted } from "./leases/budget.js";
export type { Counter } from "./leases/budget.js";
export { authorize } from "./leases/enforce.js";
export type { Operation, Refusal, Standing, Verdict } from "./leases/enforce.js";
export { expiryOf, hasExpired } from "./leases/expiry.js";
export type { Expires, Expiry } from "./leases/expiry.js";
export { matches, parsePattern } from "./leases/glob.js";
export type { Parsed, Pattern } from "./leases/glob.js";
export { compileLease, leaseOnWire, pathPrefixes, withRealPrefixes } from "./leases/lease.js";
export type {
  Compiled,
  CompileOptions,
  CompiledLease,
  CompiledPattern,
  Grant,
  LeaseFault,
} from "./leases/lease.js";
export { isSubset } from "./leases/subset.js";
export type { Subset } from "./leases/subset.js";

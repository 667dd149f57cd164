import { dispatchToRuntime, isClientToRuntime, Limits } from "../../generated/current/index.js";
import type {
  ClientToRuntime,
  Feature,
  Message,
  RuntimeHandlers,
  SessionId,
  SessionPhase,
} from "../../generated/current/index.js";
import type { Decoded } from "../wire/decode.js";
import type { RuntimeDraft } from "../wire/draft.js";
import { ArcpError } from "../wire/errors.js";
import { MAX_REASON_LENGTH, clip, printable } from "../wire/text.js";
import { timestamp } from "../wire/time.js";
import type { Now } from "../wire/time.js";
import { isOlder } from "../wire/version.js";
import { CLOSE_HEARTBEAT_LOST } from "./close-codes.js";
import { faultAnswer, foreignType } from "./foreign.js";
import { missingFeature } from "./gates.js";
import { afterSent, afterHeard, newLiveness } from "./liveness.js";
import type { Liveness } from "./liveness.js";
import { afterAck, newPace } from "./pace.js";
import type { Pace } from "./pace.js";
import { rotated } from "./resume.js";
import type { ResumeTokens } from "./resume.js";
import { errorDraft } from "./replies.js";

/** A session as the runtime keeps it: plain data. §6 */
export interface SessionState {
  readonly id: SessionId;
  readonly principal: string;
  /** How its peer names the protocol (W-01). */
  version: string;
  /** What both sides agreed to use; fixed for the session's life (W-14). */
  readonly features: readonly Feature[];
  phase: Extract<SessionPhase, "attached" | "detached" | "closed">;
  /** The connection that owns it while attached. */
  connection: number | undefined;
  tokens: ResumeTokens;
  /** The newest number when the present connection was welcomed: what is above it proves the welcome's arrival. */
  welcomedAt: number;
  /** The number that the next event bears. */
  nextSeq: number;
  /** The oldest number whose event is retained. */
  oldestSeq: number;
  /** Up to which number the client has processed all, as far as it has said so. */
  acked: number;
  /** How it keeps up with that, on the present connection. */
  pace: Pace;
  liveness: Liveness;
  /** When the last connection ended, by the monotonic clock. */
  detachedAt: number;
  /** True once it asked for something that outlives the connection. */
  used: boolean;
  /** Jobs whose events it numbers and that are still retained. */
  jobs: number;
  /** Those of them that have not ended. */
  activeJobs: number;
}

/** Requests that concern jobs, which a session knows nothing of (law 2). */
export type JobRequest = Extract<
  ClientToRuntime,
  {
    readonly type:
      "job.submit" | "job.cancel" | "job.subscribe" | "job.unsubscribe" | "session.list_jobs";
  }
>;

/** A fact that `stepSession` takes. §6 */
export type SessionInput =
  /** A connection was welcomed to this session: new, or by a resume that was found good. */
  | {
      readonly type: "attached";
      readonly connection: number;
      readonly version: string;
      /** The last number that the client has. */
      readonly cursor: number;
      readonly newTokenHash: string;
      /** Hash of the token that the resume was made with; absent for a new session. */
      readonly usedTokenHash?: string;
    }
  | { readonly type: "frame"; readonly connection: number; readonly decoded: Decoded }
  | { readonly type: "dropped"; readonly connection: number }
  | { readonly type: "time"; readonly nonce: string };

/** An order of `stepSession`. §6 */
export type SessionEffect =
  | { readonly do: "persist" }
  /** Send to the connection that the input came from, or that is attached. */
  | { readonly do: "send"; readonly draft: RuntimeDraft }
  /** Tell this connection that it was superseded, and close it. */
  | { readonly do: "supersede"; readonly connection: number }
  /** Begin to deliver the numbers above `cursor` to the attached connection. */
  | { readonly do: "deliver"; readonly cursor: number }
  | { readonly do: "close"; readonly code: number; readonly reason: string }
  /**
   * The client says goodbye: answer and close once all that it asked for is answered; without an answer, nothing more is
   * said at all, and what it asked for is done all the same.
   */
  | { readonly do: "goodbye"; readonly draft: RuntimeDraft | undefined }
  | { readonly do: "request"; readonly message: JobRequest }
  /** An acknowledgement said something new. */
  | { readonly do: "acked" }
  /** A `session.resume` on a connection that has a session of its own (W-06). */
  | { readonly do: "resume"; readonly message: Message<"session.resume"> };

/** How long a peer may be silent, and a session without a connection; in milliseconds. §6.3, §6.4 */
export interface LivenessOptions {
  readonly heartbeatMs: number;
  readonly resumeWindowMs: number;
}

/** A session that has no connection yet: give it one with `attached`. §6 */
export function newSession(
  seed: Pick<SessionState, "id" | "principal" | "version" | "features">,
  now: Now,
): SessionState {
  return {
    id: seed.id,
    principal: seed.principal,
    version: seed.version,
    features: seed.features,
    phase: "detached",
    connection: undefined,
    tokens: { current: "", previous: undefined },
    welcomedAt: 0,
    nextSeq: 1,
    oldestSeq: 1,
    acked: 0,
    pace: newPace(now),
    liveness: newLiveness(now),
    detachedAt: now.monotonic,
    used: false,
    jobs: 0,
    activeJobs: 0,
  };
}

/** Of a session what outlives its process: not who is connected, and nothing that its log tells better. */
export type SessionRecord = Omit<
  SessionState,
  "connection" | "liveness" | "pace" | "detachedAt" | "jobs" | "activeJobs"
>;

/** A session as it is stored. */
export function sessionRecord(state: SessionState): SessionRecord {
  return {
    id: state.id,
    principal: state.principal,
    version: state.version,
    features: state.features,
    phase: state.phase,
    tokens: state.tokens,
    welcomedAt: state.welcomedAt,
    nextSeq: state.nextSeq,
    oldestSeq: state.oldestSeq,
    acked: state.acked,
    used: state.used,
  };
}

/** What a session's log says of it after a restart. */
export interface SessionFacts {
  /** The last number that it gave, 0 if none. */
  readonly lastSeq: number;
  /** The last number of a job that is no longer retained, 0 if none. */
  readonly lostSeq: number;
  readonly jobs: number;
  readonly activeJobs: number;
}

/** A session as its record and its log tell after a restart: without a connection, its window counted anew (W-38). */
export function restoredSession(
  record: SessionRecord,
  facts: SessionFacts,
  now: Now,
): SessionState {
  const { lastSeq, lostSeq, jobs, activeJobs } = facts;
  return {
    ...record,
    phase: record.phase === "closed" ? "closed" : "detached",
    connection: undefined,
    nextSeq: Math.max(record.nextSeq, lastSeq + 1),
    oldestSeq: Math.max(record.oldestSeq, lostSeq + 1),
    liveness: newLiveness(now),
    pace: newPace(now),
    detachedAt: now.monotonic,
    jobs,
    activeJobs,
  };
}

/** When `stepSession` wants to be called with `time`: the next ping, or the peer given up. */
export function sessionDeadline(state: SessionState, options: LivenessOptions): number | undefined {
  if (state.phase !== "attached" || !state.features.includes("heartbeat")) return undefined;
  if (state.liveness.givenUp) return undefined;
  return Math.min(pingAt(state.liveness, options), lostAt(state.liveness, options));
}

/** HB-02: when nothing was sent for an interval; and when nothing was heard, from a peer that may only listen. */
function pingAt({ heardAt, sentAt, askedAt }: Liveness, { heartbeatMs }: LivenessOptions): number {
  const askAt = askedAt < heardAt + heartbeatMs ? heardAt + heartbeatMs : Infinity;
  return Math.min(sentAt + heartbeatMs, askAt);
}

function lostAt({ heardAt }: Liveness, { heartbeatMs }: LivenessOptions): number {
  return heardAt + Limits.heartbeatMissedIntervals * heartbeatMs;
}

/** When a session that nobody resumed may be forgotten; never while it numbers a retained job (W-38). */
export function sessionExpiry(state: SessionState, options: LivenessOptions): number | undefined {
  // One that is closed has its connection until the goodbye is said.
  if (state.connection !== undefined || state.jobs > 0) return undefined;
  return state.detachedAt + options.resumeWindowMs;
}

/** Takes one fact and says what to do about it, in order. Changes `state`. §6 */
export function stepSession(
  state: SessionState,
  input: SessionInput,
  now: Now,
  options: LivenessOptions,
): SessionEffect[] {
  switch (input.type) {
    case "attached":
      return attach(state, input, now);
    case "frame":
      // What a superseded connection still says is not heard (W-09).
      return input.connection === state.connection ? receive(state, input.decoded, now) : [];
    case "dropped":
      return input.connection === state.connection ? detach(state, now) : [];
    case "time":
      return beat(state, input.nonce, now, options);
  }
}

function attach(
  state: SessionState,
  input: Extract<SessionInput, { type: "attached" }>,
  now: Now,
): SessionEffect[] {
  const former = state.connection;
  state.tokens =
    input.usedTokenHash === undefined
      ? { current: input.newTokenHash, previous: undefined }
      : rotated(input.newTokenHash, input.usedTokenHash);
  state.phase = "attached";
  state.connection = input.connection;
  state.version = input.version;
  state.welcomedAt = input.cursor;
  state.liveness = newLiveness(now);
  state.pace = newPace(now);
  return [
    { do: "persist" },
    ...(former === undefined ? [] : [{ do: "supersede", connection: former } as const]),
    { do: "deliver", cursor: input.cursor },
  ];
}

function detach(state: SessionState, now: Now): SessionEffect[] {
  if (state.phase === "attached") state.phase = "detached";
  state.connection = undefined;
  state.detachedAt = now.monotonic;
  return [{ do: "persist" }];
}

function beat(
  state: SessionState,
  nonce: string,
  now: Now,
  options: LivenessOptions,
): SessionEffect[] {
  if (state.phase !== "attached" || !state.features.includes("heartbeat")) return [];
  // HB: jobs run on; only the connection is given up (W-27).
  if (now.monotonic >= lostAt(state.liveness, options)) {
    state.liveness.givenUp = true;
    return [{ do: "close", code: CLOSE_HEARTBEAT_LOST, reason: "HEARTBEAT_LOST" }];
  }
  if (now.monotonic < pingAt(state.liveness, options)) return [];
  afterSent(state.liveness, now);
  state.liveness.askedAt = now.monotonic;
  state.liveness.nonce = nonce;
  const payload = { nonce, sent_at: timestamp(now.wall) };
  return [{ do: "send", draft: { type: "session.ping", payload } }];
}

function receive(state: SessionState, decoded: Decoded, now: Now): SessionEffect[] {
  // CLOSE-04: nothing comes after the message that closes.
  if (state.phase === "closed") return [];
  afterHeard(state.liveness, now);
  if (!decoded.ok) return [sendError(faultAnswer(decoded.fault), decoded.fault.requestId)];
  const { message } = decoded;
  if (message.session_id !== undefined && message.session_id !== state.id) {
    const text = "session_id names another session than this connection's";
    return [sendError(new ArcpError("INVALID_REQUEST", text), message.id)];
  }
  if (!decoded.known || !isClientToRuntime(decoded.message)) return unknownType(message);
  const request = decoded.message;
  const feature = missingFeature(request, state.features);
  if (feature === undefined || request.type === "session.ping") {
    return dispatchToRuntime<[SessionState, Now], SessionEffect[]>(handlers, request, state, now);
  }
  if (request.type === "session.ack" || request.type === "session.pong") return [];
  const text = `the feature ${feature} was not negotiated`;
  return [sendError(new ArcpError("INVALID_REQUEST", text, { details: { feature } }), request.id)];
}

function unknownType(message: { readonly type: string; readonly id: string }): SessionEffect[] {
  if (message.type.startsWith("x-vendor.")) return [];
  const text = foreignType(message.type) ?? `unknown message type ${printable(message.type)}`;
  return [sendError(new ArcpError("INVALID_REQUEST", text), message.id)];
}

function sendError(error: ArcpError, requestId?: string): SessionEffect {
  return { do: "send", draft: errorDraft(error, requestId) };
}

function toJobs(message: JobRequest, state: SessionState): SessionEffect[] {
  state.used = true;
  return [{ do: "request", message }];
}

const handlers = {
  "session.hello": (message) => [
    sendError(new ArcpError("INVALID_REQUEST", "this connection has its session"), message.id),
  ],
  "session.resume": (message, state) =>
    state.used
      ? [sendError(new ArcpError("INVALID_REQUEST", "this session is in use"), message.id)]
      : [{ do: "resume", message }],
  "session.ping": (message, _state, now) => [
    {
      do: "send",
      draft: {
        type: "session.pong",
        payload: {
          ping_nonce: message.payload.nonce,
          received_at: timestamp(now.wall),
        },
      },
    },
  ],
  "session.pong": (message, state) =>
    message.payload.ping_nonce === state.liveness.nonce ? confirm(state) : [],
  "session.ack": (message, state, now) => {
    // W-38: an ack beyond the newest is clamped; one that goes back changes nothing.
    const acked = Math.min(message.payload.last_processed_seq, state.nextSeq - 1);
    const effects = acked > state.welcomedAt ? confirm(state) : [];
    if (acked <= state.acked) return effects;
    state.acked = acked;
    afterAck(state.pace, acked, state.nextSeq - 1, now);
    return [...effects, { do: "acked" }];
  },
  "session.close": goodbye,
  "session.bye": (message, state) =>
    isOlder(state.version) ? leave(state) : goodbye(message, state),
  "session.list_jobs": toJobs,
  "job.submit": toJobs,
  "job.cancel": toJobs,
  "job.subscribe": toJobs,
  "job.unsubscribe": toJobs,
} satisfies RuntimeHandlers<[SessionState, Now], SessionEffect[]>;

/** The client has seen the welcome, so the token before it is good no longer, after a restart neither (W-08). */
function confirm(state: SessionState): SessionEffect[] {
  if (state.tokens.previous === undefined) return [];
  state.tokens = { ...state.tokens, previous: undefined };
  return [{ do: "persist" }];
}

/** OLD-02: the last word of a client whose draft has no answer to it. */
function leave(state: SessionState): SessionEffect[] {
  state.phase = "closed";
  return [{ do: "goodbye", draft: undefined }];
}

function goodbye(
  message: Message<"session.close"> | Message<"session.bye">,
  state: SessionState,
): SessionEffect[] {
  state.phase = "closed";
  const { reason } = message.payload;
  const payload = {
    ...(reason === undefined ? {} : { reason: clip(reason, MAX_REASON_LENGTH) }),
    request_id: message.id,
  };
  return [{ do: "goodbye", draft: { type: "session.closed", payload } }];
}

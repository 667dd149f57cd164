import { Limits, PROTOCOL_VERSION } from "../../generated/current/index.js";
import type { Message } from "../../generated/current/index.js";
import type { Decoded } from "../wire/decode.js";
import { ArcpError } from "../wire/errors.js";
import type { Now } from "../wire/time.js";
import { faultAnswer } from "./foreign.js";
import type { ResumeRequest } from "./resume.js";

/** How the first message of a connection asks for a session. §6.2, §6.3 */
export interface Opening {
  readonly requestId: string;
  /** How the peer names the protocol; we answer in kind (W-01). */
  readonly version: string;
  readonly peer: { readonly name: string; readonly version: string } | undefined;
  readonly features: readonly string[];
  readonly traceId: string | undefined;
  readonly resume: ResumeRequest | undefined;
}

/** Who is at the other end, as its token says. §6.1 */
export interface Verified {
  readonly principal: string;
  readonly scopes: readonly string[];
  /** When the token ends, in milliseconds since the epoch; absent for one that does not. */
  readonly expiresAt?: number | undefined;
}

/** A connection, and until it has a session how it gets one: plain data. */
export interface ConnectionState {
  phase: "greeting" | "verifying" | "bound" | "closed";
  readonly helloBy: number;
  /** How the peer names the protocol, once it has. */
  version: string;
  /** What it asks for, until it has it. */
  opening: Opening | undefined;
  /** When its token ends, by the monotonic clock. */
  endsAt: number | undefined;
  /** The same by the wall clock, which may be set, and goes on while a machine sleeps. */
  expiresAt: number | undefined;
}

/** A fact that `stepConnection` takes. §6.1, §6.2 */
export type ConnectionInput =
  | { readonly type: "frame"; readonly decoded: Decoded }
  /** The first frame is longer than a hello may be; it was not read. */
  | { readonly type: "oversized" }
  | { readonly type: "verified"; readonly identity: Verified | undefined }
  | { readonly type: "bound" }
  | { readonly type: "refused"; readonly error: ArcpError }
  | { readonly type: "dropped" }
  | { readonly type: "time" };

/** An order of `stepConnection`. §6.1, §6.2 */
export type ConnectionEffect =
  /** Ask the verifier; a token of `undefined` was not given. */
  | { readonly do: "verify"; readonly token: string | undefined }
  /** The token is good: open a session or resume one. */
  | { readonly do: "open"; readonly opening: Opening; readonly identity: Verified }
  /** Send `session.error` with a fresh session id, then close. */
  | { readonly do: "refuse"; readonly error: ArcpError; readonly requestId: string | undefined }
  /** The token has ended: say so and close; the session stays, and jobs run on. */
  | { readonly do: "expire" };

/** A connection that has said nothing yet; its hello is due within `helloDeadlineMs`. §6.2 */
export function newConnection(now: Now, helloDeadlineMs: number): ConnectionState {
  const helloBy = now.monotonic + helloDeadlineMs;
  return {
    phase: "greeting",
    helloBy,
    version: PROTOCOL_VERSION,
    opening: undefined,
    endsAt: undefined,
    expiresAt: undefined,
  };
}

/** When `step` wants to be called with `time`, by the monotonic clock. */
export function connectionDeadline(state: ConnectionState): number | undefined {
  if (state.phase === "closed") return undefined;
  return state.phase === "bound" ? state.endsAt : state.helloBy;
}

/** Whether its token has ended: either clock may say so, as of a lease. AUTH-10 */
export function tokenEnded({ endsAt, expiresAt }: ConnectionState, now: Now): boolean {
  return (
    (endsAt !== undefined && now.monotonic >= endsAt) ||
    (expiresAt !== undefined && now.wall >= expiresAt)
  );
}

/** Takes one fact and says what to do about it, in order. Changes `state`. §6.1 to §6.3 */
export function stepConnection(
  state: ConnectionState,
  input: ConnectionInput,
  now: Now,
): ConnectionEffect[] {
  switch (input.type) {
    case "frame":
      return state.phase === "greeting" ? greet(state, input.decoded) : [];
    case "oversized": {
      const message = `the first message exceeds ${Limits.maxHelloBytes} bytes`;
      return refuse(state, new ArcpError("INVALID_REQUEST", message));
    }
    case "verified":
      return state.phase === "verifying" ? verified(state, input.identity, now) : [];
    case "bound":
      state.phase = "bound";
      state.opening = undefined;
      return [];
    case "refused":
      return refuse(state, input.error);
    case "dropped":
      state.phase = "closed";
      return [];
    case "time":
      return isOver(state, now) ? tooLate(state) : [];
  }
}

function isOver(state: ConnectionState, now: Now): boolean {
  if (state.phase === "bound") return tokenEnded(state, now);
  return now.monotonic >= (connectionDeadline(state) ?? Infinity);
}

function tooLate(state: ConnectionState): ConnectionEffect[] {
  if (state.phase === "greeting") {
    return refuse(state, new ArcpError("UNAUTHENTICATED", "no session.hello came in time"));
  }
  if (state.phase === "bound") {
    state.phase = "closed";
    return [{ do: "expire" }];
  }
  const text = "the token could not be verified in time";
  return refuse(state, new ArcpError("UNAUTHENTICATED", text, { retryable: true }));
}

function greet(state: ConnectionState, decoded: Decoded): ConnectionEffect[] {
  if (!decoded.ok) {
    const { requestId, version } = decoded.fault;
    if (version !== undefined) state.version = version;
    return refuse(state, faultAnswer(decoded.fault), requestId);
  }
  state.version = decoded.message.arcp;
  const opening = decoded.known ? openingOf(decoded.message) : undefined;
  if (opening === undefined) {
    // Of somebody who is not known no word is said again.
    const instead = decoded.known ? `, not with ${decoded.message.type}` : "";
    const message = `a session begins with session.hello${instead}`;
    return refuse(state, new ArcpError("INVALID_REQUEST", message), decoded.message.id);
  }
  state.phase = "verifying";
  state.opening = opening;
  return [{ do: "verify", token: tokenOf(decoded.message as Message) }];
}

function openingOf(message: Message): Opening | undefined {
  const common = { requestId: message.id, version: message.arcp, traceId: message.trace_id };
  if (message.type === "session.hello") {
    const { client, capabilities, resume } = message.payload;
    return {
      ...common,
      peer: client,
      features: capabilities?.features ?? [],
      resume: resume && {
        sessionId: resume.session_id,
        token: resume.resume_token,
        lastEventSeq: resume.last_event_seq,
        features: capabilities?.features,
      },
    };
  }
  if (message.type === "session.resume") {
    return { ...common, peer: undefined, features: [], resume: resumeOf(message.payload) };
  }
  return undefined;
}

/** The request in a `session.resume`, which says nothing of features: they stay. */
export function resumeOf(payload: {
  readonly session_id?: string;
  readonly resume_token: string;
  readonly last_event_seq: number;
}): ResumeRequest {
  return {
    sessionId: payload.session_id,
    token: payload.resume_token,
    lastEventSeq: payload.last_event_seq,
    features: undefined,
  };
}

function tokenOf(message: Message): string | undefined {
  if (message.type !== "session.hello" && message.type !== "session.resume") return undefined;
  const { auth } = message.payload;
  return auth?.scheme.toLowerCase() === "bearer" ? auth.token : undefined;
}

function verified(
  state: ConnectionState,
  identity: Verified | undefined,
  now: Now,
): ConnectionEffect[] {
  const { opening } = state;
  const leftMs = (identity?.expiresAt ?? Infinity) - now.wall;
  if (opening === undefined || identity === undefined || leftMs <= 0) {
    return refuse(state, new ArcpError("UNAUTHENTICATED", "the token is missing or not valid"));
  }
  if (leftMs !== Infinity) {
    state.endsAt = now.monotonic + leftMs;
    state.expiresAt = identity.expiresAt;
  }
  return [{ do: "open", opening, identity }];
}

function refuse(state: ConnectionState, error: ArcpError, requestId?: string): ConnectionEffect[] {
  state.phase = "closed";
  return [{ do: "refuse", error, requestId: requestId ?? state.opening?.requestId }];
}

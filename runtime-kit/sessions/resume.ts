import type { Feature, SessionId } from "../../generated/current/index.js";
import { equalInConstantTime } from "../wire/equal.js";
import { ArcpError } from "../wire/errors.js";

/** What a client presents to go on with a session. §6.3 */
export interface ResumeRequest {
  readonly sessionId: SessionId | undefined;
  readonly token: string;
  readonly lastEventSeq: number;
  /** Features that the new hello names; `undefined` means unchanged (W-14). */
  readonly features: readonly string[] | undefined;
}

/** What a session keeps of its resume tokens: hashes only. §14 (W-08) */
export interface ResumeTokens {
  /** Hash of the newest token. */
  current: string;
  /** Hash of the one before it, good until the newest is known to have arrived: a welcome can be lost. */
  previous: string | undefined;
}

/** As much of a session as a resume is judged by; a tombstone has the same shape. */
export interface Resumable {
  readonly id: SessionId;
  readonly principal: string;
  readonly features: readonly Feature[];
  readonly tokens: ResumeTokens;
  /** The next number to be given. */
  readonly nextSeq: number;
  /** The oldest number whose event is still retained. */
  readonly oldestSeq: number;
  /** True for a tombstone: the session expired, and is only remembered. */
  readonly expired: boolean;
}

/**
 * Decides a resume, with no effect on anyone: a refused one disturbs nobody (W-09). Returns what to
 * refuse it with. RES-* of §6.3
 */
export function refuseResume(
  session: Resumable | undefined,
  request: ResumeRequest & { readonly principal: string; readonly tokenHash: string },
): ArcpError | undefined {
  if (
    session === undefined ||
    session.principal !== request.principal ||
    !isCurrent(session.tokens, request.tokenHash)
  ) {
    // One answer for unknown session, wrong token and foreign principal: nothing to learn from it (W-08).
    return new ArcpError("UNAUTHENTICATED", "no session can be resumed with this token");
  }
  if (session.expired || request.lastEventSeq + 1 < session.oldestSeq) {
    const [reason, text] = session.expired
      ? ["expired", "the session was away for longer than its resume window, and has expired"]
      : ["discarded", "events after last_event_seq are gone: their jobs were forgotten"];
    return new ArcpError("RESUME_WINDOW_EXPIRED", text, {
      details: { oldest: session.oldestSeq, reason },
    });
  }
  if (request.lastEventSeq >= session.nextSeq) {
    return new ArcpError("INVALID_REQUEST", "last_event_seq is beyond the newest event", {
      details: { newest: session.nextSeq - 1 },
    });
  }
  const missing = session.features.filter(
    (feature) => request.features !== undefined && !request.features.includes(feature),
  );
  if (missing.length > 0) {
    return new ArcpError("INVALID_REQUEST", "a resume keeps the features of its session", {
      details: { missing },
    });
  }
  return undefined;
}

function isCurrent(tokens: ResumeTokens, hash: string): boolean {
  const current = equalInConstantTime(tokens.current, hash);
  const previous = tokens.previous !== undefined && equalInConstantTime(tokens.previous, hash);
  return current || previous;
}

/** The tokens after a resume with `usedHash`: what was used stays good until the new one is known to have arrived. */
export function rotated(newHash: string, usedHash: string): ResumeTokens {
  return { current: newHash, previous: usedHash };
}

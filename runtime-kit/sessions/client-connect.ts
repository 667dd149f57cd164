import { Limits, PROTOCOL_VERSION, intersect } from "../../generated/current/index.js";
import type { Message, SessionId } from "../../generated/current/index.js";
import type { ClientDraft } from "../wire/draft.js";
import { ArcpError, ConnectionError } from "../wire/errors.js";
import type { Now } from "../wire/time.js";
import { isOlder, wireVersion } from "../wire/version.js";
import { newAcks, readUpTo } from "./client-acks.js";
import { errorOf, flush, isOpenSubmit, rejectAll, unanswered } from "./client-requests.js";
import { noteDown, patience } from "./client-stuck.js";
import { whyReplaced } from "./client-gap.js";
import { keep, tell, warn } from "./client-state.js";
import type { ClientEffect, ClientState, SessionFacts } from "./client-state.js";

/** How long the first `connect` goes on with a runtime that asks to be tried again. */
const FIRST_CONNECT_MS = 30_000;

/** Begins the next connection. */
export function dial(state: ClientState, now: Now): ClientEffect[] {
  state.connection += 1;
  state.phase = "dialing";
  state.by = now.monotonic + state.config.welcomeMs;
  return [{ do: "dial", connection: state.connection }];
}

/** The transport is open: says who we are, and which session we had. §6.2 (W-06) */
export function greet(state: ClientState, token: string | undefined, now: Now): ClientEffect[] {
  const { session, config } = state;
  state.phase = "greeting";
  state.heardAt = now.monotonic;
  state.sentAt = now.monotonic;
  state.resuming = session !== undefined && state.refusal === undefined;
  state.noise = undefined;
  const draft: ClientDraft = {
    type: "session.hello",
    payload: {
      client: config.peer,
      ...(token === undefined ? {} : { auth: { scheme: "bearer", token } }),
      capabilities: { encodings: ["json"], features: offered(state) },
      ...(state.resuming ? { resume: cursor(state, session!) } : {}),
    },
  };
  const version = state.version;
  return [{ do: "send", connection: state.connection, messages: [{ draft, version }] }];
}

/** A resume that lacks a feature of its session is refused, and a former process may have offered more. (W-14) */
function offered({ config, session, resuming }: ClientState) {
  const kept = resuming ? session!.features : [];
  return [...new Set([...config.features, ...kept])];
}

function cursor(state: ClientState, session: SessionFacts) {
  return {
    session_id: session.id,
    resume_token: session.resumeToken,
    last_event_seq: state.lastSeq,
  };
}

/** The welcome to a new session, to ours, or to another than the one that we asked for. §6.2, §6.3 */
export function welcomed(
  state: ClientState,
  message: Message<"session.welcome">,
  now: Now,
): ClientEffect[] {
  const { session } = state;
  const id = message.payload.session_id ?? message.session_id;
  state.version = wireVersion(message.arcp);
  if (session === undefined || (state.phase === "greeting" && !state.resuming)) {
    return enter(state, factsOf(state, message, id ?? ("" as SessionId)), now);
  }
  if (id === undefined || id === session.id) {
    // A resume keeps what the session had agreed to, also where a peer does not repeat it (W-14).
    const features =
      message.payload.capabilities.features === undefined ? session.features : undefined;
    const facts = factsOf(state, message, session.id, features);
    state.resumed += 1;
    return goLive(state, facts, tell({ type: "resumed", session: facts }), now);
  }
  if (state.phase === "recalling")
    return [warn(new ConnectionError("PROTOCOL", "a third session"))];
  const instead = factsOf(state, message, id);
  if (!isOlder(state.version)) return recall(state, instead, session, now);
  // OLD-07: its draft has no other form to ask in.
  const text = "the runtime opened another session instead of resuming this one";
  return settleFor(state, instead, new ConnectionError("PROTOCOL", text), now);
}

/** The resume in our hello was ignored; asks once more, in the draft's other form. (W-06) */
function recall(
  state: ClientState,
  instead: SessionFacts,
  session: SessionFacts,
  now: Now,
): ClientEffect[] {
  state.phase = "recalling";
  state.instead = instead;
  state.by = now.monotonic + state.config.replyMs;
  const draft = { type: "session.resume", payload: cursor(state, session) } as const;
  const message = { draft, sessionId: instead.id, version: state.version };
  return [{ do: "send", connection: state.connection, messages: [message] }];
}

/** Goes on with the session that the peer opened instead of ours. */
function settleFor(
  state: ClientState,
  instead: SessionFacts,
  error: Error,
  now: Now,
): ClientEffect[] {
  state.refusal = error;
  return enter(state, instead, now);
}

/** The `session.resume` was refused, or not answered. */
export function notRecalled(state: ClientState, error: Error, now: Now): ClientEffect[] {
  return settleFor(state, state.instead!, error, now);
}

/** A session without a past. Whatever the one before it had left is lost, and told. */
function enter(state: ClientState, facts: SessionFacts, now: Now): ClientEffect[] {
  const former = state.session;
  if (former !== undefined && !state.greeted) return enterInstead(state, former, facts, now);
  if (former === undefined) {
    return goLive(state, facts, tell({ type: "connected", session: facts }), now);
  }
  return enterAnew(state, replaced(state, former), facts, now);
}

function enterAnew(
  state: ClientState,
  effects: readonly ClientEffect[],
  facts: SessionFacts,
  now: Now,
): ClientEffect[] {
  state.lastSeq = 0;
  state.holeAfter = undefined;
  state.stuck = undefined;
  state.acks = newAcks();
  state.ackAt = undefined;
  return [...effects, ...goLive(state, facts, tell({ type: "connected", session: facts }), now)];
}

/**
 * A session of a former process was not resumed. One that is surely over is replaced and told as a gap, one that
 * had nothing left is no loss. Any other may be well, with another runtime or for another principal: to go on
 * would write over all that leads to it.
 */
function enterInstead(
  state: ClientState,
  former: SessionFacts,
  facts: SessionFacts,
  now: Now,
): ClientEffect[] {
  if (state.jobs.size === 0 && state.pending.size === 0) return enterAnew(state, [], facts, now);
  if (ArcpError.is(state.refusal, "RESUME_WINDOW_EXPIRED")) {
    return enterAnew(state, replaced(state, former), facts, now);
  }
  const jobs = [...state.jobs].join(", ");
  const text =
    `the runtime does not resume the kept session ${former.id}${jobs === "" ? "" : ` (with ${jobs})`}: this is another ` +
    "runtime, the token is another principal's, or the session is forgotten; what is kept was left as it is: " +
    "remove it to begin anew";
  const cause = state.refusal;
  const error = new ConnectionError("NOT_KEPT", text, cause === undefined ? {} : { cause });
  return end(state, error);
}

function replaced(state: ClientState, former: SessionFacts): ClientEffect[] {
  const jobs = [...state.jobs];
  const cause = state.refusal;
  const { reason, text } = whyReplaced(former, cause);
  const error = new ConnectionError("GAP", text, cause === undefined ? {} : { cause });
  state.jobs.clear();
  state.strangers.clear();
  state.expected.clear();
  state.early.clear();
  return [
    { do: "cutoff", jobs, error },
    tell({
      type: "gap",
      gap: {
        reason,
        sessionId: former.id,
        lastSeq: state.lastSeq,
        jobs,
        error,
      },
    }),
  ];
}

function goLive(
  state: ClientState,
  facts: SessionFacts,
  news: ClientEffect,
  now: Now,
): ClientEffect[] {
  state.phase = "live";
  state.greeted = true;
  state.session = facts;
  state.noise = undefined;
  state.refusal = undefined;
  state.instead = undefined;
  state.liveAt = now.monotonic;
  state.heardAt = now.monotonic;
  const behind = facts.features.includes("ack") && readUpTo(state.acks) > state.acks.acked;
  state.ackAt = behind ? now.monotonic + state.config.ackMs : undefined;
  // The token of this welcome is kept before anything is said: the first word ends the one before it (W-08).
  return [news, ...keep(state), ...flush(state, now)];
}

function factsOf(
  state: ClientState,
  { payload }: Message<"session.welcome">,
  id: SessionId,
  kept?: SessionFacts["features"],
): SessionFacts {
  const features = kept ?? intersect(payload.capabilities.features ?? [], state.config.features);
  const interval = payload.heartbeat_interval_sec ?? Limits.heartbeatIntervalSec;
  return {
    id,
    resumeToken: payload.resume_token,
    resumeWindowSec: payload.resume_window_sec,
    features,
    heartbeatMs: features.includes("heartbeat") && interval > 0 ? interval * 1000 : undefined,
    runtime: payload.runtime,
    agents: (payload.capabilities.agents ?? []).map((agent) =>
      typeof agent === "string" ? { name: agent } : agent,
    ),
    limits: payload.limits ?? {},
  };
}

/** A `session.error` before the welcome: the hello was refused, or only the resume in it. §6.8 */
export function unwelcome(
  state: ClientState,
  message: Message<"session.error">,
  now: Now,
): ClientEffect[] {
  const error = errorOf(message.payload);
  if (state.phase === "recalling") return notRecalled(state, error, now);
  if (error.code === "INVALID_REQUEST" && isOlder(message.arcp) && !isOlder(state.version)) {
    return greetInOlderWords(state, now);
  }
  const hangup = { code: 1000, reason: "refused" };
  const expired = error.code === "RESUME_WINDOW_EXPIRED";
  // Who has no session yet has nothing to lose, and is told at once that its token is of no use (AUTH-09).
  if (error.code === "UNAUTHENTICATED" && error.retryable && !state.greeted) {
    return end(state, error);
  }
  if (state.resuming && (expired || !error.retryable)) {
    // Whether it was the session or the token that was refused, a hello without the session tells (W-08).
    state.refusal = error;
    return lost(state, error, now, { hangup, atOnce: true });
  }
  if (error.retryable) return lost(state, error, now, { hangup });
  return end(state, error);
}

/** It may be that the version was all it did not like: says hello once more, and calls it as it does (OLD-04). */
function greetInOlderWords(state: ClientState, now: Now): ClientEffect[] {
  const { connection } = state;
  state.version = wireVersion("1");
  return [{ do: "hangup", connection, code: 1000, reason: "refused" }, ...dial(state, now)];
}

/** How a connection is given up. */
interface Loss {
  /** Close it with this; absent where it is closed already. */
  readonly hangup?: { readonly code: number; readonly reason: string };
  /** Dial again without a wait. */
  readonly atOnce?: boolean;
}

/** The connection is gone or given up: dials again, unless there is a reason not to. */
export function lost(state: ClientState, error: Error, now: Now, how: Loss = {}): ClientEffect[] {
  const effects: ClientEffect[] = [];
  if (how.hangup !== undefined) {
    effects.push({ do: "hangup", connection: state.connection, ...how.hangup });
  }
  if (state.phase === "live") {
    noteDown(state, now);
  } else if (state.phase === "recalling") {
    state.refusal = error;
    state.instead = undefined;
  }
  // A session goes on in the words that it began with; a new one may be that of a runtime which was upgraded meanwhile.
  if (state.session === undefined || state.refusal !== undefined) state.version = PROTOCOL_VERSION;
  state.phase = "waiting";
  effects.push(...unanswered(state));
  const delayMs = how.atOnce === true ? 0 : delay(state);
  const { backoff } = state.config;
  if (backoff === undefined || now.monotonic + delayMs > lastChance(state, error)) {
    return [...effects, ...end(state, error)];
  }
  state.attempt += 1;
  state.by = now.monotonic + delayMs;
  effects.push(tell({ type: "reconnecting", attempt: state.attempt, delayMs, error }));
  return effects;
}

/** The dial failed: tries again, unless there is nobody any more who could answer. */
export function undialled(state: ClientState, error: Error, now: Now): ClientEffect[] {
  if (ConnectionError.is(error) && error.final) return end(state, error);
  return lost(state, error, now);
}

/** What a peer said instead of a welcome, for the error that there was none. */
export function noiseWords({ noise }: ClientState): string {
  return noise === undefined ? "" : `; instead of ARCP it said ${noise.first}`;
}

/** Until when to go on. The first connect fails fast, so that a wrong address is told at once. */
function lastChance(state: ClientState, error: Error): number {
  const giveUp = state.downAt + patience(state, error);
  if (state.greeted) return giveUp;
  return error instanceof ArcpError ? Math.min(giveUp, state.downAt + FIRST_CONNECT_MS) : -Infinity;
}

/** Half of the wait is fixed and half is chance, so that many clients do not come back as one. */
function delay(state: ClientState): number {
  const { backoff } = state.config;
  if (backoff === undefined) return 0;
  const longest = Math.min(
    backoff.maxDelayMs,
    backoff.minDelayMs * 2 ** Math.min(state.attempt, 30),
  );
  // One step of a linear congruential generator: jitter needs spread, not secrecy.
  state.chance = (Math.imul(state.chance, 1664525) + 1013904223) >>> 0;
  return longest / 2 + (longest / 2) * (state.chance / 2 ** 32);
}

/** The end for good: everything that waits is settled. */
export function end(state: ClientState, error: Error | undefined): ClientEffect[] {
  const connected = state.phase !== "waiting" && state.phase !== "ended";
  const { connection } = state;
  state.phase = "ended";
  state.ackAt = undefined;
  const reason = endOf(error);
  const jobs = [...state.jobs];
  state.jobs.clear();
  const submits = [...state.pending.values(), ...state.doomed.values()];
  state.left = submits.filter(isOpenSubmit);
  state.doomed.clear();
  return [
    ...(connected ? [{ do: "hangup", connection, code: 1000, reason: "closed" } as const] : []),
    ...rejectAll(state, reason),
    ...(jobs.length === 0 ? [] : [{ do: "cutoff", jobs, error: reason } as const]),
    tell({ type: "ended", error }),
  ];
}

function endOf(error: Error | undefined): Error {
  if (error === undefined) {
    const text = "the client was closed; jobs run on and can be found with client.jobs()";
    return new ConnectionError("CLOSED", text);
  }
  if (error instanceof ConnectionError) return error;
  return new ConnectionError("CLOSED", `the session cannot go on: ${error.message}`, {
    cause: error,
  });
}

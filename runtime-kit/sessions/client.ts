/**
 * The client's side of a session, without time, chance, or a socket: facts in, orders out. It knows how
 * to say hello, to resume, to match replies, to keep numbers in order, to acknowledge and to end.
 */
import { Limits, dispatchToClient, isRuntimeToClient } from "../../generated/current/index.js";
import type { ClientHandlers, Message, UnknownMessage } from "../../generated/current/index.js";
import type { Decoded } from "../wire/decode.js";
import { ConnectionError } from "../wire/errors.js";
import { timestamp } from "../wire/time.js";
import type { Now } from "../wire/time.js";
import { isOlder } from "../wire/version.js";
import { noteRead, readUpTo } from "./client-acks.js";
import {
  dial,
  end,
  greet,
  lost,
  noiseWords,
  notRecalled,
  undialled,
  unwelcome,
  welcomed,
} from "./client-connect.js";
import { dropEarly, handEarly, numbered, scheduleAck } from "./client-events.js";
import { accepted, answer, refused, request } from "./client-requests.js";
import { dated, salvage } from "./client-salvage.js";
import { CLOSE_NORMAL, CLOSE_NO_WELCOME, keep, send, warn } from "./client-state.js";
import type { ClientEffect, ClientInput, ClientState } from "./client-state.js";
import { giveBackFormer, letGo, subscribed } from "./client-watch.js";
import { CLOSE_HEARTBEAT_LOST, CLOSE_SUPERSEDED } from "./close-codes.js";

/** When `stepClient` wants to be called with `time`, in milliseconds of the monotonic clock. */
export function clientDeadline(state: ClientState): number | undefined {
  if (state.phase === "ended") return undefined;
  if (state.phase !== "live") return state.by;
  const beat = heartbeatAt(state);
  return Math.min(beat?.ping ?? Infinity, beat?.lost ?? Infinity, state.ackAt ?? Infinity);
}

/** Takes one fact and says what to do about it, in order. Changes `state`. */
export function stepClient(state: ClientState, input: ClientInput, now: Now): ClientEffect[] {
  const effects = step(state, input, now);
  if (state.early.size > 0) dropEarly(state, now);
  return effects;
}

function step(state: ClientState, input: ClientInput, now: Now): ClientEffect[] {
  switch (input.type) {
    case "opened":
      return state.phase === "dialing" && input.connection === state.connection
        ? greet(state, input.token, now)
        : [];
    case "failed":
      return state.phase === "dialing" && input.connection === state.connection
        ? undialled(state, input.error, now)
        : [];
    case "frame":
      return hears(state, input.connection) ? receive(state, input.decoded, input.text, now) : [];
    case "dropped":
      return hears(state, input.connection) ? dropped(state, input.closed, now) : [];
    case "request":
      return request(state, input, now);
    case "abandon":
      return abandon(state, input.id, input.unsent === true);
    case "letGo":
      return letGo(state, input.jobId, now);
    case "giveBack":
      return giveBackFormer(state, input.jobId, now);
    case "read":
      noteRead(state.acks, input.seq);
      if (state.phase === "live") scheduleAck(state, now);
      return [];
    case "paused":
      state.paused = true;
      return [];
    case "flowing":
      state.paused = false;
      state.heardAt = now.monotonic;
      return [];
    case "close":
      return close(state, input, now);
    case "unkept":
      return state.phase === "ended" ? [] : end(state, input.error);
    case "time":
      return timePassed(state, now);
  }
}

/** Whether this connection is the present one, and open. */
function hears(state: ClientState, connection: number): boolean {
  return (
    connection === state.connection &&
    state.phase !== "ended" &&
    state.phase !== "waiting" &&
    state.phase !== "dialing"
  );
}

function receive(state: ClientState, heard: Decoded, text: string, now: Now): ClientEffect[] {
  state.heardAt = now.monotonic;
  const decoded = heard.ok ? heard : (dated(heard.fault, text, now) ?? heard);
  if (!decoded.ok) return salvage(state, decoded.fault, text, now);
  const { message } = decoded;
  // What this revision does not know, and what only a runtime is told, is not for us (W-12).
  if (!decoded.known || !isRuntimeToClient(decoded.message)) return [];
  if (isForeign(state, message)) {
    const error = `${message.type} names a session that is not this connection's`;
    return [warn(new ConnectionError("PROTOCOL", error))];
  }
  if (state.phase !== "live" && state.phase !== "closing") {
    return beforeWelcome(state, decoded.message, now);
  }
  state.noise = undefined;
  return dispatchToClient(handlers, decoded.message, state, now);
}

/** Whether a message belongs to another session; a welcome and a refusal may name any. (W-03, W-11) */
function isForeign(state: ClientState, message: Message | UnknownMessage): boolean {
  const id = message.session_id;
  if (id === undefined || state.session === undefined || id === state.session.id) return false;
  return message.type !== "session.welcome" && message.type !== "session.error";
}

function beforeWelcome(state: ClientState, message: Message, now: Now): ClientEffect[] {
  switch (message.type) {
    case "session.welcome":
      return welcomed(state, message, now);
    case "session.error":
      return unwelcome(state, message, now);
    case "session.ping":
    case "session.closed":
    case "session.bye":
      return dispatchToClient(handlers, message, state, now);
    case "job.event":
    case "job.result":
    case "job.error":
      // Some runtimes replay before they welcome (W-07). A new session has nothing to replay.
      return state.resuming ? numbered(state, message, now) : [];
    default:
      return [];
  }
}

const handlers = {
  // A second welcome to the same session can only carry a newer token.
  "session.welcome": (message, state) => {
    const id = message.payload.session_id ?? message.session_id;
    if (state.session !== undefined && id === state.session.id) {
      state.session = { ...state.session, resumeToken: message.payload.resume_token };
      return keep(state);
    }
    return [];
  },
  "session.error": (message, state, now) => {
    const effects = refused(state, message);
    const unclaimed = effects.some((effect) => effect.do === "tell");
    return state.closing !== undefined && unclaimed ? sayBye(state, now) : effects;
  },
  "session.ping": ({ payload }, state, now) => {
    const pong = { ping_nonce: payload.nonce, received_at: timestamp(now.wall) };
    return send(state, [{ draft: { type: "session.pong", payload: pong } }], now);
  },
  "session.pong": (message, state) => {
    const nonce = message.payload.ping_nonce;
    const asked = [...state.pending.values()].find(
      ({ draft }) => draft.type === "session.ping" && draft.payload.nonce === nonce,
    );
    if (asked === undefined) return [];
    state.pending.delete(asked.id);
    return [{ do: "resolve", id: asked.id, message }];
  },
  "session.jobs": (message, state) => answer(state, message, "session.list_jobs"),
  "session.closed": (message, state, now) => closed(state, message.payload.reason, now),
  "session.bye": (message, state, now) => closed(state, message.payload.reason, now),
  "job.accepted": (message, state, now) => [
    ...accepted(state, message, now),
    ...handEarly(state, message.job_id),
  ],
  "job.cancelled": (message, state) => {
    state.doomed.delete(message.job_id);
    return answer(state, message, "job.cancel");
  },
  "job.subscribed": (message, state) => [
    ...subscribed(state, message),
    ...handEarly(state, message.job_id),
  ],
  "job.event": (message, state, now) => numbered(state, message, now),
  "job.result": (message, state, now) => numbered(state, message, now),
  "job.error": (message, state, now) => numbered(state, message, now),
} satisfies ClientHandlers<[ClientState, Now], ClientEffect[]>;

/** The runtime ended the session's connection: because we asked, because another took it over, or for its own sake. */
function closed(state: ClientState, reason: string | undefined, now: Now): ClientEffect[] {
  if (state.closing !== undefined) return end(state, undefined);
  if (reason === "superseded") return end(state, superseded());
  const error = new ConnectionError(
    "CLOSED",
    `the runtime closed the session: ${reason ?? "no reason"}`,
  );
  return lost(state, error, now, { hangup: { code: CLOSE_NORMAL, reason: "closed" } });
}

function superseded(): ConnectionError {
  const text = "another connection resumed this session and owns it now";
  return new ConnectionError("SUPERSEDED", text, { closeCode: CLOSE_SUPERSEDED });
}

function dropped(
  state: ClientState,
  { code, reason }: { readonly code: number; readonly reason: string },
  now: Now,
): ClientEffect[] {
  if (state.closing !== undefined) return end(state, undefined);
  if (code === CLOSE_SUPERSEDED) return end(state, superseded());
  const words = reason === "" ? `code ${code}` : `code ${code}: ${reason}`;
  const error =
    state.phase === "live"
      ? new ConnectionError("CLOSED", `the connection ended (${words})`, { closeCode: code })
      : new ConnectionError(
          "REFUSED",
          `the connection ended before the welcome (${words})${noiseWords(state)}`,
          { closeCode: code },
        );
  return lost(state, error, now);
}

/** What was sent keeps its place in the line of those that wait for an answer. */
function abandon(state: ClientState, id: string, unsent: boolean): ClientEffect[] {
  const pending = state.pending.get(id);
  if (pending === undefined) return [];
  if (!unsent && (pending.sent || pending.unsure)) pending.abandoned = true;
  else state.pending.delete(id);
  return [];
}

/** The program closes: the tail of the acks goes out, then the farewell. §6.7 (W-10) */
function close(
  state: ClientState,
  input: Extract<ClientInput, { type: "close" }>,
  now: Now,
): ClientEffect[] {
  if (state.phase === "ended" || state.closing !== undefined) return [];
  if (state.phase !== "live") return end(state, undefined);
  const older = isOlder(state.version);
  // An ack waits until it is kept what it says, and a bye for nothing: the next process acknowledges.
  const acks = older && state.config.keeping === true ? [] : ack(state, now);
  state.phase = "closing";
  state.closing = { id: input.id, reason: input.reason, bye: false };
  state.by = now.monotonic + state.config.replyMs;
  // OLD-06: its draft has one word for it, and no answer.
  if (older) return [...acks, ...sayBye(state, now), ...end(state, undefined)];
  const payload = input.reason === undefined ? {} : { reason: input.reason };
  const message = { id: input.id, draft: { type: "session.close", payload } } as const;
  return [...acks, ...send(state, [message], now)];
}

/** The peer does not know `session.close`: the older word, once. (W-10) */
function sayBye(state: ClientState, now: Now): ClientEffect[] {
  const { closing } = state;
  if (closing === undefined || closing.bye) return [];
  closing.bye = true;
  const payload = closing.reason === undefined ? {} : { reason: closing.reason };
  return send(state, [{ draft: { type: "session.bye", payload } }], now);
}

function timePassed(state: ClientState, now: Now): ClientEffect[] {
  const due = clientDeadline(state);
  if (due === undefined || now.monotonic < due) return [];
  switch (state.phase) {
    case "waiting":
      return dial(state, now);
    case "dialing":
    case "greeting": {
      const text = `no welcome came within ${state.config.welcomeMs} ms${noiseWords(state)}`;
      const hangup = { code: CLOSE_NO_WELCOME, reason: "no welcome" };
      return lost(state, new ConnectionError("UNREACHABLE", text), now, { hangup });
    }
    case "recalling":
      return notRecalled(
        state,
        new ConnectionError("PROTOCOL", "the runtime did not answer session.resume"),
        now,
      );
    case "closing":
      return [...sayBye(state, now), ...end(state, undefined)];
    default:
      return beat(state, now);
  }
}

/** When to ping, and when to give the peer up. §6.4 (W-27) */
function heartbeatAt(state: ClientState): { ping: number; lost: number | undefined } | undefined {
  const interval = state.session?.heartbeatMs;
  if (interval === undefined) return undefined;
  const lostAt = state.heardAt + interval * Limits.heartbeatMissedIntervals;
  // A peer that has fallen silent is asked once; one that never pings by itself is heard that way too.
  const askAt = state.sentAt < state.heardAt + interval ? state.heardAt + interval : Infinity;
  return {
    ping: Math.min(state.sentAt + interval, state.paused ? Infinity : askAt),
    lost: state.paused ? undefined : lostAt,
  };
}

function beat(state: ClientState, now: Now): ClientEffect[] {
  const due = heartbeatAt(state);
  if (due?.lost !== undefined && now.monotonic >= due.lost) {
    const error = new ConnectionError("HEARTBEAT_LOST", "nothing was heard for two intervals");
    const hangup = { code: CLOSE_HEARTBEAT_LOST, reason: "HEARTBEAT_LOST" };
    return lost(state, error, now, { hangup });
  }
  const effects = state.ackAt !== undefined && now.monotonic >= state.ackAt ? ack(state, now) : [];
  if (due === undefined || now.monotonic < due.ping) return effects;
  state.pings += 1;
  const payload = { nonce: `p_${state.pings}`, sent_at: timestamp(now.wall) };
  return [...effects, ...send(state, [{ draft: { type: "session.ping", payload } }], now)];
}

/** One ack for all that was read since the last. §6.5 */
function ack(state: ClientState, now: Now): ClientEffect[] {
  state.ackAt = undefined;
  const seq = readUpTo(state.acks);
  // Kept first: what was acknowledged and forgotten here nobody would hear again.
  if (state.session?.features.includes("ack") !== true || seq <= state.acks.acked) {
    return keep(state);
  }
  state.acks.acked = seq;
  const draft = { type: "session.ack", payload: { last_processed_seq: seq } } as const;
  return [...keep(state), ...send(state, [{ draft }], now)];
}

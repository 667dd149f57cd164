import { decode } from "../wire/decode.js";
import type { Decoded, Fault } from "../wire/decode.js";
import { ConnectionError } from "../wire/errors.js";
import { printable } from "../wire/text.js";
import { timestamp } from "../wire/time.js";
import type { Now } from "../wire/time.js";
import { answeredBy, member } from "./client-correlate.js";
import { lost, noiseWords } from "./client-connect.js";
import { hand, inOrder, spoilt } from "./client-events.js";
import { noteReceived } from "./client-acks.js";
import { refusedSubmit, reject } from "./client-requests.js";
import { CLOSE_NO_WELCOME, warn } from "./client-state.js";
import type { ClientEffect, ClientState, Numbered, Pending } from "./client-state.js";

/** Which request each reply answers. */
const REPLY_TO: ReadonlyMap<string, Pending["draft"]["type"]> = new Map([
  ["job.accepted", "job.submit"],
  ["job.cancelled", "job.cancel"],
  ["job.subscribed", "job.subscribe"],
  ["session.jobs", "session.list_jobs"],
  ["session.pong", "session.ping"],
]);

/**
 * A frame that is no message: it harms one call, or one event, or nothing. What it can still be seen
 * to mean is done, so that a terminal with a fault in it ends its job and not the program's patience.
 */
export function salvage(state: ClientState, fault: Fault, text: string, now: Now): ClientEffect[] {
  const frame = parsed(text);
  const type = member(frame, "type");
  const error = new ConnectionError("PROTOCOL", `the runtime sent a bad frame: ${fault.message}`);
  if (state.phase === "greeting" || state.phase === "recalling") {
    if (type !== "session.welcome" && type !== "session.error") {
      return [warn(error), ...noise(state, text, now)];
    }
    const hangup = { code: CLOSE_NO_WELCOME, reason: "bad welcome" };
    return lost(state, error, now, { hangup });
  }
  if (typeof type !== "string") return [warn(error), ...noise(state, text, now)];
  if (type === "job.event" || type === "job.result" || type === "job.error") {
    return salvageNumbered(state, frame, type, error, now);
  }
  const request = REPLY_TO.get(type);
  const pending = request && answeredBy(state.pending, frame as object, request);
  return pending === undefined ? [warn(error)] : [warn(error), reject(state, pending, error)];
}

/**
 * A `job.accepted` without its time, which the drafts before 1.1 do not ask for, and for a child do not even show: the
 * time of its arrival stands for it. `undefined` where something else is wrong. §7.1
 */
export function dated({ details }: Fault, text: string, now: Now): Decoded | undefined {
  if (details["path"] !== "/payload/accepted_at" || details["keyword"] !== "required")
    return undefined;
  const frame = parsed(text);
  const payload = { ...(member(frame, "payload") as object), accepted_at: timestamp(now.wall) };
  return decode(JSON.stringify({ ...(frame as object), payload }));
}

/** What a peer may say in a row that is no message. Before its welcome: a banner is forgiven, a chatterer is not. */
const MOST_NOISE = { before: 32, within: 1_000 };

function noise(state: ClientState, text: string, now: Now): ClientEffect[] {
  if (state.phase === "closing") return []; // it ends anyway
  const { count, first } = state.noise ?? { count: 0, first: printable(text, 200) };
  state.noise = { count: count + 1, first };
  const within = state.phase === "live";
  if (count + 1 < (within ? MOST_NOISE.within : MOST_NOISE.before)) return [];
  // Who never spoke ARCP refuses us, as one does that ends before its welcome.
  const error = within
    ? new ConnectionError("PROTOCOL", `the runtime no longer speaks ARCP${noiseWords(state)}`)
    : new ConnectionError("REFUSED", `this is no runtime${noiseWords(state)}`);
  return lost(state, error, now, { hangup: { code: CLOSE_NO_WELCOME, reason: "no ARCP" } });
}

function salvageNumbered(
  state: ClientState,
  frame: unknown,
  type: "job.event" | "job.result" | "job.error",
  error: ConnectionError,
  now: Now,
): ClientEffect[] {
  const seq = member(frame, "event_seq");
  const numbered = typeof seq === "number" && Number.isSafeInteger(seq) && seq > 0;
  const jobId = member(frame, "job_id") ?? member(member(frame, "payload"), "job_id");
  const ours = typeof jobId === "string" && state.jobs.has(jobId);
  if (type === "job.event" || (!ours && type === "job.result")) {
    return numbered ? spoilt(state, seq, error, now) : [warn(error)];
  }
  if (!ours) {
    const known = typeof jobId === "string" && state.strangers.has(jobId);
    const refusal = known
      ? []
      : refusedSubmit(state, { ...(frame as object), payload: member(frame, "payload") });
    return [...refusal, ...(numbered ? spoilt(state, seq, error, now) : [warn(error)])];
  }
  const order = numbered ? inOrder(state, seq, now) : { taken: true, effects: [] };
  if (!order.taken) return order.effects;
  if (numbered) noteReceived(state.acks, seq, true);
  const effects = hand(state, jobId, mended(frame, type, jobId));
  return [...order.effects, warn(error), ...effects];
}

/** The terminal that a peer must have meant: the members that it left out get their plainest value. */
function mended(frame: unknown, type: "job.result" | "job.error", jobId: string): Numbered {
  const given = member(frame, "payload");
  const payload = typeof given === "object" && given !== null ? given : {};
  const plain =
    type === "job.result"
      ? { final_status: "success" }
      : { final_status: "error", code: "INTERNAL_ERROR", message: "the peer gave no reason" };
  const message = { ...(frame as object), type, job_id: jobId, payload: { ...plain, ...payload } };
  // The one place where a message is made by hand; whoever reads terminals expects no more than this.
  return message as unknown as Numbered;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

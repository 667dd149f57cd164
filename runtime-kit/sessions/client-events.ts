import type { JobId } from "../../generated/current/index.js";
import { ConnectionError } from "../wire/errors.js";
import type { Now } from "../wire/time.js";
import { UNREADABLE_KIND, WITHHELD_KIND } from "../wire/withheld.js";
import { noteRead, noteReceived, readUpTo } from "./client-acks.js";
import { heardOfChild } from "./client-children.js";
import { lost } from "./client-connect.js";
import {
  EARLY_KEPT,
  asksAgain,
  cancelled,
  expectsUnknown,
  refusedSubmit,
  remember,
} from "./client-requests.js";
import { CLOSE_HOLE, tell, warn } from "./client-state.js";
import type { ClientEffect, ClientState, Gap, Numbered } from "./client-state.js";

/**
 * A message of the numbered stream: each number is taken once and in order. A number that was had
 * before is dropped; a hole breaks the connection, so that a resume can fill it, and is told when even
 * that does not. §8.3 (G3)
 */
export function numbered(state: ClientState, message: Numbered, now: Now): ClientEffect[] {
  const order = inOrder(state, message.event_seq, now);
  if (order.taken === false) return order.effects;
  return [...order.effects, ...deliver(state, message, now)];
}

/** Takes a number, if it is the next one or the hole before it is known for good. */
export function inOrder(
  state: ClientState,
  seq: number,
  now: Now,
): { readonly taken: boolean; readonly effects: ClientEffect[] } {
  if (seq <= state.lastSeq) return { taken: false, effects: [] };
  const effects: ClientEffect[] = [];
  if (seq > state.lastSeq + 1) {
    const resumable = state.config.backoff !== undefined && state.closing === undefined;
    if (state.holeAfter !== state.lastSeq && resumable) {
      state.holeAfter = state.lastSeq;
      return { taken: false, effects: resumeFor(state, seq, now) };
    }
    effects.push(tell({ type: "gap", gap: missing(state, seq) }));
  }
  state.lastSeq = seq;
  return { taken: true, effects };
}

function resumeFor(state: ClientState, seq: number, now: Now): ClientEffect[] {
  const text = `event ${seq} came after event ${state.lastSeq}`;
  const hangup = { code: CLOSE_HOLE, reason: "hole in event_seq" };
  return lost(state, new ConnectionError("GAP", text), now, { hangup, atOnce: true });
}

function missing(state: ClientState, seq: number) {
  const sessionId = state.session!.id;
  return { reason: "missing", sessionId, lastSeq: state.lastSeq, nextSeq: seq, jobs: [] } as const;
}

function deliver(state: ClientState, message: Numbered, now: Now): ClientEffect[] {
  const { job_id: jobId, event_seq: seq } = message;
  if (message.type === "job.error" && state.jobs.has(jobId)) {
    // The conflict is the new submit's; the job that holds the key is well (W-36).
    if (message.payload.code === "DUPLICATE_KEY") return skip(state, message, now);
  }
  const news = heardOfChild(state, message);
  if (state.jobs.has(jobId)) {
    noteReceived(state.acks, seq, true);
    return [...news, ...hand(state, jobId, message)];
  }
  const mayBeOurs = !state.strangers.has(jobId) || asksAgain(state, jobId);
  if (mayBeOurs && keepEarly(state, message)) {
    noteReceived(state.acks, seq, true);
    return [];
  }
  return skip(state, message, now);
}

/** Nobody here reads this message: it counts as read, and may be the refusal of a submit. */
function skip(state: ClientState, message: Numbered, now: Now): ClientEffect[] {
  noteReceived(state.acks, message.event_seq, false);
  scheduleAck(state, now);
  if (message.type === "job.event") return [];
  state.doomed.delete(message.job_id);
  const conflict = message.type === "job.error" && message.payload.code === "DUPLICATE_KEY";
  const answers = conflict ? [] : cancelled(state, message.job_id, message);
  if (message.type !== "job.error") return answers;
  const refusal = conflict || !state.strangers.has(message.job_id);
  return refusal ? [...answers, ...refusedSubmit(state, message)] : answers;
}

/** Gives a message to its job, which is one of ours no longer once nothing of it follows. */
export function hand(state: ClientState, jobId: JobId, message: Numbered): ClientEffect[] {
  const effect: ClientEffect = { do: "deliver", jobId, message };
  const unreadable = isUnreadable(message);
  if (message.type === "job.event" && !unreadable && !endsWatch(state, message)) return [effect];
  state.jobs.delete(jobId);
  state.watched.delete(jobId);
  remember(state, jobId);
  if (unreadable) return [effect, tell({ type: "gap", gap: unread(state, message) })];
  const done = message.type === "job.event" ? [] : cancelled(state, jobId, message);
  return [...done, effect];
}

function unread(state: ClientState, { job_id: jobId, event_seq: seq }: Numbered): Gap {
  const error = unreadableError(jobId, seq);
  const sessionId = state.session!.id;
  return { reason: "unreadable", sessionId, lastSeq: seq - 1, jobs: [jobId], error };
}

/** Whether it stands in the place of an event that the runtime cannot read any more. */
export function isUnreadable(message: Numbered): boolean {
  return message.type === "job.event" && (message.payload.kind as string) === UNREADABLE_KIND;
}

/** What whoever reads that job is told. */
export function unreadableError(jobId: string, seq: number): ConnectionError {
  const text =
    `event ${seq} of job ${jobId} is damaged where the runtime keeps it, and cannot be read: nothing more of the job is ` +
    "heard here; its status, client.jobs() tells";
  return new ConnectionError("GAP", text);
}

/** Its subscriber may no longer look on: nothing more follows. */
function endsWatch(state: ClientState, message: Extract<Numbered, { type: "job.event" }>): boolean {
  return (message.payload.kind as string) === WITHHELD_KIND && state.watched.has(message.job_id);
}

/**
 * After a resume the events of a job may come before the repeated submit is answered by the job's
 * `job.accepted`: they wait for it. (W-18, W-33)
 */
function keepEarly(state: ClientState, message: Numbered): boolean {
  if (!expectsUnknown(state)) return false;
  const kept = state.early.get(message.job_id) ?? [];
  if (kept.length >= EARLY_KEPT) return false;
  kept.push(message);
  state.early.set(message.job_id, kept);
  return true;
}

/** The messages that came before their job was known to be ours. */
export function handEarly(state: ClientState, jobId: JobId): ClientEffect[] {
  const kept = state.early.get(jobId) ?? [];
  state.early.delete(jobId);
  const effects: ClientEffect[] = [];
  for (const message of kept) {
    if (state.jobs.has(jobId)) effects.push(...hand(state, jobId, message));
    else noteRead(state.acks, message.event_seq);
  }
  return effects;
}

/** Lets go of what waited for an answer that has come, for another job. */
export function dropEarly(state: ClientState, now: Now): void {
  if (state.early.size === 0 || expectsUnknown(state)) return;
  for (const kept of state.early.values()) {
    for (const message of kept) noteRead(state.acks, message.event_seq);
  }
  state.early.clear();
  scheduleAck(state, now);
}

/** Something was read: an ack is due a little later, one for all that is read until then. §6.5 */
export function scheduleAck(state: ClientState, now: Now): void {
  if (state.ackAt !== undefined) return;
  const acks = state.session?.features.includes("ack") === true;
  const due = acks && readUpTo(state.acks) > state.acks.acked;
  if (due || state.config.keeping === true) state.ackAt = now.monotonic + state.config.ackMs;
}

/** A frame of a job that says nothing that can be used; its number counts all the same. */
export function spoilt(state: ClientState, seq: number, error: Error, now: Now): ClientEffect[] {
  const order = inOrder(state, seq, now);
  if (!order.taken) return order.effects;
  noteReceived(state.acks, seq, false);
  scheduleAck(state, now);
  return [...order.effects, warn(error)];
}

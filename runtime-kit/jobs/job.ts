import { Limits, isTerminal } from "../../generated/current/index.js";
import type { PayloadOf, ResultId } from "../../generated/current/index.js";
import { budgetOnWire, charged, counterOf } from "../leases/budget.js";
import type { Counter } from "../leases/budget.js";
import { hasExpired, overSince } from "../leases/expiry.js";
import { FRAME_OVERHEAD } from "../wire/encode.js";
import { ArcpError } from "../wire/errors.js";
import { deeperThan } from "../wire/json.js";
import { MAX_REASON_LENGTH, clip } from "../wire/text.js";
import { timestamp } from "../wire/time.js";
import type { Now } from "../wire/time.js";
import { fitsBytes } from "../wire/utf8.js";
import { CONTENT_TYPE_FIELD } from "./chunks.js";
import {
  after,
  cancelError,
  cancelled,
  crashed,
  failed,
  finish,
  leaseEnded,
  timedOut,
} from "./ending.js";
import type { Cost, JobEffect, JobInput, JobLimits } from "./facts.js";
import type { JobState, StreamState } from "./state.js";

const NOTHING: JobEffect[] = [];

/** Levels that an event's body or a result may have: envelope and payload are around it. §5.3 */
const MAX_VALUE_DEPTH = Limits.maxDepth - 2;

/** When `stepJob` wants to be called with `time`: the run limit, or the end of a lease's or a cancel's grace. */
export function jobDeadline(state: JobState, limits: JobLimits): number | undefined {
  if (isTerminal(state.status)) return undefined;
  const { cancel, expiry, runUntil } = state;
  const ends = cancel?.endBy ?? (expiry && expiry.until + limits.leaseGraceMs);
  if (ends === undefined || runUntil === undefined) return ends ?? runUntil;
  return Math.min(ends, runUntil);
}

/** Takes one fact and says what to do about it, in order. Changes `state`. §7, §8 */
export function stepJob(
  state: JobState,
  input: JobInput,
  now: Now,
  limits: JobLimits,
): JobEffect[] {
  if (isTerminal(state.status)) return afterEnd(state, input);
  switch (input.type) {
    case "start":
      return start(state, now);
    case "emit":
      if (deeperThan(input.body, MAX_VALUE_DEPTH)) {
        // A reader refuses such a frame, so that the event would be lost without a word (ENC-16).
        return refuse(
          `an event of kind ${input.kind} nests deeper than the ${MAX_VALUE_DEPTH} levels that a frame has for its body`,
        );
      }
      return report(state, input, now, limits);
    case "recount":
      return recount(state, input.counters, now, limits);
    case "remaining":
      return remaining(state, input.counters, now, limits);
    case "expired":
      return expired(state, now);
    case "chunk":
      return chunk(state, input, now, limits);
    case "returned":
      return returned(state, input, now, limits);
    case "failed":
      return state.cancel === undefined ? failed(state, input.error, now) : cancelled(state, now);
    case "interrupted":
      return interrupted(state, input.again, now);
    case "cancel":
      return cancel(state, input.reason, now, limits);
    case "time":
      return time(state, now, limits);
  }
}

/** G4: nothing of a job follows its terminal, whoever comes late. */
function afterEnd(state: JobState, input: JobInput): JobEffect[] {
  if (input.type !== "emit" && input.type !== "chunk") return NOTHING;
  const error = new ArcpError("CANCELLED", `the job has ended: ${state.status}`);
  return [{ do: "refuse", error }];
}

function start(state: JobState, now: Now): JobEffect[] {
  // Running already: started again after a restart.
  if (state.status === "pending") state.status = after(state, "start");
  if (state.maxRuntimeMs !== undefined) state.runUntil = now.monotonic + state.maxRuntimeMs;
  return NOTHING;
}

function report(
  state: JobState,
  { kind, body, cost }: Extract<JobInput, { type: "emit" }>,
  now: Now,
  limits: JobLimits,
): JobEffect[] {
  const effects = emit(state, kind, body, now, limits);
  // BUD-06: what is refused is charged to nobody.
  if (cost === undefined || effects[0]?.do !== "append") return effects;
  return [...effects, ...spend(state, cost, now, limits)];
}

/** BUD-04, BUD-13. Event, counter and what is left are stored in one commit: no crash finds one without the others. */
function spend(state: JobState, cost: Cost, now: Now, limits: JobLimits): JobEffect[] {
  const { budget = [] } = state;
  const counter = counterOf(budget, cost.currency);
  if (counter === undefined) return NOTHING;
  return recount(state, charged(budget, counter, cost.value), now, limits, counter.currency);
}

/** Puts counters in the place of the old ones, and tells of those that changed, and of the one that was charged. */
function recount(
  state: JobState,
  counters: readonly Counter[],
  now: Now,
  limits: JobLimits,
  charge?: string,
): JobEffect[] {
  const changed = counters.filter(
    ({ currency, left }) =>
      currency === charge || counterOf(state.budget ?? [], currency)?.left !== left,
  );
  state.budget = counters;
  return [...remaining(state, changed, now, limits), { do: "persist" }];
}

function remaining(
  state: JobState,
  counters: readonly Counter[],
  now: Now,
  limits: JobLimits,
): JobEffect[] {
  const left = Object.entries(budgetOnWire(counters));
  return left.flatMap(([unit, value]) => {
    const body = JSON.stringify({ name: "cost.budget.remaining", value, unit });
    return emit(state, "metric", body, now, limits);
  });
}

function emit(
  state: JobState,
  kind: string,
  body: string,
  now: Now,
  limits: JobLimits,
): JobEffect[] {
  if (kind === "progress" && !state.records.progress) return NOTHING;
  const text = `${eventHead(state.id, kind, now.wall)}${body}}`;
  if (!fitsBytes(text, limits.maxFrameBytes - FRAME_OVERHEAD)) {
    // W-37: too large is the agent's mistake, and is told to the agent.
    return refuse(`an event of kind ${kind} exceeds a frame of ${limits.maxFrameBytes} bytes`);
  }
  return [{ do: "append", index: state.entries++, entry: { type: "job.event", body: text } }];
}

/** What stands before an event's body. */
function eventHead(id: string, kind: string, wall: number): string {
  if (id !== head.id || kind !== head.kind || wall !== head.wall) {
    const parts = ['{"job_id":"', id, '","kind":', JSON.stringify(kind), ',"ts":"'];
    head = { id, kind, wall, text: [...parts, timestamp(wall), '","body":'].join("") };
  }
  return head.text;
}

// Events of one turn share theirs, in memory too: a text that is joined anew holds on to each of its parts.
let head = { id: "", kind: "", wall: Number.NaN, text: "" };

function refuse(reason: string): JobEffect[] {
  return [{ do: "refuse", error: new ArcpError("INVALID_REQUEST", reason) }];
}

function chunk(
  state: JobState,
  input: Extract<JobInput, { type: "chunk" }>,
  now: Now,
  limits: JobLimits,
): JobEffect[] {
  const begins = state.stream === undefined && state.records.chunks;
  const stream = (state.stream ??= newStream(input.resultId, state.records.chunks));
  if (stream.done) return refuse("the streamed result is complete");
  const bytes = stream.bytes + input.bytes;
  const most = stream.inline === undefined ? limits.maxResultBytes : limits.maxFrameBytes;
  if (bytes > most) return tooLarge(state, most, now);
  stream.bytes = bytes;
  stream.done = !input.more;
  if (stream.inline !== undefined) {
    if (input.encoding === "base64") return notInline(state, now);
    stream.inline.push(input.data);
    return NOTHING;
  }
  const body = `{"result_id":"${stream.id}","chunk_seq":${stream.next},"data":${input.json},"encoding":"${input.encoding}","more":${input.more}}`;
  const effects = emit(state, "result_chunk", body, now, limits);
  if (effects[0]?.do === "append") stream.next += 1;
  // After a restart it must be known that the result had begun.
  return begins ? [...effects, { do: "persist" }] : effects;
}

function newStream(id: ResultId, chunks: boolean): StreamState {
  return { id, next: 0, bytes: 0, done: false, inline: chunks ? undefined : [] };
}

/** CHUNK: beyond a limit the job ends with INTERNAL_ERROR (W-25). */
function tooLarge(state: JobState, limit: number, now: Now): JobEffect[] {
  const error = new ArcpError("INTERNAL_ERROR", `the result exceeds ${limit} bytes`, {
    retryable: false,
    details: { limit: "max_result_bytes", bytes: limit },
  });
  return [{ do: "refuse", error }, { do: "abort", error }, ...failed(state, error, now)];
}

/** HELLO-20: inline there is nothing to say that a string is bytes. */
function notInline(state: JobState, now: Now): JobEffect[] {
  const text = "the result is binary, and the session did not negotiate result_chunk";
  const error = new ArcpError("INTERNAL_ERROR", text, { retryable: false });
  return [{ do: "refuse", error }, { do: "abort", error }, ...failed(state, error, now)];
}

function returned(
  state: JobState,
  input: Extract<JobInput, { type: "returned" }>,
  now: Now,
  limits: JobLimits,
): JobEffect[] {
  // CANCEL: cancelled even if the agent returns normally (W-17).
  if (state.cancel !== undefined) return cancelled(state, now);
  // EXP-07: an agent that was refused something for its lease has not succeeded, whatever it makes of it (W-24).
  if (state.expiry?.refused === true) return leaseEnded(state, now);
  const { stream } = state;
  if (stream !== undefined && (input.result !== undefined || !stream.done)) {
    const reason = stream.done
      ? "the agent returned a value beside its streamed result"
      : "the agent returned before its streamed result was complete";
    const error = new ArcpError("INTERNAL_ERROR", reason, { retryable: false });
    return failed(state, error, now);
  }
  if (input.result !== undefined && deeperThan(input.result, MAX_VALUE_DEPTH)) {
    const reason = `the result nests deeper than the ${MAX_VALUE_DEPTH} levels that a frame has for it`;
    const details = { limit: "max_depth" };
    const error = new ArcpError("INTERNAL_ERROR", reason, { retryable: false, details });
    return failed(state, error, now);
  }
  const result =
    stream?.inline === undefined ? input.result : JSON.stringify(stream.inline.join(""));
  const body = resultBody(state, { ...input, result }, now);
  if (!fitsBytes(body, limits.maxFrameBytes - FRAME_OVERHEAD)) {
    return tooLarge(state, limits.maxFrameBytes, now).filter((effect) => effect.do !== "refuse");
  }
  return finish(state, "return", now, { type: "job.result", body });
}

function resultBody(
  state: JobState,
  { result, summary, contentType }: Extract<JobInput, { type: "returned" }>,
  now: Now,
): string {
  const { stream } = state;
  const payload: PayloadOf<"job.result"> = {
    job_id: state.id,
    final_status: "success",
    ...(stream === undefined || stream.inline !== undefined
      ? {}
      : { result_id: stream.id, result_size: stream.bytes }),
    ...(summary === undefined ? {} : { summary }),
    ...(contentType === undefined ? {} : { [CONTENT_TYPE_FIELD]: contentType }),
    completed_at: timestamp(now.wall),
  };
  const text = JSON.stringify(payload);
  return result === undefined ? text : [text.slice(0, -1), ',"result":', result, "}"].join("");
}

function cancel(
  state: JobState,
  reason: string | undefined,
  now: Now,
  limits: JobLimits,
): JobEffect[] {
  if (state.cancel !== undefined) return NOTHING;
  const kept = reason === undefined ? undefined : clip(reason, MAX_REASON_LENGTH);
  state.cancel = { reason: kept, endBy: now.monotonic + limits.cancelGraceMs };
  if (state.status === "pending") return cancelled(state, now);
  return [{ do: "abort", error: cancelError(state) }];
}

/**
 * W-17: what was cancelled ends as cancelled and never starts again. A result that had begun cannot begin a second
 * time, so its job ends too.
 */
function interrupted(state: JobState, again: boolean, now: Now): JobEffect[] {
  if (state.cancel !== undefined) return cancelled(state, now);
  const { expiry } = state;
  if (expiry !== undefined && (expiry.refused || hasExpired(expiry, now))) {
    return leaseEnded(state, now);
  }
  if (state.status === "pending" || (again && state.stream === undefined)) return NOTHING;
  return crashed(state, now);
}

/** From now on it is known that the lease has ended, whatever a clock says later. */
function expired(state: JobState, now: Now): JobEffect[] {
  const { expiry } = state;
  if (expiry === undefined || expiry.refused) return NOTHING;
  state.expiry = { ...overSince(expiry, now), refused: true };
  return [{ do: "persist" }];
}

function time(state: JobState, now: Now, limits: JobLimits): JobEffect[] {
  // Whichever clock says so, the grace begins when it was seen.
  if (state.expiry !== undefined && hasExpired(state.expiry, now)) {
    state.expiry = overSince(state.expiry, now);
  }
  const { cancel, expiry } = state;
  if (cancel !== undefined && now.monotonic >= cancel.endBy) {
    return cancelled(state, now);
  }
  const graceEnds = expiry === undefined ? Infinity : expiry.until + limits.leaseGraceMs;
  if (cancel === undefined && now.monotonic >= graceEnds) return leaseEnded(state, now);
  if (state.runUntil === undefined || now.monotonic < state.runUntil) return NOTHING;
  if (cancel !== undefined) return cancelled(state, now);
  return expiry?.refused === true ? leaseEnded(state, now) : timedOut(state, now);
}

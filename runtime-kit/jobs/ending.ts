/** How a job ends: the terminal, and what is said in it. §7.3 */
import { Limits, nextJobStatus } from "../../generated/current/index.js";
import type { JobTrigger, PayloadOf } from "../../generated/current/index.js";
import { ArcpError } from "../wire/errors.js";
import { deeperThan } from "../wire/json.js";
import { clip } from "../wire/text.js";
import { timestamp } from "../wire/time.js";
import type { Now } from "../wire/time.js";
import { fitsBytes } from "../wire/utf8.js";
import type { JobEffect } from "./facts.js";
import type { JobState } from "./state.js";

/** The status that a job has after this; a bug of ours if it can have none. */
export function after(state: JobState, on: JobTrigger): JobState["status"] {
  const next = nextJobStatus(state.status, on);
  if (next === undefined) throw new Error(`a job that is ${state.status} cannot ${on}`);
  return next;
}

/** In an error of the agent, or of the runtime. */
export function failed(state: JobState, error: ArcpError, now: Now): JobEffect[] {
  // EXP-07: once it was refused something for its lease, that is what it ends for (W-24).
  if (state.expiry?.refused === true) return leaseEnded(state, now);
  return endIn(state, "fail", error, "error", now);
}

/** With the process that ran its agent; the next one says so. */
export function crashed(state: JobState, now: Now): JobEffect[] {
  const error = new ArcpError("INTERNAL_ERROR", "the runtime went down while the job ran");
  return endIn(state, "crash", error, "error", now);
}

/** As cancelled. §7.4 */
export function cancelled(state: JobState, now: Now): JobEffect[] {
  return endIn(state, "cancel", cancelError(state), "cancelled", now);
}

/** Why the agent of a job that was cancelled is to stop. */
export function cancelError(state: JobState): ArcpError {
  const reason = state.cancel?.reason;
  return new ArcpError("CANCELLED", reason ?? "the client cancelled the job");
}

/** Because its agent ran for too long; the agent is told. */
export function timedOut(state: JobState, now: Now): JobEffect[] {
  const seconds = (state.maxRuntimeMs ?? 0) / 1000;
  const error = new ArcpError("TIMEOUT", `the run outlasted ${seconds} s`);
  return [{ do: "abort", error }, ...endIn(state, "timeout", error, "timed_out", now)];
}

/** Because its lease has ended; the agent is told. §9.5 */
export function leaseEnded(state: JobState, now: Now): JobEffect[] {
  const at = state.expiry?.written;
  const details = { expires_at: at };
  const error = new ArcpError("LEASE_EXPIRED", `the lease ended at ${at}`, { details });
  return [{ do: "abort", error }, ...endIn(state, "expire", error, "error", now)];
}

function endIn(
  state: JobState,
  on: JobTrigger,
  error: ArcpError,
  finalStatus: "error" | "cancelled" | "timed_out",
  now: Now,
): JobEffect[] {
  const payload: PayloadOf<"job.error"> = {
    job_id: state.id,
    ...error.toPayload(),
    final_status: finalStatus,
    completed_at: timestamp(now.wall),
  };
  const { details: _dropped, ...rest } = payload;
  const whole = JSON.stringify(payload);
  // ENC-13: an agent may fail with more words, or deeper details, than a frame holds.
  const fits = fitsBytes(whole, MAX_ERROR_BYTES) && !deeperThan(whole, Limits.maxDepth - 1);
  const body = fits
    ? whole
    : JSON.stringify({ ...rest, message: clip(rest.message, MAX_MESSAGE_LENGTH) });
  return finish(state, on, now, { type: "job.error", body });
}

/** What an error may take of a frame, and its message if it takes more. */
const MAX_ERROR_BYTES = 64 * 1024;
const MAX_MESSAGE_LENGTH = 1024;

/** With a terminal; nothing of the job follows it. */
export function finish(
  state: JobState,
  on: JobTrigger,
  now: Now,
  entry: { readonly type: "job.result" | "job.error"; readonly body: string },
): JobEffect[] {
  state.status = after(state, on);
  state.stream = undefined;
  state.completedAt = now.wall;
  return [{ do: "append", index: state.entries++, entry }, { do: "ended" }];
}

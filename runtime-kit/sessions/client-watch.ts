import { isTerminal } from "../../generated/current/index.js";
import type { JobId, JobStatus, Message } from "../../generated/current/index.js";
import type { Now } from "../wire/time.js";
import { answeredBy } from "./client-correlate.js";
import { giveBack, remember } from "./client-requests.js";
import type { ClientEffect, ClientState } from "./client-state.js";

/** A subscribe was answered: the job is heard from now on, unless it has ended and nothing of it follows. §7.6 */
export function subscribed(state: ClientState, message: Message<"job.subscribed">): ClientEffect[] {
  const pending = answeredBy(state.pending, message, "job.subscribe");
  if (pending === undefined) return [];
  state.pending.delete(pending.id);
  if (isHeard(message.payload)) {
    state.strangers.delete(message.job_id);
    state.jobs.add(message.job_id);
    state.watched.add(message.job_id);
  }
  return [{ do: "resolve", id: pending.id, message }];
}

/** Whether anything follows the answer to a subscribe (WATCH-19). */
export function isHeard(
  payload: Pick<Message<"job.subscribed">["payload"], "current_status" | "replayed">,
): boolean {
  return payload.replayed || !isTerminal(payload.current_status as JobStatus);
}

/** A subscription that another process may have had is given back. */
export function giveBackFormer(state: ClientState, jobId: JobId, now: Now): ClientEffect[] {
  state.givenBack.add(jobId);
  return state.phase === "live" ? giveBack(state, now) : [];
}

/** The program hears no more of a job; a subscription is given back, now or when there is a connection. */
export function letGo(state: ClientState, jobId: JobId, now: Now): ClientEffect[] {
  if (state.jobs.delete(jobId)) remember(state, jobId);
  if (state.watched.delete(jobId)) state.givenBack.add(jobId);
  return state.phase === "live" ? giveBack(state, now) : [];
}

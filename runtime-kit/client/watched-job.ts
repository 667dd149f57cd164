import type { Message } from "../../generated/current/index.js";
import { isHeard } from "../sessions/client-watch.js";
import { Job } from "./job.js";
import type { JobHost } from "./job.js";

/** A job that is only looked at, of the answer to its subscribe. §7.6 */
export function watchedJob(message: Message<"job.subscribed">, host: JobHost): Job {
  const { payload, job_id } = message;
  const told = { ...message, payload: { ...payload, job_id } };
  const watched = { status: payload.current_status, heard: isHeard(payload) };
  return new Job(told, payload.agent, host, undefined, watched);
}

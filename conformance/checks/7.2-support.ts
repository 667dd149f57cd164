/** What the checks of section 7.2 share: submits with a key, and what becomes of them. */
import type { Job } from "../peer/job.js";
import type { Peer } from "../peer/peer.js";
import type { SubmitOptions, Trial } from "../run/trial.js";
import type { ScriptStep } from "../script.js";

/** One event with these words. */
export const say = (message: string) =>
  ({ op: "emit", kind: "log", body: { level: "info", message } }) as const;

/** What a job has said so far. */
export const said = (job: Job) => job.bodies("log").map(({ message }) => message);

/** Options of a submit with a key that was never used, and further members of the payload. */
export function keyed(t: Trial, payload: Readonly<Record<string, unknown>> = {}) {
  return { payload: { ...payload, idempotency_key: t.fresh("key") } };
}

/** Submits once more, and insists on getting the job that there is. */
export async function repeat(
  t: Trial,
  peer: Peer,
  job: Job,
  steps: readonly ScriptStep[],
  options: SubmitOptions,
): Promise<Job> {
  const again = await t.submit(peer, steps, options);
  t.equal(again.id, job.id, "job of the repeated key");
  return again;
}

/** Submits something else under a key that is taken, and insists on the refusal. */
export async function conflict(
  t: Trial,
  peer: Peer,
  payload: Readonly<Record<string, unknown>>,
  what: string,
): Promise<void> {
  const answer = await peer.request("job.submit", payload, "job.accepted");
  t.refused(answer, "DUPLICATE_KEY", `a key repeated with ${what}`);
  t.equal(answer.message.payload.retryable, false, "retryable of DUPLICATE_KEY");
}

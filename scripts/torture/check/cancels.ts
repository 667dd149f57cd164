/** What an acknowledged cancel promises: that end, no start and no effect after it. W-17, G5 */
import type { Facts, Job, Request } from "./facts.js";
import { violation } from "./violation.js";
import type { Violation } from "./violation.js";

export function cancelled({ jobs, cancels }: Facts): Violation[] {
  return cancels.flatMap(({ answer }) => {
    if (answer?.message.type !== "job.cancelled") return [];
    const job = jobs.get(answer.message.job_id ?? "");
    if (job === undefined) return [];
    return [...held(job, answer), ...below(job, jobs).flatMap((child) => idle(child, answer))];
  });
}

/** All that a job delegated, and so on. */
function below({ id }: Job, jobs: Facts["jobs"]): readonly Job[] {
  const children = [...jobs.values()].filter(({ parent }) => parent === id);
  return children.flatMap((child) => [child, ...below(child, jobs)]);
}

function held(job: Job, ack: NonNullable<Request["answer"]>): Violation[] {
  const found: Violation[] = [];
  const { final_status: before } = ack.message.payload;
  const promised = before ?? "cancelled";
  const other = job.terminals.find(({ message }) => message.payload["final_status"] !== promised);
  if (other !== undefined) {
    const text = `${job.id}: the cancel was answered with ${String(promised)}, the end is ${other.text}`;
    found.push(violation("resurrected", other, text));
  }
  return [...found, ...idle(job, ack)];
}

/** Nothing of it begins, and it does nothing. */
function idle(job: Job, ack: NonNullable<Request["answer"]>): Violation[] {
  const found: Violation[] = [];
  const late = job.notes.filter(({ at }) => at > ack.at);
  if (late.some((note) => note.do === "start")) {
    const text = `${job.id}: its agent was started after the cancel was acknowledged`;
    found.push(violation("resurrected", ack, text));
  }
  const effects = late.filter((note) => note.do === "effect");
  if (effects.length > 0) {
    const after = (effects[0]!.at - ack.at).toFixed(1);
    const text = `${job.id}: ${effects.length} effects, the first ${after} ms after the acknowledgement`;
    found.push(violation("effect after cancel", ack, text));
  }
  return found;
}

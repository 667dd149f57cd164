/** Leases: nothing is allowed once one has ended, by a clock that nobody sets. §9.5, SEC-15 */
import type { Facts, Job } from "./facts.js";
import { violation } from "./violation.js";
import type { Violation } from "./violation.js";

/** Between the answer of a lease and the note of what was done with it, on a machine that is busy, in milliseconds. */
const SLACK = 25;

export function expiry({ jobs }: Facts): Violation[] {
  return [...jobs.values()].flatMap((job) => {
    const end = endOf(job);
    if (end === undefined) return [];
    const late = job.notes.filter((note) => note.do === "effect" && note.at > end.at + SLACK);
    if (late.length === 0) return [];
    const after = (late[0]!.at - end.at).toFixed(1);
    const text = `${job.id}: ${late.length} effects, the first ${after} ms after its lease had ended`;
    return [violation("effect after expiry", end.place, text)];
  });
}

/**
 * When a job's lease has ended at the latest: so long after its acceptance as the runtime gave it, by the dates of that
 * moment. It was accepted before its agent began, and before the answer came.
 */
function endOf({ submits: [submit], notes }: Job) {
  const answer = submit?.answer;
  const { lease_constraints: asked } = submit?.sent.message.payload ?? {};
  const { expires_at: ends } = (asked ?? {}) as { readonly expires_at?: string };
  const accepted = answer?.message.payload["accepted_at"];
  if (answer === undefined || ends === undefined || typeof accepted !== "string") return undefined;
  const start = notes.find((note) => note.do === "start");
  const at = Math.min(answer.at, start?.at ?? Infinity);
  return { at: at + Date.parse(ends) - Date.parse(accepted), place: answer };
}

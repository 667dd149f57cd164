/** Money: each cost is followed by what it left, to the last digit, and none comes once nothing was left. BUD-08, BUD-10 */
import { CURRENCY } from "../cast.js";
import type { Facts, Frame, Job, Session } from "./facts.js";
import { acceptedJob, bySession } from "./facts.js";
import { violation } from "./violation.js";
import type { Violation } from "./violation.js";

export function spending({ jobs, sessions, submits }: Facts): Violation[] {
  const asked = new Map<string, number>();
  for (const { work } of submits) asked.set(work.tag, (asked.get(work.tag) ?? 0) + 1);
  // A child's costs are in its own log: who stands above is only told what is left.
  const parents = new Set([...jobs.values()].map(({ parent }) => parent));
  const payers = [...jobs.values()].filter(({ id }) => !parents.has(id));
  return payers.flatMap((job) =>
    [...bySession(job.frames)].flatMap(([id, frames]) => {
      const session = sessions.get(id);
      return session === undefined ? [] : account(job, frames, budgetFor(session, job, asked));
    }),
  );
}

/** What a job began with, in a session that has it from there: whose submit was the only one for it, answered or not. */
function budgetFor(
  { submits }: Session,
  { id, submits: [own] }: Job,
  asked: ReadonlyMap<string, number>,
): number | undefined {
  if (own === undefined || asked.get(own.work.tag) !== 1) return undefined;
  const answer = submits.find((submit) => acceptedJob(submit) === id)?.answer;
  const budget = answer?.message.payload["budget"] as Record<string, number> | undefined;
  return budget?.[CURRENCY];
}

interface Metric {
  readonly name: string;
  readonly value: number;
}

function account(job: Job, frames: readonly Frame[], budget: number | undefined): Violation[] {
  const found: Violation[] = [];
  // In tenths, whole numbers: what is left, the cost that was not answered yet, and the one that came last.
  let left = budget === undefined ? undefined : tenths(budget);
  let open: Frame | undefined;
  let cost = 0;
  for (const frame of inOrder(frames)) {
    const metric = metricIn(frame);
    if (metric === undefined) continue;
    const value = tenths(metric.value);
    if (metric.name === "cost.budget.remaining") {
      const exact = metric.value === value / 10;
      if (!exact || open === undefined || (left !== undefined && value !== left - cost)) {
        const text = `${job.id} has ${metric.value} left, after ${cost / 10} of ${(left ?? NaN) / 10}`;
        found.push(violation("overspend", frame, text));
      }
      left = value;
      open = undefined;
      continue;
    }
    if (open !== undefined || (left !== undefined && left <= 0)) {
      const text = `${job.id} pays ${metric.value} with ${(left ?? NaN) / 10} left`;
      found.push(violation("overspend", frame, text));
    }
    open = frame;
    cost = value;
  }
  return found;
}

/** Each message once, by its number. */
function inOrder(frames: readonly Frame[]): Frame[] {
  const bySeq = new Map(frames.map((frame) => [frame.message.event_seq ?? 0, frame]));
  return [...bySeq].sort(([a], [b]) => a - b).map(([, frame]) => frame);
}

function metricIn({ message: { type, payload } }: Frame): Metric | undefined {
  const isMetric = type === "job.event" && payload["kind"] === "metric";
  return isMetric ? (payload["body"] as Metric) : undefined;
}

function tenths(value: number): number {
  return Math.round(value * 10);
}

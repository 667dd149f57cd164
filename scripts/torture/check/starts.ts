/** Agents: at most one start in a life of the process, none after the end. G6 */
import type { Facts, Job } from "./facts.js";
import { violation } from "./violation.js";
import type { Violation } from "./violation.js";

/** Agents that say that they may be started again after a restart. */
const RESTARTABLE = ["again", "worker", "lead"];

export function starts({ jobs, submits }: Facts): Violation[] {
  const agents = new Map(submits.map(({ work, agent }) => [work.tag, agent]));
  return [...jobs.values()].flatMap((job) => {
    // The answer to its submit may be lost; then its own words tell who it is.
    const [tag = ""] = job.tags;
    const agent = job.submits[0]?.agent ?? agents.get(tag);
    return [...often(job, agent), ...late(job)];
  });
}

function often({ id, notes, submits, frames }: Job, agent: string | undefined): Violation[] {
  const lives = notes.filter((note) => note.do === "start").map(({ cycle }) => cycle);
  const place = submits[0]?.answer ?? frames[0] ?? { place: 0 };
  if (new Set(lives).size < lives.length) {
    return [violation("started twice", place, `${id}: started in the lives ${lives.join(", ")}`)];
  }
  if (lives.length < 2 || agent === undefined || RESTARTABLE.includes(agent)) return [];
  const text = `${id}: ${agent} may not be started again, and was in the lives ${lives.join(", ")}`;
  return [violation("started twice", place, text)];
}

function late({ id, notes, terminals }: Job): Violation[] {
  const [end] = terminals;
  const note = end && notes.find(({ at }) => at > end.at);
  if (end === undefined || note === undefined) return [];
  const text = `${id}: ${note.do} of its agent in life ${note.cycle}, after its end was delivered`;
  return [violation(note.do === "start" ? "resurrected" : "effect after cancel", end, text)];
}

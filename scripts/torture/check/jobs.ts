/** Jobs: what they said, and how they ended. G1, G4 */
import { FAULT } from "../cast.js";
import { isTerminal } from "../history.js";
import type { Facts, Frame, Job, Session, Submit } from "./facts.js";
import { bySession, saidIn, sessionOf } from "./facts.js";
import { violation } from "./violation.js";
import type { Violation } from "./violation.js";

/** In each session, the words of each job: asked for there, in the agent's order, none left out. */
export function jobLogs({ jobs, sessions, submits }: Facts): Violation[] {
  const keyed = countByTag(submits);
  return [...jobs.values()].flatMap((job) =>
    [...bySession(job.frames)].flatMap(([id, frames]) => {
      const session = sessions.get(id);
      if (session === undefined) return [];
      const asked = askedIn(session, job);
      return [
        ...ghosts(job, session, asked, frames),
        ...holes(job, frames, asked.length > 0 && keyed.get(asked[0]!.work.tag) === 1),
      ];
    }),
  );
}

function countByTag(submits: readonly Submit[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { work } of submits) counts.set(work.tag, (counts.get(work.tag) ?? 0) + 1);
  return counts;
}

/** The submits of a session that may stand behind a job: answered with it, or not answered at all. */
function askedIn({ submits }: Session, job: Job): Submit[] {
  return submits.filter(({ answer, work }) =>
    answer === undefined
      ? job.tags.size === 0 || job.tags.has(work.tag)
      : answer.message.job_id === job.id,
  );
}

function ghosts(
  job: Job,
  session: Session,
  asked: readonly Submit[],
  frames: readonly Frame[],
): Violation[] {
  const first = frames[0]!;
  if (asked.length === 0) {
    return [
      violation("ghost", first, `${session.id} hears of ${job.id}, which nobody asked it for`),
    ];
  }
  const strange = [...job.tags].filter((tag) => !asked.some(({ work }) => work.tag === tag));
  if (strange.length > 0) {
    const text = `${job.id} was asked for as ${asked[0]!.work.tag} and speaks as ${strange.join()}`;
    return [violation("ghost", first, text)];
  }
  const [only] = asked;
  const accepted = only?.answer;
  if (asked.length > 1 || accepted === undefined || first.place > accepted.place) return [];
  // What a connection still had on its way when another one took over may come last.
  if (first.connection !== accepted.connection) return [];
  return [violation("ghost", first, `${job.id} speaks before it was accepted`)];
}

/** Of each run of an agent, its words follow each other; who has asked alone has them from the first on. */
function holes(job: Job, frames: readonly Frame[], whole: boolean): Violation[] {
  const found: Violation[] = [];
  const said = new Map(frames.map((frame) => [frame.message.event_seq, frame]));
  const inOrder = [...said.entries()].sort(([a = 0], [b = 0]) => a - b).map(([, frame]) => frame);
  const next = new Map<number, number>();
  for (const frame of inOrder) {
    const words = saidIn(frame.message);
    if (words === undefined) continue;
    const expected = next.get(words.cycle) ?? (whole ? 0 : words.at);
    if (words.at !== expected) {
      const text = `${job.id} said ${words.at} in life ${words.cycle}, after ${expected - 1}`;
      found.push(violation("hole", frame, text));
    }
    next.set(words.cycle, words.at + 1);
  }
  return found;
}

/** One end for each job, the same for all who read it, with nothing behind it. */
export function jobEnds({ jobs, sessions, submits, cancels }: Facts): Violation[] {
  const firstCycle = new Map<string, number>();
  for (const { work, sent } of submits) {
    const tag = rootOf(work.tag);
    firstCycle.set(tag, Math.min(sent.cycle, firstCycle.get(tag) ?? sent.cycle));
  }
  const cancelledJobs = new Set(cancels.map(({ sent }) => sent.message.payload["job_id"]));
  /** Somebody cancelled it, or its parent has ended, or was told to (DEL-15). */
  const isStopped = ({ id, parent }: Job): boolean => {
    const above = parent === undefined ? undefined : jobs.get(parent);
    const ended = above !== undefined && (above.terminals.length > 0 || isStopped(above));
    return cancelledJobs.has(id) || ended;
  };
  return [...jobs.values()].flatMap((job) => [
    ...oneOutcome(job),
    ...[...bySession(job.frames)].flatMap(([id, frames]) => {
      const session = sessions.get(id);
      return session === undefined ? [] : oneEnd(job, session, frames);
    }),
    ...explained(job, submits, firstCycle, isStopped),
  ]);
}

/** The tag of the submit that all began with: a child is heard of later than it was made. */
function rootOf(tag: string): string {
  return tag.split("/")[0]!;
}

function oneOutcome({ id, terminals }: Job): Violation[] {
  const [first, ...others] = terminals;
  if (first === undefined) return [];
  const end = JSON.stringify(first.message.payload);
  const other = others.find(({ message }) => JSON.stringify(message.payload) !== end);
  if (other === undefined) return [];
  const alike = sessionOf(first.connection) === sessionOf(other.connection);
  const text = `${id} ended as ${end} and as ${JSON.stringify(other.message.payload)}`;
  return [violation(alike ? "double terminal" : "outcomes differ", other, text)];
}

function oneEnd(job: Job, session: Session, frames: readonly Frame[]): Violation[] {
  const ends = frames.filter(({ message }) => isTerminal(message));
  const seqs = new Set(ends.map(({ message }) => message.event_seq ?? 0));
  if (seqs.size === 0) return [];
  const found: Violation[] = [];
  // A submit that repeats its key where the end was delivered is given the end again.
  const allowed = Math.max(1, askedIn(session, job).length);
  if (seqs.size > allowed) {
    const text = `${session.id}: ${job.id} ended ${seqs.size} times, asked for ${allowed} times`;
    found.push(violation("double terminal", ends.at(-1)!, text));
  }
  const end = Math.min(...seqs);
  const late = frames.find(({ message }) => !isTerminal(message) && (message.event_seq ?? 0) > end);
  if (late !== undefined) {
    const text = `${session.id}: ${job.id} ended with ${end}, and ${late.message.event_seq} is its too`;
    found.push(violation("after terminal", late, text));
  }
  return found;
}

/** An end that is no success has a reason: a cancel that somebody sent, a limit, the agent's own fault, or a kill. */
function explained(
  job: Job,
  all: Facts["submits"],
  firstCycle: ReadonlyMap<string, number>,
  isStopped: (job: Job) => boolean,
): Violation[] {
  const [end] = job.terminals;
  if (end?.message.type !== "job.error") return [];
  const { code, details } = end.message.payload;
  const tags = [...job.tags, ...job.submits.map(({ work }) => work.tag)];
  const since = Math.min(...tags.map((tag) => firstCycle.get(rootOf(tag)) ?? end.cycle));
  const own = (details as { readonly agent_code?: unknown } | undefined)?.agent_code === FAULT;
  // The answer to its submit may be lost: then it may be any that asked for this.
  const asked = job.submits.length > 0 ? job.submits : all;
  if (own && asked.some(({ agent }) => agent === "faulty")) return [];
  const limited = asked.some(({ sent }) => sent.message.payload["max_runtime_sec"] !== undefined);
  if (code === "TIMEOUT" && limited) return [];
  const leased = asked.some(({ agent }) => agent === "lessee");
  if (code === "LEASE_EXPIRED" && leased) return [];
  if (code === "BUDGET_EXHAUSTED" && asked.some(({ agent }) => agent === "worker")) return [];
  const fine = code === "CANCELLED" ? isStopped(job) : code === "INTERNAL_ERROR";
  if (fine && (code === "CANCELLED" || tags.length === 0 || since < end.cycle)) return [];
  const text = `${job.id} ended in ${String(code)} for no reason: ${end.text}`;
  return [violation("ghost", end, text)];
}

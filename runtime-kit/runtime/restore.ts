import { isTerminal } from "../../generated/draft-1.1/index.js";
import type { JobId, SessionId } from "../../generated/draft-1.1/index.js";
import type { Loaded } from "../stores/port.js";
import type { Commits } from "./commits.js";
import type { Core } from "./core.js";
import type { Jobs } from "./jobs.js";
import type { LiveJob } from "./live.js";
import type { SessionTable } from "./sessions.js";

/**
 * Makes of what a store kept the sessions and jobs that they were. Sessions come first: what ends a job that was
 * interrupted is numbered in its session. Resolves once that is durable.
 */
export async function restore(to: {
  readonly core: Core;
  readonly commits: Commits;
  readonly sessions: SessionTable;
  readonly jobs: Jobs;
}): Promise<void> {
  const { core, commits, sessions, jobs } = to;
  const loaded = await core.store.load();
  if (loaded.sessions.length === 0 && loaded.jobs.length === 0) return;
  const numbered = lastNumbers(loaded);
  const lengths = new Map(loaded.logs.map(({ job, length }) => [job, length]));
  const owned = new Map<SessionId, LiveJob[]>();
  for (const record of loaded.jobs) {
    const session = record["session"] as SessionId;
    const last = numbered.get(session)?.get(record.id) ?? 0;
    const job = jobs.restore(record, lengths.get(record.id) ?? 0, last);
    const own = owned.get(session);
    if (own === undefined) owned.set(session, [job]);
    else own.push(job);
  }
  for (const record of loaded.sessions) {
    const own = owned.get(record.id) ?? [];
    const numbers = [...(numbered.get(record.id) ?? [])];
    const lost = numbers.filter(([id]) => jobs.get(id) === undefined);
    sessions.restore(record, {
      lastSeq: highest(numbers),
      lostSeq: highest(lost),
      jobs: own.length,
      activeJobs: own.filter(({ state }) => !isTerminal(state.status)).length,
    });
  }
  await jobs.resume();
  await commits.flushed();
  core.logger.info(
    { sessions: loaded.sessions.length, jobs: loaded.jobs.length },
    "the store was taken up",
  );
}

function highest(numbers: readonly (readonly [JobId, number])[]): number {
  return numbers.reduce((most, [, seq]) => Math.max(most, seq), 0);
}

/** For each session the last number that it gave to each job. */
function lastNumbers({ numbers }: Loaded): Map<SessionId, Map<JobId, number>> {
  const bySession = new Map<SessionId, Map<JobId, number>>();
  for (const { session, job, lastSeq } of numbers) {
    const own = bySession.get(session) ?? new Map<JobId, number>();
    bySession.set(session, own.set(job, lastSeq));
  }
  return bySession;
}

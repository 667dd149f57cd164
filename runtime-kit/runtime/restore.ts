import { isTerminal } from "../../generated/current/index.js";
import type { JobId, SessionId } from "../../generated/current/index.js";
import type { Loaded } from "../stores/port.js";
import { nowOf } from "../wire/time.js";
import type { Commits } from "./commits.js";
import type { Core } from "./core.js";
import type { Jobs } from "./jobs.js";
import { readersOf } from "./live.js";
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
  jobs.credentials.restore(loaded.ledger);
  if (loaded.sessions.length === 0 && loaded.jobs.length === 0) return;
  const numbered = lastNumbers(loaded);
  // One instant for all: none of them is away longer than another.
  const now = nowOf(core.clock);
  const logs = new Map(loaded.logs.map((log) => [log.job, log]));
  const owned = new Map<SessionId, { readonly job: LiveJob; readonly active: boolean }[]>();
  for (const record of loaded.jobs) {
    if (jobs.restoreKey(record)) continue;
    const job = jobs.restore(
      record,
      logs.get(record.id) ?? { length: 0, size: 0 },
      numbered.byJob.get(record.id) ?? new Map(),
    );
    for (const { session, watch } of readersOf(job)) {
      const received = { job, active: watch === undefined && !isTerminal(job.state.status) };
      const own = owned.get(session);
      if (own === undefined) owned.set(session, [received]);
      else own.push(received);
    }
  }
  for (const record of loaded.sessions) {
    const own = owned.get(record.id) ?? [];
    const numbers = numbered.bySession.get(record.id) ?? [];
    const lost = numbers.filter(({ job }) => jobs.get(job) === undefined);
    // What comes before the first number that is still there was dropped.
    const oldest = numbers.reduce((least, { firstSeq }) => Math.min(least, firstSeq), Infinity);
    const facts = {
      lastSeq: highest(numbers),
      lostSeq: Math.max(highest(lost), numbers.length === 0 ? 0 : oldest - 1),
      jobs: own.length,
      activeJobs: own.filter(({ active }) => active).length,
    };
    sessions.restore(record, facts, firstNumbers(numbers, jobs), now);
  }
  await jobs.resume();
  await commits.flushed();
  core.logger.info(
    { sessions: loaded.sessions.length, jobs: loaded.jobs.length },
    "the store was taken up",
  );
}

type LastNumber = Loaded["numbers"][number];

function highest(numbers: readonly LastNumber[]): number {
  return numbers.reduce((most, { lastSeq }) => Math.max(most, lastSeq), 0);
}

/** The first number of each job that is retained, in ascending order. */
function firstNumbers(numbers: readonly LastNumber[], jobs: Jobs): ReadonlyMap<JobId, number> {
  const retained = numbers.filter(({ job }) => jobs.get(job) !== undefined);
  const inOrder = retained.toSorted((a, b) => a.firstSeq - b.firstSeq);
  return new Map(inOrder.map(({ job, firstSeq }) => [job, firstSeq]));
}

/** What the store tells of the numbers, for each session and for each job. */
function lastNumbers({ numbers }: Loaded) {
  const bySession = new Map<SessionId, LastNumber[]>();
  const byJob = new Map<JobId, Map<SessionId, LastNumber>>();
  for (const last of numbers) {
    const own = bySession.get(last.session);
    if (own === undefined) bySession.set(last.session, [last]);
    else own.push(last);
    const readers = byJob.get(last.job) ?? new Map<SessionId, LastNumber>();
    byJob.set(last.job, readers.set(last.session, last));
  }
  return { bySession, byJob };
}

import type { JobId, SessionId } from "../../generated/current/index.js";
import type { Store } from "../stores/port.js";
import type { Commits } from "./commits.js";
import type { LiveJob, LiveSession } from "./live.js";

/**
 * Which number each entry of a job bears in the session that submitted it: what a subscriber is told as `origin_seq`,
 * and what it names a place in the history by. §7.6 (W-19)
 */
export interface OriginTable {
  /** In the order of the log, each beginning where the one before it ends. */
  runs: OriginRun[];
  /** Settles when what was numbered before the table was begun is in it, too. */
  loading: Promise<OriginTable> | undefined;
}

interface OriginRun {
  readonly firstIndex: number;
  readonly firstSeq: number;
  count: number;
}

/** Reads the tables of the jobs that somebody subscribed to. Other jobs have none. */
export interface Origins {
  /** A job's table; a promise while it is read. Rejects if it cannot be read; it is read again when it is asked for again. */
  of(job: LiveJob): OriginTable | Promise<OriginTable>;
}

export interface OriginsOptions {
  readonly store: Store;
  readonly commits: Commits;
  /** Runs a function after the present turn. */
  readonly defer: (action: () => void) => void;
  readonly session: (id: SessionId) => LiveSession | undefined;
}

const RUNS_AT_ONCE = 256;

export function createOrigins({ store, commits, defer, session }: OriginsOptions): Origins {
  /** Reads what the submitting session numbered of the job's first `count` entries. */
  async function read(job: LiveJob, table: OriginTable, count: number): Promise<OriginTable> {
    const { id, session: submitter } = job.state;
    try {
      // What is numbered may be on its way.
      await commits.flushed();
      const before: OriginRun[] = [];
      let after = (session(submitter)?.firsts?.get(id) ?? 1) - 1;
      while (nextIndex(before) < count) {
        const runs = await store.readRuns(submitter, after, RUNS_AT_ONCE);
        for (const run of runs) {
          if (run.job === id) extend(before, run, count);
          after = run.firstSeq + run.count - 1;
        }
        // Expired, and so long ago that its numbers went with its tombstone.
        if (runs.length === 0) break;
        // A session of very many jobs would be gone through without a pause.
        await new Promise<void>(defer);
      }
      table.runs = [...before, ...table.runs];
      table.loading = undefined;
      return table;
    } catch (error) {
      if (job.origins === table) job.origins = undefined;
      throw error;
    }
  }

  return {
    of(job) {
      const known = job.origins;
      if (known !== undefined) return known.loading ?? known;
      const table: OriginTable = { runs: [], loading: undefined };
      job.origins = table;
      const numbered = job.readers.get(job.state.session)?.next ?? job.committed;
      if (numbered === 0) return table;
      table.loading = read(job, table, numbered);
      return table.loading;
    },
  };
}

/** Takes what the submitting session numbers from now on, if somebody is to be told. */
export function noteOrigin({ origins }: LiveJob, run: { readonly job: JobId } & OriginRun): void {
  if (origins !== undefined) extend(origins.runs, run, Infinity);
}

/** Adds what of a run is new: a terminal that was given again, to who asked again, keeps its first number. */
function extend(runs: OriginRun[], { firstIndex, firstSeq, count }: OriginRun, upTo: number): void {
  const last = runs.at(-1);
  const isNew = last === undefined || firstIndex >= last.firstIndex + last.count;
  const length = Math.min(count, upTo - firstIndex);
  if (!isNew || length <= 0) return;
  const follows =
    last?.firstIndex !== undefined &&
    last.firstIndex + last.count === firstIndex &&
    last.firstSeq + last.count === firstSeq;
  if (follows) last.count += length;
  else runs.push({ firstIndex, firstSeq, count: length });
}

function nextIndex(runs: readonly OriginRun[]): number {
  const last = runs.at(-1);
  return last === undefined ? 0 : last.firstIndex + last.count;
}

/** The number of an entry where it was submitted; `undefined` if it is not known any more. */
export function originOf({ runs }: OriginTable, index: number): number | undefined {
  const run = runs[lastBefore(runs, ({ firstIndex }) => firstIndex <= index)];
  if (run === undefined || index >= run.firstIndex + run.count) return undefined;
  return run.firstSeq + index - run.firstIndex;
}

/** The first entry whose number is above `seq`; the log's next entry if there is none. */
export function indexAbove({ runs }: OriginTable, seq: number): number {
  const run = runs[lastBefore(runs, ({ firstSeq }) => firstSeq <= seq)];
  if (run === undefined) return runs[0]?.firstIndex ?? 0;
  return run.firstIndex + Math.min(seq - run.firstSeq + 1, run.count);
}

/** Whether the table has the number of every one of the log's first `count` entries. */
export function coversAll({ runs }: OriginTable, count: number): boolean {
  return count === 0 || runs[0]?.firstIndex === 0;
}

/** Index of the last run that `holds`, which those before it do as well; -1 if none does. */
function lastBefore(runs: readonly OriginRun[], holds: (run: OriginRun) => boolean): number {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(runs[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

import type { JobId, SessionId } from "../../generated/current/index.js";
import { rangesFor, sharedRanges } from "../jobs/readers.js";
import { numberEntries } from "../sessions/numbering.js";
import type { StoreError } from "../stores/errors.js";
import type { LogEntry, Store } from "../stores/port.js";
import type { Commits, NumberedRun, Segment } from "./commits.js";
import { readerOf, readersOf } from "./live.js";
import type { LiveJob, LiveSession, Reader } from "./live.js";
import { noteOrigin } from "./origins.js";
import { readableLog } from "./stored-log.js";

/**
 * Gives each session that receives a job its own numbers for the job's entries (law 3). Whoever is up to date is
 * numbered with the commit of the entries; whoever came later is first given what it missed, from the log.
 */
export interface Numbering {
  /** Adds the runs that belong into the commit of a segment. */
  segment(segment: Segment, runs: NumberedRun[]): void;
  /** A segment is durable. */
  committed(segment: Segment): void;
  /** Brings every reader of a job up to date. */
  catchUp(job: LiveJob): void;
  /** Brings a session up to date with the jobs for which that failed before. */
  tryAgain(session: SessionId): void;
  /** Gives one durable entry to a session that was given it before. */
  repeat(job: LiveJob, reader: Reader, index: number): void;
}

export interface NumberingOptions {
  readonly store: Store;
  readonly commits: Commits;
  /** Runs a function after the present turn. */
  readonly defer: (action: () => void) => void;
  readonly job: (id: JobId) => LiveJob | undefined;
  readonly session: (id: SessionId) => LiveSession | undefined;
  /** A session that received a job is no longer there. */
  readonly gone: (job: LiveJob, reader: Reader) => void;
  /** Runs of a session became durable. */
  readonly numbered: (session: LiveSession, lastSeq: number) => void;
  /** An entry is not what was written: in its place there is an event that says so. */
  readonly damaged: (job: JobId, index: number, error: StoreError) => void;
  /** The log could not be read for a session; it is read again when the session asks, or comes back. */
  readonly failed: (session: SessionId, job: JobId, error: unknown) => void;
}

/** Entries that are read from the log at once, and UTF-16 units of them. */
const WINDOW = 256;
const WINDOW_SIZE = 1024 * 1024;

export function createNumbering(options: NumberingOptions): Numbering {
  const { store, commits } = options;
  /** Jobs whose log could not be read for a session. */
  const behind = new Map<SessionId, Set<LiveJob>>();

  /** Numbers those of the entries that the reader is to be given. */
  function give(
    job: LiveJob,
    reader: Reader,
    first: number,
    entries: readonly LogEntry[],
    runs: NumberedRun[],
    chosen: typeof rangesFor = rangesFor,
  ): void {
    const session = options.session(reader.session);
    if (session === undefined) return options.gone(job, reader);
    reader.next = first + entries.length;
    const ranges = chosen(reader, session.state.features, first, entries);
    for (const { first: firstIndex, count } of ranges) {
      const run = numberEntries(session.state, job.state.id, firstIndex, count);
      reader.lastSeq = run.firstSeq + count - 1;
      session.firsts ??= new Map();
      if (!session.firsts.has(job.state.id)) session.firsts.set(job.state.id, run.firstSeq);
      runs.push({ op: "run.append", session: reader.session, run });
      if (reader.whole) noteOrigin(job, run);
    }
  }

  /** Numbers what is durable already; the numbers themselves are told once they are, too. */
  function giveNow(
    job: LiveJob,
    reader: Reader,
    first: number,
    entries: readonly LogEntry[],
  ): void {
    const runs: NumberedRun[] = [];
    give(job, reader, first, entries, runs);
    for (const run of runs) commits.write(run);
    const session = options.session(reader.session);
    if (runs.length === 0 || session === undefined) return;
    const { lastSeq } = reader;
    commits.after(() => options.numbered(session, lastSeq));
  }

  async function read(job: LiveJob, reader: Reader): Promise<void> {
    reader.catchingUp = true;
    try {
      while (reader.next < job.committed && options.job(job.state.id) === job) {
        const from = reader.next;
        const count = Math.min(WINDOW, job.committed - from);
        const window = { job: job.state.id, from, count, size: WINDOW_SIZE };
        const entries = await readableLog(store, window, options.damaged);
        if (entries.length === 0) throw new Error(`the log of ${job.state.id} ends at ${from}`);
        // Meanwhile the job may have been forgotten, and what is numbered of it would find no job in the store.
        if (options.job(job.state.id) !== job || readerOf(job, reader.session) !== reader) return;
        if (reader.next === from) giveNow(job, reader, from, entries);
        // A long log that is in memory would be gone through without a pause.
        await new Promise<void>(options.defer);
      }
    } catch (error) {
      const jobs = behind.get(reader.session) ?? new Set<LiveJob>();
      behind.set(reader.session, jobs.add(job));
      options.failed(reader.session, job.state.id, error);
    } finally {
      reader.catchingUp = false;
    }
  }

  function catchUp(job: LiveJob): void {
    for (const reader of readersOf(job)) {
      if (!reader.catchingUp && reader.next < job.committed) void read(job, reader);
    }
  }

  return {
    segment({ job: id, first, entries }, runs) {
      const job = options.job(id);
      if (job === undefined) return;
      const chosen = sharedRanges();
      for (const reader of readersOf(job)) {
        if (reader.next === first) give(job, reader, first, entries, runs, chosen);
      }
    },
    committed({ job: id, first, entries }) {
      const job = options.job(id);
      if (job === undefined) return;
      job.committed = first + entries.length;
      for (const reader of readersOf(job)) {
        // It caught up while this was on its way to the disc. Whoever still reads finds it in the log.
        if (reader.next === first) giveNow(job, reader, first, entries);
      }
    },
    catchUp,
    tryAgain(session) {
      const jobs = behind.get(session);
      behind.delete(session);
      for (const job of jobs ?? []) catchUp(job);
    },
    repeat(job, reader, index) {
      const session = options.session(reader.session);
      if (session === undefined) return;
      const run = numberEntries(session.state, job.state.id, index, 1);
      reader.lastSeq = run.firstSeq;
      commits.write({ op: "run.append", session: reader.session, run });
      commits.after(() => options.numbered(session, run.firstSeq));
    },
  };
}

/** A store's file, opened: every operation of the store's port, done at once. Whoever must not wait asks the worker. */
import type { JobId, SessionId } from "../../../generated/current/index.js";
import { StoreError } from "../errors.js";
import type { Loaded, LogEntry, Run } from "../port.js";
import { readCatalogue, recordChecksum, runChecksum } from "./catalogue.js";
import type { Catalogue, JobEntry, RunRow, SessionEntry, Table } from "./catalogue.js";
import type { Connection } from "./driver.js";
import { createLedger } from "./ledger.js";
import type { Ledger } from "./ledger.js";
import { damaged } from "./failure.js";
import { unpacked } from "./packed.js";
import type { Packed, PackedWrite } from "./packed.js";
import { checksum, decodeSegment } from "./segment.js";
import type { Spool } from "./spool.js";
import { rollback, statements } from "./statements.js";
import type { Statements } from "./statements.js";
import { sweep } from "./sweep.js";

/** The operations, on a connection that is prepared and migrated. Throws `StoreError`s and what SQLite throws. */
export interface Database {
  commit(batch: Packed): void;
  readLog(job: JobId, from: number, count: number, size?: number): readonly LogEntry[];
  readRuns(session: SessionId, afterSeq: number, limit: number): readonly Run[];
  load(): Loaded;
  /** Frees a little of what was deleted; says whether there is more. */
  sweep(): boolean;
  close(): void;
}

interface SegmentRow {
  readonly first: number;
  readonly count: number;
  readonly data: Uint8Array;
  readonly crc: number;
  /** Where it stands in the job's file, and how many bytes it is, if it is there and not in `data`. */
  readonly spooled: number | null;
  readonly size: number | null;
}

/** What is as large as this goes into the spool: below, a flush of another file costs more than it saves. */
const SPOOLED_BYTES = 128 * 1024;
const NO_BYTES = new Uint8Array();

/** A log of at most so many entries goes with its job. */
const SHORT_LOG = 8;

/**
 * @param shared whether another process writes the file meanwhile: then who is there is read anew for each call
 */
export function createDatabase(
  db: Connection,
  spool: Spool,
  { shared }: { readonly shared: boolean },
): Database {
  const sql = statements(db);
  let catalogue = snapshot(() => readCatalogue(db));
  // What waits to be swept still has its file, and loses it then; what else is there was never committed.
  if (!shared) spool.keep(new Set(sql.keys.all().map((row) => (row as { readonly k: number }).k)));
  const newKey = keys(sql);
  /** Who only reads may read a file that has none yet. */
  const ledger = shared ? undefined : createLedger(db);
  /** True where only the file knows who is there: another process writes it, or a COMMIT failed. */
  let stale = shared;

  /** What one call reads, it reads of one moment: between two statements another process may commit. */
  function snapshot<T>(read: () => T): T {
    if (!shared) return read();
    db.exec("BEGIN");
    try {
      return read();
    } finally {
      db.exec("ROLLBACK");
    }
  }

  /** Who is there now. */
  function current(): Catalogue {
    if (stale) catalogue = readCatalogue(db);
    stale = shared;
    return catalogue;
  }

  return {
    commit(batch) {
      if (batch.length === 0) return;
      const before = current();
      sql.begin.run();
      try {
        const changes = write(sql, spool, ledger, before, newKey, batch);
        spool.flush();
        // A COMMIT that reports a failure may have been carried out all the same.
        stale = true;
        sql.commit.run();
        stale = shared;
        merge(before.jobs, changes.jobs);
        merge(before.sessions, changes.sessions);
      } catch (error) {
        rollback(db);
        throw error;
      }
    },
    readLog(id, from, count, size = Infinity) {
      const there = () => current().jobs.get(id);
      try {
        return snapshot(() => {
          const job = there();
          return job === undefined ? [] : readEntries(sql, spool, id, job, { from, count, size });
        });
      } catch (error) {
        // Whoever writes the file takes a forgotten job's own file away while it is read here.
        if (shared && snapshot(there) === undefined) return [];
        throw error;
      }
    },
    readRuns: (id, afterSeq, limit) =>
      snapshot(() => {
        const session = current().sessions.get(id);
        if (session === undefined || limit <= 0) return [];
        return readRunRows(sql, id, session, afterSeq, limit).map((row) => ({
          firstSeq: row.first_seq,
          job: row.job as JobId,
          firstIndex: row.first_index,
          count: row.count,
        }));
      }),
    load: () => snapshot(() => readCatalogue(db).loaded),
    sweep: () => sweep(db, sql, spool),
    close() {
      try {
        // What SQLite's own log holds goes where it belongs, so that a copy of the one file is whole.
        if (!shared) db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      } finally {
        db.close();
        spool.close();
      }
    },
  };
}

/** What a batch leaves of the jobs or of the sessions: their entries, `undefined` for what it deleted, and new records. */
interface Changes<Entry> {
  readonly entries: Map<string, Entry | undefined>;
  readonly records: Map<string, string>;
}

function merge<Entry>(into: Map<string, Entry>, { entries }: Changes<Entry>): void {
  for (const [id, entry] of entries) {
    if (entry === undefined) into.delete(id);
    else into.set(id, entry);
  }
}

/** Carries out a batch within the open transaction. Throws at the first write that is wrong after those before it. */
function write(
  sql: Statements,
  spool: Spool,
  ledger: Ledger | undefined,
  catalogue: Catalogue,
  newKey: NewKey,
  batch: Packed,
) {
  const jobs: Changes<JobEntry> = { entries: new Map(), records: new Map() };
  const sessions: Changes<SessionEntry> = { entries: new Map(), records: new Map() };
  const jobOf = (id: string) =>
    jobs.entries.has(id) ? jobs.entries.get(id) : catalogue.jobs.get(id);
  const sessionOf = (id: string) =>
    sessions.entries.has(id) ? sessions.entries.get(id) : catalogue.sessions.get(id);

  function append({
    job: id,
    first,
    count,
    text,
  }: Extract<PackedWrite, { op: "log.append" }>): void {
    const job = jobOf(id);
    if (job === undefined) throw new Error(`there is no job ${id}`);
    if (first !== job.length) {
      throw new Error(`the log of ${id} has ${job.length} entries, not ${first}`);
    }
    if (count === 0) return;
    const data = Buffer.from(text, "utf8");
    const crc = segmentChecksum(job.k, first, count, data);
    if (data.length < SPOOLED_BYTES) sql.addSegment.run(job.k, first, count, data, crc, null, null);
    else {
      const at = spool.append(job.k, data);
      sql.addSegment.run(job.k, first, count, NO_BYTES, crc, at, data.length);
    }
    jobs.entries.set(id, { k: job.k, length: first + count });
  }

  function number({ session: id, run }: Extract<PackedWrite, { op: "run.append" }>): void {
    const session = sessionOf(id);
    const { firstSeq, job, firstIndex, count } = run;
    if (session === undefined) throw new Error(`there is no session ${id}`);
    if (jobOf(job) === undefined) throw new Error(`there is no job ${job}`);
    if (!(count >= 1)) throw new Error(`a run has at least one entry, not ${count}`);
    const { k, nextSeq, last } = session;
    if (nextSeq !== 0 && firstSeq !== nextSeq) {
      throw new Error(`the next number of ${id} is ${nextSeq}, not ${firstSeq}`);
    }
    let row = { session: k, first_seq: firstSeq, job, first_index: firstIndex, count };
    // A run that continues the last one becomes part of it: a job alone in its session needs one row.
    if (last?.job === job && last.first_index + last.count === firstIndex) {
      row = { ...row, ...last, count: last.count + count };
      sql.extendRun.run(row.count, runChecksum(row), k, row.first_seq);
    } else {
      sql.addRun.run(k, firstSeq, job, firstIndex, count, runChecksum(row));
    }
    const begins = nextSeq === 0 ? firstSeq : session.firstSeq;
    sessions.entries.set(id, { k, firstSeq: begins, nextSeq: firstSeq + count, last: row });
  }

  function dropRuns(id: string, below: number): void {
    const session = sessionOf(id);
    if (session === undefined || below <= session.firstSeq) return;
    sql.dropRuns.run(session.k, below, below, session.k);
    const first = sql.firstRun.get(session.k) as { readonly first_seq: number } | undefined;
    const firstSeq = first?.first_seq ?? session.firstSeq;
    sessions.entries.set(id, { ...session, firstSeq });
  }

  function apply(one: PackedWrite): void {
    switch (one.op) {
      case "session.put": {
        const none = { k: 0, firstSeq: 0, nextSeq: 0, last: undefined };
        const known = sessionOf(one.id) ?? { ...none, k: newKey("sessions") };
        sessions.entries.set(one.id, known);
        sessions.records.set(one.id, one.record);
        return;
      }
      case "job.put":
        jobs.entries.set(one.id, jobOf(one.id) ?? { k: newKey("jobs"), length: 0 });
        jobs.records.set(one.id, one.record);
        return;
      case "session.delete": {
        const known = sessionOf(one.id);
        sessions.entries.set(one.id, undefined);
        sessions.records.delete(one.id);
        if (known === undefined) return;
        sql.sessions.remove.run(known.k);
        if (known.nextSeq > 0) sql.addTrash.run("sessions", known.k);
        return;
      }
      case "job.delete": {
        const known = jobOf(one.id);
        jobs.entries.set(one.id, undefined);
        jobs.records.delete(one.id);
        if (known === undefined) return;
        sql.jobs.remove.run(known.k);
        // A long log would hold up the commit, and is left to be swept; a file goes once that is committed.
        if (known.length > SHORT_LOG || spool.has(known.k)) sql.addTrash.run("jobs", known.k);
        else if (known.length > 0) sql.removeLog.run(known.k);
        return;
      }
      case "log.append":
        return append(one);
      case "run.append":
        return number(one);
      case "run.drop":
        return dropRuns(one.session, one.below);
      case "ledger.put":
        return ledger?.put(one.id, one.record);
      case "ledger.delete":
        return ledger?.remove(one.id);
    }
  }

  let i = 0;
  for (const one of unpacked(batch)) {
    try {
      apply(one);
    } catch (error) {
      throw located(error, `write ${i} (${one.op}) of the batch`);
    }
    i += 1;
  }
  store("jobs", sql.jobs, catalogue.jobs, jobs, ({ length }) => length);
  store("sessions", sql.sessions, catalogue.sessions, sessions, ({ nextSeq }) => nextSeq);
  return { jobs, sessions };
}

/** Writes each changed row once, however many writes of the batch changed it. */
function store<Entry extends { readonly k: number }>(
  table: Table,
  sql: Statements[Table],
  before: ReadonlyMap<string, Entry>,
  { entries, records }: Changes<Entry>,
  countOf: (entry: Entry) => number,
): void {
  for (const [id, entry] of entries) {
    if (entry === undefined) continue;
    const { k } = entry;
    const record = records.get(id);
    const isThere = before.get(id)?.k === k;
    if (record === undefined) sql.count.run(countOf(entry), k);
    else {
      const crc = recordChecksum(table, { k, id, record });
      if (isThere) sql.update.run(countOf(entry), record, crc, k);
      else sql.insert.run(k, id, countOf(entry), record, crc);
    }
  }
}

/** Says which write was wrong; what the store, SQLite or the system says of a file stays as it is. */
function located(error: unknown, where: string): unknown {
  if (!(error instanceof Error) || StoreError.is(error)) return error;
  if ("errcode" in error || "syscall" in error) return error;
  return new Error(`${where}: ${error.message}`, { cause: error });
}

function readEntries(
  sql: Statements,
  spool: Spool,
  id: string,
  job: JobEntry,
  { from, count, size }: { readonly from: number; readonly count: number; readonly size: number },
) {
  const entries: LogEntry[] = [];
  const end = Math.min(from + count, job.length);
  let at = Math.max(from, 0);
  let left = size;
  while (at < end && left > 0) {
    const row = sql.segmentAt.get(job.k, at) as SegmentRow | undefined;
    if (row === undefined || row.first + row.count <= at)
      throw damaged(`the log of ${id}, at ${at}`);
    const data = row.spooled === null ? row.data : spool.read(job.k, row.spooled, row.size ?? 0);
    if (segmentChecksum(job.k, row.first, row.count, data) !== row.crc) {
      throw damaged(`the log of ${id}, at ${row.first}`);
    }
    for (const entry of decodeSegment(data, at - row.first, end - at)) {
      if (left <= 0) break;
      entries.push(entry);
      left -= entry.body.length;
      at += 1;
    }
  }
  return entries;
}

/** The rows above a number. They have to follow each other, and to begin and end where the catalogue says. */
function readRunRows(
  sql: Statements,
  id: string,
  { k, firstSeq, nextSeq }: SessionEntry,
  afterSeq: number,
  limit: number,
): readonly RunRow[] {
  let next = Math.max(afterSeq + 1, firstSeq);
  if (next >= nextSeq) return [];
  const rows = sql.runsFrom.all(k, k, next, limit) as RunRow[];
  for (const row of rows) {
    const holds = row.first_seq <= next && next < row.first_seq + row.count;
    if (!holds || runChecksum({ ...row, session: k }) !== row.crc) {
      throw damaged(`the numbering of ${id}, at ${next}`);
    }
    next = row.first_seq + row.count;
  }
  if (rows.length < limit && next !== nextSeq) throw damaged(`the numbering of ${id}, at ${next}`);
  return rows;
}

/** Gives the next key of a table, which no row ever had. */
type NewKey = (table: Table) => number;

function keys(sql: Statements): NewKey {
  const last = { jobs: 0, sessions: 0 };
  for (const { name, seq } of sql.lastKeys.all() as { name: Table; seq: number }[]) {
    if (!Number.isSafeInteger(seq)) throw damaged(`the last key of ${name}`);
    last[name] = seq;
  }
  return (table) => (last[table] += 1);
}

function segmentChecksum(job: number, first: number, count: number, data: Uint8Array): number {
  return checksum(`segment:${job}:${first}:${count}`, data);
}

/** A store's file, opened: every operation of the store's port, done at once. Whoever must not wait asks the worker. */
import type { JobId, SessionId } from "../../../generated/draft-1.1/index.js";
import type { Loaded, LogEntry, Run } from "../port.js";
import { damaged, readCatalogue, recordChecksum, runChecksum } from "./catalogue.js";
import type { Catalogue, JobEntry, RunRow, SessionEntry } from "./catalogue.js";
import type { Connection, Statement } from "./driver.js";
import type { PackedWrite } from "./packed.js";
import { checksum, decodeSegment } from "./segment.js";

/** The operations, on a connection that is prepared and migrated. Throws `StoreError`s and what SQLite throws. */
export interface Database {
  commit(batch: readonly PackedWrite[]): void;
  readLog(job: JobId, from: number, count: number): readonly LogEntry[];
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
}

/** Rows that one sweep deletes, and pages that it gives back. */
const SWEEP_ROWS = 256;
const SWEEP_PAGES = 1024;
/** Free pages that stay in the file, to be used again: 4 MiB. */
const SPARE_PAGES = 1024;

/**
 * @param shared whether another process writes the file meanwhile: then who is there is read anew for each call
 */
export function createDatabase(db: Connection, { shared }: { readonly shared: boolean }): Database {
  const sql = statements(db);
  let catalogue = snapshot(() => readCatalogue(db));
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
        const changes = write(sql, before, batch);
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
    readLog: (id, from, count) =>
      snapshot(() => {
        const job = current().jobs.get(id);
        return job === undefined ? [] : readEntries(sql, id, job, from, count);
      }),
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
    sweep: () => sweep(db, sql),
    close() {
      try {
        // What SQLite's own log holds goes where it belongs, so that a copy of the one file is whole.
        if (!shared) db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      } finally {
        db.close();
      }
    },
  };
}

/** Entries of the catalogue as a batch leaves them; `undefined` for what it deleted. */
interface Changes {
  readonly jobs: Map<string, JobEntry | undefined>;
  readonly sessions: Map<string, SessionEntry | undefined>;
}

function merge<Entry>(
  into: Map<string, Entry>,
  changes: ReadonlyMap<string, Entry | undefined>,
): void {
  for (const [id, entry] of changes) {
    if (entry === undefined) into.delete(id);
    else into.set(id, entry);
  }
}

/** Carries out a batch within the open transaction. Throws at the first write that is wrong after those before it. */
function write(sql: Statements, catalogue: Catalogue, batch: readonly PackedWrite[]): Changes {
  const changes: Changes = { jobs: new Map(), sessions: new Map() };
  const jobOf = (id: string) =>
    changes.jobs.has(id) ? changes.jobs.get(id) : catalogue.jobs.get(id);
  const sessionOf = (id: string) =>
    changes.sessions.has(id) ? changes.sessions.get(id) : catalogue.sessions.get(id);

  function put(
    table: "jobs" | "sessions",
    { id, record }: { readonly id: string; readonly record: string },
    known: { readonly k: number } | undefined,
  ): number {
    const { k } = known ?? (sql[table].insert.get(id, record) as { readonly k: number });
    sql[table].update.run(record, recordChecksum(table, { k, id, record }), k);
    return k;
  }

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
    const length = first + count;
    const data = Buffer.from(text, "utf8");
    const crc = segmentChecksum(job.k, first, count, data);
    sql.addSegment.run(job.k, first, count, data, crc);
    sql.setLength.run(length, job.k);
    changes.jobs.set(id, { ...job, length });
  }

  function number({ session: id, run }: Extract<PackedWrite, { op: "run.append" }>): void {
    const session = sessionOf(id);
    const { firstSeq, job, firstIndex, count } = run;
    if (session === undefined) throw new Error(`there is no session ${id}`);
    if (jobOf(job) === undefined) throw new Error(`there is no job ${job}`);
    if (!(count >= 1)) throw new Error(`a run has at least one entry, not ${count}`);
    const { k, nextSeq } = session;
    if (nextSeq !== 0 && firstSeq !== nextSeq) {
      throw new Error(`the next number of ${id} is ${nextSeq}, not ${firstSeq}`);
    }
    // A run that continues the last one becomes part of it: a job alone in its session needs one row.
    const last = nextSeq === 0 ? undefined : (sql.lastRun.get(k) as RunRow | undefined);
    if (last?.job === job && last.first_index + last.count === firstIndex) {
      const longer = { ...last, count: last.count + count };
      sql.extendRun.run(longer.count, runChecksum(longer), last.k);
    } else {
      const row = { session: k, first_seq: firstSeq, job, first_index: firstIndex, count };
      sql.addRun.run(k, firstSeq, job, firstIndex, count, runChecksum(row));
    }
    sql.setNext.run(firstSeq + count, k);
    const begins = nextSeq === 0 ? firstSeq : session.firstSeq;
    changes.sessions.set(id, { k, firstSeq: begins, nextSeq: firstSeq + count });
  }

  /** What hangs below a record is left to be swept: a long log would hold up the commit. */
  function drop(table: "jobs" | "sessions", id: string, known: { readonly k: number } | undefined) {
    changes[table].set(id, undefined);
    if (known === undefined) return;
    sql[table].remove.run(known.k);
    sql.addTrash.run(table, known.k);
  }

  function apply(one: PackedWrite): void {
    switch (one.op) {
      case "session.put": {
        const { id } = one;
        const known = sessionOf(id);
        const k = put("sessions", one, known);
        changes.sessions.set(id, known ?? { k, firstSeq: 0, nextSeq: 0 });
        return;
      }
      case "job.put": {
        const { id } = one;
        const known = jobOf(id);
        const k = put("jobs", one, known);
        changes.jobs.set(id, known ?? { k, length: 0 });
        return;
      }
      case "session.delete":
        return drop("sessions", one.id, sessionOf(one.id));
      case "job.delete":
        return drop("jobs", one.id, jobOf(one.id));
      case "log.append":
        return append(one);
      case "run.append":
        return number(one);
    }
  }

  for (const [i, one] of batch.entries()) {
    try {
      apply(one);
    } catch (error) {
      throw located(error, `write ${i} (${one.op}) of the batch`);
    }
  }
  return changes;
}

/** Says which write was wrong; what SQLite says of the file itself stays as it is. */
function located(error: unknown, where: string): unknown {
  if (!(error instanceof Error) || "errcode" in error) return error;
  return new Error(`${where}: ${error.message}`, { cause: error });
}

function readEntries(sql: Statements, id: string, job: JobEntry, from: number, count: number) {
  const entries: LogEntry[] = [];
  const end = Math.min(from + count, job.length);
  let at = Math.max(from, 0);
  while (at < end) {
    const row = sql.segmentAt.get(job.k, at) as SegmentRow | undefined;
    if (row === undefined || row.first + row.count <= at)
      throw damaged(`the log of ${id}, at ${at}`);
    if (segmentChecksum(job.k, row.first, row.count, row.data) !== row.crc) {
      throw damaged(`the log of ${id}, at ${row.first}`);
    }
    const piece = decodeSegment(row.data, at - row.first, end - at);
    for (const entry of piece) entries.push(entry);
    at += piece.length;
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

function sweep(db: Connection, sql: Statements): boolean {
  const trash = sql.trash.all(SWEEP_ROWS) as { readonly what: string; readonly k: number }[];
  if (trash.length > 0) {
    sql.begin.run();
    try {
      // A commit costs more than the rows, so that one takes as many as may be taken, of however many owners.
      let left = SWEEP_ROWS;
      for (const { what, k } of trash) {
        const rows = what === "jobs" ? sql.sweepJob : sql.sweepSession;
        const changes = Number(rows.run(k, left).changes);
        if (changes < left) sql.removeTrash.run(what, k);
        left -= changes;
        if (left === 0) break;
      }
      sql.commit.run();
    } catch (error) {
      rollback(db);
      throw error;
    }
    return true;
  }
  const free = sql.freePages.get() as { readonly freelist_count: number };
  if (free.freelist_count <= SPARE_PAGES) return false;
  db.exec(`PRAGMA incremental_vacuum(${SWEEP_PAGES})`);
  // The file itself becomes shorter with the checkpoint.
  const left = sql.freePages.get() as { readonly freelist_count: number };
  if (left.freelist_count <= SPARE_PAGES) db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  return left.freelist_count < free.freelist_count;
}

type Statements = ReturnType<typeof statements>;

function statements(db: Connection) {
  const table = (name: "jobs" | "sessions", counter: string) => ({
    insert: db.prepare(
      `INSERT INTO ${name} (id, ${counter}, record, crc) VALUES (?, 0, ?, 0) RETURNING k`,
    ),
    update: db.prepare(`UPDATE ${name} SET record = ?, crc = ? WHERE k = ?`),
    remove: db.prepare(`DELETE FROM ${name} WHERE k = ?`),
  });
  return {
    begin: db.prepare("BEGIN IMMEDIATE"),
    commit: db.prepare("COMMIT"),
    jobs: table("jobs", "length"),
    sessions: table("sessions", "next_seq"),
    addSegment: db.prepare(
      "INSERT INTO segments (job, first, count, data, crc) VALUES (?, ?, ?, ?, ?)",
    ),
    setLength: db.prepare("UPDATE jobs SET length = ? WHERE k = ?"),
    segmentAt: db.prepare(
      "SELECT first, count, data, crc FROM segments WHERE job = ? AND first <= ? ORDER BY first DESC LIMIT 1",
    ),
    lastRun: db.prepare("SELECT * FROM runs WHERE session = ? ORDER BY first_seq DESC LIMIT 1"),
    addRun: db.prepare(
      "INSERT INTO runs (session, first_seq, job, first_index, count, crc) VALUES (?, ?, ?, ?, ?, ?)",
    ),
    extendRun: db.prepare("UPDATE runs SET count = ?, crc = ? WHERE k = ?"),
    setNext: db.prepare("UPDATE sessions SET next_seq = ? WHERE k = ?"),
    runsFrom: db.prepare(
      `SELECT * FROM runs WHERE session = ? AND first_seq >= (
         SELECT max(first_seq) FROM runs WHERE session = ? AND first_seq <= ?)
       ORDER BY first_seq LIMIT ?`,
    ),
    addTrash: db.prepare("INSERT INTO trash (what, k) VALUES (?, ?)"),
    removeTrash: db.prepare("DELETE FROM trash WHERE what = ? AND k = ?"),
    trash: db.prepare("SELECT what, k FROM trash LIMIT ?"),
    sweepJob: db.prepare(
      "DELETE FROM segments WHERE k IN (SELECT k FROM segments WHERE job = ? LIMIT ?)",
    ),
    sweepSession: db.prepare(
      "DELETE FROM runs WHERE k IN (SELECT k FROM runs WHERE session = ? LIMIT ?)",
    ),
    freePages: db.prepare("PRAGMA freelist_count"),
  } satisfies Readonly<Record<string, Statement | Readonly<Record<string, Statement>>>>;
}

function rollback(db: Connection): void {
  try {
    db.exec("ROLLBACK");
  } catch {
    // SQLite rolls back by itself when the disc is full or fails; the first error is the one to tell.
  }
}

function segmentChecksum(job: number, first: number, count: number, data: Uint8Array): number {
  return checksum(`segment:${job}:${first}:${count}`, data);
}

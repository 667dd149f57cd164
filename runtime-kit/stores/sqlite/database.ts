/** A store's file, opened: every operation of the store's port, done at once. Whoever must not wait asks the worker. */
import type { JobId, SessionId } from "../../../generated/draft-1.1/index.js";
import { StoreError } from "../errors.js";
import type { Loaded, LogEntry, Run, StoredRecord, Write } from "../port.js";
import type { Connection, Statement } from "./driver.js";
import { checksum, decodeSegment, encodeSegment } from "./segment.js";

/** The operations, on a connection that is prepared and migrated. Throws `StoreError`s and what SQLite throws. */
export interface Database {
  commit(batch: readonly Write[]): void;
  readLog(job: JobId, from: number, count: number): readonly LogEntry[];
  readRuns(session: SessionId, afterSeq: number, limit: number): readonly Run[];
  load(): Loaded;
  /** Frees a little of what was deleted; says whether there is more. */
  sweep(): boolean;
  close(): void;
}

interface JobKey {
  readonly k: number;
  readonly length: number;
}

interface SessionKey {
  readonly k: number;
  readonly next_seq: number;
}

interface SegmentRow {
  readonly first: number;
  readonly count: number;
  readonly data: Uint8Array;
  readonly crc: number;
}

interface RunRow {
  readonly k: number;
  readonly first_seq: number;
  readonly job: string;
  readonly first_index: number;
  readonly count: number;
  readonly crc: number;
}

interface RecordRow {
  readonly k: number;
  readonly id: string;
  readonly record: string;
  readonly crc: number;
  /** What the row itself says of its log or its numbering, and what the rows below it add up to. */
  readonly said: number;
  readonly found: number | null;
}

/** Rows that one sweep deletes, and pages that it gives back. */
const SWEEP_ROWS = 256;
const SWEEP_PAGES = 256;
/** Free pages that stay in the file, to be used again: 4 MiB. */
const SPARE_PAGES = 1024;

export function createDatabase(db: Connection): Database {
  const sql = statements(db);

  function jobOf(id: string): JobKey | undefined {
    return sql.job.get(id) as JobKey | undefined;
  }

  function sessionOf(id: string): SessionKey | undefined {
    return sql.session.get(id) as SessionKey | undefined;
  }

  function put(
    table: "jobs" | "sessions",
    record: StoredRecord<string>,
    known: { readonly k: number } | undefined,
    wrong: (what: string) => Error,
  ): void {
    const { id } = record;
    const text = jsonText(record, wrong);
    const { k } = known ?? (sql[table].insert.get(id, text) as { readonly k: number });
    sql[table].update.run(text, checksum(`${table}:${k}:${id}`, text), k);
  }

  function append(
    write: Extract<Write, { op: "log.append" }>,
    wrong: (what: string) => Error,
  ): void {
    const { job: id, first, entries } = write;
    const job = jobOf(id);
    if (job === undefined) throw wrong(`there is no job ${id}`);
    if (first !== job.length)
      throw wrong(`the log of ${id} has ${job.length} entries, not ${first}`);
    if (entries.length === 0) return;
    const data = encodeSegment(entries);
    const crc = checksum(segmentPlace(job.k, first, entries.length), data);
    sql.addSegment.run(job.k, first, entries.length, data, crc);
    sql.setLength.run(first + entries.length, job.k);
  }

  function number(
    { session: id, run }: Extract<Write, { op: "run.append" }>,
    wrong: (what: string) => Error,
  ): void {
    const session = sessionOf(id);
    const { firstSeq, job, firstIndex, count } = run;
    if (session === undefined) throw wrong(`there is no session ${id}`);
    if (jobOf(job) === undefined) throw wrong(`there is no job ${job}`);
    if (!(count >= 1)) throw wrong(`a run has at least one entry, not ${count}`);
    const { k, next_seq: next } = session;
    if (next !== 0 && firstSeq !== next) {
      throw wrong(`the next number of ${id} is ${next}, not ${firstSeq}`);
    }
    // A run that continues the last one becomes part of it: a job alone in its session needs one row.
    const last = next === 0 ? undefined : (sql.lastRun.get(k) as RunRow | undefined);
    if (last?.job === job && last.first_index + last.count === firstIndex) {
      const longer = { ...last, count: last.count + count };
      sql.extendRun.run(longer.count, runChecksum(k, longer), last.k);
    } else {
      const row = { first_seq: firstSeq, job, first_index: firstIndex, count };
      sql.addRun.run(k, firstSeq, job, firstIndex, count, runChecksum(k, row));
    }
    sql.setNext.run(firstSeq + count, k);
  }

  function apply(write: Write, wrong: (what: string) => Error): void {
    switch (write.op) {
      case "session.put":
        return put("sessions", write.session, sessionOf(write.session.id), wrong);
      case "job.put":
        return put("jobs", write.job, jobOf(write.job.id), wrong);
      case "session.delete": {
        const session = sessionOf(write.id);
        if (session !== undefined) drop("sessions", session.k);
        return;
      }
      case "job.delete": {
        const job = jobOf(write.id);
        if (job !== undefined) drop("jobs", job.k);
        return;
      }
      case "log.append":
        return append(write, wrong);
      case "run.append":
        return number(write, wrong);
    }
  }

  /** What hangs below a record is left to be swept: a long log would hold up the commit. */
  function drop(table: "jobs" | "sessions", k: number): void {
    sql[table].remove.run(k);
    sql.addTrash.run(table, k);
  }

  function recordsOf<Id extends string>(table: "jobs" | "sessions") {
    return (sql[table].all.all() as RecordRow[]).map((row) => {
      const { k, id, record, said, found } = row;
      if (checksum(`${table}:${k}:${id}`, record) !== row.crc) throw damaged(`record of ${id}`);
      // A number that was given must not be given again, so what the row says is held against what is there.
      if (said !== (found ?? 0))
        throw damaged(`record of ${id}: it says ${said}, there is ${found}`);
      return { record: JSON.parse(record) as StoredRecord<Id>, said };
    });
  }

  return {
    commit(batch) {
      if (batch.length === 0) return;
      sql.begin.run();
      try {
        batch.forEach((write, i) =>
          apply(write, (what) => new Error(`write ${i} (${write.op}) of the batch: ${what}`)),
        );
        sql.commit.run();
      } catch (error) {
        rollback(db);
        throw error;
      }
    },
    readLog(id, from, count) {
      const job = jobOf(id);
      if (job === undefined || count <= 0) return [];
      const entries: LogEntry[] = [];
      const end = Math.min(from + count, job.length);
      let at = Math.max(from, 0);
      while (at < end) {
        const row = sql.segmentAt.get(job.k, at) as SegmentRow | undefined;
        if (row === undefined || row.first + row.count <= at)
          throw damaged(`log of ${id} at ${at}`);
        if (checksum(segmentPlace(job.k, row.first, row.count), row.data) !== row.crc) {
          throw damaged(`log of ${id} at ${row.first}`);
        }
        const piece = decodeSegment(row.data, at - row.first, end - at);
        for (const entry of piece) entries.push(entry);
        at += piece.length;
      }
      return entries;
    },
    readRuns(id, afterSeq, limit) {
      const session = sessionOf(id);
      if (session === undefined || limit <= 0) return [];
      const rows = sql.runsAfter.all(session.k, session.k, afterSeq, limit) as RunRow[];
      return rows
        .filter((row) => row.first_seq + row.count - 1 > afterSeq)
        .slice(0, limit)
        .map((row) => {
          if (runChecksum(session.k, row) !== row.crc) {
            throw damaged(`numbering of ${id} at ${row.first_seq}`);
          }
          const { first_seq: firstSeq, first_index: firstIndex, count } = row;
          return { firstSeq, job: row.job as JobId, firstIndex, count };
        });
    },
    load() {
      const sessions = recordsOf<SessionId>("sessions");
      const jobs = recordsOf<JobId>("jobs");
      return {
        sessions: sessions.map(({ record }) => record),
        jobs: jobs.map(({ record }) => record),
        logs: jobs.map(({ record, said }) => ({ job: record.id, length: said })),
        numbers: sql.numbers.all() as Loaded["numbers"],
      };
    },
    sweep() {
      const trash = sql.trash.get() as { readonly what: string; readonly k: number } | undefined;
      if (trash !== undefined) {
        sql.begin.run();
        try {
          const { changes } = (trash.what === "jobs" ? sql.sweepJob : sql.sweepSession).run(
            trash.k,
            SWEEP_ROWS,
          );
          if (changes < SWEEP_ROWS) sql.removeTrash.run(trash.what, trash.k);
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
      return true;
    },
    close() {
      // What the log of the file itself holds goes where it belongs, so that a copy of the one file is whole.
      db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      db.close();
    },
  };
}

function statements(db: Connection) {
  const table = (name: "jobs" | "sessions", said: string, found: string) => ({
    insert: db.prepare(
      `INSERT INTO ${name} (id, ${said}, record, crc) VALUES (?, 0, ?, 0) RETURNING k`,
    ),
    update: db.prepare(`UPDATE ${name} SET record = ?, crc = ? WHERE k = ?`),
    remove: db.prepare(`DELETE FROM ${name} WHERE k = ?`),
    all: db.prepare(
      `SELECT k, id, record, crc, ${said} AS said, (${found}) AS found FROM ${name} ORDER BY k`,
    ),
  });
  return {
    begin: db.prepare("BEGIN IMMEDIATE"),
    commit: db.prepare("COMMIT"),
    job: db.prepare("SELECT k, length FROM jobs WHERE id = ?"),
    session: db.prepare("SELECT k, next_seq FROM sessions WHERE id = ?"),
    jobs: table(
      "jobs",
      "length",
      "SELECT first + count FROM segments WHERE job = jobs.k ORDER BY first DESC LIMIT 1",
    ),
    sessions: table(
      "sessions",
      "next_seq",
      "SELECT first_seq + count FROM runs WHERE session = sessions.k ORDER BY first_seq DESC LIMIT 1",
    ),
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
    // From the run that begins at or before the number, which may or may not hold what is above it.
    runsAfter: db.prepare(
      `SELECT * FROM runs WHERE session = ? AND first_seq >= COALESCE(
         (SELECT max(first_seq) FROM runs WHERE session = ? AND first_seq <= ?), 0)
       ORDER BY first_seq LIMIT ? + 1`,
    ),
    numbers: db.prepare(
      `SELECT sessions.id AS session, runs.job AS job, max(first_seq + count) - 1 AS lastSeq
       FROM runs JOIN sessions ON sessions.k = runs.session GROUP BY sessions.k, runs.job`,
    ),
    addTrash: db.prepare("INSERT INTO trash (what, k) VALUES (?, ?)"),
    removeTrash: db.prepare("DELETE FROM trash WHERE what = ? AND k = ?"),
    trash: db.prepare("SELECT what, k FROM trash LIMIT 1"),
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

function segmentPlace(job: number, first: number, count: number): string {
  return `segment:${job}:${first}:${count}`;
}

function runChecksum(
  session: number,
  row: Pick<RunRow, "first_seq" | "job" | "first_index" | "count">,
): number {
  const { first_seq: firstSeq, job, first_index: firstIndex, count } = row;
  return checksum("run", `${session}:${firstSeq}:${job}:${firstIndex}:${count}`);
}

function damaged(what: string): StoreError {
  return new StoreError("DAMAGED", `${what} is not what was written: restore the file from a copy`);
}

/** The record as JSON; thrown before anything is changed if it has none. */
function jsonText(record: StoredRecord<string>, wrong: (what: string) => Error): string {
  try {
    return JSON.stringify(record);
  } catch (cause) {
    throw Object.assign(wrong(`record ${record.id} is not JSON`), { cause });
  }
}

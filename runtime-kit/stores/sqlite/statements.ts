/** What is said to SQLite, prepared once. */
import type { Connection, Statement } from "./driver.js";

export type Statements = ReturnType<typeof statements>;

export function statements(db: Connection) {
  const table = (name: "jobs" | "sessions", counter: string) => ({
    insert: db.prepare(
      `INSERT INTO ${name} (k, id, ${counter}, record, crc) VALUES (?, ?, ?, ?, ?)`,
    ),
    update: db.prepare(`UPDATE ${name} SET ${counter} = ?, record = ?, crc = ? WHERE k = ?`),
    count: db.prepare(`UPDATE ${name} SET ${counter} = ? WHERE k = ?`),
    remove: db.prepare(`DELETE FROM ${name} WHERE k = ?`),
  });
  return {
    // Also of those that were gone again before their row was ever there; and what SQLite counts may be damaged.
    lastKeys: db.prepare(
      `SELECT name, max(seq) AS seq FROM (
         SELECT name, seq FROM sqlite_sequence
         UNION ALL SELECT 'jobs', max(k) FROM jobs
         UNION ALL SELECT 'sessions', max(k) FROM sessions
         UNION ALL SELECT what, max(k) FROM trash GROUP BY what
         UNION ALL SELECT 'jobs', max(job) FROM segments
         UNION ALL SELECT 'sessions', max(session) FROM runs)
       WHERE name IN ('jobs', 'sessions') AND seq IS NOT NULL GROUP BY name`,
    ),
    begin: db.prepare("BEGIN IMMEDIATE"),
    commit: db.prepare("COMMIT"),
    jobs: table("jobs", "length"),
    sessions: table("sessions", "next_seq"),
    addSegment: db.prepare(
      "INSERT INTO segments (job, first, count, data, crc, spooled, size) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ),
    segmentAt: db.prepare(
      "SELECT first, count, data, crc, spooled, size FROM segments WHERE job = ? AND first <= ? ORDER BY first DESC LIMIT 1",
    ),
    addRun: db.prepare(
      "INSERT INTO runs (session, first_seq, job, first_index, count, crc) VALUES (?, ?, ?, ?, ?, ?)",
    ),
    extendRun: db.prepare("UPDATE runs SET count = ?, crc = ? WHERE session = ? AND first_seq = ?"),
    dropRuns: db.prepare(
      `DELETE FROM runs WHERE session = ? AND first_seq < ? AND first_seq + count <= ?
         AND first_seq < (SELECT max(first_seq) FROM runs WHERE session = ?)`,
    ),
    firstRun: db.prepare("SELECT min(first_seq) AS first_seq FROM runs WHERE session = ?"),
    runsFrom: db.prepare(
      `SELECT * FROM runs WHERE session = ? AND first_seq >= (
         SELECT max(first_seq) FROM runs WHERE session = ? AND first_seq <= ?)
       ORDER BY first_seq LIMIT ?`,
    ),
    addTrash: db.prepare("INSERT INTO trash (what, k) VALUES (?, ?)"),
    removeTrash: db.prepare("DELETE FROM trash WHERE what = ? AND k = ?"),
    trash: db.prepare("SELECT what, k FROM trash LIMIT ?"),
    removeLog: db.prepare("DELETE FROM segments WHERE job = ?"),
    sweepJob: db.prepare(
      "DELETE FROM segments WHERE k IN (SELECT k FROM segments WHERE job = ? LIMIT ?)",
    ),
    sweepSession: db.prepare(
      "DELETE FROM runs WHERE k IN (SELECT k FROM runs WHERE session = ? LIMIT ?)",
    ),
    keys: db.prepare("SELECT k FROM jobs UNION SELECT k FROM trash WHERE what = 'jobs'"),
    freePages: db.prepare("PRAGMA freelist_count"),
  } satisfies Readonly<Record<string, Statement | Readonly<Record<string, Statement>>>>;
}

/** Undoes the transaction that is open, if there still is one. */
export function rollback(db: Connection): void {
  try {
    db.exec("ROLLBACK");
  } catch {
    // SQLite rolls back by itself when the disc is full or fails; the first error is the one to tell.
  }
}

/** The tables of a store's file, and how a file of an earlier release becomes one of this. */
import { StoreError } from "../errors.js";
import type { Connection } from "./driver.js";

/** "arcp", which marks the file as ours. */
const APPLICATION_ID = 0x61726370;

/**
 * One step for each version of the schema; a file of version n needs those from n on. A step that was released is
 * never edited.
 *
 * There is no index of ids: a flipped bit in one would make a job vanish without a word. Who is there is read and
 * checked as a whole when the file is opened, and the file belongs to one process.
 *
 * Keys `k` are given in order and never again, so that a job or session which is deleted and put again shares nothing
 * with its former self. What is deleted leaves its rows to `trash`, from where they are swept a little at a time.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE jobs (
    k INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    length INTEGER NOT NULL,
    record TEXT NOT NULL,
    crc INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE sessions (
    k INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    next_seq INTEGER NOT NULL,
    record TEXT NOT NULL,
    crc INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE segments (
    k INTEGER PRIMARY KEY,
    job INTEGER NOT NULL,
    first INTEGER NOT NULL,
    count INTEGER NOT NULL,
    data BLOB NOT NULL,
    crc INTEGER NOT NULL,
    spooled INTEGER,
    size INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX segment_at ON segments (job, first);
  CREATE TABLE runs (
    k INTEGER PRIMARY KEY,
    session INTEGER NOT NULL,
    first_seq INTEGER NOT NULL,
    job TEXT NOT NULL,
    first_index INTEGER NOT NULL,
    count INTEGER NOT NULL,
    crc INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX run_at ON runs (session, first_seq);
  CREATE TABLE trash (
    what TEXT NOT NULL,
    k INTEGER NOT NULL,
    PRIMARY KEY (what, k)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE ledger (
    k INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    record TEXT NOT NULL,
    crc INTEGER NOT NULL
  ) STRICT;
  `,
];

/** What SQLite's own log (the `-wal` file) may keep on the disc when it is not needed. */
const LOG_BYTES = 4 * 1024 * 1024;

/** Version of the schema that this release writes. */
const CURRENT = MIGRATIONS.length;

/**
 * Makes an open file safe to write to: what is committed is on the disc, and what is deleted gives its space back.
 * Read back, because a build of SQLite may have other defaults and ignores what it does not know.
 */
export function prepareForWriting(db: Connection): void {
  // Only an empty file takes it; an old one keeps what it was made with.
  db.exec("PRAGMA auto_vacuum = INCREMENTAL");
  demand(db, "journal_mode", "WAL", "wal");
  demand(db, "synchronous", "FULL", 2);
  // On macOS an fsync alone does not reach the disc. Elsewhere it changes nothing.
  db.exec("PRAGMA fullfsync = ON");
  db.exec("PRAGMA cell_size_check = ON");
  // SQLite's own log is cut to this once it was copied into the file, however long a reader had let it grow.
  db.exec(`PRAGMA journal_size_limit = ${LOG_BYTES}`);
}

function demand(db: Connection, name: string, value: string, then: string | number): void {
  db.exec(`PRAGMA ${name} = ${value}`);
  const row = db.prepare(`PRAGMA ${name}`).get() as Record<string, unknown>;
  if (row[name] !== then) {
    throw new StoreError("IO", `this SQLite does not do ${name} = ${value}: ${String(row[name])}`);
  }
}

/** Brings the file to this release's schema. Throws a `StoreError` for a file that is not ours, or is too new. */
export function migrate(db: Connection, migrations: readonly string[] = MIGRATIONS): void {
  const from = versionOf(db, migrations.length);
  if (from === migrations.length) return;
  db.exec("BEGIN IMMEDIATE");
  try {
    for (const step of migrations.slice(from)) db.exec(step);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    db.exec(`PRAGMA user_version = ${migrations.length}`);
    db.exec("COMMIT");
  } catch (error) {
    db.exec("ROLLBACK");
    throw error;
  }
}

/** The version of a file's schema; 0 for an empty file. Throws a `StoreError` if it is not ours or later than `newest`. */
export function versionOf(db: Connection, newest = CURRENT): number {
  const version = pragma(db, "user_version");
  const ours = pragma(db, "application_id") === APPLICATION_ID;
  if (!ours && (version !== 0 || !isEmpty(db))) {
    const text =
      "the file is a database of another program. If it was a store, its beginning was overwritten: restore it from a copy";
    throw new StoreError("FOREIGN", text);
  }
  if (ours && version === 0) throw new StoreError("DAMAGED", OVERWRITTEN);
  if (version > newest) {
    const text = `the file was written by a later release: its schema is ${version}, this release knows ${newest}`;
    throw new StoreError("FOREIGN", text);
  }
  return version;
}

/** What is told of a file whose beginning says that nothing is in it, while something is. */
export const OVERWRITTEN =
  "the beginning of the file was overwritten: restore it from a copy, or begin anew with another file";

/** How many pages a file has. */
export function pagesOf(db: Connection): number {
  return pragma(db, "page_count");
}

function pragma(db: Connection, name: string): number {
  return (db.prepare(`PRAGMA ${name}`).get() as Record<string, number>)[name] ?? 0;
}

function isEmpty(db: Connection): boolean {
  return db.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
}

/** Opening a store's file: by one process at a time for writing, by anybody for reading. */
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  realpathSync,
  rmSync,
  statSync,
} from "node:fs";
import { StoreError } from "../errors.js";
import { createDatabase } from "./database.js";
import type { Database } from "./database.js";
import type { Connection, Driver } from "./driver.js";
import { storeFailure } from "./failure.js";
import { OVERWRITTEN, migrate, pagesOf, prepareForWriting, versionOf } from "./schema.js";
import { createSpool } from "./spool.js";
import type { Spool } from "./spool.js";
import { checkWal } from "./wal.js";

/** What the system says of a disc, or of a user's part of it, that has no room. */
const FULL: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT"]);

/**
 * Opens the file at `path`, makes it if it is not there (mode 0600, what is in it being somebody's business), and
 * brings its schema up to date. Throws a `StoreError`: `IN_USE` if another process or store has it open.
 */
export function openForWriting(driver: Driver, path: string): Database {
  let lock: Connection | undefined;
  let db: Connection | undefined;
  let isMade = false;
  try {
    isMade = makePrivate(path);
    // By whichever name: a lock beside a link would let the file be opened beside another.
    const real = realPath(path);
    checkNames(real);
    lock = takeLock(driver, real, path);
    checkLog(real);
    flushLog(real);
    db = driver.open(path);
    // Asked before anything is changed: a file of another program's stays as it is.
    if (versionOf(db) === 0) checkNew(db, path, real);
    prepareForWriting(db);
    migrate(db);
    const database = createDatabase(db, spoolOf(real), { shared: false });
    const held = lock;
    return {
      ...database,
      close() {
        try {
          database.close();
        } finally {
          held.close();
        }
      },
    };
  } catch (error) {
    db?.close();
    // What was refused is left as it was found.
    const isEmpty = statSync(path, { throwIfNoEntry: false })?.size === 0;
    if (isMade && lock !== undefined && isEmpty) rmSync(path);
    lock?.close();
    throw storeFailure(path, error);
  }
}

/** Opens the file at `path` for reading, while it is in use or not. Throws a `StoreError`. */
export function openForReading(driver: Driver, path: string): Database {
  if (!existsSync(path)) throw new StoreError("MISSING", `${path}: there is no such file`);
  let db: Connection | undefined;
  try {
    const real = realPath(path);
    checkLog(real);
    db = openUnchanged(driver, path, real);
    if (versionOf(db) === 0) {
      checkNew(db, path, real);
      throw new StoreError("FOREIGN", `${path}: nothing is stored in it`);
    }
    return createDatabase(db, spoolOf(real), { shared: true });
  } catch (error) {
    db?.close();
    throw storeFailure(path, error);
  }
}

/**
 * SQLite makes files of its own beside the one that it reads. Where it may not, a file that was closed is read as one
 * that nobody changes: all is in it then.
 */
function openUnchanged(driver: Driver, path: string, real: string): Connection {
  const db = driver.open(path, { readOnly: true });
  try {
    pagesOf(db);
    return db;
  } catch (error) {
    db.close();
    const failure = storeFailure(path, error);
    if (!StoreError.is(failure, "MISSING") && !StoreError.is(failure, "READ_ONLY")) throw error;
    if (!isReadable(real)) throw error;
    if (!existsSync(`${real}-wal`)) {
      const closed = tryImmutable(driver, real);
      if (closed !== undefined) return closed;
    }
    const text = `${path}: to read it SQLite has to make files beside it, and may not: copy it to a folder that you may write, together with what there is of ${real}-wal and ${real}-spool, and read it there`;
    throw new StoreError("READ_ONLY", text, { cause: error });
  }
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** Not every build of SQLite takes the name that this needs. */
function tryImmutable(driver: Driver, real: string): Connection | undefined {
  let db: Connection | undefined;
  try {
    db = driver.open(real, { readOnly: true, immutable: true });
    pagesOf(db);
    return db;
  } catch {
    db?.close();
    return undefined;
  }
}

function spoolOf(real: string): Spool {
  return createSpool(`${real}-spool`);
}

/**
 * A file without a table is new only if it is no longer than that: what it held may have lost its beginning. And only if
 * nothing is beside it that was written by way of a file.
 */
function checkNew(db: Connection, path: string, real: string): void {
  const pages = pagesOf(db);
  if (pages > 1 || (pages === 0 && statSync(path).size > 0)) {
    throw new StoreError("DAMAGED", OVERWRITTEN);
  }
  if (spoolOf(real).isEmpty()) return;
  const text = `${path}: the file is missing or new, while ${real}-spool holds large pieces of its jobs: restore the file from a copy, or move the folder away to begin anew. Nothing was changed`;
  throw new StoreError("DAMAGED", text);
}

/** SQLite throws its log away where the file is empty, and what was committed last with it; or what is behind damage. */
function checkLog(real: string): void {
  const log = `${real}-wal`;
  if (statSync(real).size === 0 && existsSync(log) && statSync(log).size > 0) {
    const text = `the file is empty, but not new, since ${log} belongs to it: restore it from a copy, or delete both to begin anew`;
    throw new StoreError("DAMAGED", text);
  }
  checkWal(real);
}

/** What a killed process had written and not flushed is about to be read, told and built on. */
function flushLog(real: string): void {
  if (!existsSync(`${real}-wal`)) return;
  const fd = openSync(`${real}-wal`, "r+");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Makes a file for its user alone, unless it is there; says whether it did. */
function makePrivate(path: string): boolean {
  if (existsSync(path)) return false;
  try {
    closeSync(openSync(path, "wx", 0o600));
    // The umask may only have taken away; where a file system gives more, it is taken back.
    chmodSync(path, 0o600);
    return true;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    const failure = code === "ENOENT" ? "MISSING" : FULL.has(code ?? "") ? "FULL" : "READ_ONLY";
    throw new StoreError(failure, `${path}: the file cannot be made: ${message}`, { cause });
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    throw new StoreError("MISSING", `${path}: a link to a file that is not there`, { cause });
  }
}

/** The lock and SQLite's log stand beside one name: by another, the file would be opened twice, and without its log. */
function checkNames(real: string): void {
  const { nlink } = statSync(real);
  if (nlink <= 1) return;
  const text = `the file has ${nlink} names (hard links), and could be opened by each of them at once: remove all but one, or make copies of them`;
  throw new StoreError("IN_USE", text);
}

/**
 * The lock is SQLite's own, on a file beside the store's, so that the store can be read meanwhile; the system lets go
 * of it however the process ends.
 */
function takeLock(driver: Driver, real: string, path: string): Connection {
  const beside = `${real}-lock`;
  makePrivate(beside);
  const lock = driver.open(beside, { busyMs: 0 });
  try {
    lock.exec("PRAGMA locking_mode = EXCLUSIVE");
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    const failure = storeFailure(beside, error);
    if (!StoreError.is(failure, "IN_USE")) throw failure;
    const text = `${path}: another process has this store open; a store belongs to one process at a time`;
    throw new StoreError("IN_USE", text, { cause: error });
  }
}

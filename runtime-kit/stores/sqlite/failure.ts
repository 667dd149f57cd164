/** What SQLite says when something fails, in the words of the store. */
import { StoreError } from "../errors.js";
import type { StoreFailure } from "../errors.js";

/** A result code of SQLite, https://sqlite.org/rescode.html, that an operator can do something about. */
interface Result {
  readonly errcode: number;
  /** What SQLite calls it. */
  readonly errstr: string;
  readonly code: StoreFailure;
  readonly text: string;
}

const FULL = "the disc is full: make room, then start again; what was acknowledged is in the file";
const BAD = "the file is damaged: restore it from a copy";
const BROKEN =
  "the disc reports an error: look after it, then start again; what was acknowledged is in the file";
const UNWRITTEN =
  "the disc reports an error, or the file has reached a limit of this user (ulimit -f, a quota): look after it, then start again; what was acknowledged is in the file";
const UNWRITABLE =
  "the file or its folder cannot be written: whose is it, and is the disc mounted for writing?";
const LIMITED =
  "a file would be larger than the disc or a limit of this user (ulimit -f) allows: have it raised, then start again";
const QUOTA =
  "the disc is full for this user: make room or have the quota raised, then start again";

const DAMAGED = 11;

const RESULTS: readonly Result[] = [
  {
    errcode: 5,
    errstr: "database is locked",
    code: "IN_USE",
    text: "another process holds a lock on the file: end what has it open, then start again",
  },
  {
    errcode: 6,
    errstr: "database table is locked",
    code: "IN_USE",
    text: "another connection holds a lock on the file: end what has it open, then start again",
  },
  {
    errcode: 8,
    errstr: "attempt to write a readonly database",
    code: "READ_ONLY",
    text: UNWRITABLE,
  },
  { errcode: 10, errstr: "disk I/O error", code: "IO", text: BROKEN },
  // SQLite keeps to itself why a write failed, but for a full disc.
  { errcode: 778, errstr: "disk I/O error", code: "IO", text: UNWRITTEN },
  {
    errcode: DAMAGED,
    errstr: "database disk image is malformed",
    code: "DAMAGED",
    text: BAD,
  },
  // Of the tables that it describes; the same number.
  { errcode: DAMAGED, errstr: "malformed database schema", code: "DAMAGED", text: BAD },
  { errcode: 13, errstr: "database or disk is full", code: "FULL", text: FULL },
  {
    errcode: 14,
    errstr: "unable to open database file",
    code: "MISSING",
    text: "the file cannot be opened: does its folder exist, and may this user write there?",
  },
  {
    errcode: 26,
    errstr: "file is not a database",
    code: "FOREIGN",
    text: "the file is not a database. If it was a store, its beginning was overwritten: restore it from a copy",
  },
];

const UNKNOWN = { code: "IO", text: "SQLite failed" } as const;

/** The error as a `StoreError` that names the file, where SQLite or the system gave it a code; else as it is. */
export function storeFailure(path: string, error: unknown): unknown {
  if (StoreError.is(error)) {
    if (error.reason.startsWith(path)) return error;
    return new StoreError(error.code, `${path}: ${error.reason}`, { cause: error });
  }
  if (!(error instanceof Error)) return error;
  const result = resultOf(error);
  if (result === undefined) return systemFailure(path, error);
  const { code, text } = result;
  return new StoreError(code, `${path}: ${text} (${error.message})`, { cause: error });
}

function resultOf(
  error: Error & { readonly errcode?: unknown; readonly code?: unknown },
): Pick<Result, "code" | "text"> | undefined {
  const { errcode, code, message } = error;
  // The extended code has the primary one in its lowest byte.
  if (typeof errcode === "number") {
    const known =
      RESULTS.find((result) => result.errcode === errcode) ??
      RESULTS.find((result) => result.errcode === (errcode & 0xff));
    return known ?? UNKNOWN;
  }
  // No number of ours is too large for JavaScript.
  if (code === "ERR_OUT_OF_RANGE") return RESULTS.find(({ errcode: n }) => n === DAMAGED);
  // Deno gives a statement's failure its number, but not one of `exec`, nor of opening.
  if (code !== "ERR_SQLITE_ERROR") return undefined;
  return RESULTS.find(({ errstr }) => message.startsWith(errstr)) ?? UNKNOWN;
}

/** What the system says of a file beside the database. */
const SYSTEM: ReadonlyMap<string, readonly [StoreFailure, string]> = new Map([
  ["ENOSPC", ["FULL", FULL]],
  ["EDQUOT", ["FULL", QUOTA]],
  ["EFBIG", ["FULL", LIMITED]],
  ["EROFS", ["READ_ONLY", UNWRITABLE]],
  ["EACCES", ["READ_ONLY", UNWRITABLE]],
  ["EPERM", ["READ_ONLY", UNWRITABLE]],
  ["EIO", ["IO", BROKEN]],
]);

function systemFailure(path: string, error: Error): unknown {
  const { code = "", syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error;
  const [failure, text] = SYSTEM.get(code) ?? (["IO", "the system refused"] as const);
  return new StoreError(failure, `${path}: ${text} (${error.message})`, { cause: error });
}

/** What was read is not what was written. */
export function damaged(what: string): StoreError {
  return new StoreError("DAMAGED", `${what}: not what was written. Restore the file from a copy`);
}

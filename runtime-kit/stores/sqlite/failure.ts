/** What SQLite says when something fails, in the words of the store. */
import { StoreError } from "../errors.js";
import type { StoreFailure } from "../errors.js";

/** Primary result codes of SQLite, https://sqlite.org/rescode.html, that an operator can do something about. */
const CODES: ReadonlyMap<number, readonly [StoreFailure, string]> = new Map([
  [5, ["IN_USE", "another process holds a lock on the file"]],
  [6, ["IN_USE", "another connection holds a lock on the file"]],
  [8, ["READ_ONLY", "the file or its folder cannot be written"]],
  [10, ["IO", "the disc reports an error"]],
  [11, ["DAMAGED", "the file is damaged: restore it from a copy"]],
  [13, ["FULL", "the disc is full"]],
  [
    14,
    ["MISSING", "the file cannot be opened: does its folder exist, and may this user write there?"],
  ],
  [26, ["FOREIGN", "the file is not a database"]],
]);

/** The error as a `StoreError` where SQLite or the system gave it a code; else as it is. */
export function storeFailure(path: string, error: unknown): unknown {
  if (StoreError.is(error) || !(error instanceof Error)) return error;
  const { errcode } = error as { readonly errcode?: unknown };
  if (typeof errcode !== "number") return systemFailure(path, error);
  // The extended code has the primary one in its lowest byte.
  const [code, text] = CODES.get(errcode & 0xff) ?? (["IO", "SQLite failed"] as const);
  return new StoreError(code, `${path}: ${text} (${error.message})`, { cause: error });
}

/** What the system says of a file beside the database. */
const SYSTEM: ReadonlyMap<string, readonly [StoreFailure, string]> = new Map([
  ["ENOSPC", ["FULL", "the disc is full"]],
  ["EDQUOT", ["FULL", "the disc is full, for this user"]],
  ["EFBIG", ["FULL", "a file would be too large for the disc"]],
  ["EROFS", ["READ_ONLY", "the file or its folder cannot be written"]],
  ["EACCES", ["READ_ONLY", "the file or its folder cannot be written"]],
  ["EPERM", ["READ_ONLY", "the file or its folder cannot be written"]],
  ["EIO", ["IO", "the disc reports an error"]],
]);

function systemFailure(path: string, error: Error): unknown {
  const { code = "", syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error;
  const [failure, text] = SYSTEM.get(code) ?? (["IO", "the system refused"] as const);
  return new StoreError(failure, `${path}: ${text} (${error.message})`, { cause: error });
}

/** What SQLite says when something fails, in the words of the store. */
import { StoreError } from "../errors.js";
import type { StoreFailure } from "../errors.js";

/** Primary result codes of SQLite, https://sqlite.org/rescode.html, that an operator can do something about. */
const CODES: ReadonlyMap<number, readonly [StoreFailure, string]> = new Map([
  [
    5,
    ["IN_USE", "another process holds a lock on the file: end what has it open, then start again"],
  ],
  [
    6,
    [
      "IN_USE",
      "another connection holds a lock on the file: end what has it open, then start again",
    ],
  ],
  [
    8,
    [
      "READ_ONLY",
      "the file or its folder cannot be written: whose is it, and is the disc mounted for writing?",
    ],
  ],
  [
    10,
    [
      "IO",
      "the disc reports an error: look after it, then start again; what was acknowledged is in the file",
    ],
  ],
  [11, ["DAMAGED", "the file is damaged: restore it from a copy"]],
  [
    13,
    ["FULL", "the disc is full: make room, then start again; what was acknowledged is in the file"],
  ],
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
  if (typeof errcode !== "number") return error;
  // The extended code has the primary one in its lowest byte.
  const [code, text] = CODES.get(errcode & 0xff) ?? (["IO", "SQLite failed"] as const);
  return new StoreError(code, `${path}: ${text} (${error.message})`, { cause: error });
}

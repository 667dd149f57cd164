/** The file in which `arcp serve` keeps what it was told. */
import { resolve } from "node:path";
import type { Runtime } from "../runtime/create.js";
import { StoreError } from "../stores/errors.js";
import type { StoreFailure } from "../stores/errors.js";
import { memoryStore } from "../stores/memory.js";
import type { Store } from "../stores/port.js";
import { sqlite } from "../stores/sqlite.js";
import { IS_FOLDER, isFolder } from "./options.js";
import { UsageError } from "./report.js";

/** The file of `arcp serve`, in the present folder. */
export const DEFAULT_DB = "arcp.db";

/** The store that `--db` names; `false` is memory. */
export function storeOf(db: string | false): Store {
  return db === false ? memoryStore() : sqlite(fileOf(db));
}

/** The path of a store's file. A folder is told here: each platform's SQLite has another word for it. */
export function fileOf(db: string): string {
  if (db.trim() === "") throw new UsageError("--db is empty; name a file");
  const path = resolve(db);
  if (isFolder(path)) throw new UsageError(`--db ${db}: ${IS_FOLDER}; name one in it`);
  return path;
}

/** What another file, or another place for it, would mend. */
const NAMED_WRONGLY: ReadonlySet<StoreFailure> = new Set([
  "IN_USE",
  "FOREIGN",
  "MISSING",
  "READ_ONLY",
]);

/** Waits until a runtime has taken up its store. Throws what is wrong with it, in the words of the command line. */
export async function taken(runtime: Runtime, db: string | false): Promise<void> {
  try {
    await runtime.ready;
  } catch (error) {
    await runtime.close();
    throw storeTold(error, db);
  }
}

/**
 * Waits until a runtime's store fails it while it serves. Then nothing can be kept, and so nothing said: it ends
 * what is served, and throws what is wrong, so that the process ends with it and can be started anew.
 */
export async function storeLost(
  runtime: Pick<Runtime, "failed">,
  serving: { close(): Promise<void> },
): Promise<never> {
  const error = await runtime.failed;
  await serving.close().catch(() => undefined);
  const { code, reason } = StoreError.is(error)
    ? error
    : { code: "UNEXPECTED", reason: error instanceof Error ? error.message : String(error) };
  const text = `the store failed, and nothing is served any more: ${reason}`;
  throw Object.assign(new Error(text, { cause: error }), { code });
}

/** A store's failure, and what can be done about it here. */
export function storeTold(
  error: unknown,
  db: string | false,
  hint = "choose another --db FILE, or --no-db to keep nothing",
): unknown {
  if (!StoreError.is(error)) return error;
  const path = db === false ? "" : `${resolve(db)}: `;
  // It stands there once, in the words of who named it.
  const reason = error.reason.startsWith(path) ? error.reason.slice(path.length) : error.reason;
  return NAMED_WRONGLY.has(error.code)
    ? new UsageError(`--db ${String(db)}: ${reason} (${hint})`)
    : Object.assign(new Error(error.reason, { cause: error }), { code: error.code });
}

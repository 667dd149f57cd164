/** The thread in which a store's file is written and read: a commit waits for the disc, and nobody else should. */
import { parentPort, workerData } from "node:worker_threads";
import { StoreError } from "../errors.js";
import { LISTENING } from "./calls.js";
import type { Answer, Call, FromThread, WorkerSetup } from "./calls.js";
import { loadDriver } from "./driver.js";
import { storeFailure } from "./failure.js";
import { enter, leave } from "./gate.js";
import { openForReading, openForWriting } from "./open.js";
import type { Database } from "./database.js";

if (parentPort === null) throw new Error("this module is a worker's");
const port = parentPort;
const { path, readOnly, gate } = workerData as WorkerSetup;

/** Opened once; where that failed, every call is answered with the reason. */
const opening: Promise<Database> = loadDriver()
  .then((driver) => (readOnly ? openForReading(driver, path) : openForWriting(driver, path)))
  .finally(() => leave(gate));
opening.catch(() => undefined);

/**
 * Between calls, what was deleted is swept, a little at a time. Each time is a commit of its own, so that there is
 * a pause: what many commits delete is swept together.
 */
const SWEEP_MS = 20;
let sweeping = false;
function sweepSoon(database: Database): void {
  if (sweeping || readOnly) return;
  sweeping = true;
  const timer = setTimeout(() => {
    sweeping = false;
    if (!enter(gate)) return;
    try {
      if (database.sweep()) sweepSoon(database);
    } catch {
      // A full or failing disc is told by the next commit; what is not swept now is swept later.
    } finally {
      leave(gate);
    }
  }, SWEEP_MS);
  timer.unref();
}

function within(database: Database, { method, args }: Call): unknown {
  try {
    return (database[method] as (...args: readonly unknown[]) => unknown)(...args);
  } finally {
    leave(gate);
  }
}

let last: Promise<void> = Promise.resolve();
const take = (call: Call): void => {
  last = last.then(async () => {
    try {
      const database = await opening;
      if (!enter(gate)) return;
      const value = within(database, call);
      port.postMessage({ id: call.id, value } satisfies Answer);
      if (call.method === "commit") sweepSoon(database);
    } catch (thrown) {
      const error = storeFailure(path, thrown);
      const failed = StoreError.is(error)
        ? { code: error.code, message: error.reason }
        : { message: error instanceof Error ? error.message : String(error) };
      port.postMessage({ id: call.id, failed } satisfies Answer);
    }
    // Nothing is waited for any more, so that the thread ends by itself: its end from outside may find SQLite at work.
    if (call.method === "close") port.off("message", take);
  });
};
port.on("message", take);
port.postMessage(LISTENING satisfies FromThread);

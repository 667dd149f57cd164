/** A job's log, read from its beginning. */
import type { JobId, ResultChunkBody } from "../../generated/current/index.js";
import { kindOf } from "../jobs/readers.js";
import type { LogEntry, Store } from "../stores/port.js";

const WINDOW = 256;
const WINDOW_SIZE = 1024 * 1024;

/** All entries of a log, of which some are held at a time. */
export async function* logOf(store: Store, job: JobId): AsyncGenerator<LogEntry> {
  for (let from = 0; ;) {
    const entries = await store.readLog(job, from, WINDOW, WINDOW_SIZE);
    if (entries.length === 0) return;
    from += entries.length;
    yield* entries;
  }
}

/** The pieces of a job's streamed result. §8.4 */
export async function* chunksOf(store: Store, job: JobId): AsyncGenerator<ResultChunkBody> {
  for await (const { type, body } of logOf(store, job)) {
    if (type !== "job.event" || kindOf(body) !== "result_chunk") continue;
    yield (JSON.parse(body) as { readonly body: ResultChunkBody }).body;
  }
}

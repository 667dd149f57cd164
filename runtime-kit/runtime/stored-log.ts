/** A job's log: read from its beginning, or as far as it can be read. */
import type { JobId, ResultChunkBody } from "../../generated/current/index.js";
import { kindOf } from "../jobs/readers.js";
import { StoreError } from "../stores/errors.js";
import type { LogEntry, Store } from "../stores/port.js";
import { timestamp } from "../wire/time.js";
import { UNREADABLE_KIND } from "../wire/withheld.js";

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

/** What is read of a log at once: see `Store.readLog`. */
export interface LogWindow {
  readonly job: JobId;
  readonly from: number;
  readonly count: number;
  readonly size: number;
}

/**
 * Entries for those who receive a job: an entry that is damaged, which is never served, has an event of
 * `UNREADABLE_KIND` in its place. `damaged` is told of each. Rejects as the store does for any other reason.
 */
export async function readableLog(
  store: Store,
  { job, from, count, size }: LogWindow,
  damaged: (job: JobId, index: number, error: StoreError) => void,
): Promise<readonly LogEntry[]> {
  try {
    return await store.readLog(job, from, count, size);
  } catch (error) {
    if (!StoreError.is(error, "DAMAGED")) throw error;
    // What stands before it is whole, maybe.
    if (count > 1) return readableLog(store, { job, from, count: count >> 1, size }, damaged);
    damaged(job, from, error);
    // When it happened was in it.
    const payload = { job_id: job, kind: UNREADABLE_KIND, ts: timestamp(0), body: {} };
    return [{ type: "job.event", body: JSON.stringify(payload) }];
  }
}

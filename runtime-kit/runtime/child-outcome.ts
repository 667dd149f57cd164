import type { JobId } from "../../generated/draft-1.1/index.js";
import {
  CONTENT_TYPE_FIELD,
  addChunk,
  createAssembly,
  resultProblem,
  takeWhole,
} from "../jobs/chunks.js";
import { kindOf } from "../jobs/readers.js";
import type { LogEntry, Store } from "../stores/port.js";
import { ArcpError } from "../wire/errors.js";
import type { EventBody, PayloadOf } from "../../generated/draft-1.1/index.js";

const WINDOW = 256;
const WINDOW_SIZE = 1024 * 1024;

/**
 * What a job that has ended came to, from its log: its result, a streamed one as text or bytes. Throws the error that it
 * ended in. `entries` is the length of its log.
 */
export async function outcomeOf(
  store: Store,
  job: JobId,
  entries: number,
  maxBytes: number,
): Promise<unknown> {
  const [last] = await store.readLog(job, entries - 1, 1);
  if (last === undefined) throw new ArcpError("INTERNAL_ERROR", `the log of ${job} is gone`);
  if (last.type === "job.error") {
    const { code, message, retryable, details } = JSON.parse(last.body) as PayloadOf<"job.error">;
    throw new ArcpError(code, message, {
      ...(retryable === undefined ? {} : { retryable }),
      ...(details === undefined ? {} : { details }),
    });
  }
  const terminal = JSON.parse(last.body) as PayloadOf<"job.result"> &
    Readonly<Record<string, unknown>>;
  const { result_id: id, result_size: size } = terminal;
  if (id === undefined) return terminal.result;
  const assembly = createAssembly(id, { maxBytes });
  for await (const entry of logOf(store, job)) {
    if (entry.type !== "job.event" || kindOf(entry.body) !== "result_chunk") continue;
    const { body } = JSON.parse(entry.body) as { readonly body: EventBody<"result_chunk"> };
    const verdict = addChunk(assembly, body);
    if (!verdict.ok) throw new ArcpError("INTERNAL_ERROR", verdict.problem, { retryable: false });
  }
  const problem = resultProblem(assembly, size);
  if (problem !== undefined) throw new ArcpError("INTERNAL_ERROR", problem, { retryable: false });
  const whole = takeWhole(assembly);
  const isJson = terminal[CONTENT_TYPE_FIELD] === "application/json" && typeof whole === "string";
  return isJson ? JSON.parse(whole) : whole;
}

/** A log from its beginning, some entries at a time. */
export async function* logOf(store: Store, job: JobId): AsyncGenerator<LogEntry> {
  for (let from = 0; ;) {
    const entries = await store.readLog(job, from, WINDOW, WINDOW_SIZE);
    if (entries.length === 0) return;
    from += entries.length;
    yield* entries;
  }
}

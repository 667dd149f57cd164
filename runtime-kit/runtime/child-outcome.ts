import type { JobId, PayloadOf } from "../../generated/current/index.js";
import {
  CONTENT_TYPE_FIELD,
  addChunk,
  createAssembly,
  resultProblem,
  takeWhole,
} from "../jobs/chunks.js";
import type { Store } from "../stores/port.js";
import { ArcpError } from "../wire/errors.js";
import { chunksOf } from "./stored-log.js";

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
  for await (const chunk of chunksOf(store, job)) {
    const verdict = addChunk(assembly, chunk);
    if (!verdict.ok) throw new ArcpError("INTERNAL_ERROR", verdict.problem, { retryable: false });
  }
  const problem = resultProblem(assembly, size);
  if (problem !== undefined) throw new ArcpError("INTERNAL_ERROR", problem, { retryable: false });
  const whole = takeWhole(assembly);
  const isJson = terminal[CONTENT_TYPE_FIELD] === "application/json" && typeof whole === "string";
  return isJson ? JSON.parse(whole) : whole;
}

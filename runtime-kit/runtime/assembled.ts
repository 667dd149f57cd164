import type { JobId } from "../../generated/current/index.js";
import { CONTENT_TYPE_FIELD } from "../jobs/chunks.js";
import { StoreError } from "../stores/errors.js";
import type { LogEntry, Store } from "../stores/port.js";
import { FRAME_OVERHEAD } from "../wire/encode.js";
import { fitsBytes } from "../wire/utf8.js";
import { chunksOf } from "./stored-log.js";

interface Terminal {
  readonly result_id?: string;
  readonly result_size?: number;
  readonly [CONTENT_TYPE_FIELD]?: string;
}

/**
 * A terminal for a session that receives no chunks: with the whole result inline if that fits a frame, else as it is,
 * with `result_id` alone (HELLO-21). A result of bytes stays away too: inline, nothing says that a string is bytes.
 */
export async function assembled(
  store: Store,
  job: JobId,
  entry: LogEntry,
  maxFrameBytes: number,
): Promise<LogEntry> {
  if (entry.type !== "job.result") return entry;
  const { result_id: id, result_size: size, ...rest } = JSON.parse(entry.body) as Terminal;
  if (id === undefined || (size ?? 0) > maxFrameBytes) return entry;
  const text = await resultText(store, job).catch(unlessDamaged);
  if (text === undefined) return entry;
  const result = rest[CONTENT_TYPE_FIELD] === "application/json" ? text : JSON.stringify(text);
  const body = `${JSON.stringify(rest).slice(0, -1)},"result":${result}}`;
  return fitsBytes(body, maxFrameBytes - FRAME_OVERHEAD) ? { ...entry, body } : entry;
}

/** Without its chunks the terminal stays as it is. */
function unlessDamaged(error: unknown): undefined {
  if (!StoreError.is(error, "DAMAGED")) throw error;
}

/** The text of a streamed result; nothing if it is of bytes. */
async function resultText(store: Store, job: JobId): Promise<string | undefined> {
  let text = "";
  for await (const { data, encoding } of chunksOf(store, job)) {
    if (encoding !== "utf8") return undefined;
    text += data;
  }
  return text;
}

/** Follows a job to its end: its events to the view, its result to the standard output. */
import type { Job } from "../client/index.js";
import { ArcpError } from "../wire/errors.js";
import type { Context } from "./context.js";
import { record } from "./context.js";
import { JobEnded } from "./report.js";
import { manyLines } from "./text.js";
import type { View } from "./view.js";

/** Resolves when the job has succeeded. Throws `JobEnded` if it ended otherwise, a `ConnectionError` if cut off. */
export async function follow(context: Context, job: Job, view: View): Promise<void> {
  // Begun before anything is waited for: what nobody reads is not kept without end.
  const events = job[Symbol.asyncIterator]();
  await view.accepted(job);
  try {
    await (view.records ? followRecords : followResult)(context, job, events, view);
  } catch (error) {
    throw error instanceof ArcpError ? new JobEnded(job, error) : error;
  }
}

type Events = ReturnType<Job[typeof Symbol.asyncIterator]>;

/** Every event is a record, and the last record is the end. */
async function followRecords(
  context: Context,
  job: Job,
  events: Events,
  view: View,
): Promise<void> {
  let streamed: { result_id: string; result_size: number } | undefined;
  for await (const event of events) {
    await view.event(event);
    if (event.kind !== "result_chunk") continue;
    const { result_id, data, encoding } = event.body;
    streamed ??= { result_id, result_size: 0 };
    streamed.result_size += Buffer.byteLength(data, encoding === "base64" ? "base64" : "utf8");
  }
  // Also where the chunks have shown it all: this is what finds one that is missing.
  const result = await job.result();
  const end = { job_id: job.id, final_status: job.finalStatus };
  await record(context, { result: { ...end, ...(streamed ?? { result }) } });
}

async function followResult(context: Context, job: Job, events: Events, view: View): Promise<void> {
  let streaming: Promise<void> | undefined;
  for await (const event of events) {
    if (event.kind !== "result_chunk") {
      await view.event(event);
    } else if (streaming === undefined) {
      view.close();
      streaming = stream(context, job);
      // Told below, when the events have ended.
      streaming.catch(() => undefined);
    }
  }
  if (streaming !== undefined) return streaming;
  const result = await job.result();
  view.close();
  await show(context, result);
}

/** A streamed result, as it comes. */
async function stream({ out }: Context, job: Job): Promise<void> {
  const decoder = new TextDecoder();
  let last = "";
  for await (const bytes of job.stream()) {
    if (!out.isTerminal) {
      await out.write(bytes);
      continue;
    }
    const text = decoder.decode(bytes, { stream: true });
    last = text.at(-1) ?? last;
    await out.write(manyLines(text));
  }
  if (out.isTerminal && last !== "\n") await out.line("");
}

/** A result in one piece: text as it is, for a pipe to the byte; anything else as JSON. */
async function show({ out }: Context, result: unknown): Promise<void> {
  if (result === undefined) return;
  if (result instanceof Uint8Array) return out.write(result);
  if (typeof result !== "string") return out.line(JSON.stringify(result, undefined, 2));
  if (!out.isTerminal) return out.write(result);
  return out.write(result.endsWith("\n") ? manyLines(result) : `${manyLines(result)}\n`);
}

/** Streamed results: in each session the chunks in their order, and together what the agent streamed. W-25 */
import type { Work } from "../history.js";
import type { Facts, Frame, Job } from "./facts.js";
import { bySession } from "./facts.js";
import { violation } from "./violation.js";
import type { Violation } from "./violation.js";

interface Chunk {
  readonly chunk_seq: number;
  readonly data: string;
  readonly more: boolean;
}

export function results({ jobs, submits }: Facts): Violation[] {
  return [...jobs.values()].flatMap((job) =>
    [...bySession(job.frames).values()].flatMap((frames) => inSession(job, frames, submits)),
  );
}

function inSession(job: Job, frames: readonly Frame[], submits: Facts["submits"]): Violation[] {
  const bySeq = new Map(frames.map((frame) => [frame.message.event_seq ?? 0, frame]));
  const inOrder = [...bySeq].sort(([a], [b]) => a - b).map(([, frame]) => frame);
  const found: Violation[] = [];
  let text = "";
  let next = 0;
  let more = true;
  for (const frame of inOrder) {
    const { type, payload } = frame.message;
    if (payload["kind"] === "result_chunk") {
      const chunk = payload["body"] as Chunk;
      if (chunk.chunk_seq !== next || !more) {
        const where = `${job.id}: chunk ${chunk.chunk_seq} where ${next} belongs`;
        found.push(violation("torn result", frame, where));
      }
      next = chunk.chunk_seq + 1;
      text += chunk.data;
      more = chunk.more;
    } else if (type === "job.result" && payload["result_id"] !== undefined) {
      // Where no answer tells which submit it is of, it is one of those that have its tag.
      const asked = job.submits.length > 0 ? job.submits.slice(0, 1) : submits;
      const known = asked.some(({ work }) => streamed(work) === text);
      if (known && !more && payload["result_size"] === text.length) continue;
      found.push(violation("torn result", frame, `${job.id}: its result came as ${text}`));
    }
  }
  return found;
}

function streamed({ tag, count }: Work): string {
  return Array.from({ length: count }, (_, at) => `${tag} ${at};`).join("");
}

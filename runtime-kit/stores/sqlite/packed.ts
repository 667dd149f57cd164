/**
 * Writes as they go to the store's thread. A record becomes its JSON text and a job's entries become one text: a
 * thread takes a text as it is, and an object member by member.
 */
import type { JobId, SessionId } from "../../../generated/draft-1.1/index.js";
import type { Run, Write } from "../port.js";
import { segmentText } from "./segment.js";

/** A write of the port, packed. */
export type PackedWrite =
  | { readonly op: "session.put" | "job.put"; readonly id: string; readonly record: string }
  | { readonly op: "session.delete" | "job.delete"; readonly id: string }
  | {
      readonly op: "log.append";
      readonly job: string;
      readonly first: number;
      readonly count: number;
      /** What `segmentText` makes of the entries. */
      readonly text: string;
    }
  | { readonly op: "run.append"; readonly session: string; readonly run: Run }
  | { readonly op: "run.drop"; readonly session: string; readonly below: number };

/** Packs a batch. Throws for a record that is not JSON, and says which. */
export function packed(batch: readonly Write[]): PackedWrite[] {
  return batch.map((write, i): PackedWrite => {
    switch (write.op) {
      case "session.put":
        return { op: write.op, id: write.session.id, record: jsonText(write.session, write.op, i) };
      case "job.put":
        return { op: write.op, id: write.job.id, record: jsonText(write.job, write.op, i) };
      case "log.append": {
        const { op, job, first, entries } = write;
        return { op, job, first, count: entries.length, text: segmentText(entries) };
      }
      default:
        return write;
    }
  });
}

function jsonText(record: { readonly id: JobId | SessionId }, op: string, i: number): string {
  try {
    return JSON.stringify(record);
  } catch (cause) {
    const text = `write ${i} (${op}) of the batch: the record ${record.id} is not JSON`;
    throw new Error(text, { cause });
  }
}

/**
 * Writes as they go to the store's thread: a batch becomes one list of texts and numbers, since a thread takes those as
 * they are, and an object member by member, with the names of the members each time.
 */
import type { JobId } from "../../../generated/current/index.js";
import type { Run, Write } from "../port.js";
import { segmentText } from "./segment.js";

/** A batch, packed: for each write its `op`, and what `unpacked` takes after it. */
export type Packed = readonly (string | number)[];

/** A write of the port as the thread gets it: a record is its JSON text, and a job's entries are one text. */
export type PackedWrite =
  | {
      readonly op: "session.put" | "job.put" | "ledger.put";
      readonly id: string;
      readonly record: string;
    }
  | { readonly op: "session.delete" | "job.delete" | "ledger.delete"; readonly id: string }
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
export function packed(batch: readonly Write[]): Packed {
  const list: (string | number)[] = [];
  for (const [i, write] of batch.entries()) {
    switch (write.op) {
      case "session.put":
        list.push(write.op, write.session.id, jsonText(write.session, write.op, i));
        break;
      case "job.put":
        list.push(write.op, write.job.id, jsonText(write.job, write.op, i));
        break;
      case "ledger.put":
        list.push(write.op, write.entry.id, jsonText(write.entry, write.op, i));
        break;
      case "session.delete":
      case "job.delete":
      case "ledger.delete":
        list.push(write.op, write.id);
        break;
      case "log.append": {
        const { op, job, first, entries } = write;
        list.push(op, job, first, entries.length, segmentText(entries));
        break;
      }
      case "run.append": {
        const { firstSeq, job, firstIndex, count } = write.run;
        list.push(write.op, write.session, firstSeq, job, firstIndex, count);
        break;
      }
      case "run.drop":
        list.push(write.op, write.session, write.below);
    }
  }
  return list;
}

/** The writes of a packed batch, in order. */
export function* unpacked(list: Packed): Generator<PackedWrite> {
  let at = 0;
  const text = () => list[at++] as string;
  const number = () => list[at++] as number;
  while (at < list.length) {
    const op = text() as PackedWrite["op"];
    switch (op) {
      case "session.put":
      case "job.put":
      case "ledger.put":
        yield { op, id: text(), record: text() };
        break;
      case "session.delete":
      case "job.delete":
      case "ledger.delete":
        yield { op, id: text() };
        break;
      case "log.append":
        yield { op, job: text(), first: number(), count: number(), text: text() };
        break;
      case "run.append": {
        const session = text();
        const run = {
          firstSeq: number(),
          job: text() as JobId,
          firstIndex: number(),
          count: number(),
        };
        yield { op, session, run };
        break;
      }
      case "run.drop":
        yield { op, session: text(), below: number() };
    }
  }
}

function jsonText(record: { readonly id: string }, op: string, i: number): string {
  try {
    return JSON.stringify(record);
  } catch (cause) {
    const text = `write ${i} (${op}) of the batch: the record ${record.id} is not JSON`;
    throw new Error(text, { cause });
  }
}

/**
 * Which entries of a job's log a session is given. The session that submitted the job gets all of them; one that
 * repeated its key gets the result chunks already made, then everything from there on. §7.2 (W-18)
 */
import { features as gates } from "../../generated/draft-1.1/index.js";
import type { SessionId } from "../../generated/draft-1.1/index.js";

const FEATURE_OF_KIND: ReadonlyMap<string, string> = new Map(
  Object.entries(gates).flatMap(([feature, { kinds }]) => kinds.map((kind) => [kind, feature])),
);

/** A session that receives a job's entries, as the job keeps it: plain data. */
export interface ReaderState {
  readonly session: SessionId;
  /** Entries from this index on are given; of those before it the result alone. */
  readonly live: number;
  /** True for the submitting session, whose features decided what was recorded at all. */
  readonly whole: boolean;
}

/** Neighbouring entries of a log. */
export interface Range {
  readonly first: number;
  readonly count: number;
}

/** An entry of a log as far as it is chosen by. */
interface Entry {
  readonly type: "job.event" | "job.result" | "job.error";
  readonly body: string;
}

/**
 * Of `entries`, the first of which is the log's `first`th, those that a reader is given, as few ranges as can be.
 * Kinds whose feature its session did not negotiate are left out (W-14).
 */
export function rangesFor(
  reader: ReaderState,
  features: readonly string[],
  first: number,
  entries: readonly Entry[],
): readonly Range[] {
  if (reader.whole) return [{ first, count: entries.length }];
  const ranges: { first: number; count: number }[] = [];
  for (const [at, entry] of entries.entries()) {
    const index = first + at;
    if (!isFor(reader, features, index, entry)) continue;
    const last = ranges.at(-1);
    if (last !== undefined && last.first + last.count === index) last.count += 1;
    else ranges.push({ first: index, count: 1 });
  }
  return ranges;
}

function isFor(
  { live }: ReaderState,
  features: readonly string[],
  index: number,
  entry: Entry,
): boolean {
  if (entry.type !== "job.event") return true;
  const kind = kindOf(entry.body);
  if (index < live && kind !== "result_chunk") return false;
  const feature = FEATURE_OF_KIND.get(kind);
  return feature === undefined || features.includes(feature);
}

const HEAD = /^\{"job_id":"[^"]*","kind":("(?:[^"\\]|\\.)*")/;

/** The kind of an event, from the head that the job's machine wrote; the rest may be long. */
export function kindOf(body: string): string {
  const found = HEAD.exec(body);
  if (found?.[1] === undefined) throw new Error("an event of a log does not begin as it should");
  return JSON.parse(found[1]) as string;
}

/**
 * Which entries of a job's log a session is given. The session that submitted the job gets all of them; one that
 * repeated its key gets the result chunks already made, then everything from there on. §7.2 (W-18) One that subscribed
 * gets what it asked for, and everything from there on. §7.6 (W-19)
 */
import { features as gates } from "../../generated/current/index.js";
import type { SessionId } from "../../generated/current/index.js";
import { UNREADABLE_KIND } from "../wire/withheld.js";

const FEATURE_OF_KIND: ReadonlyMap<string, string> = new Map(
  Object.entries(gates).flatMap(([feature, { kinds }]) => kinds.map((kind) => [kind, feature])),
);

const GATING: ReadonlySet<string> = new Set(FEATURE_OF_KIND.values());

/** A session that receives a job's entries, as the job keeps it: plain data. */
export interface ReaderState {
  readonly session: SessionId;
  /** Entries from this index on are given; of those before it the result alone. */
  readonly live: number;
  /** True for the submitting session, whose features decided what was recorded at all. */
  readonly whole: boolean;
  /**
   * Present for a session that receives it with the job that delegated it: `home` where that is the one which submitted that job,
   * to which it belongs, and `kin` where it repeated that job's key, and follows the child while it runs.
   */
  readonly through?: "home" | "kin";
  /** Present for a session that subscribed, for as long as it knows the job: its events bear `origin_seq`. */
  readonly watch?: Watch | undefined;
}

/** A subscription. §7.6 */
export interface Watch {
  /** Who looks on. */
  readonly principal: string;
  /** The first entry that is looked at for it. */
  readonly first: number;
  /** The session's newest number when it subscribed: what it numbered of the job before belongs to an earlier one. */
  readonly since: number;
  /** True once it was ended by `job.unsubscribe`; what was numbered before can still be replayed. */
  readonly over: boolean;
  /** True once the session repeated the job's key as well, and with it has the authority to cancel (W-17). */
  readonly controls: boolean;
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

/** As `rangesFor`, for one segment and many readers: those to whom the same is given are looked at once. */
export function sharedRanges(): typeof rangesFor {
  const known = new Map<string, readonly Range[]>();
  return (reader, features, first, entries) => {
    // Before `live` each reader is another.
    if (reader.whole || first < reader.live) return rangesFor(reader, features, first, entries);
    let key = "";
    for (const feature of GATING) key += features.includes(feature) ? "1" : "0";
    const same = known.get(key) ?? rangesFor(reader, features, first, entries);
    known.set(key, same);
    return same;
  };
}

function isFor(
  { live }: ReaderState,
  features: readonly string[],
  index: number,
  entry: Entry,
): boolean {
  if (entry.type !== "job.event") return true;
  const kind = kindOf(entry.body);
  if (index < live && kind !== "result_chunk" && kind !== UNREADABLE_KIND) return false;
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

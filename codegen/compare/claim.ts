/** What a change means for the messages that pass from one revision to the other, and which of them show it. */
import { EVENT } from "../emit/declared.js";
import type { Json } from "../emit/fixtures/sample.js";
import { isObject } from "../model/subset.js";
import type { Place } from "./places.js";
import type { Direction, Verdict } from "./result.js";
import { kindOf } from "./side.js";
import type { Side } from "./side.js";

/** Who reads: the new revision what the old one wrote, or the other way round. */
export type Hop = "toNew" | "toOld";

/** What passes: what a client sends, what a runtime sends, what a log keeps of that. */
export type Lane = "requests" | "answers" | "stored";

export interface Passage {
  readonly hop: Hop;
  readonly lane: Lane;
}

/** The two halves of a live session, or the one way in which a log is read. */
export const PASSAGES: Readonly<Record<Direction, readonly Passage[]>> = {
  oldClientNewRuntime: [
    { hop: "toNew", lane: "requests" },
    { hop: "toOld", lane: "answers" },
  ],
  newClientOldRuntime: [
    { hop: "toOld", lane: "requests" },
    { hop: "toNew", lane: "answers" },
  ],
  oldReadsNew: [{ hop: "toOld", lane: "stored" }],
  newReadsOld: [{ hop: "toNew", lane: "stored" }],
};

/** What the ids of messages begin with that are no fixtures, but made to show a change. */
export const MADE = "made:";

/** A message that the writer may send, and what the reader has to make of it for a claim to hold. */
export interface Shown {
  readonly id: string;
  readonly message: Json;
  /**
   * `taken`: nothing at the place or below is wrong. `refused`: something there is. `unknown`: the reader has no such
   * type.
   */
  readonly want: "taken" | "refused" | "unknown";
  /** The place, "*" being any item; the whole message where it is empty. */
  readonly at: readonly string[];
  /** Whether the version is left as the writer says it. */
  readonly asWritten?: boolean;
  /** Whether it is an answer: written by the reader of the claim, and read by its writer. */
  readonly back?: boolean;
}

export interface Claim extends Passage {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly shows: readonly Shown[];
  /** Of a break: fixtures that might get through, so that it is one of some messages only. */
  readonly others?: readonly Shown[];
  /** Of a break: whether it is one of a whole shape of values, which is worse than one of a bound. */
  readonly whole?: boolean | undefined;
  /** The message or kind in which a place of a named type stands. */
  readonly where?: string;
  /** Whether no validator looks at it; then `shows` may be empty. */
  readonly table?: boolean;
}

export interface Sides {
  readonly old: Side;
  readonly new: Side;
  /** What is in the messages that both have. */
  readonly places: readonly Place[];
}

export function writerOf({ old, new: now }: Sides, hop: Hop): Side {
  return hop === "toNew" ? old : now;
}

export function readerOf({ old, new: now }: Sides, hop: Hop): Side {
  return hop === "toNew" ? now : old;
}

/** "the old one", as reasons call it. */
export function readerName(hop: Hop): string {
  return hop === "toNew" ? "the new one" : "the old one";
}

export function writerName(hop: Hop): string {
  return hop === "toNew" ? "the old one" : "the new one";
}

export const HOPS: readonly Hop[] = ["toNew", "toOld"];
export const LANES: readonly Lane[] = ["requests", "answers", "stored"];

/** Where the messages of a type pass, by its writer's table. */
export function lanesOf(writer: Side, type: string): Lane[] {
  const row = writer.message(type);
  if (row === undefined) return [];
  const lanes: Lane[] = [];
  if (row.direction !== "runtime-to-client") lanes.push("requests");
  if (row.direction !== "client-to-runtime") lanes.push("answers");
  if (row.seq) lanes.push("stored");
  return lanes;
}

/** Fixtures of a writer that are messages of a type, and events of a kind where one is named. */
export function fixturesOf(writer: Side, type: string, kind: string | undefined): Shown[] {
  return writer.fixturesOf(type).flatMap(({ id, value }) => {
    const message = value as Json;
    if (kind !== undefined && type === EVENT && kindOf(message) !== kind) return [];
    return [{ id, message, want: "taken" as const, at: [] }];
  });
}

/** What stands at a place of a value; "*" is any item or member. */
export function valuesAt(value: unknown, [name, ...rest]: readonly string[]): unknown[] {
  if (name === undefined) return [value];
  if (name === "*") {
    const items = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
    return items.flatMap((item: unknown) => valuesAt(item, rest));
  }
  return isObject(value) && Object.hasOwn(value, name) ? valuesAt(value[name], rest) : [];
}

/** Of some lanes the other: where an answer passes. */
export function wayBack(lane: Lane): Lane {
  return lane === "requests" ? "answers" : "requests";
}

/** What a comparison of two revisions gives. The member names are those of its JSON: see docs/spec-diff.md. */
import type { Position } from "../model/types.js";

/** Who meets whom: a live session of two peers of different revisions, or a reader of what the other stored. */
export const DIRECTIONS = [
  "oldClientNewRuntime",
  "newClientOldRuntime",
  "oldReadsNew",
  "newReadsOld",
] as const;
export type Direction = (typeof DIRECTIONS)[number];

/**
 * `works`: nothing is lost. `degrades`: both go on, and one of them ignores or does not understand something.
 * `breaks`: a message is refused, or a peer waits for what never comes. `undecided`: no message can tell.
 */
export type Verdict = "works" | "degrades" | "breaks" | "undecided";

/**
 * What a verdict rests on. `messages`: that many were read by the validators of the other revision, and each came out
 * as the verdict says. `absence`: nothing that passes in this direction bears it. `table`: no validator looks at it.
 */
export type Proof =
  | { readonly by: "messages"; readonly count: number; readonly ids: readonly string[] }
  | { readonly by: "absence" }
  | { readonly by: "table" };

export interface Judgement {
  readonly verdict: Verdict;
  /** One line. */
  readonly reason: string;
  /** What else comes to that verdict, a line each, the gravest first; none where all works. */
  readonly also: readonly string[];
  /** True of a break that concerns some messages only: a fixture of the writer's gets through. */
  readonly some: boolean;
  readonly proof: Proof;
}

export const SUBJECTS = [
  "version",
  "message",
  "kind",
  "field",
  "type",
  "error",
  "feature",
  "namespace",
  "limit",
  "state",
  "transition",
  "grammar",
  "requirement",
] as const;
/** What has changed. A `type` is a named schema, such as `JobId`; fields stand in messages, kinds, types and the envelope. */
export type Subject = (typeof SUBJECTS)[number];

/** One thing that both have, and have otherwise. */
export interface Detail {
  readonly aspect: string;
  readonly old: string;
  readonly new: string;
}

/** A field of what came or went as a whole. */
export interface FieldOf {
  /** The way to it: `limits/max_jobs`. */
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
}

export interface Change {
  readonly subject: Subject;
  /** In the new revision; in the old one where it was removed. A field is named `job.submit/agent`. */
  readonly name: string;
  readonly how: "added" | "removed" | "renamed" | "changed" | "reworded";
  /** Its name in the old revision, where that is another. */
  readonly was: string | undefined;
  /** What it is: of an added or removed one its shape, of a requirement its sentence. */
  readonly about: string;
  readonly details: readonly Detail[];
  /** Of a message, a kind or a named type that came or went: its fields at any depth. */
  readonly fields: readonly FieldOf[];
  /** Where it stands in the text of each revision that has it. */
  readonly old: Position | undefined;
  readonly new: Position | undefined;
  readonly verdicts: Readonly<Record<Direction, Judgement>>;
}

/** Why a comparison is not to be trusted. */
export interface Doubt {
  /**
   * `contradicted`: a message came out otherwise than a verdict says. `unexercised`: no message shows a verdict.
   * `unexplained`: a fixture is refused where no change says so.
   */
  readonly doubt: "contradicted" | "unexercised" | "unexplained";
  /** Subject and name of the change; for what is unexplained the id of the fixture. */
  readonly of: string;
  readonly direction: Direction | undefined;
  /** What was expected, what came, and of which message. */
  readonly message: string;
}

export interface Compared {
  readonly revision: string;
  readonly version: string;
  readonly file: string;
  readonly hash: string;
}

export interface Comparison {
  readonly old: Compared;
  readonly new: Compared;
  readonly changes: readonly Change[];
  /** Empty when all verdicts are proved. */
  readonly doubts: readonly Doubt[];
  /** Messages that were read: fixtures of both revisions, and those that were made for a change. */
  readonly runs: { readonly fixtures: number; readonly derived: number };
}

const RANK: readonly Verdict[] = ["works", "undecided", "degrades", "breaks"];

/** Positive where the first is the worse. */
export function worse(one: Verdict, other: Verdict): number {
  return RANK.indexOf(one) - RANK.indexOf(other);
}

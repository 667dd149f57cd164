/** What a comparison comes to: how many changes there are, and how many of them do what to whom. */
import { DIRECTIONS } from "./result.js";
import type { Change, Comparison, Direction, Judgement, Verdict } from "./result.js";

export interface Counts {
  readonly works: number;
  readonly degrades: number;
  /** Those of which every message breaks, and those of which some do. */
  readonly breaks: number;
  readonly breaksSome: number;
  readonly undecided: number;
}

export interface Summary {
  readonly changes: number;
  /** Changes that break in any direction. */
  readonly breaking: number;
  readonly directions: Readonly<Record<Direction, Counts>>;
}

/** 0: compared; 1: something breaks, and that was to fail; 3: a verdict is not proved. See docs/spec-diff.md. */
export function exitCode(comparison: Comparison, failOnBreaking: boolean): 0 | 1 | 3 {
  if (comparison.doubts.length > 0) return 3;
  return failOnBreaking && comparison.changes.some(isBreaking) ? 1 : 0;
}

/** Whether a change breaks in any direction, be it for some messages only. */
export function isBreaking({ verdicts }: Change): boolean {
  return DIRECTIONS.some((it) => verdicts[it].verdict === "breaks");
}

/** Counts the verdicts of all changes. */
export function summarise({ changes }: Comparison): Summary {
  const counts = (direction: Direction): Counts => {
    const judged = changes.map(({ verdicts }) => verdicts[direction]);
    const of = (verdict: Verdict): readonly Judgement[] =>
      judged.filter((it) => it.verdict === verdict);
    const breaks = of("breaks");
    return {
      works: of("works").length,
      degrades: of("degrades").length,
      breaks: breaks.filter(({ some }) => !some).length,
      breaksSome: breaks.filter(({ some }) => some).length,
      undecided: of("undecided").length,
    };
  };
  return {
    changes: changes.length,
    breaking: changes.filter(isBreaking).length,
    directions: Object.fromEntries(DIRECTIONS.map((it) => [it, counts(it)])) as Record<
      Direction,
      Counts
    >,
  };
}

/** What a direction is called in prose. */
export const DIRECTION_NAMES: Readonly<Record<Direction, string>> = {
  oldClientNewRuntime: "old client, new runtime",
  newClientOldRuntime: "new client, old runtime",
  oldReadsNew: "old reads stored events of new",
  newReadsOld: "new reads stored events of old",
};

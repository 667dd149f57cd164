/** Numbers of alternating runs, put side by side. */
import type { Figure } from "./row.js";
import type { Subject } from "./server.js";

/** What one round measured for one figure. */
export interface Round {
  readonly values: Readonly<Partial<Record<Subject, number>>>;
  /** What a subject may need beside the ceiling. */
  readonly allowances: Readonly<Partial<Record<Subject, number>>>;
}

/** The middle of some numbers, and the least and the most of them. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** A figure of one subject over all rounds. */
export interface Result {
  readonly subject: Subject;
  readonly value: Spread;
  /** To the ceiling of the same round; absent for the ceiling itself. */
  readonly ratio: Spread | undefined;
  /** Absent where there is no aim. */
  readonly reached: boolean | undefined;
}

/** The middle one; of an even number of them the mean of the two. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? Number.NaN)) / 2;
}

function spread(numbers: readonly number[]): Spread {
  return { median: median(numbers), least: Math.min(...numbers), most: Math.max(...numbers) };
}

/** The results of a figure. Ratios are made within each round, so that a machine that is busy for a while slows both sides of one. */
export function results(figure: Figure, rounds: readonly Round[]): Result[] {
  const subjects = Object.keys(rounds[0]?.values ?? {}) as Subject[];
  return subjects.map((subject) => {
    const value = spread(rounds.map(({ values }) => values[subject] ?? Number.NaN));
    if (subject === "ceiling") return { subject, value, ratio: undefined, reached: undefined };
    const ratio =
      figure.against === "itself" ? value : spread(rounds.map((one) => of(one, subject)));
    const aim = figure.aims[subject];
    const reached =
      aim === undefined
        ? undefined
        : figure.better === "more"
          ? ratio.median >= aim
          : ratio.median <= aim;
    return { subject, value, ratio, reached };
  });
}

function of({ values, allowances }: Round, subject: Subject): number {
  const reference = (values.ceiling ?? Number.NaN) + (allowances[subject] ?? 0);
  return (values[subject] ?? Number.NaN) / reference;
}

/** What a row of the benchmark is. */
import type { Server, Subject, Surroundings } from "./server.js";

/** One number that a row measures. */
export interface Figure {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  /** Whether more of it is better, or less. */
  readonly better: "more" | "less";
  /** What it is compared with; `itself` for what is a ratio already. */
  readonly against: "ceiling" | "itself";
  /** True for what explains another figure, and is for whoever improves it. */
  readonly aside?: boolean;
  /** The ratio to reach, or to stay within. */
  readonly aims: Readonly<Partial<Record<Subject, number>>>;
}

/** A row: work that every subject does alike, in runs that alternate. */
export interface Row {
  readonly name: string;
  readonly figures: readonly Figure[];
  readonly subjects: readonly Subject[];
  /** True where each run needs a server of its own. */
  readonly fresh?: boolean;
  /** One run: a number for each figure. */
  measure(server: Server): Promise<readonly number[]>;
  /** Done once for each server, before its first run, which it warms up. */
  prepare?(server: Server): Promise<void>;
  /** What a subject may need beside the ceiling, as a commit does; measured in each round. */
  allowance?(subject: Subject, surroundings: Surroundings): Promise<number>;
}

/** How much work there is: `small` shows that it runs, `full` is what is published. */
export type Size = "small" | "full";

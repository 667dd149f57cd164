/** One wrong word in the spec: does anybody notice? */

/** What noticed a mutant. */
export type Witness =
  /** An example that stands in the spec itself. */
  | "example"
  /** A case of the published fixtures. */
  | "fixture"
  /** A check of the conformance suite. */
  | "check"
  /** A test of ours, by the requirement in its title. */
  | "test"
  /** The compiler, at code that is written by hand. */
  | "compiler";

/** What became of a mutant. */
export interface Fate {
  /** Names the mutant, the same in every run. */
  readonly id: string;
  /** Where in the spec, as `file:line`. */
  readonly at: string;
  /** What is wrong with it, in words. */
  readonly what: string;
  /** Absent for a survivor. */
  readonly noticed?: { readonly by: Witness; readonly where: string };
}

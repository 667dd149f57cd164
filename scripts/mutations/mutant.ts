/** One wrong word in the spec: does anybody notice? */

/** What noticed a mutant. */
export type Witness =
  /** An example that stands in the spec itself. */
  | "example"
  /** A rule of the lint: something else in the spec contradicts it. */
  | "rule"
  /** A case of the published fixtures. */
  | "fixture"
  /** A check of the conformance suite. */
  | "check"
  /** A test of ours; of a requirement that is dropped, by the id in its title. */
  | "test"
  /** The compiler, at code that is written by hand. */
  | "compiler";

/** Where mutants come from: each is held to the share that has to be noticed by itself. */
export type Family = "requirements" | "schemas" | "tables";

/** What became of a mutant. */
export interface Fate {
  /** Names the mutant, the same in every run: `requirement SUB-01`, `schema job.submit agent-optional`, `errors TIMEOUT retryable`. */
  readonly id: string;
  readonly family: Family;
  /** Where in the spec, as `file:line`. */
  readonly at: string;
  /** What is wrong with it, in words. */
  readonly what: string;
  /** Absent for a survivor. */
  readonly noticed?: Notice;
  /** Of a survivor: why nothing here could notice, where the project says so. */
  readonly because?: string;
}

/** Who noticed, and by what: `runtime-kit/x.test.ts > title`, `runtime/6.3/resume-replays-gap-free`. */
export interface Notice {
  readonly by: Witness;
  readonly where: string;
}

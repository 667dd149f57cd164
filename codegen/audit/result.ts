/** What an audit takes and gives. */
import type { Draft } from "../model/draft.js";
import type { Position, Requirement } from "../model/types.js";
import type { Baseline } from "./baseline.js";
import type { ExampleRun } from "./examples.js";
import type { DraftFacts, Sentence } from "./facts.js";
import type { Match } from "./match.js";
import type { Row } from "./matrix.js";
import type { Held } from "./held.js";
import type { Passage } from "./passages.js";

/** One thing in which a draft and our model do not agree, or that could not be read. */
export interface Difference {
  /** The same in each run and in each later draft that says the same: what a baseline names. */
  readonly key: string;
  readonly rule:
    | "differs"
    | "only-theirs"
    | "only-ours"
    | "invalid-example"
    | "unmatched-sentence"
    | "unread-sentence"
    | "weaker-requirement"
    | "unreadable-json"
    | "unreadable-step"
    | "says-nothing"
    | "changed-passage"
    | "unread-passage"
    | "gone-passage"
    | "moved-passage"
    | "stale-baseline";
  /** In the draft; in our spec for what only we have; in the baseline for what is stale. */
  readonly position: Position;
  readonly message: string;
  /** The fingerprint of the sentence that it is about. */
  readonly sentence?: string;
}

/**
 * A score cannot tell MUST from MUST NOT, nor two intervals from three: only what a person has read is settled, and a
 * sentence that changes by a word has to be read again.
 */
export interface SentenceVerdict extends Match {
  readonly verdict: "read" | "weaker" | "matched" | "partly" | "unmatched";
  readonly review: { readonly ids: readonly string[]; readonly reason: string } | undefined;
  /** Requirements that say it with an exception, where the sentence has none: for a reader, whatever was decided. */
  readonly exceptions: readonly Pick<Requirement, "id" | "sentence">[];
}

export interface Audit {
  readonly file: string;
  readonly revision: string;
  /** Why this is no draft of the protocol, or none that could be read; nothing else is sure then. */
  readonly refusal: string | undefined;
  readonly facts: DraftFacts | undefined;
  readonly rows: readonly Row[];
  readonly examples: readonly ExampleRun[];
  readonly sentences: readonly SentenceVerdict[];
  /** All that the draft says, with fingerprints. */
  readonly passages: readonly Passage[];
  /** Those that changed and have a sentence that is told: what else they say otherwise is not told yet. */
  readonly unsettled: readonly Passage[];
  /** Beyond the baseline. */
  readonly differences: readonly Difference[];
  readonly accepted: readonly Difference[];
}

/** The draft that was accepted, where the caller has it: what changed is told in its words too. */
export interface Was {
  readonly file: string;
  readonly passages: readonly Passage[];
  readonly sentences: readonly Sentence[];
}

export interface AuditInput {
  readonly file: string;
  readonly text: string;
  /** Our model of the revision that the caller chose. */
  readonly draft: Draft;
  readonly baseline: Baseline;
  /** Where the baseline stands, for what is stale in it. */
  readonly baselineFile: string;
  /** The passages that were accepted. */
  readonly held: readonly Held[];
  /** Where they stand. */
  readonly heldFile: string;
  /**
   * The draft that was accepted, if the caller has it: what changed is told in its words too. `held` are the passages
   * that were accepted of it; a text that has not nearly all of them is another draft, and is refused.
   */
  readonly was:
    { readonly file: string; readonly text: string; readonly held: readonly Held[] } | undefined;
}

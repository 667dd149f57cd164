/** What a check is: a question about the wire, the requirements it answers, and the mutants that prove it can fail. */
import type { Feature } from "../../generated/current/constants.js";
import type { RequirementId } from "../../generated/current/requirements.js";
import type { Carrier } from "./target.js";
import type { Trial } from "./trial.js";

/** What an implementation must provide: an address, a second principal, the agent `conformance.script`, control of its process. */
export const rungs = ["R0", "R1", "R2", "R3"] as const;

/** One of them. */
export type Rung = (typeof rungs)[number];

/** What is under test. */
export type Side = "runtime" | "client";

/** Where the demand comes from: the draft's words, what follows from them, or a ruling where the drafts are silent. */
export type Basis = "explicit" | "derived" | `W-${string}`;

/** Everything about a check but what it does. */
export interface CheckDefinition {
  /** `runtime/<section>/<words>`, or `client/…`. Never renumbered, never used again for something else. */
  readonly id: `${Side}/${string}/${string}`;
  /** The requirements that a pass speaks for. */
  readonly requirements: readonly [RequirementId, ...RequirementId[]];
  /** What a failure means: of a MUST that the run fails, of a SHOULD that it passes without strictness. */
  readonly level: "MUST" | "SHOULD";
  readonly basis: Basis;
  readonly needs: {
    readonly rung: Rung;
    /** Features that the implementation must advertise or offer; otherwise the check is not applicable. */
    readonly features?: readonly Feature[];
    /** Whether an R2 check also needs the second principal of R1. */
    readonly second?: true;
    /** What the driver of a client must be able to do besides what every driver does. */
    readonly verbs?: readonly string[];
    /**
     * Connections, where it opens more than one. `together`: to one and the same runtime, because what is done on one
     * must show on another. `apart`: they need know nothing of each other. Over stdio each connection is a process
     * of its own, so `together` cannot be had there.
     */
    readonly connections?: "together" | "apart";
    /** Whether it is about tokens. On stdio a runtime may have none, and believe whoever started it. */
    readonly token?: true;
    /** The carrier that it is about. Default: it is about messages, whatever carries them. */
    readonly carrier?: Carrier;
  };
  /** Names of the mutants that are made to fail this check. At least one must. */
  readonly mutants: readonly [string, ...string[]];
  /** The time the whole check may take, in milliseconds before scaling. Default 30000. */
  readonly deadlineMs?: number;
}

/** A check that can be run. `T` is what it holds in its hands. */
export interface Check<T = Trial> extends CheckDefinition {
  readonly run: (t: T) => Promise<void>;
}

/** Joins a definition and what it does. */
export function check(definition: CheckDefinition, run: (t: Trial) => Promise<void>): Check {
  return { ...definition, run };
}

/** A check of a client: the same discipline as for runtimes, with other prerequisites. */
import type { Feature } from "../../generated/current/constants.js";
import type { Check, CheckDefinition } from "../run/check.js";
import type { Verb } from "./driver.js";
import type { FaultName } from "./small/faults.js";
import type { ClientTrial } from "./trial.js";

/** Everything about a check of a client but what it does. */
interface ClientCheckDefinition extends Omit<CheckDefinition, "id" | "needs" | "mutants"> {
  readonly id: `client/${string}/${string}`;
  readonly needs?: {
    /** Features that the client must offer; otherwise the check is not applicable. */
    readonly features?: readonly Feature[];
    /** What the driver must know besides what every driver knows. */
    readonly verbs?: readonly Verb[];
  };
  /** Faults of the small client that are made to fail this check. */
  readonly mutants: readonly [FaultName, ...FaultName[]];
}

/** Joins a definition and what it does. */
export function clientCheck(
  definition: ClientCheckDefinition,
  run: (t: ClientTrial) => Promise<void>,
): Check<ClientTrial> {
  return { ...definition, needs: { rung: "R0", ...definition.needs }, run };
}

/** Gathers the checks and refuses what would make a green worthless. */
import type { Check } from "./check.js";

/** What the registry is measured against. */
export interface Known {
  /** The requirement ids of the revision. */
  readonly requirements: ReadonlySet<string>;
  /** The names of the mutants that exist. */
  readonly mutants: ReadonlySet<string>;
  /** Ids that were published once: each must still be there. */
  readonly frozen: readonly string[];
}

/** Faults of the suite's own make-up; the run does not start. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`the suite is not sound:\n  ${problems.join("\n  ")}`);
    this.problems = problems;
  }
}

const idForm = /^(?:runtime|client)\/[0-9.]+\/[a-z0-9]+(-[a-z0-9]+)*$/;

/**
 * Returns the checks in their order, or throws a `RegistryError` that names every id that is duplicate, ill-formed or
 * missing, every unknown requirement or mutant, and every check without a requirement or without a mutant,
 * and every check that declares connections which cannot be had.
 */
export function register<T>(checks: readonly Check<T>[], known: Known): readonly Check<T>[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const { id, requirements, mutants, needs } of checks) {
    if (!idForm.test(id))
      problems.push(`${id}: not of the form runtime/<section>/<words> or client/<section>/<words>`);
    if (seen.has(id)) problems.push(`${id}: this id is used twice`);
    seen.add(id);
    if (requirements.length === 0) problems.push(`${id}: names no requirement`);
    for (const requirement of requirements) {
      if (!known.requirements.has(requirement)) {
        problems.push(`${id}: no requirement ${requirement} in this revision`);
      }
    }
    if (mutants.length === 0) problems.push(`${id}: no mutant can fail it`);
    const { rung, second, connections, carrier } = needs;
    if ((rung === "R1" || second === true) && connections !== "together") {
      problems.push(`${id}: two principals meet in one runtime only: connections "together"`);
    }
    if (rung === "R3" && connections !== "together") {
      problems.push(`${id}: before the kill and after it are two connections: "together"`);
    }
    if (carrier === "stdio" && connections === "together") {
      problems.push(`${id}: over stdio no two connections reach one runtime`);
    }
    for (const mutant of mutants) {
      if (!known.mutants.has(mutant)) problems.push(`${id}: no mutant is called ${mutant}`);
    }
  }
  for (const id of known.frozen) {
    if (!seen.has(id)) problems.push(`${id}: was published and is gone`);
  }
  if (checks.length === 0) problems.push("there is no check at all");
  if (problems.length > 0) throw new RegistryError(problems);
  return checks;
}

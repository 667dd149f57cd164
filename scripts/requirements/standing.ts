/** For each requirement where it stands: the checks, tests and code that cite it, or why there are none. */
import { requirements } from "../../generated/current/requirements.js";
import type { Requirement, RequirementId } from "../../generated/current/requirements.js";
import { excluded as ofRuntimes } from "../../conformance/checks/excluded.js";
import type { Exclusion } from "../../conformance/checks/excluded.js";
import { runtimeChecks } from "../../conformance/checks/index.js";
import { clientChecks } from "../../conformance/clients/checks/index.js";
import { clientExcluded as ofClients } from "../../conformance/clients/excluded.js";
import type { Places } from "./places.js";

/** How far a requirement is held, the best of what holds it. */
export type Standing =
  /** A check of the conformance suite asks any implementation for it. */
  | "checked"
  /** Tests of ours hold it; the suite cannot see it. */
  | "tested"
  /** Code names it, and nothing else. */
  | "cited"
  /** The suite says why it does not ask, and nothing of ours names it. */
  | "excluded"
  /** It binds who writes an agent or runs a runtime, and nothing of ours can hold them to it. */
  | "theirs"
  | "open";

/** One requirement and all that speaks of it. */
export interface Row {
  readonly id: RequirementId;
  readonly requirement: Requirement;
  readonly standing: Standing;
  /** Ids of checks. */
  readonly checks: readonly string[];
  readonly tests: readonly string[];
  readonly code: readonly string[];
  readonly exclusions: readonly Exclusion[];
}

/** Every requirement of the draft, in its order. */
export function rowsOf(places: ReadonlyMap<string, Places>): Row[] {
  const checks = checksOf();
  return Object.entries(requirements).map(([name, requirement]) => {
    const id = name as RequirementId;
    const { code = [], tests = [] } = places.get(id) ?? {};
    const exclusions = [ofRuntimes, ofClients].flatMap((side) => side.get(id) ?? []);
    const facts = { requirement, checks: checks.get(id) ?? [], tests, code, exclusions };
    return { id, standing: standingOf(facts), ...facts };
  });
}

function standingOf(facts: Omit<Row, "id" | "standing">): Standing {
  const { requirement, checks, tests, code, exclusions } = facts;
  if (checks.length > 0) return "checked";
  if (tests.length > 0) return "tested";
  if (code.length > 0) return "cited";
  if (exclusions.length > 0) return "excluded";
  return requirement.side === "agent" || requirement.side === "operator" ? "theirs" : "open";
}

function checksOf(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { id, requirements: asked } of [...runtimeChecks, ...clientChecks]) {
    for (const requirement of asked) {
      const ids = found.get(requirement) ?? [];
      ids.push(id);
      found.set(requirement, ids);
    }
  }
  return found;
}

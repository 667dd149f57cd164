import type { RuleId } from "../../model/rules/ids.js";
import type { Diagnostic, Model } from "../../model/types.js";
import { unknownInMissteps } from "./missteps.js";
import { movesOf } from "./moves.js";

/**
 * What is written by hand for the fuzz model and says a word that the revision does not have: a field that has
 * another name now. Without a finding the model would ask peers of the revision for what another one had, or would
 * have fewer moves than the one before it.
 *
 * @param before the drafts before it
 */
export function lintFuzz(model: Model, before: readonly Model[]): Diagnostic[] {
  const rule: RuleId = "stale-fuzz-text";
  const found = [
    { file: "missteps.ts", unknown: unknownInMissteps(model) },
    { file: "moves.ts", unknown: movesOf(model, before).unknown },
  ];
  return found.flatMap(({ file, unknown }) =>
    unknown.map(({ what, why, position }) => ({
      rule,
      position,
      message: `${what}, which this asks for, says what draft ${model.revision} has not: ${why}`,
      fix: `write in codegen/emit/fuzz/${file} how draft ${model.revision} says it, behind the text of those before it`,
    })),
  );
}

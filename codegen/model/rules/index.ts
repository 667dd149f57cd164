import { coverageRules, exampleRules } from "./examples.js";
import { declaredFeatureRules, featureRules } from "./features.js";
import { fieldTableRules } from "./fieldtables.js";
import { definedGrammarRules, patternRules } from "./grammar.js";
import { headingRules, linkRules } from "./headings.js";
import { limitRules } from "./limits.js";
import { machineRules } from "./machines.js";
import { nameRules } from "./names.js";
import { citedRequirementRules, lockRules, rulingRules, sharedIdRules } from "./requirements.js";
import type { Rule } from "./rule.js";
import { reservedNameRules } from "./reserved.js";
import { cycleRules, pairingRules, referenceRules, subsetRules } from "./schemas.js";
import { strangerRules } from "./strangers.js";
import { traceRules } from "./traces.js";
import { usageRules } from "./usage.js";
import { versionRules } from "./version.js";

/** Every check over a whole spec. What a single piece of text can say is reported while parsing. */
export const rules: readonly Rule[] = [
  headingRules,
  linkRules,
  nameRules,
  pairingRules,
  subsetRules,
  referenceRules,
  cycleRules,
  reservedNameRules,
  coverageRules,
  exampleRules,
  strangerRules,
  fieldTableRules,
  limitRules,
  featureRules,
  declaredFeatureRules,
  usageRules,
  citedRequirementRules,
  rulingRules,
  lockRules,
  sharedIdRules,
  definedGrammarRules,
  patternRules,
  traceRules,
  machineRules,
  versionRules,
];

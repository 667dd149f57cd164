/** Two revisions beside each other: what changed, and which peers still understand each other. */
import type { Model } from "../model/types.js";
import {
  grammarChanges,
  limitChanges,
  stateChanges,
  transitionChanges,
  typeChanges,
} from "./agreed.js";
import type { Sides } from "./claim.js";
import { featureChanges } from "./features.js";
import { fieldChanges } from "./fields.js";
import { kindChanges, messageChanges } from "./messages.js";
import { placesOf } from "./places.js";
import { createProver } from "./prove.js";
import { requirementChanges } from "./requirements.js";
import { SUBJECTS } from "./result.js";
import type { Change, Compared, Comparison, Doubt } from "./result.js";
import { createSide } from "./side.js";
import type { Found } from "./table.js";
import { errorChanges, namespaceChanges } from "./vocabulary.js";
import { versionChanges } from "./version.js";

/**
 * Compares two revisions. Pure; the models have to be without findings, as `readModel` gives them. Changes come by
 * their subject and then in the order of the new text. Look at `doubts` before trusting a verdict.
 */
export function compareRevisions(old: Model, now: Model): Comparison {
  const [one, other] = [createSide(old), createSide(now)];
  const sides: Sides = { old: one, new: other, places: placesOf(one, other) };
  const found = changesOf(sides);
  const prover = createProver(sides);
  const doubts: Doubt[] = [];
  const changes = found.map((it): Change => {
    const { verdicts, doubts: more } = prover.prove(it);
    doubts.push(...more);
    const { claims: _claims, undecided: _undecided, ...change } = it;
    return { ...change, verdicts };
  });
  doubts.push(...prover.sweep(found));
  return { old: compared(old), new: compared(now), changes, doubts, runs: prover.runs() };
}

const FINDERS: readonly ((sides: Sides) => Found[])[] = [
  versionChanges,
  messageChanges,
  kindChanges,
  fieldChanges,
  typeChanges,
  errorChanges,
  featureChanges,
  namespaceChanges,
  limitChanges,
  stateChanges,
  transitionChanges,
  grammarChanges,
  requirementChanges,
];

function changesOf(sides: Sides): Found[] {
  const all = FINDERS.flatMap((find) => find(sides));
  return SUBJECTS.flatMap((subject) => all.filter((it) => it.subject === subject));
}

function compared({ revision, version, file, hash }: Model): Compared {
  return { revision, version, file, hash };
}

/** Rules that came, went or say something else. */
import { withoutRuling } from "../model/rules/requirements.js";
import type { Requirement } from "../model/types.js";
import type { Sides } from "./claim.js";
import { sentenceLikeness } from "./sentences.js";
import { detailsOf, tableChanges } from "./table.js";
import type { Found } from "./table.js";

const NOT_BY_MESSAGES: Readonly<Record<Requirement["side"], string>> = {
  runtime: "binds what a runtime does: no message shows by its shape whether it does",
  client: "binds what a client does: no message shows by its shape whether it does",
  both: "binds what both peers do: no message shows by its shape whether they do",
  agent: "binds agents: they are on no wire",
  operator: "binds operators: they are on no wire",
};

export function requirementChanges({ old, new: now }: Sides): Found[] {
  const found = tableChanges(old.model.requirements, now.model.requirements, {
    subject: "requirement",
    nameOf: ({ id }) => id,
    near: sentenceLikeness(old.model.requirements, now.model.requirements),
    details: (a, b) =>
      detailsOf([
        ["words", words(a), words(b)],
        ["side", a.side, b.side],
        ["feature", a.feature, b.feature],
      ]),
    about: words,
    undecided: ({ side }) => NOT_BY_MESSAGES[side],
  });
  // A rule has no name but its words: under another id, or under its own, it says something else.
  return found.map((it) =>
    it.details.some(({ aspect }) => aspect === "words") ? { ...it, how: "reworded" } : it,
  );
}

/** An older revision names no rulings, and may break its lines elsewhere. */
function words({ sentence }: Requirement): string {
  return withoutRuling(sentence).replace(/\s+/g, " ").trim();
}

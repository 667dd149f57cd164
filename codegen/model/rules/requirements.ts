import { hashOf } from "../lock.js";
import { reportRepeats, type Rule } from "./rule.js";

/** Beyond so many the removed requirements are one finding. */
const MANY_GONE = 20;

const ACCEPT = "`npm run spec:lint -- --accept`";

/** Ids that are cited exist. */
export const citedRequirementRules: Rule = ({ facts }, report, { rulings }) => {
  const ids = new Set(facts.requirements.map(({ id }) => id));
  const mnemonics = new Set([...ids].map((id) => id.split("-")[0] ?? ""));
  for (const { role, position } of facts.fences) {
    if (role.kind !== "example" && role.kind !== "trace") continue;
    for (const id of role.requirements) {
      if (ids.has(id)) continue;
      const message = `${role.id} names the requirement ${id}, which does not exist`;
      report("unknown-requirement", position, message, "mend req=");
    }
  }
  for (const { id, position } of rulings?.requirements ?? []) {
    // A word such as UTF-16 looks like an id; only the mnemonics of this spec are ids.
    if (ids.has(id) || !mnemonics.has(id.split("-")[0] ?? "")) continue;
    report("unknown-requirement", position, `the requirement ${id} does not exist`, "mend the id");
  }
};

/** Rulings have ids of their own, and the spec cites those that exist. */
export const rulingRules: Rule = ({ facts }, report, { rulings }) => {
  if (rulings === undefined) return;
  const ids = new Set(rulings.rulings.map(({ id }) => id));
  reportRepeats(
    rulings.rulings,
    ({ id }) => id,
    ({ id, position }, first) => {
      const message = `the ruling ${id} stands already at line ${first.position.line}`;
      report("duplicate-ruling", position, message, "give it the next number");
    },
  );
  for (const { kind, target, position } of facts.citations) {
    if (kind !== "ruling" || ids.has(target)) continue;
    const message = `${rulings.file} has no ruling ${target}`;
    report("unknown-ruling", position, message, "write it there, or mend the id");
  }
};

/** The text of each requirement is the one that was accepted. */
export const lockRules: Rule = ({ facts, requirements }, report, { lock, citations }) => {
  if (lock === undefined) return;
  for (const { id, sentence, position } of requirements) {
    const known = Object.hasOwn(lock.entries, id) ? lock.entries[id] : undefined;
    if (known === undefined) {
      report("missing-lock-entry", position, `${id} is new`, `record it with ${ACCEPT}`);
    } else if (known !== hashOf(sentence)) {
      const cited = citations[id] ?? [];
      const where = cited.length > 0 ? `: ${cited.join(", ")}` : "";
      const fix = `read again the tests and checks that cite it${where}; then ${ACCEPT}`;
      report("reworded-requirement", position, `${id} was reworded`, fix);
    }
  }
  const present = new Set(facts.requirements.map(({ id }) => id));
  const position = { file: lock.file, line: 1, column: 1 };
  const gone = Object.keys(lock.entries).filter((id) => !present.has(id));
  if (gone.length > MANY_GONE) {
    // Nobody strikes so many: a fence is open, or this is another file, and other findings say so.
    const message = `${gone.length} requirements are no longer in the spec, ${gone[0] ?? ""} first`;
    const fix = "mend what else is found first: a fence that is not closed, a file that is another";
    report("removed-requirement", position, message, fix);
    return;
  }
  for (const id of gone) {
    const fix = `put it back, or let it go with ${ACCEPT}; its id is never used again`;
    report("removed-requirement", position, `${id} is no longer in the spec`, fix);
  }
};

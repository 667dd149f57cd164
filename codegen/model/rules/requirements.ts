import { remembered } from "../../memo.js";
import { parseSpec } from "../../parse/markdown.js";
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

/** An id says the same, in the same words, in every draft that has it; the ruling that it rests on does not count. */
export const sharedIdRules: Rule = ({ requirements }, report, { older }) => {
  const drafts = older.map(({ path, text }) => ({ path, sentences: sentencesOf(path, text) }));
  /** Those that are proposed are taken as well. */
  const taken = [...requirements, ...drafts.flatMap(({ sentences }) => sentences)].map(
    ({ id }) => ({ id }),
  );
  for (const { id, sentence, position } of requirements) {
    for (const { path, sentences } of drafts) {
      const before = sentences.find((it) => it.id === id);
      if (before === undefined) continue;
      if (withoutRuling(before.sentence) !== withoutRuling(sentence)) {
        const message = `${id} has other words in ${path}`;
        const next = nextId(id, taken);
        taken.push({ id: next });
        const fix = `a rule that changed is another: call it ${next}, which no draft has; if it means the same, say it there in these words too`;
        report("changed-requirement", position, message, fix);
      }
      break;
    }
  }
};

const sentencesOf = remembered((path: string, text: string) =>
  parseSpec(path, text).facts.requirements.map(({ id, sentence }) => ({ id, sentence })),
);

/** What a requirement says, without the ruling that it rests on. */
export function withoutRuling(sentence: string): string {
  return sentence.replace(/\s*\((?:W-|G)\d+(?:, *(?:W-|G)\d+)*\)\s*$/, "");
}

/** The first number of a mnemonic that no draft has used. Those from 101 on are of drafts that were written down late. */
function nextId(id: string, taken: readonly { readonly id: string }[]): string {
  const mnemonic = id.split("-")[0] ?? "";
  const numbers = taken
    .filter((it) => it.id.startsWith(`${mnemonic}-`))
    .map((it) => Number(it.id.slice(mnemonic.length + 1)))
    .filter((number) => number <= 100);
  return `${mnemonic}-${String(Math.max(0, ...numbers) + 1).padStart(2, "0")}`;
}

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

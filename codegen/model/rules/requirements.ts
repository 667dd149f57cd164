import { remembered } from "../../memo.js";
import { parseSpec } from "../../parse/markdown.js";
import { hashOf } from "../lock.js";
import type { TextFile } from "../read.js";
import type { Requirement } from "../types.js";
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
export const sharedIdRules: Rule = ({ requirements }, report, { older, citations }) => {
  const drafts = older.map(idsOf);
  /** Those that are proposed are taken as well. */
  const taken = [
    ...requirements.map(({ id }) => id),
    ...drafts.flatMap(({ ids }) => [...ids.keys()]),
  ];
  for (const requirement of requirements) {
    const path = otherwiseIn(drafts, requirement);
    if (path === undefined) continue;
    const { id, position } = requirement;
    const next = nextId(id, taken);
    taken.push(next);
    const fix = `a rule that changed is another: call it ${next}, which no draft has, and read again what cites ${id}${citing(id, citations)}; if it means the same, give it the same words in both`;
    report("changed-requirement", position, `${id} has other words in ${path}`, fix);
  }
};

/** A draft before this one: what its requirements say, by their ids. */
interface OlderDraft {
  readonly path: string;
  readonly ids: ReadonlyMap<string, string>;
}

const idsOf = ({ path, text }: TextFile): OlderDraft => ({ path, ids: sentencesOf(path, text) });

const sentencesOf = remembered(
  (path: string, text: string): ReadonlyMap<string, string> =>
    new Map(
      parseSpec(path, text)
        .facts.requirements.toReversed()
        .map(({ id, sentence }) => [id, withoutRuling(sentence)]),
    ),
);

/** The nearest draft before this one that has the id, if it says something else there. */
function otherwiseIn(
  drafts: readonly OlderDraft[],
  { id, sentence }: Pick<Requirement, "id" | "sentence">,
): string | undefined {
  const nearest = drafts.find(({ ids }) => ids.has(id));
  return nearest?.ids.get(id) === withoutRuling(sentence) ? undefined : nearest?.path;
}

/** What a requirement says, without the ruling that it rests on. */
export function withoutRuling(sentence: string): string {
  return sentence.replace(/\s*\((?:W-|G)\d+(?:, *(?:W-|G)\d+)*\)\s*$/, "");
}

/** The first number of a mnemonic that no draft has used. Those from 101 on are of drafts that were written down late. */
function nextId(id: string, taken: readonly string[]): string {
  const mnemonic = id.split("-")[0] ?? "";
  const numbers = taken
    .filter((it) => it.startsWith(`${mnemonic}-`))
    .map((it) => Number(it.slice(mnemonic.length + 1)))
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

function citing(id: string, citations: Readonly<Record<string, readonly string[]>>): string {
  const cited = citations[id] ?? [];
  return cited.length > 0 ? `: ${cited.join(", ")}` : "";
}

/** The text of each requirement is the one that was accepted; where an older draft has another one, that is what is told. */
export const lockRules: Rule = ({ facts, requirements }, report, { lock, citations, older }) => {
  if (lock === undefined) return;
  const drafts = older.map(idsOf);
  for (const requirement of requirements) {
    const { id, sentence, position } = requirement;
    const known = Object.hasOwn(lock.entries, id) ? lock.entries[id] : undefined;
    if (known === undefined) {
      report("missing-lock-entry", position, `${id} is new`, `record it with ${ACCEPT}`);
    } else if (known !== hashOf(sentence) && otherwiseIn(drafts, requirement) === undefined) {
      const fix = `read again the tests and checks that cite it${citing(id, citations)}; then ${ACCEPT}`;
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

/** What a draft says otherwise than the one that was accepted, passage by passage. */
import type { Position } from "../model/types.js";
import { readHeld } from "./held.js";
import type { Held } from "./held.js";
import { isHeading, readableLabels, sectionOf } from "./passages.js";
import type { Passage } from "./passages.js";
import { quoted } from "./quoted.js";
import { regrouped } from "./regrouped.js";
import type { AuditInput, Difference, Was } from "./result.js";
import { readSections } from "./sections.js";
import type { Sections } from "./sections.js";

/**
 * What was accepted and reads otherwise now, what is new, and what is gone. A passage with a sentence of which something
 * is `told` is left to that.
 */
export function passageDifferences(
  passages: readonly Passage[],
  told: ReadonlySet<string>,
  { file, held, heldFile }: Pick<AuditInput, "file" | "held" | "heldFile">,
  was?: Was,
): Difference[] {
  const at = (line: number): Position => ({ file, line, column: 1 });
  if (held.length === 0) {
    if (passages.length === 0) return [];
    const message = `none of the ${passages.length} passages of this draft was accepted yet, so that no change of one could be told; once they are read: --accept "why"`;
    return [{ key: "passages", rule: "unread-passage", position: at(1), message }];
  }
  const accepted = readHeld(held);
  const { labels: known } = accepted;
  const unsettled = new Set(unsettledPassages(passages, told, held));
  const now = new Set(passages.map(({ hash }) => hash));
  const gone: Gone[] = [...known].filter(([hash]) => !now.has(hash));
  const old = new Map(was?.passages.map((passage) => [passage.hash, passage]));
  const sections = readSections(passages, known);
  const name = readableLabels([...(was?.passages ?? []), ...passages]);

  const fresh = passages.flatMap((passage): Difference[] => {
    const { hash, label, line, text } = passage;
    if (known.has(hash)) return [];
    const before = counterpart(passage, sections.former(passage), gone, old);
    if (before !== undefined) gone.splice(gone.indexOf(before), 1);
    if (unsettled.has(passage)) return [];
    const key = `passage:${hash}`;
    if (before === undefined) {
      const message = `${name(label)} was not there when this draft was accepted: ${quoted(text, SHOWN)}`;
      return [{ key, rule: "unread-passage", position: at(line), message }];
    }
    const message = `${name(label)} changed since it was accepted: ${bothTexts(text, old.get(before[0])?.text)}`;
    return [{ key, rule: "changed-passage", position: at(line), message }];
  });
  return [
    ...fresh,
    ...movedDifferences(passages, known, sections, { at, name }),
    ...regroupedDifferences(regrouped(passages, accepted, sections), { at, name }),
    ...goneDifferences(gone, old, { file: was?.file, heldFile, name }),
  ];
}

/** What was not accepted as it reads, and has a sentence that is `told`; none where nothing was accepted at all. */
export function unsettledPassages(
  passages: readonly Passage[],
  told: ReadonlySet<string>,
  held: readonly Held[],
): Passage[] {
  if (held.length === 0) return [];
  const known = new Set(held.flatMap((entry) => Object.keys(entry.passages)));
  return passages.filter(
    ({ hash, sentences }) => !known.has(hash) && sentences.some((sentence) => told.has(sentence)),
  );
}

/** What stands in another section than before. */
function movedDifferences(
  passages: readonly Passage[],
  known: ReadonlyMap<string, string>,
  sections: Sections,
  { at, name }: { at: (line: number) => Position; name: Name },
): Difference[] {
  const moves = new Map<string, Passage[]>();
  for (const passage of passages) {
    const before = sectionOf(known.get(passage.hash) ?? "");
    if (before === "" || sections.stayed(passage, before)) continue;
    const way = `${before} ${sectionOf(passage.label)}`;
    moves.set(way, [...(moves.get(way) ?? []), passage]);
  }
  return [...moves].flatMap(([way, moved]): Difference[] => {
    const [first] = moved;
    if (first === undefined) return [];
    const labels = moved.map(({ label }) => name(label)).join(", ");
    const before = sectionOf(way);
    const heir = passages.find((passage) => sections.former(passage) === before);
    const here = heir === undefined ? before : sectionOf(heir.label);
    const now = here === before ? "" : ` (${name(here)} now)`;
    const message = `${labels} stood in ${name(before)}${now} when this draft was accepted`;
    return [
      { key: `moved:${first.hash}`, rule: "moved-passage", position: at(first.line), message },
    ];
  });
}

/** What stands in another list or table of its section than before. */
function regroupedDifferences(
  groups: readonly (readonly Passage[])[],
  { at, name }: { at: (line: number) => Position; name: Name },
): Difference[] {
  return groups.flatMap((moved): Difference[] => {
    const [first] = moved;
    if (first === undefined) return [];
    const labels = moved.map(({ label }) => name(label)).join(", ");
    const message = `${labels} stood in another list or table of that section when this draft was accepted: ${quoted(first.text, SHOWN)}`;
    return [
      { key: `moved:${first.hash}`, rule: "moved-passage", position: at(first.line), message },
    ];
  });
}

/** A label for people. */
type Name = (label: string) => string;
type Gone = readonly [hash: string, label: string];

/** Which of those that are gone this one was: of the same label but for another section, and the most like it where their words are known. */
function counterpart(
  { label, text }: Passage,
  former: string | undefined,
  gone: readonly Gone[],
  old: ReadonlyMap<string, Passage>,
): Gone | undefined {
  if (former === undefined) return undefined;
  const formerly = label.replace(sectionOf(label), former);
  const scored = gone
    .filter(([, where]) => where === formerly)
    // A heading is known by its section, whatever its words are.
    .map((one) => ({ one, like: isHeading(label) ? 1 : sharedWords(text, old.get(one[0])?.text) }))
    .filter(({ like }) => like >= ALIKE);
  return scored.toSorted((a, b) => b.like - a.like)[0]?.one;
}

/** The share of words that two texts have in common, numbers and marks among them, 0 to 1; 1 where one is not known. */
function sharedWords(one: string, other: string | undefined): number {
  if (other === undefined) return 1;
  const [words, others] = [new Set(one.split(" ")), new Set(other.split(" "))];
  const shared = [...words].filter((word) => others.has(word)).length;
  return shared / Math.max(words.size, others.size);
}

/** Both texts from shortly before where they part. */
function bothTexts(now: string, before: string | undefined): string {
  if (before === undefined) {
    return `now ${quoted(now, SHOWN)} (for the words before: --was ACCEPTED.md)`;
  }
  let same = 0;
  while (same < now.length && now[same] === before[same]) same += 1;
  const from = Math.max(0, now.lastIndexOf(" ", Math.max(0, same - LEAD)));
  const shown = (text: string): string =>
    quoted(`${from > 0 ? "…" : ""}${text.slice(from)}`, SHOWN);
  return `now ${shown(now)}, before ${shown(before)}`;
}

/** What is gone, section by section: one that is left out as a whole is one finding. */
function goneDifferences(
  gone: readonly Gone[],
  old: ReadonlyMap<string, Passage>,
  { file, heldFile, name }: { file: string | undefined; heldFile: string; name: Name },
): Difference[] {
  const sections = new Map<string, Gone[]>();
  for (const passage of gone) {
    const section = sectionOf(passage[1]);
    sections.set(section, [...(sections.get(section) ?? []), passage]);
  }
  return [...sections.values()].map((passages): Difference => {
    const [first = ["", ""]] = passages;
    const stood = old.get(first[0]);
    const position =
      stood === undefined || file === undefined
        ? { file: heldFile, line: 1, column: 1 }
        : { file, line: stood.line, column: 1 };
    const words = passages.map(([hash, label]) => {
      const text = old.get(hash)?.text;
      return text === undefined ? name(label) : `${name(label)} ${quoted(text, SHOWN)}`;
    });
    const [it, are] = passages.length === 1 ? ["it", "is"] : ["they", "are"];
    const message = `${it} stood in the draft that was accepted, and ${are} gone: ${words.join(", ")}`;
    return { key: `gone:${first[0]}`, rule: "gone-passage", position, message };
  });
}

/** Below that likeness one passage took the place of another, and neither is the other changed. */
const ALIKE = 0.2;
/** So much of a passage is shown in a line, and so much of that before the first change, in characters. */
const SHOWN = 160;
const LEAD = 40;

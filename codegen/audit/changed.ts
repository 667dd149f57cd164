/** What a draft says otherwise than the one that was accepted, passage by passage. */
import type { Position } from "../model/types.js";
import { clip } from "./differences.js";
import type { Held } from "./held.js";
import type { Passage } from "./passages.js";
import type { AuditInput, Difference, Was } from "./result.js";

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
  const known = new Map(held.flatMap((entry) => Object.entries(entry.passages)));
  const unsettled = new Set(unsettledPassages(passages, told, held));
  const now = new Set(passages.map(({ hash }) => hash));
  const gone: Gone[] = [...known].filter(([hash]) => !now.has(hash));
  const old = new Map(was?.passages.map((passage) => [passage.hash, passage]));

  const fresh = passages.flatMap((passage): Difference[] => {
    const { hash, label, line, text } = passage;
    if (known.has(hash)) return [];
    const before = counterpart(passage, formerSection(passage, known), gone, old);
    if (before !== undefined) gone.splice(gone.indexOf(before), 1);
    if (unsettled.has(passage)) return [];
    const key = `passage:${hash}`;
    if (before === undefined) {
      const message = `${label} was not there when this draft was accepted: ${JSON.stringify(clip(text, SHOWN))}`;
      return [{ key, rule: "unread-passage", position: at(line), message }];
    }
    const message = `${label} changed since it was accepted: ${bothTexts(text, old.get(before[0])?.text)}`;
    return [{ key, rule: "changed-passage", position: at(line), message }];
  });
  return [
    ...fresh,
    ...movedDifferences(passages, known, at),
    ...goneDifferences(gone, old, heldFile, was?.file),
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

/** What stands in another section than before, unless that section goes by another number now: its heading tells. */
function movedDifferences(
  passages: readonly Passage[],
  known: ReadonlyMap<string, string>,
  at: (line: number) => Position,
): Difference[] {
  const moves = new Map<string, Passage[]>();
  for (const passage of passages) {
    const before = sectionOf(known.get(passage.hash) ?? passage.label);
    const here = sectionOf(passage.label);
    // Where a title stands twice, the number alone tells that a section stayed.
    if (before === here || before === formerSection(passage, known)) continue;
    moves.set(`${before} ${here}`, [...(moves.get(`${before} ${here}`) ?? []), passage]);
  }
  return [...moves].flatMap(([way, moved]): Difference[] => {
    const [first] = moved;
    if (first === undefined) return [];
    const labels = moved.map(({ label }) => label).join(", ");
    const message = `${labels} stood in ${sectionOf(way)} when this draft was accepted`;
    return [
      { key: `moved:${first.hash}`, rule: "moved-passage", position: at(first.line), message },
    ];
  });
}

/** The number by which the section of a passage went, by its title; undefined for a title that is new. */
function formerSection(
  { heading = "" }: Passage,
  known: ReadonlyMap<string, string>,
): string | undefined {
  const before = known.get(heading);
  return before === undefined ? undefined : sectionOf(before);
}

function sectionOf(label: string): string {
  return label.slice(0, label.indexOf(" "));
}

type Gone = readonly [hash: string, label: string];

/** Which of those that are gone this one was: of the same label but for another number, and the most like it where their words are known. */
function counterpart(
  { label, text }: Passage,
  former: string | undefined,
  gone: readonly Gone[],
  old: ReadonlyMap<string, Passage>,
): Gone | undefined {
  const formerly = former === undefined ? label : label.replace(sectionOf(label), former);
  const scored = gone
    .filter(([, where]) => where === label || where === formerly)
    .map((one) => ({ one, like: sharedWords(text, old.get(one[0])?.text) }))
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
    return `now ${JSON.stringify(clip(now, SHOWN))} (for the words before: --was ACCEPTED.md)`;
  }
  let same = 0;
  while (same < now.length && now[same] === before[same]) same += 1;
  const from = Math.max(0, now.lastIndexOf(" ", Math.max(0, same - LEAD)));
  const shown = (text: string): string =>
    JSON.stringify(clip(`${from > 0 ? "…" : ""}${text.slice(from)}`, SHOWN));
  return `now ${shown(now)}, before ${shown(before)}`;
}

/** What is gone, section by section: one that is left out as a whole is one finding. */
function goneDifferences(
  gone: readonly Gone[],
  old: ReadonlyMap<string, Passage>,
  heldFile: string,
  oldFile: string | undefined,
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
      stood === undefined || oldFile === undefined
        ? { file: heldFile, line: 1, column: 1 }
        : { file: oldFile, line: stood.line, column: 1 };
    const words = passages.map(([hash, label]) => {
      const text = old.get(hash)?.text;
      return text === undefined ? label : `${label} ${JSON.stringify(clip(text, SHOWN))}`;
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

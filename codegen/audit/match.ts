/**
 * Their normative sentences and our requirements. Two texts that order the same thing in different words share the names
 * of messages, fields and codes, and most of the words that are rare: each shared one counts by its rarity. A score is
 * a hint for a reader, not a proof, so it is printed with each match; what a reader decided stands in the baseline.
 */
import type { Level, Requirement } from "../model/types.js";
import type { Sentence } from "./facts.js";

export interface Candidate {
  readonly id: string;
  /** 0 to 1. */
  readonly score: number;
  readonly level: Level;
}

export interface Match {
  readonly sentence: Sentence;
  /** Our requirements that say it, best first; empty if none does. */
  readonly matched: readonly Candidate[];
  /** The nearest others, for a reader to judge. */
  readonly near: readonly Candidate[];
}

/** From here on two texts are taken to say the same. */
export const THRESHOLD = 0.42;
const MOST = 4;
const NEAR = 3;
/** How much a name counts beside a word of the same rarity. */
const NAME_WEIGHT = 2;

const STOP = new Set(
  "a an and any are as at be been but by can could do does each either for from had has have how if in into is it its may might must no nor not of on once one only or other per shall should so such than that the their them then there these they this those to under until up was were what when where whether which while who whom will with within without would".split(
    " ",
  ),
);
/** Words of the drafts and ours that mean the same thing. */
const ALIKE: ReadonlyMap<string, string> = new Map(
  Object.entries({
    implementation: "peer",
    receiver: "peer",
    both: "peer",
    acknowledge: "ack",
    acknowledgement: "ack",
    expiration: "expire",
    expiry: "expire",
    reject: "refuse",
    rejection: "refuse",
    deny: "refuse",
    retain: "keep",
    preserve: "keep",
    evaluate: "check",
    validate: "check",
    respond: "answer",
    reply: "answer",
    return: "answer",
    include: "contain",
    carry: "contain",
    emit: "send",
    issue: "send",
    permit: "allow",
    authorize: "allow",
    authorise: "allow",
    observe: "see",
    visible: "see",
  }),
);

/** The words of a text, each once, with what it counts. */
export interface Words {
  readonly all: ReadonlyMap<string, number>;
  readonly weight: number;
}

export function matchSentences(
  sentences: readonly Sentence[],
  requirements: readonly Requirement[],
  titles: ReadonlyMap<string, string>,
): Match[] {
  const texts = [
    ...requirements.map(({ sentence }) => sentence),
    ...sentences.map(({ text }) => text),
  ];
  const rarity = rarities(texts.map(wordsOf));
  const own = requirements.map((requirement) => ({
    requirement,
    words: weigh(wordsOf(requirement.sentence), rarity),
    title: new Set(wordsOf(titles.get(requirement.section) ?? "")),
  }));
  return sentences.map((sentence) => {
    const said = weigh(wordsOf(`${sentence.text} ${sentence.names.join(" ")}`), rarity);
    const title = wordsOf(sentence.title);
    const scored = own
      .map(({ requirement, words, title: ownTitle }): Candidate => {
        const shared = sharedWeight(said, words);
        const near = title.some((word) => ownTitle.has(word));
        const placed =
          near || (sentence.section !== "" && sentence.section === requirement.section);
        const polar =
          requirement.level.includes("NOT") ===
          sentence.keywords.some((word) => word.includes("NOT"));
        const score =
          0.55 * (shared / (words.weight || 1)) +
          0.25 * (shared / (said.weight || 1)) +
          (placed ? 0.12 : 0) +
          (polar ? 0.08 : 0);
        return {
          id: requirement.id,
          score: Math.round(score * 100) / 100,
          level: requirement.level,
        };
      })
      .sort((a, b) => b.score - a.score)
      .slice(0, MOST + NEAR);
    const matched = scored.filter(({ score }) => score >= THRESHOLD).slice(0, MOST);
    return { sentence, matched, near: scored.slice(matched.length, matched.length + NEAR) };
  });
}

/** Whether what we have is at least as strong as what they say. */
export function isWeaker(keywords: readonly string[], levels: readonly Level[]): boolean {
  const wanted = Math.max(...keywords.map(strength));
  return Math.max(0, ...levels.map(strength)) < wanted;
}

function strength(keyword: string): number {
  if (/^(?:MUST|SHALL|REQUIRED|NOT)/.test(keyword)) return 3;
  return /^(?:SHOULD|RECOMMENDED)/.test(keyword) ? 2 : 1;
}

const EXCEPTION = /\b(?:except|unless|but for|save for|apart from)\b/i;

/** Whether a text takes something out of what it orders. */
export function hasException(text: string): boolean {
  return EXCEPTION.test(text);
}

/** The stems of the words of a text that mean something, and the names in it. */
export function wordsOf(text: string): string[] {
  const found = text
    .replace(/\((?:W-\d+|§[^)]*|Section [^)]*)\)/g, " ")
    .match(/[A-Za-z][A-Za-z0-9]*(?:[._][A-Za-z0-9]+)*/g);
  return (found ?? []).flatMap((word) => {
    if (/[._]/.test(word))
      return [word, ...(word.includes("payload.") ? [word.split(".").at(-1)!] : [])];
    const lower = word.toLowerCase();
    return STOP.has(lower) ? [] : [stem(ALIKE.get(lower) ?? lower)];
  });
}

/** The stem of an English word, roughly: enough that "expires", "expired" and "expire" meet. */
function stem(word: string): string {
  const cut = word.replace(/(?:ations?|ments?|ings?|ies|ied|edly|ed|es|s|ly|e|y)$/, "");
  const kept = cut.length >= 3 ? cut : word;
  return ALIKE.get(kept) ?? ALIKE.get(`${kept}e`) ?? kept.replace(/([^aeiou])\1$/, "$1");
}

/** How rare a word is among these texts: the more of them have it, the less it says. */
export function rarities(texts: readonly (readonly string[])[]): (word: string) => number {
  const counts = new Map<string, number>();
  for (const words of texts)
    for (const word of new Set(words)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return (word) => Math.log(1 + texts.length / (1 + (counts.get(word) ?? 0)));
}

/** What the words of a text count. */
export function weigh(words: readonly string[], rarity: (word: string) => number): Words {
  const all = new Map(
    words.map(
      (word) => [word, rarity(word) * (/[._]|^[A-Z]/.test(word) ? NAME_WEIGHT : 1)] as const,
    ),
  );
  return { all, weight: [...all.values()].reduce((sum, weight) => sum + weight, 0) };
}

/** What those words count that are in both. */
export function sharedWeight(a: Words, b: Words): number {
  let sum = 0;
  for (const [word, weight] of a.all) if (b.all.has(word)) sum += weight;
  return sum;
}

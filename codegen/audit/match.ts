/**
 * Their normative sentences and our requirements. Two texts that order the same thing in different words share the names
 * of messages, fields and codes, and most of the words that are rare: each shared one counts by its rarity. A score is
 * a hint for a reader, not a proof, so it is printed with each match; what a reader decided stands in the baseline.
 */
import type { Level, Requirement } from "../model/types.js";
import { rarities, sharedWeight, weigh, wordsOf } from "../weighed.js";
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

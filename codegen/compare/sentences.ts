/** Whether a requirement goes on under another id: its sentence, in the same words or nearly so. */
import { rarities, sharedWeight, weigh, wordsOf } from "../weighed.js";
import { withoutRuling } from "../model/rules/requirements.js";
import type { Requirement } from "../model/types.js";

/** What each counts: the words that both have by their rarity, that both order the same deed, that both are of one family. */
const WORDS = 0.7;
const DEED = 0.2;
const FAMILY = 0.1;
/** Below that share of words, weighed, a sentence is another one, whatever it orders. */
const LEAST = 0.4;

/**
 * 0 to 1: how near a requirement of one revision is to one of another. 0 where one binds others, or where the level of
 * one forbids and that of the other orders. Opposites that are said by their verbs, to accept and to refuse, only lack the
 * share of the deed, and may be near: their words are shown beside each other, and nothing is decided by them.
 */
export function sentenceLikeness(
  old: readonly Requirement[],
  now: readonly Requirement[],
): (one: Requirement, other: Requirement) => number {
  const all = [...old, ...now];
  const rarity = rarities(all.map(({ sentence }) => wordsOf(withoutRuling(sentence))));
  const read = new Map(
    all.map((it) => [it, weigh(wordsOf(withoutRuling(it.sentence)), rarity)] as const),
  );
  return (one, other) => {
    const [a, b] = [read.get(one), read.get(other)];
    if (a === undefined || b === undefined || a.weight + b.weight === 0) return 0;
    if (one.side !== other.side || forbids(one) !== forbids(other)) return 0;
    const words = (2 * sharedWeight(a, b)) / (a.weight + b.weight);
    if (words < LEAST) return 0;
    const deed = deedOf(one) === deedOf(other) ? DEED : 0;
    return WORDS * words + deed + (familyOf(one) === familyOf(other) ? FAMILY : 0);
  };
}

function forbids({ level }: Requirement): boolean {
  return level.endsWith("NOT");
}

/** The stem of the verb behind the level: that of "MUST answer it". */
function deedOf({ sentence, level }: Requirement): string | undefined {
  return wordsOf(sentence.split(` ${level} `, 2)[1] ?? "")[0];
}

function familyOf({ id }: Requirement): string {
  return id.split("-")[0] ?? "";
}

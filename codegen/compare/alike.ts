/** Whether two names, or two sentences, are near to each other; and pairs of which that is true of no other. */
import { wordsOf } from "../weighed.js";
import { distance } from "../model/spelling.js";

/** From here on a removed and an added thing are taken for one. */
const LIKE = 0.5;
/** How much nearer the best has to be than the second. */
const CLEAR = 0.1;

/** 0 to 1: the share of words that two texts have in common. */
export function likeness(one: string, other: string): number {
  const [a, b] = [new Set(wordsOf(one)), new Set(wordsOf(other))];
  if (a.size + b.size === 0) return 0;
  const shared = [...a].filter((word) => b.has(word)).length;
  return (2 * shared) / (a.size + b.size);
}

/** The same of names: `last_seq` and `last_event_seq`; also of ones that differ in a letter or two. */
export function nameLikeness(one: string, other: string): number {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  const words = (text: string): string => text.replace(/[._/-]/g, " ");
  const longest = Math.max(a.length, b.length, 1);
  return Math.max(likeness(words(a), words(b)), 1 - (2 * distance(a, b)) / longest);
}

/** Pairs of which each is clearly nearer to the other than to any else; what is paired is no rival of the others. */
export function matches<T>(
  removed: readonly T[],
  added: readonly T[],
  near: (old: T, now: T) => number,
): Map<T, T> {
  const scores = removed.map((old) => added.map((now) => near(old, now)));
  const found = new Map<number, number>();
  for (let before = -1; before < found.size;) {
    before = found.size;
    for (const [i, j] of clearPairs(scores, found)) found.set(i, j);
  }
  return new Map(
    removed.flatMap((old, i): [T, T][] => {
      const now = added[found.get(i) ?? -1];
      return now === undefined ? [] : [[old, now]];
    }),
  );
}

/** Rows and columns of which each is the other's best by far, those left out that are paired already. */
function clearPairs(
  scores: readonly (readonly number[])[],
  paired: ReadonlyMap<number, number>,
): [number, number][] {
  const taken = new Set(paired.values());
  const score = (i: number, j: number): number =>
    paired.has(i) || taken.has(j) ? 0 : (scores[i]?.[j] ?? 0);
  return scores.flatMap((row, i): [number, number][] => {
    const own = row.map((_, j) => score(i, j));
    const best = Math.max(...own, 0);
    if (best < LIKE) return [];
    const j = own.indexOf(best);
    const rivals = [
      ...own.filter((_, k) => k !== j),
      ...scores.map((_, k) => (k === i ? 0 : score(k, j))),
    ];
    return rivals.every((it) => best - it >= CLEAR) ? [[i, j]] : [];
  });
}

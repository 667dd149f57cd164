/** Whether two names, or two sentences, are near to each other; and pairs of which that is true of no other. */
import { wordsOf } from "../audit/match.js";
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

/** Pairs of which each is clearly nearer to the other than to any else. */
export function matches<T>(
  removed: readonly T[],
  added: readonly T[],
  near: (old: T, now: T) => number,
): Map<T, T> {
  const scores = removed.map((old) => added.map((now) => near(old, now)));
  const found = new Map<T, T>();
  for (const [i, old] of removed.entries()) {
    const row = scores[i] ?? [];
    const best = Math.max(...row, 0);
    const j = row.indexOf(best);
    const now = added[j];
    if (best < LIKE || now === undefined) continue;
    const rivals = [
      ...row.filter((_, k) => k !== j),
      ...scores.flatMap((it, k) => (k === i ? [] : (it[j] ?? 0))),
    ];
    if (rivals.every((score) => best - score >= CLEAR)) found.set(old, now);
  }
  return found;
}

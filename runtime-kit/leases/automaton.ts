/**
 * Matching where nothing cheaper is right: all ways to match are followed at once, one bit each, and
 * nothing is ever tried again. The time is words times characters, whatever the two texts are. §9.2
 */
import type { Tally } from "./search.js";

const SLASH = 0x2f;
const STAR = 0x2a;

/**
 * A pattern as an automaton without branches. State `i` is bit `i`: the first `i` tokens are matched.
 * A token is a character, a `*`, or one half of `/**`: a skippable slash, and then a run of anything.
 */
export interface Automaton {
  /** How many 32-bit words hold the states. */
  readonly words: number;
  readonly accept: number;
  /** For each character the states that it moves on by one; those of ASCII at hand, as most are. */
  readonly moves: ReadonlyMap<number, Int32Array>;
  readonly ascii: readonly Int32Array[];
  /** States that any character, or any but a slash, leaves where they are. Leaving them is free. */
  readonly runs: Int32Array;
  /** Those of `runs` that a slash, too, leaves where they are. */
  readonly deepRuns: Int32Array;
  /** States from which `/**` may be skipped as a whole. */
  readonly skips: Int32Array;
}

/** How many words a pattern needs: the time per character of a target. */
export function wordsOf(pattern: string): number {
  return (pattern.length >>> 5) + 1;
}

/** @param pattern each segment with a slash in front */
export function automatonOf(pattern: string): Automaton {
  const words = wordsOf(pattern);
  const moves = new Map<number, Int32Array>();
  const [runs, deepRuns, skips] = [words, words, words].map((size) => new Int32Array(size)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  let state = 0;
  for (let at = 0; at < pattern.length; at++) {
    const unit = pattern.charCodeAt(at);
    if (unit === STAR) {
      add(runs, state++);
      continue;
    }
    let row = moves.get(unit);
    if (row === undefined) moves.set(unit, (row = new Int32Array(words)));
    add(row, state);
    if (unit === SLASH && pattern.startsWith("**", at + 1)) {
      add(skips, state++);
      add(runs, state);
      add(deepRuns, state);
      at += 2;
    }
    state++;
  }
  const nowhere = new Int32Array(words);
  const ascii = Array.from({ length: 128 }, (_, unit) => moves.get(unit) ?? nowhere);
  return { words, accept: state, moves, ascii, runs, deepRuns, skips };
}

function add(set: Int32Array, state: number): void {
  set[state >>> 5]! |= 1 << (state & 31);
}

/** @param target each segment with a slash in front */
export function run(
  { words, accept, moves, ascii, runs, deepRuns, skips }: Automaton,
  target: string,
  tally?: Tally,
): boolean {
  const states = new Int32Array(words);
  const nowhere = new Int32Array(words);
  states[0] = 1 | ((skips[0]! & 1) << 2);
  for (let at = 0; at < target.length; at++) {
    const unit = target.charCodeAt(at);
    const moving = (unit < 128 ? ascii[unit] : moves.get(unit)) ?? nowhere;
    const staying = unit === SLASH ? deepRuns : runs;
    let moveCarry = 0;
    let leaveCarry = 0;
    let skipCarry = 0;
    let alive = 0;
    for (let word = 0; word < words; word++) {
      const now = states[word]!;
      const moved = now & moving[word]!;
      let next = (moved << 1) | moveCarry | (now & staying[word]!);
      moveCarry = moved >>> 31;
      // What may be left for free is followed by at most one `/**`, hence one pass in this order.
      const left = next & runs[word]!;
      next |= (left << 1) | leaveCarry;
      leaveCarry = left >>> 31;
      const skipped = next & skips[word]!;
      next |= (skipped << 2) | skipCarry;
      skipCarry = skipped >>> 30;
      states[word] = next;
      alive |= next;
    }
    if (tally !== undefined) tally.steps += words;
    if (alive === 0) return false;
  }
  return ((states[accept >>> 5]! >>> (accept & 31)) & 1) === 1;
}

/**
 * The pattern language of leases, and its matcher. §9.2, GLOB-01 to GLOB-05, GLOB-12
 *
 * A pattern is anchored at both ends and made of segments separated by `/`, in every namespace
 * (W-39). `*` stands for any characters within one segment, also none; `**` stands for any number of
 * whole segments, also none, and only as a whole segment. Every other character is itself: `?`, `[`,
 * `]`, `{`, `}`, `!` and `.` are literals, and nothing quotes a `*`.
 */
import { Limits } from "../../generated/draft-1.1/constants.js";

declare const parsed: unique symbol;

/** A pattern that `parsePattern` accepted. Plain text, so that it may stand in a job's state. §9.2 */
export type Pattern = string & { readonly [parsed]: true };

/** A pattern, or the reason (without an echo of the text) why there is none. */
export type Parsed =
  | { readonly ok: true; readonly pattern: Pattern }
  | { readonly ok: false; readonly reason: string };

const SLASH = 0x2f;
const STAR = 0x2a;

/**
 * Reads a pattern whose text is already canonical for its namespace. Neighbouring `**` become one.
 *
 * @param text at most `Limits.maxPatternLength` characters (code points)
 */
export function parsePattern(text: string): Parsed {
  if (text === "") return { ok: false, reason: "a pattern is not empty" };
  if (isOverlong(text, Limits.maxPatternLength)) {
    return { ok: false, reason: `a pattern has at most ${Limits.maxPatternLength} characters` };
  }
  const segments = text.split("/");
  if (segments.some((segment) => segment !== "**" && segment.includes("**"))) {
    return { ok: false, reason: "`**` stands only as a whole segment" };
  }
  const kept = segments.filter((segment, at) => segment !== "**" || segments[at - 1] !== "**");
  return { ok: true, pattern: kept.join("/") as Pattern };
}

/** Whether `text` has more than `limit` characters (code points). */
export function isOverlong(text: string, limit: number): boolean {
  if (text.length <= limit) return false;
  return text.length > 2 * limit || [...text].length > limit;
}

/**
 * Whether `pattern` covers the whole of `canonicalTarget`.
 *
 * The time is bounded by pattern length / 32 times target length, whatever the two texts are: all
 * ways to match are followed at once, one bit each, and nothing is ever tried again.
 */
export function matches(pattern: Pattern, canonicalTarget: string): boolean {
  if (canonicalTarget === "") return false;
  const star = pattern.indexOf("*");
  if (star < 0) return pattern === canonicalTarget;
  const isWhole = pattern.charCodeAt(star + 1) === STAR;
  // `/a/**` covers `/a` as well, so its slash belongs to the wildcard.
  const head = pattern.slice(0, isWhole ? Math.max(0, star - 1) : star);
  if (!canonicalTarget.startsWith(head)) return false;
  if (isWhole && star + 2 === pattern.length) {
    const next = canonicalTarget.charCodeAt(head.length);
    return star === 0 || Number.isNaN(next) || next === SLASH;
  }
  return run(compile(framed(pattern)), framed(canonicalTarget));
}

/** Each segment with a slash in front; the root is one empty segment. Makes `**` a matter of slashes. */
function framed(text: string): string {
  return text === "/" ? text : `/${text}`;
}

/**
 * A pattern as an automaton without branches. State `i` is bit `i`: the first `i` tokens are matched.
 * A token is a character, a `*`, or one half of `/**`: a skippable slash, and then a run of anything.
 */
interface Automaton {
  /** How many 32-bit words hold the states. */
  readonly words: number;
  readonly accept: number;
  /** For each character the states that it moves on by one. */
  readonly moves: ReadonlyMap<number, Int32Array>;
  /** States that any character, or any but a slash, leaves where they are. Leaving them is free. */
  readonly runs: Int32Array;
  /** Those of `runs` that a slash, too, leaves where they are. */
  readonly deepRuns: Int32Array;
  /** States from which `/**` may be skipped as a whole. */
  readonly skips: Int32Array;
}

function compile(pattern: string): Automaton {
  const words = (pattern.length >>> 5) + 1;
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
  return { words, accept: state, moves, runs, deepRuns, skips };
}

function add(set: Int32Array, state: number): void {
  set[state >>> 5]! |= 1 << (state & 31);
}

function run({ words, accept, moves, runs, deepRuns, skips }: Automaton, target: string): boolean {
  const states = new Int32Array(words);
  const nowhere = new Int32Array(words);
  states[0] = 1 | ((skips[0]! & 1) << 2);
  for (let at = 0; at < target.length; at++) {
    const unit = target.charCodeAt(at);
    const moving = moves.get(unit) ?? nowhere;
    const staying = unit === SLASH ? deepRuns : runs;
    let [moveCarry, leaveCarry, skipCarry, alive] = [0, 0, 0, 0];
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
    if (alive === 0) return false;
  }
  return ((states[accept >>> 5]! >>> (accept & 31)) & 1) === 1;
}

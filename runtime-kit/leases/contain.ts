/**
 * Whether one pattern covers another: both are followed at once, through every text that the one within matches, and the
 * one around has to match wherever it does. What takes too long to be proven is not proven. §9.4, SUBSET-03, SUBSET-04
 */
import { advance, automatonOf, begin, isAccepting, type Automaton } from "./automaton.js";
import { matches, type Pattern } from "./glob.js";

const SLASH = 0x2f;
const STAR = 0x2a;
/** States of the two together that are looked at for one pair of patterns. */
const MAX_STATES = 2000;

/** What proofs may cost together, in words of 32 states that are moved or looked at. */
export interface Effort {
  left: number;
}

/** Enough for a lease of patterns as people write them, and some tens of milliseconds in any case. */
export const EFFORT = 2 ** 23;

/**
 * Whether `outer` is proven to match all that `inner` does. Both stand for texts as the matcher sees them: segments with
 * `/` between. `undefined` if it was not decided within the effort.
 */
export function contains(
  outer: Pattern,
  inner: Pattern,
  effort: Effort = { left: EFFORT },
): boolean | undefined {
  if (outer === inner) return true;
  effort.left -= 1;
  if (!inner.includes("*")) return matches(outer, inner);
  const around = automatonOf(marked(outer));
  const within = automatonOf(marked(inner));
  const units = unitsOf(around, within);
  // Most pairs have nothing to do with each other, and one text tells.
  effort.left -= inner.length * (around.words + within.words);
  const example = exampleOf(inner, units.other);
  if (matches(inner, example) && !matches(outer, example)) return false;
  return explore(around, within, units, effort);
}

/** Segments with a slash in front; the root is one empty segment, not two. */
function marked(pattern: string): string {
  return pattern === "/" ? pattern : `/${pattern}`;
}

interface Units {
  /** All that either pattern names, and the slash. */
  readonly named: readonly number[];
  /** One that neither names: it stands for all the others. */
  readonly other: number;
}

function unitsOf(...automata: readonly Automaton[]): Units {
  const named = new Set([SLASH, ...automata.flatMap(({ moves }) => [...moves.keys()])]);
  let other = 0x61;
  while (named.has(other) || other === STAR) other++;
  return { named: [...named], other };
}

/** A text that most patterns match: something for each `*`, and nothing for each `**`. */
function exampleOf(pattern: string, other: number): string {
  const something = String.fromCharCode(other);
  const text = pattern.replace(/^\*\*\/?/, "").replaceAll(/\/?\*\*/g, "");
  return text.replaceAll("*", something) || (pattern.startsWith("/") ? "/" : something);
}

/** Every pair of states that some text leads to, until one is found where only the one within matches. */
function explore(
  around: Automaton,
  within: Automaton,
  { named, other }: Units,
  effort: Effort,
): boolean | undefined {
  const first = { outer: begin(around), inner: begin(within) };
  const seen = new Set([keyOf(first.inner, first.outer)]);
  const open = [first];
  const cost = 2 * (around.words + within.words);
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const isStart = pair === first;
    for (const unit of [...named, other]) {
      // No target is empty, and each begins with the slash of its first segment.
      if (isStart && unit !== SLASH) continue;
      if ((effort.left -= cost) < 0) return undefined;
      const inner = pair.inner.slice();
      if (advance(within, inner, unit) === 0) continue;
      const outer = pair.outer.slice();
      if (advance(around, outer, unit) === 0) return false;
      if (isAccepting(within, inner) && !isAccepting(around, outer)) return false;
      if (takesAll(around, outer)) continue;
      const key = keyOf(inner, outer);
      if (seen.has(key)) continue;
      if (seen.size === MAX_STATES) return undefined;
      seen.add(key);
      open.push({ outer, inner });
    }
  }
  return true;
}

/** Whether whatever follows is matched: a `/**` at the end has been reached. */
function takesAll({ accept, deepRuns }: Automaton, states: Int32Array): boolean {
  const last = accept - 1;
  if (last < 0) return false;
  const bit = 1 << (last & 31);
  return (deepRuns[last >>> 5]! & states[last >>> 5]! & bit) !== 0;
}

function keyOf(inner: Int32Array, outer: Int32Array): string {
  return `${inner.join()};${outer.join()}`;
}

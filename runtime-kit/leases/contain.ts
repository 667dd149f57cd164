/**
 * Whether one pattern covers another. §9.4, SUBSET-03, SUBSET-04
 *
 * A character that the pattern around does not name can be matched there by a wildcard only, and where one character is,
 * anything may stand. So one text with such a character for each `*` tells about all texts; what is left to try is how
 * many segments each `**` stands for.
 */
import { matches, type Pattern } from "./glob.js";
import type { Tally } from "./search.js";
import { follow, segmentOf, type Segment } from "./segments.js";

/** Ways to be in both patterns at once that are looked at for one pair. */
const MAX_STATES = 2000;

/** What proofs may cost together, in characters and states looked at: some tens of milliseconds. */
export const MAX_EFFORT = 2 ** 21;

/** The first of 6,400 characters for private use, more than a pattern has characters. */
const PRIVATE_USE = 0xe000;

/**
 * Whether `outer` is proven to match all that `inner` does, both as the matcher takes them. `undefined` if that takes more
 * states than are looked at, or more effort than is left.
 *
 * @param effort what proofs have cost so far; the cost of this one is added
 */
export function contains(
  outer: Pattern,
  inner: Pattern,
  effort: Tally = { steps: 0 },
): boolean | undefined {
  effort.steps += 1;
  if (outer === inner) return true;
  if (effort.steps > MAX_EFFORT) return undefined;
  const unnamed = unnamedBy(outer);
  const example = inner.replaceAll(/\*+/g, unnamed);
  if (!matches(outer, example, effort)) return false;
  return inner.includes("**") ? containsAll(outer, inner, unnamed, effort) : true;
}

function unnamedBy(pattern: string): string {
  let unit = PRIVATE_USE;
  while (pattern.includes(String.fromCharCode(unit))) unit++;
  return String.fromCharCode(unit);
}

/** Follows `outer` through every number of segments that each `**` of `inner` may stand for. */
function containsAll(
  outer: Pattern,
  inner: Pattern,
  unnamed: string,
  effort: Tally,
): boolean | undefined {
  const around = aroundOf(outer, effort);
  // No target is without segments.
  const within = inner === "**" ? ["*", "**"] : inner.split("/");
  const seen = within.map((): bigint[] => []);
  const open: (readonly [at: number, states: bigint])[] = [[0, leave(around, 1n)]];
  let count = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [at, states] = next;
    if ((states & around.all) !== 0n) continue;
    const segment = within[at];
    if (segment === undefined) {
      if ((states & around.accept) === 0n) return false;
      continue;
    }
    // Where it is covered from fewer states, it is from more.
    const before = seen[at]!;
    effort.steps += before.length + around.segments.length;
    if (before.some((fewer) => (fewer & states) === fewer)) continue;
    if (++count > MAX_STATES || effort.steps > MAX_EFFORT) return undefined;
    before.push(states);
    if (segment === "**") open.push([at + 1, states]);
    const text = segment.replaceAll(/\*+/g, unnamed);
    const after = advance(around, states, text, effort);
    if (after === 0n) return false;
    open.push([segment === "**" ? at : at + 1, after]);
  }
  return true;
}

/** A pattern as states, a bit each: as many of its segments are matched. */
interface Around {
  readonly segments: readonly (Segment | "**")[];
  /** States in front of a `**`. */
  readonly deep: bigint;
  /** The state from which whatever follows is matched: in front of a `**` at the end. */
  readonly all: bigint;
  readonly accept: bigint;
  /** For each text that was asked about, the states that it moves on. */
  readonly moves: Map<string, bigint>;
}

function aroundOf(pattern: Pattern, effort: Tally): Around {
  effort.steps += pattern.length;
  // The root is one empty segment, not two.
  const texts = pattern === "/" ? [""] : pattern.split("/");
  const segments = texts.map((text) => (text === "**" ? text : segmentOf(text)));
  const deep = bitsOf(segments, (segment) => segment === "**");
  const accept = 1n << BigInt(segments.length);
  return { segments, deep, all: deep & (accept >> 1n), accept, moves: new Map() };
}

function advance(around: Around, states: bigint, text: string, effort: Tally): bigint {
  let moving = around.moves.get(text);
  if (moving === undefined) {
    const target = `${text}/`;
    moving = bitsOf(
      around.segments,
      (segment) => segment !== "**" && follow([segment], target, 0, effort) === target.length,
    );
    around.moves.set(text, moving);
  }
  return leave(around, ((states & moving) << 1n) | (states & around.deep));
}

/** A `**` may be left for free, and is followed by none. */
function leave({ deep }: Around, states: bigint): bigint {
  return states | ((states & deep) << 1n);
}

function bitsOf<Item>(items: readonly Item[], isSet: (item: Item) => boolean): bigint {
  let bits = 0n;
  for (const [at, item] of items.entries()) if (isSet(item)) bits |= 1n << BigInt(at);
  return bits;
}

/**
 * How a pattern with wildcards is matched: from the front up to its first `**`, from the back up to
 * its last one, and what stands between two `**` where it first occurs. §9.2, GLOB-02, GLOB-03
 */
import { automatonOf, run, wordsOf, type Automaton } from "./automaton.js";
import { endOf, needle, type Needle, type Tally } from "./search.js";
import { findSegment, follow, placeFromEnd, segmentOf, type Segment } from "./segments.js";

/** What stands between two `**`: texts without a `*`, or one segment with. */
type Middle =
  | { readonly text: Needle; readonly segment?: undefined }
  | { readonly segment: Segment; readonly text?: undefined };

/** A pattern taken apart. */
export interface Plan {
  readonly first: readonly Segment[];
  /** One after the other, or, where that could take more than one look at a segment, all at once. */
  readonly middles: readonly Middle[] | Automaton;
  /** Nothing if the pattern has no `**`. */
  readonly last: readonly Segment[] | undefined;
}

/** @param pattern what `parsePattern` accepted, with a `*` */
export function planOf(pattern: string): Plan {
  const { first, middles, last } = groupsOf(pattern);
  return {
    first: first.map(segmentOf),
    middles: middles.some(isWild) ? automatonOf(searched(middles)) : middles.map(middleOf),
    last: last?.map(segmentOf),
  };
}

/**
 * 0 if a pattern is matched in time linear in the target. Otherwise the words of 32 states by which
 * each character costs more: a `*` in several segments between two `**`.
 */
export function searchWords(pattern: string): number {
  const { middles } = groupsOf(pattern);
  return middles.some(isWild) ? wordsOf(searched(middles)) : 0;
}

/** Whether the plan's pattern covers the whole target, which is not empty. */
export function satisfies({ first, middles, last }: Plan, text: string, tally?: Tally): boolean {
  // The root is one empty segment, not two.
  const target = text === "/" ? "//" : `/${text}/`;
  let from = follow(first, target, 1, tally);
  if (from < 0) return false;
  if (last === undefined) return from === target.length;
  const to = placeFromEnd(target, last.length);
  if (to < from || follow(last, target, to, tally) < 0) return false;
  if ("words" in middles) {
    return from < to && run(middles, target.slice(from - 1, to - 1), tally);
  }
  for (const { text: words, segment } of middles) {
    from =
      words === undefined
        ? findSegment(segment, target, from, to, tally)
        : endOf(words, target, from - 1, to, tally);
    if (from < 0) return false;
  }
  return true;
}

interface Groups {
  readonly first: readonly string[];
  readonly middles: readonly (readonly string[])[];
  readonly last: readonly string[] | undefined;
}

function groupsOf(pattern: string): Groups {
  const groups: string[][] = [[]];
  for (const segment of pattern.split("/")) {
    if (segment === "**") groups.push([]);
    else groups.at(-1)!.push(segment);
  }
  const [first = [], ...rest] = groups;
  const last = rest.pop();
  return { first, middles: rest, last };
}

function isWild(group: readonly string[]): boolean {
  return group.length > 1 && group.some((segment) => segment.includes("*"));
}

function middleOf(group: readonly string[]): Middle {
  const [segment = ""] = group;
  return group.length === 1 && segment.includes("*")
    ? { segment: segmentOf(segment) }
    : { text: needle(`/${group.join("/")}/`) };
}

function searched(middles: Groups["middles"]): string {
  return `/**/${middles.map((group) => `${group.join("/")}/**`).join("/")}`;
}

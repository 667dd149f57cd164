/**
 * Matching segments one after the other, in time linear in what they are matched against. §9.2
 *
 * Targets have a slash in front of each segment and one at the end, so that each segment has one at
 * both sides. A place is where a segment begins; the place behind the last one is the target's length.
 */
import { endOf, needle, type Needle, type Tally } from "./search.js";

/** A segment of a pattern: texts with anything between them; without a `*` there is but a `head`. */
export interface Segment {
  readonly head: string;
  readonly between: readonly Needle[];
  readonly tail: string | undefined;
  /** Characters that the texts need together. */
  readonly least: number;
}

/** Reads a segment that is not `**`. */
export function segmentOf(text: string): Segment {
  const [head = "", ...rest] = text.split("*");
  const tail = rest.pop();
  return { head, between: rest.map(needle), tail, least: text.replaceAll("*", "").length };
}

/** The place behind all `segments`, if the target has them at `from`; otherwise -1. */
export function follow(
  segments: readonly Segment[],
  target: string,
  from: number,
  tally?: Tally,
): number {
  let place = from;
  for (const segment of segments) {
    if (place === target.length) return -1;
    const to = endOfSegment(target, place, tally);
    if (!covers(segment, target, place, to, tally)) return -1;
    place = to + 1;
  }
  return place;
}

/** The place behind the first segment within `from` and `to` that `segment` covers, or -1. */
export function findSegment(
  segment: Segment,
  target: string,
  from: number,
  to: number,
  tally?: Tally,
): number {
  for (let place = from; place < to;) {
    const end = endOfSegment(target, place, tally);
    if (covers(segment, target, place, end, tally)) return end + 1;
    place = end + 1;
  }
  return -1;
}

/** The place from which on the target has `count` more segments, or -1. */
export function placeFromEnd(target: string, count: number): number {
  let place = target.length;
  for (let left = count; left > 0; left--) {
    if (place === 1) return -1;
    place = target.lastIndexOf("/", place - 2) + 1;
  }
  return place;
}

function endOfSegment(target: string, from: number, tally?: Tally): number {
  const end = target.indexOf("/", from);
  if (tally !== undefined) tally.steps += end - from + 1;
  return end;
}

/** Each text is taken where it occurs first: what is left for the next ones is then the most. */
function covers(
  { head, between, tail, least }: Segment,
  target: string,
  from: number,
  to: number,
  tally?: Tally,
): boolean {
  if (to - from < least) return false;
  if (tail === undefined) return to - from === head.length && target.startsWith(head, from);
  const last = to - tail.length;
  let place = from + head.length;
  if (!target.startsWith(head, from) || !target.startsWith(tail, last)) return false;
  for (const part of between) {
    place = endOf(part, target, place, last, tally);
    if (place < 0) return false;
  }
  return true;
}

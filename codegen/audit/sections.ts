/** By what name a section went when a draft was accepted: numbers change, titles as well, and neither moves what stands below. */
import { inOrder } from "./in-order.js";
import { ABOVE_ALL, passageHash, sectionOf } from "./passages.js";
import type { Passage } from "./passages.js";

export interface Sections {
  /** The section that the one of this passage was: by its title, else by what stands below it, else by its number; undefined if that was another one's. */
  former(passage: Passage): string | undefined;
  /** Whether a passage that was accepted stands where it stood: in this section. */
  stayed(passage: Passage, before: string): boolean;
}

/** How many passages below a heading stood in a section before, by `heading section`. */
type Shared = ReadonlyMap<string, number>;

/** @param known labels of the passages that were accepted, by fingerprint */
export function readSections(
  passages: readonly Passage[],
  known: ReadonlyMap<string, string>,
): Sections {
  const shared = new Map<string, number>();
  for (const { hash, heading } of passages) {
    const before = known.get(hash);
    if (heading === undefined || hash === heading || before === undefined) continue;
    const pair = `${heading} ${sectionOf(before)}`;
    shared.set(pair, (shared.get(pair) ?? 0) + 1);
  }
  const former = withRenamed(calledTheSame(passages, known, shared), shared);
  // Accepted before sections without a number had names, whatever stood in them was `unnumbered`.
  const elsewhere = new Set([...former.values()].filter((section) => section !== ABOVE_ALL));
  const formerOf = ({ heading = "", label }: Passage): string | undefined => {
    const number = sectionOf(label);
    // A number that another section had says nothing.
    return former.get(heading) ?? (elsewhere.has(number) ? undefined : number);
  };
  return {
    former: formerOf,
    stayed: (passage, before) => passage.hash === passage.heading || before === formerOf(passage),
  };
}

/** Titles that there were: of several that read the same, which one is which is told by what stands below and by the number. */
function calledTheSame(
  passages: readonly Passage[],
  known: ReadonlyMap<string, string>,
  shared: Shared,
): Map<string, string> {
  const titles = new Map<string, Passage[]>();
  for (const passage of passages) {
    const { hash, heading, text } = passage;
    if (hash !== heading) continue;
    const alike = titles.get(text) ?? [];
    alike.push(passage);
    titles.set(text, alike);
  }
  const formerly = (title: string): string[] => {
    const sections: string[] = [];
    for (;;) {
      const before = known.get(passageHash("heading", title, sections.length + 1));
      if (before === undefined) return sections;
      sections.push(sectionOf(before));
    }
  };
  const like = ({ hash, label }: Passage, before: string): number =>
    (sectionOf(label) === before ? 1 : 0) + 2 * (shared.get(`${hash} ${before}`) ?? 0);
  const pairs = [...titles].flatMap(([title, now]) => inOrder(now, formerly(title), like));
  return new Map(pairs.map(([{ hash }, before]) => [hash, before]));
}

/** And new titles: where one takes the place of one that is gone, what stood below that stands below this. */
function withRenamed(same: ReadonlyMap<string, string>, shared: Shared): Map<string, string> {
  const found = new Map(same);
  const taken = new Set([...same.values(), ABOVE_ALL]);
  for (const [pair] of [...shared].toSorted((a, b) => b[1] - a[1])) {
    const [heading = "", before = ""] = pair.split(" ");
    if (found.has(heading) || taken.has(before)) continue;
    found.set(heading, before);
    taken.add(before);
  }
  return found;
}

/** By what name a section went when a draft was accepted: numbers change, titles as well, and neither moves what stands below. */
import { isHeading, sectionOf } from "./passages.js";
import type { Passage } from "./passages.js";

export interface Sections {
  /** The section that the one of this passage was: by its title, else by what stands below it; undefined if it is new. */
  former(passage: Passage): string | undefined;
  /** Whether a passage that was accepted stands where it stood: in this section. */
  stayed(passage: Passage, before: string): boolean;
}

/** @param known labels of the passages that were accepted, by fingerprint */
export function readSections(
  passages: readonly Passage[],
  known: ReadonlyMap<string, string>,
): Sections {
  const titles = new Map<string, string>();
  const former = new Map(renamed(passages, known));
  for (const { hash, text, heading } of passages) {
    if (hash !== heading) continue;
    titles.set(hash, text);
    const before = known.get(hash);
    if (before !== undefined) former.set(hash, sectionOf(before));
  }
  const all = [...titles.values()];
  const twice = new Set(all.filter((title, index) => all.indexOf(title) !== index));
  // Accepted before sections without a number had names, whatever stood in them was `unnumbered`, as what stands above all is.
  const elsewhere = new Set([...former.values()].filter((section) => section !== "unnumbered"));
  return {
    former: ({ heading = "" }) => former.get(heading),
    stayed: ({ heading = "", label }, before) => {
      if (before === former.get(heading)) return true;
      if (before !== sectionOf(label)) return false;
      // Which one of two is meant by their title changes with a third: there a number tells better.
      if (twice.has(titles.get(heading) ?? "")) return true;
      // A number that another section had says nothing.
      return !former.has(heading) && !elsewhere.has(before);
    },
  };
}

/** New titles: where one takes the place of one that is gone, what stood below that stands below this. */
function renamed(
  passages: readonly Passage[],
  known: ReadonlyMap<string, string>,
): Map<string, string> {
  const now = new Set(passages.map(({ hash }) => hash));
  const gone = [...known].filter(([hash, label]) => !now.has(hash) && isHeading(label));
  const without = new Set(gone.map(([, label]) => sectionOf(label)));
  const shared = new Map<string, number>();
  for (const { hash, heading } of passages) {
    const before = sectionOf(known.get(hash) ?? "");
    if (heading === undefined || known.has(heading) || !without.has(before)) continue;
    const pair = `${heading} ${before}`;
    shared.set(pair, (shared.get(pair) ?? 0) + 1);
  }
  const found = new Map<string, string>();
  for (const [pair] of [...shared].toSorted((a, b) => b[1] - a[1])) {
    const [heading = "", before = ""] = pair.split(" ");
    if (found.has(heading) || [...found.values()].includes(before)) continue;
    found.set(heading, before);
  }
  return found;
}

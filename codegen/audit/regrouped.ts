/** Items and rows that stand in another list or table of their section than when the draft was accepted. */
import type { Known } from "./held.js";
import { sectionOf } from "./passages.js";
import type { Passage } from "./passages.js";
import type { Sections } from "./sections.js";

/** An item or a row, and the lists that it is in and was in, each with its section. */
interface Listed {
  readonly passage: Passage;
  readonly now: string;
  /** Undefined where nothing that reads so was accepted. */
  readonly before: string | undefined;
}

/** Those from one list in another one by themselves. Where only the words above a list changed, it is the same list. */
export function regrouped(
  passages: readonly Passage[],
  { labels, lists }: Known,
  sections: Sections,
): Passage[][] {
  const listed = passages.flatMap((passage): Listed[] => {
    const section = sectionOf(labels.get(passage.hash) ?? passage.label);
    const was = lists.get(passage.hash);
    // What stands in another section is told as that.
    if (passage.list === undefined || !sections.stayed(passage, section)) return [];
    const before = was === undefined ? undefined : `${section} ${was}`;
    return [{ passage, now: `${section} ${passage.list}`, before }];
  });
  const former = formerLists(listed);
  const ways = new Map<string, Passage[]>();
  for (const { passage, now, before } of alikeTogether(listed).flatMap((it) =>
    elsewhere(it, former),
  )) {
    const way = `${before} ${now}`;
    ways.set(way, [...(ways.get(way) ?? []), passage]);
  }
  return [...ways.values()];
}

/** Which list each one was: the one of that name where it kept an item, else the one that most of its items were in. */
function formerLists(listed: readonly Listed[]): ReadonlyMap<string, string> {
  const shared = new Map<string, { readonly now: string; readonly was: string; count: number }>();
  for (const { now, before: was } of listed) {
    if (was === undefined) continue;
    const pair = shared.get(`${now} ${was}`) ?? { now, was, count: 0 };
    pair.count += 1;
    shared.set(`${now} ${was}`, pair);
  }
  const found = new Map<string, string>();
  const taken = new Set<string>();
  const take = (now: string, was: string): void => {
    if (found.has(now) || taken.has(was)) return;
    found.set(now, was);
    taken.add(was);
  };
  const pairs = [...shared.values()].toSorted((a, b) => b.count - a.count);
  for (const { now, was } of pairs) if (now === was) take(now, was);
  for (const { now, was } of pairs) take(now, was);
  // Whatever is left has nothing in it that was accepted, or nothing that was there.
  const before = new Set(listed.flatMap((one) => one.before ?? []));
  for (const { now } of listed) if (before.has(now)) take(now, now);
  return found;
}

/** Those that read the same by themselves: which of them is which, only their lists can tell. */
function alikeTogether(listed: readonly Listed[]): Listed[][] {
  const groups = new Map<string, Listed[]>();
  for (const one of listed) {
    const group = groups.get(one.passage.text) ?? [];
    group.push(one);
    groups.set(one.passage.text, group);
  }
  return [...groups.values()];
}

/** Of those that read the same, the ones that are in a list that none of them was in. */
function elsewhere(alike: readonly Listed[], former: ReadonlyMap<string, string>): Listed[] {
  const left = alike.flatMap(({ before }) => before ?? []);
  const others = alike.filter(({ now }) => {
    const at = left.indexOf(former.get(now) ?? "");
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return others.filter(({ before }) => before !== undefined).slice(0, left.length);
}

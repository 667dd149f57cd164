/**
 * The passages of a draft that were accepted, by fingerprint: the draft itself is not ours to repeat. They stand in
 * a file of their own, which `--accept` writes, beside the baseline that people write.
 */
import { isObject } from "../model/subset.js";
import type { Passage } from "./passages.js";

/** Passages that were accepted, with one reason in common. */
export interface Held {
  readonly reason: string;
  /** By the fingerprint of its text, where a passage stood, what it was about, and of an item or a row: ` of ` which list. */
  readonly passages: Readonly<Record<string, string>>;
}

/** What was accepted, by fingerprint. */
export interface Known {
  readonly labels: ReadonlyMap<string, string>;
  /** The list or table of each item and row; of files that were written before that was kept, none. */
  readonly lists: ReadonlyMap<string, string>;
}

/** All that was accepted, whatever the reason. */
export function readHeld(held: readonly Held[]): Known {
  const [labels, lists] = [new Map<string, string>(), new Map<string, string>()];
  for (const [hash, place] of held.flatMap(({ passages }) => Object.entries(passages))) {
    const [label = "", list] = place.split(/ of (?=[0-9a-f]{16}$)/);
    labels.set(hash, label);
    if (list !== undefined) lists.set(hash, list);
  }
  return { labels, lists };
}

/** Where those of a revision stand, from the root. */
export const heldPath = (revision: string): string => `codegen/baselines/passages/${revision}.json`;

/** Reads a file of accepted passages. Throws a message that says what is wrong and where. */
export function parseHeld(path: string, text: string, revision: string): readonly Held[] {
  const fail = (what: string): never => {
    throw new Error(
      `${path}: ${what}; restore it, or delete it and accept again: npm run spec:audit -- DRAFT.md --accept "why"`,
    );
  };
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    fail("the file is no JSON");
  }
  if (!isObject(read) || read["revision"] !== revision)
    return fail(`revision is not "${revision}"`);
  const { accepted } = read;
  const sound = (entry: unknown): entry is Held =>
    isObject(entry) &&
    typeof entry["reason"] === "string" &&
    entry["reason"].trim() !== "" &&
    isObject(entry["passages"]) &&
    Object.entries(entry["passages"]).every(
      ([hash, label]) => /^[0-9a-f]{16}$/.test(hash) && typeof label === "string",
    );
  if (!Array.isArray(accepted) || !accepted.every(sound))
    return fail("accepted is no list of reasons with passages");
  return accepted;
}

/** The file of accepted passages. */
export function formatHeld(revision: string, accepted: readonly Held[]): string {
  return `${JSON.stringify({ revision, accepted }, null, 2)}\n`;
}

/** All passages as accepted: those that were keep their reason, the others get this one, and what is gone goes. */
export function accept(
  passages: readonly Passage[],
  before: readonly Held[],
  reason: string,
): readonly Held[] {
  const reasons = new Map(
    before.flatMap((entry) => Object.keys(entry.passages).map((hash) => [hash, entry.reason])),
  );
  const groups = new Map<string, Record<string, string>>();
  for (const entry of before) groups.set(entry.reason, {});
  for (const { hash, label, list } of passages) {
    const why = reasons.get(hash) ?? reason;
    const group = groups.get(why) ?? {};
    group[hash] = list === undefined ? label : `${label} of ${list}`;
    groups.set(why, group);
  }
  return [...groups]
    .map(([why, found]) => ({ reason: why, passages: found }))
    .filter((entry) => Object.keys(entry.passages).length > 0);
}

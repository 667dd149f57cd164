import type { Report } from "../../parse/report.js";
import type { Draft } from "../draft.js";
import type { Lock } from "../lock.js";
import type { TextFile } from "../read.js";
import type { Rulings } from "../rulings.js";
import type { Position } from "../types.js";

/** What stands beside the spec. Undefined means that it is not there to be checked against. */
interface Beside {
  readonly lock: { readonly file: string; readonly entries: Lock } | undefined;
  readonly rulings: Rulings | undefined;
  /** Files that cite a requirement, to be read again when it is reworded. */
  readonly citations: Readonly<Record<string, readonly string[]>>;
  /** The drafts before this one, the nearest first. */
  readonly older: readonly TextFile[];
}

/** Looks at a draft and reports what is wrong with it. */
export type Rule = (draft: Draft, report: Report, beside: Beside) => void;

/** Reports each item whose name was taken by an earlier one. */
export function reportRepeats<T extends { readonly position: Position }>(
  items: readonly T[],
  nameOf: (item: T) => string,
  onRepeat: (item: T, first: T) => void,
): void {
  const firsts = new Map<string, T>();
  for (const item of items) {
    const first = firsts.get(nameOf(item));
    if (first === undefined) firsts.set(nameOf(item), item);
    else onRepeat(item, first);
  }
}

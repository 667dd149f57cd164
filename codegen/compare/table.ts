/** Changes before they are judged, and how two lists of named things are compared. */
import type { Position } from "../model/types.js";
import { matches } from "./alike.js";
import type { Claim } from "./claim.js";
import type { Change, Detail, FieldOf, Subject } from "./result.js";

/** A change before it is judged. */
export interface Found extends Omit<Change, "verdicts"> {
  readonly claims: readonly Claim[];
  /** Why messages decide nothing about it; then there are no claims. */
  readonly undecided?: string | undefined;
}

/** How the items of a table are told apart, told alike, and judged. */
export interface Table<T> {
  readonly subject: Subject;
  readonly nameOf: (item: T) => string;
  /** 0 to 1: how near a removed and an added one are; without it nothing is ever renamed. */
  readonly near?: (old: T, now: T) => number;
  /** What differs between two of one name. */
  readonly details: (old: T, now: T) => readonly Detail[];
  /** Its cell of prose, which no message decides; without it there is none. */
  readonly meaning?: (item: T) => string;
  readonly about: (item: T) => string;
  /** What it is made of, told where it came or went. */
  readonly fields?: (item: T, of: "old" | "new") => readonly FieldOf[];
  readonly claims?: (
    old: T | undefined,
    now: T | undefined,
    how: Change["how"],
  ) => readonly Claim[];
  readonly undecided?: (item: T) => string;
}

/** The aspect of a detail that is prose of a table. */
export const MEANING = "meaning";

/** Why messages decide nothing about it. */
const PROSE = "a meaning is prose: no message shows by its shape what is meant";

interface Placed {
  readonly position: Position;
}

/** Changes of a table: what both have first, then what was renamed, removed, added. */
export function tableChanges<T extends Placed>(
  old: readonly T[],
  now: readonly T[],
  table: Table<T>,
): Found[] {
  const { nameOf, near = () => 0 } = table;
  const before = new Map(old.map((item) => [nameOf(item), item]));
  const after = new Set(now.map(nameOf));
  const removed = old.filter((item) => !after.has(nameOf(item)));
  const added = now.filter((item) => !before.has(nameOf(item)));
  const renamed = matches(removed, added, near);
  const came = new Set(renamed.values());
  const both = now.flatMap((item): [T, T][] => {
    const other = before.get(nameOf(item));
    return other === undefined || allDetails(table, other, item).length === 0
      ? []
      : [[other, item]];
  });
  return [
    ...both.map(([a, b]) => found(table, "changed", a, b)),
    ...[...renamed].map(([a, b]) => found(table, "renamed", a, b)),
    ...removed.filter((it) => !renamed.has(it)).map((it) => found(table, "removed", it, undefined)),
    ...added.filter((it) => !came.has(it)).map((it) => found(table, "added", undefined, it)),
  ];
}

function found<T extends Placed>(
  table: Table<T>,
  how: Change["how"],
  before: T | undefined,
  after: T | undefined,
): Found {
  const it = (after ?? before) as T;
  const whole = before !== undefined && after !== undefined;
  const details = whole ? allDetails(table, before, after) : [];
  const reworded = how === "changed" && details.every(({ aspect }) => aspect === MEANING);
  return {
    subject: table.subject,
    name: table.nameOf(it),
    how: reworded ? "reworded" : how,
    was: how === "renamed" && before !== undefined ? table.nameOf(before) : undefined,
    about: whole ? "" : table.about(it),
    details,
    fields: whole ? [] : (table.fields?.(it, after === undefined ? "old" : "new") ?? []),
    old: before?.position,
    new: after?.position,
    claims: reworded ? [] : (table.claims?.(before, after, how) ?? []),
    undecided: reworded ? PROSE : table.undecided?.(it),
  };
}

function allDetails<T>({ details, meaning }: Table<T>, old: T, now: T): Detail[] {
  return [...details(old, now), ...detailsOf([[MEANING, meaning?.(old), meaning?.(now)]])];
}

/** Changes of which no message of both revisions has a place are left undecided. */
export function orUndecided(found: readonly Found[], why: string): Found[] {
  return found.map((it) => (it.claims.length > 0 ? it : { ...it, undecided: it.undecided ?? why }));
}

/** The aspects that differ; what is undefined or empty is said as "none". */
export function detailsOf(
  aspects: readonly (readonly [aspect: string, old: unknown, now: unknown])[],
): Detail[] {
  const said = (value: unknown): string => {
    if (typeof value === "boolean") return value ? "yes" : "no";
    const text = Array.isArray(value) ? value.join(", ") : String(value ?? "");
    return text === "" ? "none" : text;
  };
  return aspects.flatMap(([aspect, old, now]) => {
    const [one, other] = [said(old), said(now)];
    return one === other ? [] : [{ aspect, old: one, new: other }];
  });
}

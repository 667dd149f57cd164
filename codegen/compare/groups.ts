/** A comparison in the order in which it is told. */
import { revisionInName } from "../model/build.js";
import { SUBJECTS } from "./result.js";
import type { Change, Compared, Comparison, Subject } from "./result.js";
import { plural } from "./plural.js";

export interface Group {
  readonly title: string;
  /** "2 changed, 4 added" */
  readonly counts: string;
  readonly changes: readonly Change[];
  /** Why messages decide nothing about any of them. */
  readonly undecided: boolean;
}

const TITLES: Readonly<Record<Subject, string>> = {
  version: "Version",
  message: "Messages",
  kind: "Event kinds",
  field: "Fields",
  type: "Named types",
  error: "Error codes",
  feature: "Features",
  namespace: "Lease namespaces",
  limit: "Limits",
  state: "States",
  transition: "Transitions",
  grammar: "Grammar",
  requirement: "Requirements",
};
const WAYS = ["removed", "renamed", "changed", "reworded", "added"] as const;

/** The changes by what they are about, those without any left out. */
export function groupsOf({ changes }: Comparison): Group[] {
  return SUBJECTS.flatMap((subject): Group[] => {
    const own = changes.filter((it) => it.subject === subject);
    if (own.length === 0) return [];
    const counts = WAYS.flatMap((how) => {
      const count = own.filter((it) => it.how === how).length;
      return count === 0 ? [] : [`${count} ${how}`];
    });
    const undecided = own.every(isUndecided);
    return [{ title: TITLES[subject], counts: counts.join(", "), changes: own, undecided }];
  });
}

/** Whether no message can tell what a change does. */
export function isUndecided({ verdicts }: Change): boolean {
  return Object.values(verdicts).every(({ verdict }) => verdict === "undecided");
}

/** "02.1 (version 1.1)", "1.1 (notes/new.md)": a copy has the revision of what it was copied from. */
export function nameOf({ revision, version, file }: Compared): string {
  const called = revisionInName(file) === revision;
  const more = [
    ...(revision === version ? [] : [`version ${version}`]),
    ...(called ? [] : [file]),
  ].join(", ");
  return more === "" ? revision : `${revision} (${more})`;
}

/** What the verdicts rest on, in a sentence. */
export function evidence({ doubts, runs }: Comparison): string {
  const read = `${plural(runs.fixtures, "fixture")} and ${plural(runs.derived, "message")} made for the purpose`;
  if (doubts.length === 0) return `Every verdict is proved: the other revision read ${read}.`;
  return `${plural(doubts.length, "doubt")}: not every verdict is proved. The other revision read ${read}.`;
}

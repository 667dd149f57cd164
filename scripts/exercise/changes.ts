/** What the invented revision changes, how a tool's line speaks of it, and which tools have to notice. */

/** A tool of the walk, in the order of its use. */
export type Tool = "lint" | "typecheck" | "trace" | "tests" | "suite";
export const TOOLS: readonly Tool[] = ["lint", "typecheck", "trace", "tests", "suite"];

export interface Change {
  readonly what: string;
  /** A line that leads to it. */
  readonly line: RegExp;
  readonly noticedBy: readonly Tool[];
}

export const CHANGES: readonly Change[] = [
  {
    what: "a new message and its answer",
    line: /\bjob\.descri(?:be|ption)\b/,
    noticedBy: ["lint", "typecheck", "trace"],
  },
  {
    what: "a new feature flag",
    line: /Property '?describe'? is missing|feature describe\b/,
    noticedBy: ["typecheck"],
  },
  {
    what: "a new error code",
    line: /DESCRIPTION_WITHHELD/,
    noticedBy: ["typecheck", "trace"],
  },
  {
    what: "two new requirements",
    line: /DESC-0[12]/,
    noticedBy: ["lint", "trace", "tests"],
  },
  {
    what: "a field with another name",
    line: /max_runtime_sec|runtime\/7\.3\/\S+ .*(?:TIMEOUT|did not)|LIFE-1[01]\b/,
    noticedBy: ["lint", "typecheck", "trace", "suite"],
  },
  {
    what: "a MUST with other words",
    line: /\bSUB-01\b/,
    noticedBy: ["lint", "typecheck", "trace"],
  },
  {
    what: "another version on the wire",
    line: /\bENV-02\b/,
    noticedBy: ["lint", "typecheck"],
  },
  {
    what: "a draft that the pages do not know",
    line: /has a row for each draft|the guide to the spec lists/,
    noticedBy: ["tests"],
  },
];

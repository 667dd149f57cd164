/** What the invented revision changes, and by which line of which tool somebody is led to it. */

/** A tool of the walk, in the order of its use. */
export type Tool = "lint" | "generate" | "typecheck" | "trace" | "tests" | "suite";
export const TOOLS: readonly Tool[] = ["lint", "generate", "typecheck", "trace", "tests", "suite"];

export interface Change {
  readonly what: string;
  /**
   * By tool, the findings that lead to it: a line that only happens to have a word of it counts for nothing. Each of
   * these tools has to notice.
   */
  readonly noticedBy: Partial<Readonly<Record<Tool, RegExp>>>;
}

export const CHANGES: readonly Change[] = [
  {
    what: "a new message and its answer",
    noticedBy: {
      lint: /^stale-field-table .* the field table of job\.descri(?:be|ption) is missing/,
      typecheck: /^\s*Property '"job\.descri(?:be|ption)"' is missing in type/,
      trace: /^unsaid: the message type job\.descri(?:be|ption) is nowhere/,
    },
  },
  {
    what: "a new feature flag",
    noticedBy: {
      typecheck: /error TS2741: Property 'describe' is missing in type/,
      trace: /^unsaid: the feature describe is nowhere/,
    },
  },
  {
    what: "a new error code",
    noticedBy: {
      typecheck: /error TS2741: Property 'DESCRIPTION_WITHHELD' is missing in type/,
      trace: /^unsaid: the error code DESCRIPTION_WITHHELD is nowhere/,
    },
  },
  {
    what: "two new requirements",
    noticedBy: {
      lint: /^missing-lock-entry .* DESC-0[12] is new/,
      trace: /^open: DESC-0[12], and nothing speaks of it/,
      tests: /^[-+]\s+"DESC-0[12]",$/,
    },
  },
  {
    what: "a field with another name",
    noticedBy: {
      lint: /^changed-requirement .* LIFE-1[01] has other words in/,
      typecheck: /error TS\d+: Property 'max_runtime_sec' does not exist on type/,
      trace: /^(?:stale: the field max_runtime_sec is gone from|unsaid: the field max_run_sec is)/,
      suite: /^\s+runtime\/7\.3\/\S+: no requirement LIFE-1[01] in this revision/,
    },
  },
  {
    what: "one whose old name others have",
    noticedBy: {
      lint: /^unknown-member .* which no schema of job\.cancel knows \(nearest there: cause/,
      typecheck:
        /error TS\d+: .*'(?:reason|cause)'.* (?:in|on) type '(?:\S+<)?(?:JobCancelPayload|"job\.cancel")/,
    },
  },
  {
    what: "a message with another name",
    noticedBy: {
      generate:
        /^stale-fuzz-text .* there is no message session\.closed; nearest: .*session\.ended/,
      typecheck: /error TS\d+: .*"session\.closed"/,
      trace:
        /^(?:stale: the message type session\.closed is gone|unsaid: the message type session\.ended is)/,
    },
  },
  {
    what: "a trigger with another name",
    noticedBy: {
      generate: /^stale-fuzz-text .*\blose\b/,
    },
  },
  {
    what: "a MUST with other words",
    noticedBy: {
      lint: /^changed-requirement .* SUB-01 has other words in/,
      typecheck: /error TS\d+: .*(?:"SUB-01"|'SUB-01')/,
      trace: /^lost: SUB-01 is no requirement of/,
      suite: /: no requirement SUB-01 in this revision/,
    },
  },
  {
    what: "another version on the wire",
    noticedBy: {
      lint: /^changed-requirement .* ENV-02 has other words in/,
      typecheck: /error TS\d+: Type '"ENV-02"'/,
      trace: /^lost: ENV-02 is no requirement of/,
      suite: /: no requirement ENV-02 in this revision/,
    },
  },
  {
    what: "a draft that the pages do not know",
    noticedBy: {
      tests:
        /^\s*FAIL +(?:\|\w+\| +)?docs\/revisions\.test\.ts > (?:has a row for each draft|the guide to the spec lists)/,
    },
  },
];

/** The lines of a tool that lead to a change. */
export function leading({ noticedBy }: Change, tool: Tool, lines: readonly string[]): string[] {
  const pattern = noticedBy[tool];
  return pattern === undefined ? [] : lines.filter((line) => pattern.test(line));
}

/** What no line led to, in words. */
export function missedBy(heard: ReadonlyMap<Tool, readonly string[]>): string[] {
  return CHANGES.flatMap((change) =>
    TOOLS.filter((tool) => change.noticedBy[tool] !== undefined)
      .filter((tool) => leading(change, tool, heard.get(tool) ?? []).length === 0)
      .map((tool) => `${tool} does not lead to ${change.what}`),
  );
}

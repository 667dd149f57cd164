/** What a fence holds, by its content; its label is a hint that many drafts leave out or get wrong. */
import { readLoosely } from "./lenient.js";
import type { LooseNode } from "./loose.js";

export interface StepText {
  readonly type: string;
  /** Line within the fence, from 0. */
  readonly line: number;
  /** The members that it shows. */
  readonly node: LooseNode | undefined;
  /** Members are there and could not be read. */
  readonly unread: boolean;
}

interface RuleText {
  readonly name: string;
  readonly line: number;
  /** What it consists of, comments removed, white space folded. */
  readonly text: string;
}

export type FenceContent =
  | { readonly kind: "json" }
  | { readonly kind: "grammar"; readonly rules: readonly RuleText[] }
  | { readonly kind: "trace"; readonly steps: readonly StepText[] }
  | { readonly kind: "other" };

const ARROW = String.raw`(?:[-=]{1,2}>{1,2}|<[-=]{1,2}|[→←⟶⟵⇒⇐]|>)`;
const PARTY = String.raw`(?:\p{L}[\p{L}\p{N} _-]{0,23})?`;
/** `C → R:  job.submit …`, `Client->>Runtime: job.submit …`, `→ job.submit …` */
const STEP = new RegExp(
  String.raw`^\s*${PARTY}\s{0,8}${ARROW}\s{0,8}(?:${PARTY}\s{0,8}:|\p{L}[\p{L}\p{N}_-]{0,23}\s)?\s*(?<type>[a-z][a-z0-9_-]*(?:\.[a-z][a-z0-9_-]*)+)(?<rest>(?:[^\w.].*)?)$`,
  "u",
);
const RULE = /^\s*<?([A-Za-z][\w-]*)>?\s*(?:::=|:=|=\/?)(?!=)\s*\S/;
const GRAMMARS = new Set(["abnf", "bnf", "ebnf", "grammar", "peg"]);
/** In these an arrow leads into a file. */
const SHELLS = new Set(["sh", "bash", "shell", "console", "zsh"]);
const JSONS = new Set(["json", "jsonc", "json5", "jsonl", "ndjson"]);

/** Whether a fence says that it is JSON. */
export function isLabelledJson(language: string): boolean {
  return JSONS.has(language);
}

/** Reads a fence. */
export function readContent(language: string, text: string): FenceContent {
  if (isLabelledJson(language)) return { kind: "json" };
  const lines = text.split("\n");
  const steps = SHELLS.has(language) ? [] : readSteps(lines);
  if (steps.length > 0) return { kind: "trace", steps };
  const rules = readRules(lines);
  const grammar = GRAMMARS.has(language) || lines.some((line) => /^\s*<?[\w-]+>?\s*::=/.test(line));
  if (grammar && rules.length > 0) return { kind: "grammar", rules };
  if (/^\s*(?:[{[]|"[^"\n]*"\s*:|\/[/*])/.test(text)) return { kind: "json" };
  return { kind: "other" };
}

function readRules(lines: readonly string[]): RuleText[] {
  const starts = lines.flatMap((text, line) => {
    const name = RULE.exec(text)?.[1];
    return name === undefined ? [] : [{ name, line }];
  });
  return starts.map(({ name, line }, index) => {
    const own = lines.slice(line, starts[index + 1]?.line).map(withoutComment);
    const text = own.join(" ").replace(/^[^=]*=\/?/, "");
    return { name, line, text: text.replace(/\s+/g, " ").trim() };
  });
}

/** A comment starts a line or stands behind a blank: `;` right behind a word ends a rule in other forms than ABNF. */
function withoutComment(line: string): string {
  return line.replace(/"[^"]*"|'[^']*'|<[^<>]*>|(?:^|\s);.*$/g, (piece) =>
    /^\s*;/.test(piece) ? "" : piece,
  );
}

/** The messages of a sequence. What stands between them, a pause, a remark, is no step. */
function readSteps(lines: readonly string[]): StepText[] {
  const starts = lines.flatMap((text, line) => {
    const { type, rest = "" } = STEP.exec(text)?.groups ?? {};
    return type === undefined ? [] : [{ type, line, rest }];
  });
  return starts.map(({ type, line, rest }, index) => {
    const below = lines.slice(line + 1, starts[index + 1]?.line);
    // `[seq=1..40]` says which number it bears; no member of ours looks like that.
    const shown = [rest, ...below]
      .join("\n")
      .replace(/^\s*\[[^\]\n]*\]/, "")
      .trimStart();
    if (shown.startsWith("{")) {
      const { values, problem } = readLoosely(shown, { prefix: true });
      return { type, line, node: values[0], unread: problem !== undefined };
    }
    const inside = /^\(([^()\n]*=[^()\n]*)\)/.exec(shown)?.[1];
    const node = inside === undefined ? undefined : readLoosely(inside).values[0];
    return { type, line, node: node?.type === "object" ? node : undefined, unread: false };
  });
}

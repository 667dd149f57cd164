import type { RuleId } from "../model/rules/ids.js";
import type { Diagnostic, Position } from "../model/types.js";

/** Takes a finding: what, where, and how to mend it. */
export type Report = (rule: RuleId, position: Position, message: string, fix: string) => void;

/** A list of findings and the function that fills it. */
export function createReport(): { readonly diagnostics: Diagnostic[]; readonly report: Report } {
  const diagnostics: Diagnostic[] = [];
  return {
    diagnostics,
    report: (rule, position, message, fix) => {
      diagnostics.push({ rule, position, message, fix });
    },
  };
}

/** Quotes a piece of the text for a message, short and on one line. */
export function quote(text: string): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, " ").trim();
  return `"${line.length > 60 ? `${line.slice(0, 57)}...` : line}"`;
}

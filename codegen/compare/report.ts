/** A comparison as text, Markdown or JSON: one content, of which the first two are forms. */
import type { Comparison } from "./result.js";
import { formatMarkdown } from "./markdown.js";
import { summarise } from "./summary.js";
import { formatText } from "./text.js";

export type ComparisonFormat = "text" | "markdown" | "json";

/** The whole report; ends with a line end. `exit` is said in the JSON alone. */
export function formatComparison(
  comparison: Comparison,
  format: ComparisonFormat,
  exit: number,
): string {
  if (format === "text") return formatText(comparison);
  if (format === "markdown") return formatMarkdown(comparison);
  const whole = { exit, ...comparison, summary: summarise(comparison) };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

/** The way from each requirement of what was tested to the checks that speak for it, and to what they found. */
import { requirements } from "../../generated/current/requirements.js";
import { exclusionReasons, type Exclusion } from "../checks/excluded.js";
import type { Result } from "../run/verdict.js";
import { plain } from "./markdown.js";
import { excludedOf, type Report } from "./report.js";
import { subjectOf } from "./text.js";

/** What one requirement came to. */
function outcome(
  id: string,
  results: readonly Pick<Result, "check" | "id" | "verdict">[],
  excluded: ReadonlyMap<string, Exclusion>,
): string {
  const found = results.filter(({ check }) => check.requirements.some((one) => one === id));
  if (found.length > 0) return found.map((r) => `\`${r.id}\` ${r.verdict}`).join("<br>");
  const exclusion = excluded.get(id);
  if (exclusion === undefined) return "no check of this run";
  return `excluded (${exclusion.reason}): ${exclusion.because}`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

/** `traceability.md`: one row for each requirement that binds its side, in the order of the draft. */
export function traceability(
  report: Report,
  results: readonly Pick<Result, "check" | "id" | "verdict">[],
): string {
  const excluded = excludedOf(report.side);
  const rows = Object.entries(requirements)
    .filter(([, { side }]) => side === report.side || side === "both")
    .map(([id, { level, section, sentence }]) =>
      [id, level, section, cell(sentence), outcome(id, results, excluded)].join(" | "),
    );
  const { suite, result } = report;
  const reasons = Object.entries(exclusionReasons).map(([name, words]) => `- ${name}: ${words}`);
  return [
    `# Requirements of ${report.side}s, and what was found`,
    "",
    `${plain(subjectOf(report))}, suite ${suite.version} (${suite.digest}): ${result.words}`,
    "",
    "Reasons of exclusions:",
    "",
    ...reasons,
    "",
    "| requirement | level | § | sentence | checks |",
    "| --- | --- | --- | --- | --- |",
    ...rows.map((row) => `| ${row} |`),
    "",
  ].join("\n");
}

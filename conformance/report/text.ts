/** The report for people, in plain text. */
import { describeResult } from "../run/progress.js";
import type { Result } from "../run/verdict.js";
import type { Report } from "./report.js";

/** The last lines of a run on a terminal. */
export function summary(report: Report): string {
  const { implementation: i, result, requirements: r, dialect: d, suite } = report;
  const counts = Object.entries(result.counts).map(([verdict, n]) => `${n} ${verdict}`);
  const missing =
    r.uncovered.length === 0 ? "" : `, ${r.uncovered.length} not (${r.uncoveredMust} of them MUST)`;
  return [
    `${i.name} ${i.version} at ${report.url}`,
    `  features   ${i.features.join(" ") || "none"}`,
    `  dialect    reply by ${d.correlation}; resume by ${d.resume.join(", ") || "none"}; ` +
      `end by ${d.close.join(", ") || "none"}; job_id in ${d.jobId}; arcp ${d.arcp}`,
    `  checks     ${counts.join(", ")} in ${(report.ms / 1000).toFixed(1)} s`,
    `  covers     ${r.covered} of ${r.all} requirements for runtimes${missing}`,
    `  suite      ${suite.name} ${suite.version}, revision ${suite.revision}, digest ${suite.digest}, seed ${report.seed}`,
    "",
    result.words,
    "",
  ].join("\n");
}

/** The whole report: every check, the wire of each that did not pass, and what is not covered. */
export function fullText(report: Report, results: readonly Result[]): string {
  const { uncovered } = report.requirements;
  return [
    summary(report),
    ...results.map(describeResult),
    "",
    `Not covered by a check yet (${uncovered.length}):`,
    `  ${uncovered.join(" ")}`,
    "",
  ].join("\n");
}

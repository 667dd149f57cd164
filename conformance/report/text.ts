/** The report for people, in plain text. */
import { describeResult } from "../run/progress.js";
import type { Result } from "../run/verdict.js";
import type { Report } from "./report.js";

/** The last lines of a run on a terminal. */
export function summary(report: Report): string {
  const { implementation: i, result, dialect: d, suite } = report;
  const counts = Object.entries(result.counts)
    .filter(([verdict]) => verdict !== "not-run")
    .map(([verdict, n]) => `${n} ${verdict}`);
  return [
    subjectOf(report),
    `  features   ${i.features.join(" ") || "none"}`,
    ...(d === undefined ? [] : [`  dialect    ${dialectOf(d)}`]),
    `  checks     ${counts.join(", ")} in ${(report.ms / 1000).toFixed(1)} s`,
    ...notRun(report).map((line, i) => `  ${(i === 0 ? "not run" : "").padEnd(9)}  ${line}`),
    `  suite      ${suite.name} ${suite.version}, revision ${suite.revision}, digest ${suite.digest}, seed ${report.seed}`,
    "",
    result.words,
    covers(report),
    "",
  ].join("\n");
}

/** What was under test, and where. */
export function subjectOf({ implementation: i, url, command }: Report): string {
  const name = `${i.name} ${i.version}`.trim();
  return url === undefined ? `${name} by ${command ?? ""}` : `${name} at ${url}`;
}

/** How the implementation speaks, where the drafts are silent. */
export function dialectOf(d: NonNullable<Report["dialect"]>): string {
  return (
    `reply by ${d.correlation}; resume by ${d.resume.join(", ") || "none"}; ` +
    `end by ${d.close.join(", ") || "none"}; job_id in ${d.jobId}; arcp ${d.arcp}`
  );
}

/** What the verdict speaks for: it stands beside it, since few checks can pass for a lack of others. */
export function covers({ requirements: r, side }: Report): string {
  const open = r.uncovered.length;
  const without = r.notApplicable === 0 ? "" : `; ${r.notApplicable} do not apply`;
  const missing = open === 0 ? "" : `; ${open} not decided (${r.uncoveredMust} of them MUST)`;
  return `${r.covered} of ${r.all} requirements for ${side}s decided${without}${missing}`;
}

/** How many checks each missing rung has left out. */
function notRun({ checks }: Report): string[] {
  const reasons = new Map<string, number>();
  for (const { verdict, reason = "" } of checks) {
    if (verdict === "not-run") reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return [...reasons].map(([reason, n]) => `${n} checks (${reason})`);
}

/** The whole report: every check, the wire of each that did not pass, and what is not covered. */
export function fullText(report: Report, results: readonly Result[]): string {
  const { uncovered } = report.requirements;
  return [
    summary(report),
    ...results.map(describeResult),
    "",
    `Not decided by a check of this run (${uncovered.length}):`,
    `  ${uncovered.join(" ")}`,
    "",
  ].join("\n");
}

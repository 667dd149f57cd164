/** The report for people, in plain text. */
import { describeResult } from "../run/progress.js";
import { exclusionReasons, type ExclusionReason } from "../checks/excluded.js";
import type { Result, Verdict } from "../run/verdict.js";
import type { Report } from "./report.js";

/** The last lines of a run on a terminal. */
export function summary(report: Report): string {
  const { implementation: i, result, dialect: d, suite } = report;
  const counts = Object.entries(result.counts)
    .filter(([verdict]) => verdict !== "not-run" && verdict !== "not-applicable")
    .map(([verdict, n]) => `${n} ${verdict}`);
  return [
    subjectOf(report),
    `  features   ${i.features.join(" ") || "none"}`,
    ...(d === undefined ? [] : [`  dialect    ${dialectOf(report, d)}`]),
    `  checks     ${counts.join(", ")} in ${(report.ms / 1000).toFixed(1)} s`,
    ...listed("not run", byReason(report, "not-run")),
    ...listed("not asked", byReason(report, "not-applicable")),
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

/** How the implementation speaks, where the drafts are silent. Over stdio nobody can try to resume. */
export function dialectOf({ carrier }: Report, d: NonNullable<Report["dialect"]>): string {
  const resumes = carrier === "stdio" ? "" : `resume by ${d.resume.join(", ") || "none"}; `;
  return (
    `reply by ${d.correlation}; ${resumes}end by ${d.close.join(", ") || "none"}; ` +
    `job_id in ${d.jobId}; arcp ${d.arcp}`
  );
}

/** What the verdict speaks for: it stands beside it, since few checks can pass for a lack of others. */
export function covers({ requirements: r, side }: Report): string {
  const open = r.uncovered.length;
  const reasons = Object.entries(r.excluded) as [ExclusionReason, number][];
  const without = reasons.reduce((sum, [, n]) => sum + n, 0);
  const parts = [
    `${r.covered} of ${r.all} requirements for ${side}s decided`,
    ...(r.notApplicable === 0 ? [] : [`${r.notApplicable} do not apply`]),
    `${without} excluded`,
    ...(open === 0 ? [] : [`${open} not decided (${r.uncoveredMust} of them MUST)`]),
  ];
  const why = reasons
    .filter(([, n]) => n > 0)
    .map(
      ([reason, n], i) => `${i === 0 ? "excluded:" : "         "} ${n} ${exclusionReasons[reason]}`,
    );
  return [parts.join("; "), ...why].join("\n");
}

/** Lines under one title. */
function listed(title: string, lines: readonly string[]): string[] {
  return lines.map((line, i) => `  ${(i === 0 ? title : "").padEnd(9)}  ${line}`);
}

/** How many checks were left out for each reason. */
function byReason({ checks }: Report, verdict: Verdict): string[] {
  const reasons = new Map<string, number>();
  for (const { verdict: found, reason = "" } of checks) {
    if (found === verdict) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return [...reasons].map(([reason, n]) => `${n} ${n === 1 ? "check" : "checks"} (${reason})`);
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

/** The report for people, in plain text. */
import { describeResult } from "../run/progress.js";
import { exclusionReasons, type ExclusionReason } from "../checks/excluded.js";
import type { Result, Verdict } from "../run/verdict.js";
import type { Report } from "./report.js";

/** The last lines of a run on a terminal. */
export function summary(report: Report): string {
  const { implementation: i, result, requirements: r, dialect: d, suite } = report;
  const counts = Object.entries(result.counts)
    .filter(([verdict]) => verdict !== "not-run" && verdict !== "not-applicable")
    .map(([verdict, n]) => `${n} ${verdict}`);
  return [
    `${i.name} ${i.version} at ${report.url}`,
    `  features   ${i.features.join(" ") || "none"}`,
    `  dialect    reply by ${d.correlation}; ${resumes(report)}` +
      `end by ${d.close.join(", ") || "none"}; job_id in ${d.jobId}; arcp ${d.arcp}`,
    `  checks     ${counts.join(", ")} in ${(report.ms / 1000).toFixed(1)} s`,
    ...listed("not run", byReason(report, "not-run")),
    ...listed("not asked", byReason(report, "not-applicable")),
    `  suite      ${suite.name} ${suite.version}, revision ${suite.revision}, digest ${suite.digest}, seed ${report.seed}`,
    "",
    result.words,
    covers(r),
    "",
  ].join("\n");
}

/** Over stdio nobody can try. */
function resumes({ carrier, dialect }: Report): string {
  if (carrier === "stdio") return "";
  return `resume by ${dialect.resume.join(", ") || "none"}; `;
}

/** What the verdict speaks for: it stands beside it, since few checks can pass for a lack of others. */
function covers(r: Report["requirements"]): string {
  const open = r.uncovered.length;
  const reasons = Object.entries(r.excluded) as [ExclusionReason, number][];
  const without = reasons.reduce((sum, [, n]) => sum + n, 0);
  const parts = [
    `${r.covered} of ${r.all} requirements for runtimes decided`,
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

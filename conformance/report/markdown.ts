/** The report in a page of Markdown: for a pull request, or the summary of a build. */
import type { Result, Verdict } from "../run/verdict.js";
import { escape } from "./escape.js";
import type { Report } from "./report.js";
import { covers, subjectOf } from "./text.js";

/** What somebody has to look at, the gravest first. */
const order: readonly Verdict[] = ["error", "fail", "flaky", "inconclusive", "pass-nonstrict"];

/** The result, the counts, and a row for each check that somebody has to look at. */
export function markdown(report: Report, results: readonly Result[]): string {
  const rows = order.flatMap((verdict) => results.filter((r) => r.verdict === verdict));
  const counts = Object.entries(report.result.counts).map(([verdict, n]) => `${n} ${verdict}`);
  const { suite } = report;
  return [
    `# ${plain(report.result.words)}`,
    "",
    plain(subjectOf(report)),
    "",
    `- ${plain(counts.join(", "))}, in ${(report.ms / 1000).toFixed(1)} s`,
    `- ${plain(covers(report))}`,
    `- suite ${plain(`${suite.name} ${suite.version}, revision ${suite.revision}, digest ${suite.digest}, seed ${report.seed}`)}`,
    "",
    ...(rows.length === 0
      ? ["Nothing to look at.", ""]
      : [
          "| Verdict | Check | Requirements | Why |",
          "| --- | --- | --- | --- |",
          ...rows.map(
            ({ verdict, id, check, reason = "" }) =>
              `| ${verdict} | \`${id}\` | ${check.requirements.join(", ")} | ${plain(reason)} |`,
          ),
          "",
        ]),
  ].join("\n");
}

/** Anybody's text in one line that no Markdown is read from. */
export function plain(text: string): string {
  return escape(text.slice(0, 400))
    .replace(/\s+/g, " ")
    .replace(/[\\`*_{}[\]()#+!|~:@]/g, (character) => `\\${character}`);
}

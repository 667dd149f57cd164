/** All reports of a run, into one folder. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Write } from "../run/progress.js";
import type { Result } from "../run/verdict.js";
import { badge } from "./badge.js";
import { html } from "./html.js";
import { junit } from "./junit.js";
import { markdown } from "./markdown.js";
import type { Report } from "./report.js";
import { fullText, summary } from "./text.js";
import { traceability } from "./traceability.js";

/** What becomes of a report, as the options of both suites have it. */
export interface ReportOptions {
  /** Is given the report once it is complete. */
  readonly onReport?: (report: Report) => void;
  /** A folder for the reports; made if it is not there. Default: no files. */
  readonly reportDir?: string;
}

/** Hands out a report, says what came of the run, and gives the exit code. */
export async function deliver(
  report: Report,
  results: readonly Result[],
  { reportDir, onReport, write }: ReportOptions & { readonly write: Write },
): Promise<number> {
  if (reportDir !== undefined) await writeReports(reportDir, report, results);
  onReport?.(report);
  write(summary(report));
  return report.result.exit;
}

/** Writes `report.json`, `.txt` and `.html`, `junit.xml`, `summary.md`, `badge.svg`, `traceability.md`; makes the folder. */
export async function writeReports(
  folder: string,
  report: Report,
  results: readonly Result[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const files = {
    "report.json": `${JSON.stringify(report, null, 2)}\n`,
    "report.txt": fullText(report, results),
    "report.html": html(report, results),
    "junit.xml": junit(report, results),
    "summary.md": markdown(report, results),
    "badge.svg": badge(report),
    "traceability.md": traceability(report, results),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

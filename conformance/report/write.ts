/** All reports of a run, into one folder. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Result } from "../run/verdict.js";
import { badge } from "./badge.js";
import { html } from "./html.js";
import { junit } from "./junit.js";
import { markdown } from "./markdown.js";
import type { Report } from "./report.js";
import { fullText } from "./text.js";
import { traceability } from "./traceability.js";

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

/**
 * `npm run spec:trace`: writes `docs/requirements.md`. `-- --check` says whether it is stale; `-- SUB-01 …` tells what
 * speaks of these requirements, to be read again when one changes; `-- --report report.json` prints the page with what
 * a run of the conformance suite found.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Report } from "../../conformance/report/report.js";
import { placesOf, readSources } from "./places.js";
import { pageOf } from "./page.js";
import { rowsOf } from "./standing.js";
import type { Row } from "./standing.js";

const PAGE = "docs/requirements.md";

const { values, positionals } = parseArgs({
  options: { check: { type: "boolean" }, report: { type: "string", multiple: true } },
  allowPositionals: true,
});
const rows = rowsOf(placesOf(readSources(".")));
if (positionals.length > 0) process.exitCode = tell(positionals);
else if (values.report !== undefined) process.stdout.write(pageOf(rows, verdictsOf(values.report)));
else process.exitCode = page(values.check === true);

function page(check: boolean): number {
  const text = pageOf(rows);
  if (text === read(PAGE)) return 0;
  if (check) {
    console.error(`${PAGE} is stale. Run: npm run spec:trace`);
    return 1;
  }
  writeFileSync(PAGE, text);
  const open = rows.filter(({ standing }) => standing === "open");
  console.log(`${PAGE}: ${rows.length} requirements, ${open.length} of them open`);
  return 0;
}

function tell(ids: readonly string[]): number {
  const unknown = ids.filter((id) => !rows.some((row) => row.id === id));
  for (const row of rows.filter(({ id }) => ids.includes(id))) console.log(inWords(row));
  if (unknown.length > 0) console.error(`no such requirement: ${unknown.join(", ")}`);
  return unknown.length > 0 ? 2 : 0;
}

function inWords({ id, requirement, standing, checks, tests, code, exclusions }: Row): string {
  const lines = [
    ...checks.map((check) => `check ${check}`),
    ...tests.map((path) => `test  ${path}`),
    ...code.map((path) => `code  ${path}`),
    ...exclusions.map(({ reason, because }) => `no check (${reason}): ${because}`),
  ];
  const head = `${id} §${requirement.section} ${standing}: ${requirement.sentence}`;
  return [head, ...lines.map((text) => `  ${text}`)].join("\n");
}

/** Check → verdict, of reports as `arcp conformance` writes them. */
function verdictsOf(paths: readonly string[]): ReadonlyMap<string, string> {
  const found = paths.flatMap((path) => {
    const { checks } = JSON.parse(readFileSync(path, "utf8")) as Pick<Report, "checks">;
    return checks.map(({ id, verdict }) => [id, verdict] as const);
  });
  return new Map(found);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

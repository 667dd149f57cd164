/**
 * `npm run spec:trace`: writes `docs/requirements.md`. `-- --check` says whether it is stale; `-- SUB-01 …` tells what
 * speaks of these requirements, to be read again when one changes; `-- --report report.json` prints the page with what
 * a run of the conformance suite found. Says besides what a new draft leaves to be done, and exits with 1 if there is any:
 * requirements that nothing speaks of, ids and words that are gone and still said, words that no code says.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Report } from "../../conformance/report/report.js";
import { readModel, readRevisions } from "../../codegen/revisions.js";
import { lostIds, placesOf, readSources } from "./places.js";
import { pageOf } from "./page.js";
import { rowsOf } from "./standing.js";
import type { Row } from "./standing.js";
import { readTexts, stale, unsaid } from "./words.js";

const PAGE = "docs/requirements.md";

const { values, positionals } = parseArgs({
  options: { check: { type: "boolean" }, report: { type: "string", multiple: true } },
  allowPositionals: true,
});
const places = placesOf(readSources("."));
const rows = rowsOf(places);
if (positionals.length > 0) process.exitCode = tell(positionals);
else if (values.report !== undefined) process.stdout.write(pageOf(rows, verdictsOf(values.report)));
else process.exitCode = Math.max(page(values.check === true), await left());

/** Says what a new draft leaves to be done: 1 if there is any. */
async function left(): Promise<number> {
  const readings = await Promise.all((await readRevisions(".")).map((one) => readModel(".", one)));
  const models = readings.flatMap(({ model }) => model ?? []);
  const newest = models.at(-1);
  if (newest === undefined) return 0;
  const texts = readTexts(".");
  const ids = models.map(({ requirements }) => requirements.map(({ id }) => id as string));
  const said = [
    ...rows
      .filter(({ standing }) => standing === "open")
      .map(
        ({ id, requirement }) => `open: ${id}, and nothing speaks of it: ${requirement.sentence}`,
      ),
    ...lostIds(places, ids).map(
      ({ id, paths }) =>
        `lost: ${id} is no requirement of ${newest.revision}, and is cited in ${paths.join(", ")}`,
    ),
    ...unsaid(newest, texts).map(
      ({ word, what }) => `unsaid: the ${what} ${word} is nowhere in runtime-kit`,
    ),
    ...stale(models, texts).map(
      ({ word, what, at }) =>
        `stale: the ${what} ${word} is gone from ${newest.revision}, and stands in ${at}`,
    ),
  ];
  for (const line of said) console.error(line);
  return said.length > 0 ? 1 : 0;
}

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

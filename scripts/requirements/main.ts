/**
 * `npm run spec:trace`: writes `docs/requirements.md`. `-- --check` says whether it is stale; `-- SUB-01 …` tells what
 * speaks of these requirements, to be read again when one changes; `-- --report report.json` prints the page with what
 * a run of the conformance suite found. Says besides what a new draft leaves to be done, and exits with 1 if there is any:
 * requirements that nothing speaks of, ids and words that are gone and still said, words that no code says, triggers
 * that nobody plays.
 */
import { readFileSync, writeFileSync } from "node:fs";
import type { Report } from "../../conformance/report/report.js";
import { calledWith } from "../../conformance/usage/called.js";
import { UsageError, flag } from "../../conformance/usage/options.js";
import { DRAFT } from "../../generated/current/constants.js";
import { requirements } from "../../generated/current/requirements.js";
import { readModel, readRevisions } from "../../codegen/revisions.js";
import { lostIds, placesOf, readSources } from "./places.js";
import { pageOf } from "./page.js";
import { rowsOf } from "./standing.js";
import type { Row } from "./standing.js";
import { codeOf, readTexts, stale, unmoved, unsaid } from "./words.js";

const PAGE = "docs/requirements.md";

const { values, words } = calledWith({
  name: "npm run spec:trace",
  about:
    "Writes docs/requirements.md: which checks, tests and code speak of each requirement. Says besides what a new draft " +
    "leaves to be done.",
  options: {
    check: flag("writes nothing; says whether the page is stale"),
    report: {
      form: "FILE",
      about:
        "prints the page with the verdicts of this report.json of the conformance suite; may be given several times",
      many: true,
      read: verdictsOf,
    },
  },
  words: {
    form: "[REQUIREMENT ...]",
    about: "tells what speaks of these instead, such as SUB-01",
    check(word) {
      if (Object.hasOwn(requirements, word)) return;
      throw new UsageError(`there is no requirement "${word}" in draft ${DRAFT}`);
    },
  },
  exits: { 0: "nothing is left to be done", 1: "the page is stale, or something is left" },
  together({ values: { check, report }, words: ids }) {
    if (check && (ids.length > 0 || report.size > 0))
      throw new UsageError("--check looks at the whole page, without a requirement or --report");
    if (ids.length > 0 && report.size > 0)
      throw new UsageError("--report prints the whole page, without a requirement");
  },
});
const places = placesOf(readSources("."));
const rows = rowsOf(places);
if (words.length > 0) tell(words);
else if (values.report.size > 0) process.stdout.write(pageOf(rows, values.report));
else process.exitCode = Math.max(page(values.check), await left());

/** Says what a new draft leaves to be done: 1 if there is any. */
async function left(): Promise<number> {
  const readings = await Promise.all((await readRevisions(".")).map((one) => readModel(".", one)));
  const models = readings.flatMap(({ model }) => model ?? []);
  const newest = models.at(-1);
  if (newest === undefined) return 0;
  const texts = readTexts(".");
  const own = codeOf({ path: newest.file, text: read(newest.file) });
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
    ...unmoved(newest).map(
      ({ word, what }) =>
        `unmoved: the ${what} ${word} is played by nobody; codegen/emit/fuzz/moves.ts says what a trigger looks like on the wire`,
    ),
    ...stale(models, [own, ...texts]).map(
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

function tell(ids: readonly string[]): void {
  for (const row of rows.filter(({ id }) => ids.includes(id))) console.log(inWords(row));
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
    try {
      const { checks } = JSON.parse(readFileSync(path, "utf8")) as Partial<Report>;
      if (!Array.isArray(checks)) throw new Error("it has no list of checks");
      return checks.map(({ id, verdict }) => [id, verdict] as const);
    } catch (error) {
      const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
      throw new UsageError(`"${path}" is no report of the suite: ${line}`);
    }
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

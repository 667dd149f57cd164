/**
 * `npm run spec:mutate`: takes a word of the spec away, or turns it round, and sees whether an example, a fixture, a
 * check, a test or the compiler notices. Requirements and schemas take seconds. A cell of a table is tried in a copy of the
 * project, unless something else in the spec contradicts it; what became of it is kept in a file of results, so that a
 * run that was stopped goes on, and who noticed once is asked first.
 *
 * `-- --small` tries one mutant of each table, `-- --only TEXT` the mutants whose id contains TEXT, `-- --shard 1/4` the first
 * quarter of the tables' mutants, `-- --jobs 2` two at a time, `-- --fresh` all anew; `-- --json` prints all of them.
 */
import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { buildDraft } from "../../codegen/model/build.js";
import type { Draft } from "../../codegen/model/draft.js";
import { createChecker } from "../../codegen/model/validator.js";
import { parseSpec } from "../../codegen/parse/markdown.js";
import { createReport } from "../../codegen/parse/report.js";
import { readRevisions } from "../../codegen/revisions.js";
import { DRAFT } from "../../generated/current/constants.js";
import { casesOf, disagrees } from "./cases.js";
import type { Fate } from "./mutant.js";
import { droppedRequirements } from "./requirements.js";
import { schemaMutants } from "./schemas.js";
import { tableMutants } from "./tables.js";
import { enough, lineOf, summaryOf } from "./tell.js";
import { tryTables } from "./trials.js";

const FOLDER = `generated/draft-${DRAFT}`;
const RESULTS = "node_modules/.cache/arcp/spec-mutate.jsonl";

const { values } = parseArgs({
  options: {
    small: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    fresh: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    shard: { type: "string", default: "1/1" },
    jobs: { type: "string", default: "1" },
    results: { type: "string", default: RESULTS },
  },
});
const wanted = ({ id }: { readonly id: string }): boolean => id.includes(values.only);

async function main(): Promise<number> {
  const draft = await readDraft();
  const requirements = droppedRequirements(draft).filter(wanted);
  const fates = [...requirements, ...ofSchemas(draft), ...(await ofTables(draft))];
  for (const line of values.json ? fates.map((fate) => JSON.stringify(fate)) : summaryOf(fates)) {
    console.log(line);
  }
  return enough(fates) ? 0 : 1;
}

async function readDraft(): Promise<Draft> {
  const revision = (await readRevisions(".")).find(({ name }) => name === DRAFT);
  if (revision === undefined) throw new Error(`there is no draft ${DRAFT}`);
  const { path, text } = revision.spec;
  return buildDraft(parseSpec(path, text).facts, createReport().report);
}

/** A value that fits or not under one word more or less has another verdict than its case says. */
function ofSchemas(draft: Draft): Fate[] {
  const cases = casesOf(draft, `${FOLDER}/fixtures`);
  const wrong = disagrees(createChecker(draft), cases);
  if (wrong !== undefined) throw new Error(`${wrong.id} disagrees with the spec as it is`);
  return [...draft.schemas].flatMap(([of, block]) =>
    schemaMutants(block.schema)
      .map((mutant) => ({ ...mutant, id: `schema ${of} ${mutant.id}` }))
      // What surrounds a payload or a body says already that it is an object.
      .filter(({ id }) => /^[A-Z]/.test(of) || id !== `schema ${of} any-type`)
      .filter(wanted)
      .map(({ id, what, schema }): Fate => {
        const schemas = new Map(draft.schemas).set(of, { ...block, schema });
        const found = disagrees(createChecker({ ...draft, schemas }), cases);
        const at = `${block.position.file}:${block.position.line}`;
        const fate: Fate = { id, family: "schemas", at, what };
        return found === undefined ? fate : { ...fate, noticed: { by: found.by, where: found.id } };
      }),
  );
}

/** What no value shows: directions, gates, transitions, limits. */
async function ofTables(draft: Draft): Promise<Fate[]> {
  const all = tableMutants(draft).filter(wanted);
  const chosen = values.small ? oneOfEachTable(all) : shardOf(all, values.shard);
  if (values.fresh) rmSync(values.results, { force: true });
  let done = 0;
  return tryTables(draft, chosen, {
    folder: FOLDER,
    results: values.results,
    jobs: jobsOf(values.jobs),
    onFate(fate, seconds) {
      done += 1;
      console.error(`${done}/${chosen.length} ${seconds.toFixed(1)} s ${lineOf(fate)}`);
    },
  });
}

/** The last one of each: the first ones are those that most of the spec speaks of. */
function oneOfEachTable<T extends { readonly id: string }>(all: readonly T[]): T[] {
  return [...new Map(all.map((one) => [one.id.split(" ")[0], one])).values()];
}

function jobsOf(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--jobs ${text}: say how many at a time, as 2`);
  return Number(text);
}

function shardOf<T>(all: readonly T[], text: string): T[] {
  const [, at, of] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (at === undefined || of === undefined || at < 1 || at > of) {
    throw new Error(`--shard ${text}: say 1/4, 2/4, 3/4 or 4/4, say`);
  }
  return all.slice(Math.floor(((at - 1) * all.length) / of), Math.floor((at * all.length) / of));
}

// A run that is stopped leaves no copy behind; what it has found is kept. npm may send the signal a second time.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));
process.exitCode = await main();

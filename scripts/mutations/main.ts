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
import { buildDraft } from "../../codegen/model/build.js";
import type { Draft } from "../../codegen/model/draft.js";
import { createChecker } from "../../codegen/model/validator.js";
import { parseSpec } from "../../codegen/parse/markdown.js";
import { createReport } from "../../codegen/parse/report.js";
import { readRevisions } from "../../codegen/revisions.js";
import { calledWith } from "../../conformance/usage/called.js";
import { UsageError, flag, one, text, whole } from "../../conformance/usage/options.js";
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

const { values } = calledWith({
  name: "npm run spec:mutate",
  about:
    "Takes a word of the spec away, or turns it round, and sees whether an example, a fixture, a check, a test or the " +
    "compiler notices. What becomes of the cells of tables is kept, so that a run that was stopped goes on.",
  options: {
    small: flag("one mutant of each table"),
    only: text("TEXT", "the mutants whose id contains it"),
    shard: one("I/N", "the I-th of N equal parts of the tables' mutants", shard),
    jobs: whole("N", "how many at a time; 1 without it"),
    fresh: flag("all anew: forgets what is kept"),
    results: text("FILE", `where what was found is kept; ${RESULTS} without it`),
    json: flag("prints each mutant as a line of JSON"),
  },
  exits: { 0: "enough of each family was noticed", 1: "a family stays below its share" },
});
const { only = "", results = RESULTS } = values;
const wanted = ({ id }: { readonly id: string }): boolean => id.includes(only);

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
  const chosen = values.small
    ? oneOfEachTable(all)
    : shardOf(all, values.shard ?? { at: 1, of: 1 });
  if (values.fresh) rmSync(results, { force: true });
  let done = 0;
  return tryTables(draft, chosen, {
    folder: FOLDER,
    results,
    jobs: values.jobs ?? 1,
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

interface Shard {
  readonly at: number;
  readonly of: number;
}

function shard(given: string): Shard {
  const [, at, of] = (/^(\d+)\/(\d+)$/.exec(given) ?? []).map(Number);
  if (at === undefined || of === undefined || at < 1 || at > of) {
    throw new UsageError(`1/4, 2/4, 3/4 or 4/4, for example, not "${given}"`);
  }
  return { at, of };
}

function shardOf<T>(all: readonly T[], { at, of }: Shard): T[] {
  return all.slice(Math.floor(((at - 1) * all.length) / of), Math.floor((at * all.length) / of));
}

// A run that is stopped leaves no copy behind; what it has found is kept. npm may send the signal a second time.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));
process.exitCode = await main();

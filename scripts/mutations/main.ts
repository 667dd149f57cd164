/**
 * `npm run spec:mutate`: takes a word of the spec away, or turns it round, and sees whether an example, a fixture, a
 * check, a test or the compiler notices. Requirements and schemas take seconds; each cell of a table is tried in a copy of
 * the project, which takes half an hour for all. `-- --small` tries some of those, `-- --only TEXT` the mutants whose id
 * contains TEXT, `-- --json` prints all of them.
 */
import { parseArgs } from "node:util";
import { emitAll } from "../../codegen/emit/emit.js";
import { buildDraft, buildModel } from "../../codegen/model/build.js";
import type { Draft } from "../../codegen/model/draft.js";
import { createChecker } from "../../codegen/model/validator.js";
import { parseSpec } from "../../codegen/parse/markdown.js";
import { createReport } from "../../codegen/parse/report.js";
import { readRevisions } from "../../codegen/revisions.js";
import { DRAFT } from "../../generated/current/constants.js";
import { placesOf, readSources } from "../requirements/places.js";
import { rowsOf } from "../requirements/standing.js";
import { casesOf, disagrees } from "./cases.js";
import { createCopy } from "./copy.js";
import type { Fate } from "./mutant.js";
import { schemaMutants } from "./schemas.js";
import { tableMutants } from "./tables.js";

const FOLDER = `generated/draft-${DRAFT}`;
/** Of so many cells the small run tries one. */
const SMALL = 25;
/** What has to be noticed. */
const AIM = 0.95;

const { values } = parseArgs({
  options: {
    small: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    only: { type: "string", default: "" },
  },
});
const wanted = ({ id }: { readonly id: string }): boolean => id.includes(values.only);

async function main(): Promise<number> {
  const draft = await readDraft();
  const fates = [...ofRequirements(draft), ...ofSchemas(draft), ...(await ofTables(draft))];
  if (values.json) for (const fate of fates) console.log(JSON.stringify(fate));
  else tell(fates);
  return fates.filter(({ noticed }) => noticed).length / fates.length >= AIM ? 0 : 1;
}

async function readDraft(): Promise<Draft> {
  const revision = (await readRevisions(".")).find(({ name }) => name === DRAFT);
  if (revision === undefined) throw new Error(`there is no draft ${DRAFT}`);
  const { path, text } = revision.spec;
  return buildDraft(parseSpec(path, text).facts, createReport().report);
}

/** A MUST that is dropped leaves what cites it: then somebody asks what it is about. */
function ofRequirements(draft: Draft): Fate[] {
  const rows = new Map(rowsOf(placesOf(readSources("."))).map((row) => [row.id as string, row]));
  return draft.requirements
    .filter(
      ({ level, side }) => level.startsWith("MUST") && side !== "agent" && side !== "operator",
    )
    .map(({ id, position }): Fate => {
      const { checks = [], tests = [] } = rows.get(id) ?? {};
      const [where, by] = checks[0] === undefined ? [tests[0], "test"] : [checks[0], "check"];
      const fate = { id: `requirement ${id}`, at: placeOf(position), what: "it is dropped" };
      return where === undefined ? fate : { ...fate, noticed: { by: by as "test", where } };
    })
    .filter(wanted);
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
        const fate = { id, at: placeOf(block.position), what };
        return found === undefined ? fate : { ...fate, noticed: { by: found.by, where: found.id } };
      }),
  );
}

/** What no value shows: directions, gates, transitions, limits. */
async function ofTables(draft: Draft): Promise<Fate[]> {
  const model = buildModel(draft);
  if (model === undefined) throw new Error("the spec has no envelope");
  const all = tableMutants(model)
    .map((mutant) => ({ ...mutant, id: `table ${mutant.id}` }))
    .filter(wanted);
  const chosen = values.small ? all.filter((_, at) => at % SMALL === 0) : all;
  if (chosen.length === 0) return [];
  const copy = createCopy(".");
  try {
    const healthy = await copy.trial(FOLDER, await emitAll(model, "arcp"));
    if (healthy !== undefined) throw new Error(`the copy is not healthy: ${healthy.where}`);
    const fates: Fate[] = [];
    for (const { id, position, what, model: mutant } of chosen) {
      const noticed = await copy.trial(FOLDER, await emitAll(mutant, "arcp"));
      const fate = { id, at: placeOf(position), what, ...(noticed && { noticed }) };
      console.error(line(fate));
      fates.push(fate);
    }
    return fates;
  } finally {
    copy.remove();
  }
}

function placeOf({ file, line: at }: { readonly file: string; readonly line: number }): string {
  return `${file}:${at}`;
}

function line({ id, at, what, noticed }: Fate): string {
  const by = noticed === undefined ? "SURVIVES" : `${noticed.by} ${noticed.where}`;
  return `${at} ${id}: ${what}: ${by}`;
}

function tell(fates: readonly Fate[]): void {
  const survivors = fates.filter(({ noticed }) => noticed === undefined);
  for (const fate of survivors) console.log(line(fate));
  const kinds = [...new Set(fates.map(({ id }) => id.split(" ")[0]!))];
  for (const kind of kinds) {
    const own = fates.filter(({ id }) => id.startsWith(`${kind} `));
    const by = own.map(({ noticed }) => noticed?.by ?? "nobody");
    const counts = [...new Set(by)].map((one) => `${by.filter((x) => x === one).length} ${one}`);
    console.log(`${kind}: ${own.length} mutants, noticed by: ${counts.join(", ")}`);
  }
  if (fates.length === 0) return console.log("there is no such mutant");
  const share = (100 * (fates.length - survivors.length)) / fates.length;
  console.log(
    `${fates.length} mutants, ${survivors.length} survive: ${share.toFixed(1)} % noticed`,
  );
}

process.exitCode = await main();

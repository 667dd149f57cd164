/** Mutants of tables, tried one after the other in copies of the project, and remembered. */
import { emitAll } from "../../codegen/emit/emit.js";
import { buildModel } from "../../codegen/model/build.js";
import type { Draft } from "../../codegen/model/draft.js";
import type { Artefact } from "../../codegen/emit/artefact.js";
import { contradiction } from "./contradictions.js";
import { createCopy } from "./copy.js";
import { createJudge, type Judge } from "./judge.js";
import { digestOf, digestWith, openLedger } from "./ledger.js";
import { unnoticeable } from "./known.js";
import type { Fate, Notice } from "./mutant.js";
import type { TableMutant } from "./tables.js";

/** How mutants are tried. */
export interface TrialOptions {
  /** Where `generated/` of this revision is, from the root of the project. */
  readonly folder: string;
  /** The file of results. */
  readonly results: string;
  /** Copies at the same time. */
  readonly jobs: number;
  readonly onFate: (fate: Fate, seconds: number) => void;
}

/** The fates of these mutants, in their order. */
export async function tryTables(
  draft: Draft,
  mutants: readonly TableMutant<Draft>[],
  { folder, results, jobs, onFate }: TrialOptions,
): Promise<Fate[]> {
  if (mutants.length === 0) return [];
  const wrong = contradiction(draft);
  if (wrong !== undefined) throw new Error(`the spec as it is has a finding: ${wrong.where}`);
  const ledger = openLedger(results);
  const eyes = digestOf(".");
  const healthy = await emit(draft);
  const fates = new Map<TableMutant<Draft>, Fate>();
  // A survivor takes minutes: what was noticed at another time comes first.
  const isKnown = ({ id }: { readonly id: string }) => ledger.before(id) !== undefined;
  const left = [...mutants.filter(isKnown), ...mutants.filter((mutant) => !isKnown(mutant))];

  async function work(): Promise<void> {
    let copy: ReturnType<typeof createCopy> | undefined;
    let judge: Judge | undefined;
    try {
      for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) {
        const began = performance.now();
        const noticed = await noticeOf(mutant, () => {
          copy ??= createCopy(".", folder);
          return (judge ??= createJudge(copy, healthy));
        });
        const fate = fateOf(mutant, noticed);
        fates.set(mutant, fate);
        onFate(fate, (performance.now() - began) / 1000);
      }
    } finally {
      copy?.remove();
    }
  }

  async function noticeOf(
    { id, section, words, typed, tables }: TableMutant<Draft>,
    judgeOf: () => Judge,
  ): Promise<Notice | undefined> {
    const contradicted = contradiction(tables);
    if (contradicted !== undefined) return contradicted;
    const artefacts = await emit(tables);
    const digest = digestWith(eyes, artefacts);
    const known = ledger.known(id, digest);
    if (known !== undefined) return known.noticed;
    const before = ledger.before(id);
    const noticed = await judgeOf()({ section, words, typed, artefacts, before });
    ledger.add({ id, digest, ...(noticed && { noticed }) });
    return noticed;
  }

  await Promise.all(Array.from({ length: jobs }, work));
  return mutants.flatMap((mutant) => fates.get(mutant) ?? []);
}

async function emit(draft: Draft): Promise<Artefact[]> {
  const model = buildModel(draft);
  if (model === undefined) throw new Error("the spec has no envelope");
  return emitAll(model, "arcp");
}

function fateOf({ id, position, what }: TableMutant<Draft>, noticed: Notice | undefined): Fate {
  const at = `${position.file}:${position.line}`;
  const because = unnoticeable.get(id);
  const fate: Fate = { id, family: "tables", at, what };
  if (noticed !== undefined) return { ...fate, noticed };
  return because === undefined ? fate : { ...fate, because };
}

/** Who is asked about a mutant of a table, in the order of what it costs, until one notices. */
import type { Artefact } from "../../codegen/emit/artefact.js";
import type { Copy } from "./copy.js";
import type { Notice } from "./mutant.js";
import type { Concern } from "./suite.js";
import { checksAbout, firstUnmet } from "./suite.js";
import type { FailedTest } from "./tests.js";
import { firstFailure, inTurn, readTests } from "./tests.js";

/** A mutant as it is tried. */
export interface Tried extends Concern {
  readonly artefacts: readonly Artefact[];
  /** Whether the compiler may notice. */
  readonly typed: boolean;
  /** Who noticed at another time: they are asked first. */
  readonly before?: Notice | undefined;
}

/** Looks at one mutant after the other. */
export type Judge = (tried: Tried) => Promise<Notice | undefined>;

/**
 * A judge with a copy of the project to itself. `healthy` are the files as they ought to be. Whoever notices has to be
 * content with those: a test that fails in both has noticed nothing.
 */
export function createJudge(copy: Copy, healthy: readonly Artefact[]): Judge {
  const tests = readTests(copy.place);
  const content = new Map<string, boolean>();

  async function judge(tried: Tried): Promise<Notice | undefined> {
    await copy.put(tried.artefacts);
    return (await byCompiler(tried)) ?? (await byTests(tried)) ?? (await bySuite(tried));
  }

  async function byCompiler({ typed }: Tried): Promise<Notice | undefined> {
    if (!typed) return undefined;
    const where = await compilerComplains(copy);
    return where === undefined ? undefined : { by: "compiler", where };
  }

  async function byTests(tried: Tried): Promise<Notice | undefined> {
    const { words, before, artefacts } = tried;
    const first = before?.by === "test" ? before.where.split(" > ")[0] : undefined;
    for (const group of inTurn(tests, words, first)) {
      let left = group;
      while (left.length > 0) {
        const failed = await firstFailure(copy, left);
        if (failed === undefined) break;
        if (await holds(failed, left.length > 1, artefacts)) {
          return { by: "test", where: `${failed.file} > ${failed.title}` };
        }
        left = left.filter((file) => file !== failed.file);
      }
    }
    return undefined;
  }

  /** Whether a test fails again by itself, and does not where nothing is wrong. */
  async function holds(
    { file }: FailedTest,
    again: boolean,
    artefacts: readonly Artefact[],
  ): Promise<boolean> {
    if (again && (await firstFailure(copy, [file])) === undefined) return false;
    return isContent(file, artefacts, async () => (await firstFailure(copy, [file])) === undefined);
  }

  async function bySuite(tried: Tried): Promise<Notice | undefined> {
    const all = checksAbout(tried);
    const first = all.filter((id) => id === tried.before?.where);
    for (const ids of [first, all.filter((id) => !first.includes(id))]) {
      const where = await firstUnmet(copy, ids);
      if (where === undefined) continue;
      const alone = ids.includes(where) ? [where] : ids;
      const met = async () => (await firstUnmet(copy, alone)) === undefined;
      if (await met()) continue;
      if (await isContent(where, tried.artefacts, met)) return { by: "check", where };
    }
    return undefined;
  }

  async function isContent(
    who: string,
    artefacts: readonly Artefact[],
    ask: () => Promise<boolean>,
  ): Promise<boolean> {
    let found = content.get(who);
    if (found === undefined) {
      await copy.put(healthy);
      found = await ask();
      content.set(who, found);
      await copy.put(artefacts);
    }
    return found;
  }

  return judge;
}

/** The first file written by hand that does not compile. Tests are asked by running them, and what is generated has no say. */
async function compilerComplains(copy: Copy): Promise<string | undefined> {
  const info = ["--incremental", "--tsBuildInfoFile", `${copy.place}/mutant.tsbuildinfo`];
  const tsc = `${copy.place}/node_modules/typescript/bin/tsc`;
  const { ok, said } = await copy.run([tsc, "-p", "tsconfig.json", "--noEmit", ...info]);
  return ok ? undefined : complaintIn(said);
}

/** The first place that the compiler complains of and that counts, as `file:line`. */
export function complaintIn(said: string): string | undefined {
  for (const [, file = "", line] of said.matchAll(/^(\S+?\.ts)\((\d+),\d+\): error/gm)) {
    if (/^(runtime-kit|conformance|examples)\//.test(file) && !/\.test(-helper)?\.ts$/.test(file)) {
      return `${file}:${line}`;
    }
  }
  return undefined;
}

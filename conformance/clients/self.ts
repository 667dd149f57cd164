/** `npm run conformance -- --client`: the suite against our own client, and the kill matrix of the checks of clients. */
import { mkdir, writeFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { complete, killMatrix, matrixText } from "../mutants/matrix.js";
import { select } from "../run/select.js";
import { clientContest } from "./contest.js";
import { conformanceClient, soundClientChecks } from "./main.js";
import { faults } from "./small/faults.js";

/** What `self.ts` was told. */
export interface SelfOptions {
  readonly mutants: boolean;
  /** The command line of our own client's driver. */
  readonly driver: readonly [string, ...string[]];
  readonly only?: readonly string[];
  readonly seed?: string;
  readonly parallel?: number;
  readonly timeScale?: number;
}

const folder = "conformance-report/client";

/** Runs one of the two, and resolves with the exit code. */
export async function selfClient({ mutants, driver, ...options }: SelfOptions): Promise<number> {
  if (!mutants)
    return conformanceClient({ command: driver, ...options, strict: true, reportDir: folder });
  const write = (text: string) => void process.stdout.write(text);
  const checks = select(soundClientChecks(), options.only);
  const named = new Set<string>(checks.flatMap((check) => check.mutants));
  const matrix = await killMatrix(
    clientContest({
      checks,
      faults: options.only === undefined ? faults : faults.filter(({ name }) => named.has(name)),
      // Most faults make a check wait for what never comes; a client within this process needs no long deadlines.
      timeScale: options.timeScale ?? 0.3,
      seed: options.seed ?? randomBytes(6).toString("hex"),
      write,
    }),
  );
  write(matrixText(matrix));
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/matrix.json`, `${JSON.stringify(matrix, null, 2)}\n`);
  return complete(matrix) ? 0 : 1;
}

/**
 * `npm run conformance`: the suite against our own runtime, started as a process of its own. With `-- --mutants` the
 * kill matrix; `-- --stdio` starts it anew for each connection, over stdio; `-- --client` is the same for clients;
 * `-- --only TEXT` takes the checks whose id contains TEXT, `-- --time-scale N` stretches deadlines.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { soundClientChecks } from "./clients/main.js";
import { selfClient } from "./clients/self.js";
import { conformanceRuntime, soundChecks, targetOf } from "./main.js";
import { complete, killMatrix, matrixText } from "./mutants/matrix.js";
import { mutants } from "./mutants/index.js";
import { bundleArcp } from "./own-bundle.js";
import { arcp, overStdio, overWebSocket, type Running } from "./own-runtime.js";
import { runtimeContest } from "./mutants/runtime-contest.js";
import { present } from "./run/preflight.js";
import { select } from "./run/select.js";
import { exits } from "./run/verdict.js";
import { calledWith } from "./usage/called.js";
import { flag, positive, text, texts, whole } from "./usage/options.js";

const { values } = calledWith({
  name: "npm run conformance",
  about:
    "The suite against our own runtime, or client, started as a process of its own; writes conformance-report/.",
  options: {
    client: flag("our client instead of our runtime"),
    mutants: flag("the kill matrix: each check has to fail against what is broken for it"),
    stdio: flag("starts the runtime anew for each connection, over stdio"),
    only: texts("TEXT", "the checks whose id contains it; may be given several times"),
    "time-scale": positive("N", "stretches every deadline; 1 without it, 0.3 with --mutants"),
    parallel: whole("N", "so many checks at a time"),
    seed: text("TEXT", "makes the names of the run; the same seed makes the same ones"),
  },
  exits: {
    0: "conformant, or every mutant was killed",
    1: "not so; arcp conformance --help has the others",
  },
});

async function main(): Promise<number> {
  const { only, seed, parallel, "time-scale": timeScale } = values;
  // Before anything is started: none of them would be a kill matrix without a gap.
  const checks = values.client ? select(soundClientChecks(), only) : select(soundChecks(), only);
  if (checks.length === 0) {
    process.stderr.write(`--only: no check has "${only.join('" or "')}" in its id; see --help\n`);
    return exits.usage;
  }
  const common = {
    ...(only.length === 0 ? {} : { only }),
    ...(seed === undefined ? {} : { seed }),
    ...(parallel === undefined ? {} : { parallel }),
    ...(timeScale === undefined ? {} : { timeScale }),
  };
  if (values.client) {
    return selfClient({
      mutants: values.mutants,
      driver: arcp("conformance", "driver"),
      ...common,
    });
  }
  const runtime = await runtimeOf(values);
  const folder = values.stdio ? "conformance-report/stdio" : "conformance-report";
  const options = {
    ...runtime.at,
    token: runtime.token,
    ...(runtime.tokenB === undefined ? {} : { tokenB: runtime.tokenB }),
    strict: true,
    need: values.stdio ? ("R2" as const) : ("R3" as const),
    ...common,
  };
  try {
    if (!values.mutants) {
      return await conformanceRuntime({ ...options, reportDir: folder });
    }
    // Most mutants make a check wait for what never comes; a runtime beside us needs no long deadlines.
    const target = targetOf({ timeScale: 0.3, ...options });
    const presented = await present(target);
    const write = (text: string) => void process.stdout.write(text);
    const checks = select(soundChecks(), only);
    const named = new Set(checks.flatMap((check) => check.mutants));
    const chosen = only.length === 0 ? mutants : mutants.filter(({ name }) => named.has(name));
    const matrix = await killMatrix(
      runtimeContest({ checks, mutants: chosen, target, presented, write }),
    );
    write(matrixText(matrix));
    await mkdir(folder, { recursive: true });
    await writeFile(`${folder}/matrix.json`, `${JSON.stringify(matrix, null, 2)}\n`);
    return complete(matrix) ? 0 : 1;
  } finally {
    await runtime.stop();
  }
}

/** Our own runtime, as these options want it. */
async function runtimeOf({ stdio, mutants }: typeof values): Promise<Running> {
  if (!stdio) return overWebSocket();
  if (!mutants) return overStdio();
  const { command, remove } = await bundleArcp();
  return overStdio(command, remove);
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return exits.unreachable;
});

/**
 * `npm run conformance`: the suite against our own runtime, started as a process of its own. With `-- --mutants` the
 * kill matrix; `-- --stdio` starts it anew for each connection, over stdio; `-- --client` is the same for clients;
 * `-- --only TEXT` takes the checks whose id contains TEXT, `-- --time-scale N` stretches deadlines.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { selfClient } from "./clients/self.js";
import { conformanceRuntime, soundChecks, targetOf } from "./main.js";
import { complete, killMatrix, matrixText } from "./mutants/matrix.js";
import { mutants } from "./mutants/index.js";
import { arcp, overStdio, overWebSocket } from "./own-runtime.js";
import { runtimeContest } from "./mutants/runtime-contest.js";
import { present } from "./run/preflight.js";
import { select } from "./run/select.js";
import { exits } from "./run/verdict.js";

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      client: { type: "boolean", default: false },
      mutants: { type: "boolean", default: false },
      stdio: { type: "boolean", default: false },
      only: { type: "string", multiple: true },
      "time-scale": { type: "string" },
      parallel: { type: "string" },
      seed: { type: "string" },
    },
  });
  const common = {
    ...(values.only === undefined ? {} : { only: values.only }),
    ...(values.seed === undefined ? {} : { seed: values.seed }),
    ...(values.parallel === undefined ? {} : { parallel: Number(values.parallel) }),
    ...(values["time-scale"] === undefined ? {} : { timeScale: Number(values["time-scale"]) }),
  };
  if (values.client) {
    return selfClient({
      mutants: values.mutants,
      driver: arcp("conformance", "driver"),
      ...common,
    });
  }
  const runtime = values.stdio ? overStdio() : await overWebSocket();
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
    const checks = select(soundChecks(), values.only);
    const named = new Set(checks.flatMap((check) => check.mutants));
    const chosen =
      values.only === undefined ? mutants : mutants.filter(({ name }) => named.has(name));
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

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return exits.unreachable;
});

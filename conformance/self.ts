/**
 * `npm run conformance`: the suite against our own runtime, started as a process of its own. With `-- --mutants` the
 * kill matrix; `-- --stdio` starts it anew for each connection, over stdio; `-- --client` is the same for clients;
 * `-- --only TEXT` takes the checks whose id contains TEXT, `-- --time-scale N` stretches deadlines.
 */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { selfClient } from "./clients/self.js";
import { conformanceRuntime, soundChecks, targetOf, type ConformanceOptions } from "./main.js";
import { complete, killMatrix, matrixText } from "./mutants/matrix.js";
import { mutants } from "./mutants/index.js";
import { runtimeContest } from "./mutants/runtime-contest.js";
import { present } from "./run/preflight.js";
import { select } from "./run/select.js";
import { exits } from "./run/verdict.js";

/** Where our own runtime is. */
interface Running {
  readonly at: Pick<ConformanceOptions, "url" | "stdio">;
  readonly token: string;
  /** Absent over stdio: nobody else can reach a child. */
  readonly tokenB?: string;
  stop(): Promise<void>;
}

/** The command line of our own `arcp`: what was built when the suite was built itself, else the sources. */
function arcp(...args: readonly string[]): readonly [string, ...string[]] {
  const source = fileURLToPath(import.meta.url).endsWith(".ts");
  const cli = new URL(`../runtime-kit/cli/main.${source ? "ts" : "js"}`, import.meta.url);
  return [process.execPath, ...(source ? ["--import", "tsx"] : []), fileURLToPath(cli), ...args];
}

/** How to start `arcp serve --conformance` with these options: a program and its arguments. */
function serveCommand(options: readonly string[]): readonly [string, ...string[]] {
  // Times as short as a check can wait for; what the checks ask of them holds for any.
  const args = ["serve", "--conformance", "--cancel-grace", "1", "--heartbeat", "3", ...options];
  return arcp(...args);
}

const principals = ["a@example.com", "b@example.com"] as const;

function newToken(): string {
  return randomBytes(24).toString("base64url");
}

/** Nothing runs until the suite starts it. */
function overStdio(): Running {
  const token = newToken();
  const [program, ...args] = serveCommand([
    ...["--stdio", "--drain", "1"],
    ...["--token", token, "--principal", principals[0]],
  ]);
  const stdio = [program, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  return { at: { stdio }, token, stop: async () => {} };
}

/** Starts it on a free port. Rejects if it ends or says nothing within a minute. */
async function overWebSocket(): Promise<Running> {
  const [token, tokenB] = [newToken(), newToken()];
  const [program, ...args] = serveCommand([
    ...["--port", "0", "--json"],
    ...["--token", token, "--principal", principals[0]],
    ...["--token", tokenB, "--principal", principals[1]],
  ]);
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let complaints = "";
  child.stderr.on(
    "data",
    (data: Buffer) => (complaints = (complaints + String(data)).slice(-4000)),
  );
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the runtime says nothing")), 60_000);
    const fail = () => reject(new Error(`the runtime ended before it listened:\n${complaints}`));
    child.once("exit", fail);
    createInterface({ input: child.stdout }).once("line", (line) => {
      clearTimeout(timer);
      child.off("exit", fail);
      resolve((JSON.parse(line) as { listening: string }).listening);
    });
  });
  return {
    at: { url },
    token,
    tokenB,
    stop: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

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
    need: "R2" as const,
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

/** A copy of the project in which `generated/` is that of a mutant; what looks at it is that of the project itself. */
import { execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import type { Artefact } from "../../codegen/emit/artefact.js";
import { updateFolder } from "../../codegen/write.js";
import { conformanceClient, conformanceRuntime } from "../../conformance/main.js";
import type { ReportOptions } from "../../conformance/report/write.js";
import type { OutputOptions } from "../../conformance/run/outputs.js";
import type { Fate } from "./mutant.js";
import { copyProject } from "./project.js";

/** Where tests are looked for, in the order of their use. */
const TESTED = ["wire", "sessions", "jobs", "leases", "runtime", "client"];

/** Where a mutant is tried. */
export interface Copy {
  /** Puts a mutant's files in place, and has everybody look at it until one notices. */
  trial(folder: string, artefacts: readonly Artefact[]): Promise<Fate["noticed"]>;
  remove(): void;
}

export function createCopy(root: string): Copy {
  const place = copyProject(root, "arcp-mutant-");
  const cli = [
    process.execPath,
    "--import",
    "tsx",
    join(place, "runtime-kit/cli/main.ts"),
  ] as const;

  async function trial(folder: string, artefacts: readonly Artefact[]): Promise<Fate["noticed"]> {
    await updateFolder(join(place, folder), artefacts);
    return (await ofRuntimes()) ?? (await ofClients()) ?? (await ofCompiler()) ?? (await ofTests());
  }

  /** The suite against the mutant as a runtime. One that does not even listen was noticed as well. */
  async function ofRuntimes(): Promise<Fate["noticed"]> {
    const [token, tokenB] = [randomUUID(), randomUUID()];
    const tokens = [token, tokenB].flatMap((one) => ["--token", one, "--principal", `${one}@x`]);
    const short = ["--cancel-grace", "1", "--heartbeat", "3"];
    const [program, ...args] = cli;
    const child = spawn(
      program,
      [...args, "serve", "--conformance", "--no-db", "--port", "0", "--json", ...short, ...tokens],
      { cwd: place, stdio: ["ignore", "pipe", "ignore"] },
    );
    try {
      const line = await new Promise<string | undefined>((resolve) => {
        createInterface({ input: child.stdout }).once("line", resolve);
        child.once("exit", () => resolve(undefined));
      });
      if (line === undefined) return { by: "check", where: "the runtime does not start" };
      const { listening: url } = JSON.parse(line) as { readonly listening: string };
      const options = { url, token, tokenB, strict: true };
      return await bySuite((heard) => conformanceRuntime({ ...options, ...heard }));
    } finally {
      child.kill("SIGKILL");
    }
  }

  async function ofClients(): Promise<Fate["noticed"]> {
    const command = [...cli, "conformance", "driver"] as const;
    return bySuite((heard) => conformanceClient({ command, strict: true, ...heard }));
  }

  async function ofCompiler(): Promise<Fate["noticed"]> {
    const info = ["--incremental", "--tsBuildInfoFile", join(place, "info")];
    const said = await run("typescript/bin/tsc", ["-p", "tsconfig.json", "--noEmit", ...info]);
    return said === undefined ? undefined : { by: "compiler", where: said.split("(")[0]! };
  }

  async function ofTests(): Promise<Fate["noticed"]> {
    const folders = TESTED.map((name) => `runtime-kit/${name}`);
    const said = await run("vitest/vitest.mjs", ["run", "--bail", "1", ...folders]);
    if (said === undefined) return undefined;
    return { by: "test", where: /FAIL\s+(\S+)/.exec(said)?.[1] ?? "a test" };
  }

  /** What a program of a package printed, if it failed. */
  async function run(path: string, args: readonly string[]): Promise<string | undefined> {
    const program = join(place, "node_modules", path);
    const options = { cwd: place, maxBuffer: 2 ** 26, env: { ...process.env, NO_COLOR: "1" } };
    try {
      await promisify(execFile)(process.execPath, [program, ...args], options);
      return undefined;
    } catch (error) {
      const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
      return `${stdout}${stderr}`;
    }
  }

  return { trial, remove: () => rmSync(place, { recursive: true, force: true }) };
}

type Heard = OutputOptions & ReportOptions;

/** Runs a suite in silence; the first check that failed is where the mutant was noticed. */
async function bySuite(suite: (heard: Heard) => Promise<number>): Promise<Fate["noticed"]> {
  let where = "the suite came to no report";
  const code = await suite({
    write: () => {},
    complain: (text) => (where = text),
    onReport: ({ checks }) => {
      where = checks.find(({ verdict }) => !GOOD.has(verdict))?.id ?? "the run as a whole";
    },
  });
  return code === 0 ? undefined : { by: "check", where };
}

/** Verdicts that speak against nobody; what kills the runtime is not run here. */
const GOOD: ReadonlySet<string> = new Set(["pass", "not-applicable", "not-run", "info"]);

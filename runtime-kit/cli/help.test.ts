import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { bundleArcp } from "../../conformance/own-bundle.js";
import type { Bundled } from "../../conformance/own-bundle.js";
import { serve } from "../hosts/node.js";
import type { Serving } from "../hosts/node.js";
import { bearer, createRuntime } from "../node.js";
import { sqlite } from "../stores/sqlite.js";
import { builtInAgents } from "./agents/index.js";
import { allOf, modelOf } from "./completion/model.js";
import { arcp, arcpDone } from "./io.test-helper.js";
import { endAll, startWith } from "./process.test-helper.js";
import { programOf } from "./program.js";
import { unused } from "./program.test-helper.js";

const commands = allOf(modelOf(programOf(unused(), () => undefined)));
const argvOf = (path: string): string[] => path.split("/").slice(1);
const named = commands.map(({ path }) => [`arcp ${argvOf(path).join(" ")}`.trim(), path] as const);

async function helpOf(path: string): Promise<string> {
  const { exit, stdout, stderr } = await arcpDone([...argvOf(path), "--help"]);
  expect([exit, stderr]).toEqual([0, ""]);
  return stdout;
}

function examplesIn(help: string): string[] {
  const [, block = ""] = /\nExamples:\n((?: {2}.+\n)+)/.exec(help) ?? [];
  return block.split("\n").flatMap((line) => (line === "" ? [] : [line.trim()]));
}

/** The words of a line, as a shell parts them that knows quotes and `<` and nothing else. */
function wordsOf(line: string): { readonly argv: string[]; readonly stdin: string | undefined } {
  const [command, stdin] = line.split(" < ");
  const words = [...command!.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare!,
  );
  expect(words[0]).toBe("arcp");
  return { argv: words.slice(1), stdin };
}

let folder: string;
let before: string;
let server: Serving;
let bundled: Bundled;
/** A job that was submitted from here. */
let job: string;

const FILES: Readonly<Record<string, string>> = {
  "agent.js": `export default { name: "one", run: () => 1 };`,
  "agent.ts": `export default { name: "two", run: (): number => 2 };`,
  "other.js": `export default { name: "three", run: () => 3 };`,
  "package.json": `{ "type": "module" }`,
  "tokens.txt": "secret me\n",
  "token.txt": "t\n",
  "input.json": `{ "to": 2 }`,
};

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "arcp-help-")));
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, name), text);
  await mkdir(join(folder, "repo"));
  bundled = await bundleArcp();
  await putOnPath(join(folder, "bin"));
  // What a runtime left behind, to be looked at.
  const former = createRuntime({ store: sqlite(join(folder, "arcp.db")) });
  await (await former.connect()).close();
  await former.close();
  const runtime = createRuntime({ agents: builtInAgents, auth: bearer({ t: "me" }) });
  server = await serve(runtime, { port: 0 });
  const submitted = await arcpDone(["submit", "echo", '"hello"', "--detach"], { env: env() });
  job = submitted.stdout.trim();
  before = process.cwd();
  process.chdir(folder);
});
afterEach(endAll);
afterAll(async () => {
  process.chdir(before);
  vi.unstubAllEnvs();
  await server.close();
  await bundled.remove();
  await rm(folder, { recursive: true });
});

/** The command itself, for an example that names it as the driver of the suite: it is started for each check. */
async function putOnPath(bin: string): Promise<void> {
  await mkdir(bin);
  const script = `#!/bin/sh\nexec ${bundled
    .command()
    .map((word) => `'${word}'`)
    .join(" ")} "$@"\n`;
  await writeFile(join(bin, "arcp"), script, { mode: 0o755 });
  vi.stubEnv("PATH", `${bin}${delimiter}${process.env["PATH"]}`);
}

/** What an example speaks of, as it is here. */
function here(line: string): string {
  return line
    .replaceAll("ws://127.0.0.1:7777/arcp", server.url)
    .replaceAll("job_01JZ0000000000000000000000", job)
    .replaceAll("/srv/repo", join(folder, "repo"));
}

function env(): Record<string, string> {
  return { ARCP_URL: server.url, ARCP_TOKEN: "t", ARCP_STATE: join(folder, "state") };
}

async function runs(line: string): Promise<void> {
  const { argv, stdin } = wordsOf(here(line));
  if (argv[0] === "dev") {
    // Modules that are loaded anew need the hooks of a process of their own.
    const run = startWith(env(), [...argv, "--port", "0"], folder);
    await run.seen("listening");
    run.child.kill("SIGINT");
    expect(await run.exit).toBe(0);
  } else if (argv[0] === "serve") {
    const run = arcp([...argv, "--port", "0"], { env: env() });
    // Not the line of the log, which comes before.
    await run.seen(/^(listening at |\{"listening":)/m);
    run.signal();
    expect(await run.exit).toBe(0);
  } else {
    const text = stdin === undefined ? {} : { stdin: FILES[stdin]! };
    const { exit, stdout, stderr, records } = await arcpDone(argv, { env: env(), ...text });
    expect([line, exit, stderr]).toEqual([line, 0, stderr]);
    if (argv.includes("--json")) expect(records().length).toBeGreaterThan(0);
    else expect(stdout + stderr).not.toBe("");
  }
}

describe.each(named)("%s --help", (name, path) => {
  it("says what the command is for, its variables and its exit codes", async () => {
    const help = await helpOf(path);
    const [usage, , description] = help.split("\n");
    expect(usage).toMatch(new RegExp(`^Usage: ${name}( |$)`));
    expect(description!.length).toBeGreaterThan(10);
    const { summary } = commands.find((one) => one.path === path)!;
    expect(summary).toBeTruthy();
    expect(help).toContain("\nEnvironment:\n");
    expect(help).toContain("  ARCP_DEBUG  ");
    expect(help).toMatch(/\nExit codes.*:\n +0 /);
  });

  it("has two examples at least, and each of them runs", async () => {
    const examples = examplesIn(await helpOf(path));
    expect(examples.length).toBeGreaterThan(1);
    for (const line of examples) await runs(line);
  });
});

describe("arcp help", () => {
  it("shows what --help shows", async () => {
    for (const path of ["", "/submit", "/conformance/runtime"]) {
      const { exit, stdout } = await arcpDone(["help", ...argvOf(path)]);
      expect([exit, stdout]).toEqual([0, await helpOf(path)]);
    }
  });

  it("says which commands there are", async () => {
    const { exit, stderr } = await arcpDone(["help", "sumbit"]);
    expect([exit, stderr]).toEqual([2, expect.stringContaining("Allowed choices are dev, serve,")]);
    const astray = await arcpDone(["help", "submit", "runtime"]);
    expect(astray.stderr).toBe("arcp: there is no command 'runtime' in submit\n");
  });
});

it("every command has --json", () => {
  const without = commands
    .filter(({ commands: below }) => below.length === 0)
    .filter(({ options }) => !options.some(({ flags }) => flags.includes("--json")));
  expect(without.map(({ path }) => path)).toEqual([]);
});

it.each([
  [["serv"], "serve"],
  [["docter"], "doctor"],
  [["jobs", "--statsu", "x"], "--status"],
  [["doctor", "--orgin", "x"], "--origin"],
])("has a better idea for %j", async (argv, better) => {
  const { exit, stderr } = await arcpDone(argv);
  expect([exit, stderr]).toEqual([2, expect.stringContaining(`(Did you mean ${better}?)`)]);
});

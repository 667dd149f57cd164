/** docs/cli.md says what the program says of itself, and the built program does as the page says. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { format, resolveConfig } from "prettier";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtInAgents } from "../runtime-kit/cli/agents/index.js";
import { meanings } from "../runtime-kit/cli/exit.js";
import { explanationOf } from "../runtime-kit/cli/help.js";
import { arcp, arcpDone } from "../runtime-kit/cli/io.test-helper.js";
import { programOf } from "../runtime-kit/cli/program.js";
import { unused } from "../runtime-kit/cli/program.test-helper.js";
import { serve } from "../runtime-kit/hosts/node.js";
import type { Serving } from "../runtime-kit/hosts/node.js";
import { bearer, createRuntime } from "../runtime-kit/node.js";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const path = join(root, "docs/cli.md");
const page = readFileSync(path, "utf8");
const program = programOf(unused(), () => undefined);

const cell = (text: string): string => text.replaceAll("|", "\\|");

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "-"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** The command that a heading of the page names, as `conformance runtime`. */
function find(name: string): Command | undefined {
  if (name === "arcp") return program;
  return name
    .split(" ")
    .reduce<Command | undefined>(
      (found, word) => found?.commands.find((one) => one.name() === word),
      program,
    );
}

function sectionOf(name: string): string {
  if (name === "exit codes") {
    const rows = Object.entries(meanings).map(([code, words]) => [code, words]);
    return table(["code", "meaning"], rows);
  }
  const command = find(name);
  if (command === undefined) throw new Error(`docs/cli.md: there is no command ${name}`);
  const help = command.createHelp();
  const { notes, examples } = explanationOf(command)!;
  const options = help
    .visibleOptions(command)
    .map((option) => [`\`${option.flags}\``, cell(help.optionDescription(option))]);
  const commands = help
    .visibleCommands(command)
    .map((one) => [`\`${one.name()}\``, cell(help.subcommandDescription(one))]);
  return [
    `## ${name === "arcp" ? "The commands" : `arcp ${name}`}`,
    `\`${help.commandUsage(command)}\``,
    help.commandDescription(command),
    ...(notes === undefined ? [] : ["```text", notes, "```"]),
    ...(commands.length === 0 ? [] : [table(["command", "does"], commands)]),
    table(["option", "meaning"], options),
    `\`\`\`sh\n${examples.join("\n")}\n\`\`\``,
  ]
    .join("\n\n")
    .replaceAll("```text\n\n", "```text\n")
    .replaceAll("\n\n```\n\n", "\n```\n\n");
}

const MARKED = /<!-- cli: (.+?) -->\n[^]*?<!-- \/cli -->/g;

it("the page has the options and examples of the program", async () => {
  const written = page.replaceAll(
    MARKED,
    (_all, name: string) => `<!-- cli: ${name} -->\n\n${sectionOf(name)}\n\n<!-- /cli -->`,
  );
  const style = await resolveConfig(path);
  await expect(await format(written, { ...style, parser: "markdown" })).toMatchFileSnapshot(path);
});

it("the page has every command", () => {
  const names = [...page.matchAll(MARKED)].map(([, name]) => name!);
  const all = (command: Command, above: readonly string[]): string[] =>
    command
      .createHelp()
      .visibleCommands(command)
      .flatMap((one) => {
        const here = [...above, one.name()];
        return [here.join(" "), ...all(one, here)];
      });
  expect(names).toEqual(expect.arrayContaining(all(program, [])));
});

/** The records of a command, as the tables below its section name them. */
function recordsOn(name: string): string[] {
  const [, after = ""] = page.split(`<!-- cli: ${name} -->`);
  const [section = ""] = after.split("<!-- /cli -->").slice(1, 2);
  const [, rows = ""] = /\| record .*\n\|[- |]+\n((?:\|.*\n)+)/.exec(section) ?? [];
  return [...rows.matchAll(/^\| `(\w+)`/gm)].map((match) => match[1]!);
}

describe("the records of --json", () => {
  let server: Serving;
  const state = mkdtempSync(join(tmpdir(), "arcp-docs-state-"));
  afterAll(() => rmSync(state, { recursive: true }));
  beforeAll(async () => {
    const runtime = createRuntime({ agents: builtInAgents, auth: bearer({ t: "me" }) });
    server = await serve(runtime, { port: 0 });
  });
  afterAll(() => server.close());

  it.each([
    ["submit", ["submit", "echo", "1"]],
    ["submit", ["submit", "count", '{"to": -1}']],
    ["submit", ["submit", "echo", "--detach"]],
    ["tail", ["tail", "JOB"]],
    ["tail", ["tail", "job_1"]],
    ["cancel", ["cancel", "JOB"]],
    ["cancel", ["cancel", "job_1"]],
    ["jobs", ["jobs"]],
    ["agents", ["agents"]],
    ["doctor", ["doctor"]],
    ["doctor", ["doctor", "--timeout", "never"]],
    ["conformance runtime", ["conformance", "runtime", "URL", "--only", "6.7"]],
    ["completion", ["completion", "bash"]],
    ["help", ["help", "nobody"]],
  ])("of arcp %s are on the page: %j", async (name, argv) => {
    const env = { ARCP_URL: server.url, ARCP_TOKEN: "t", ARCP_STATE: state };
    const { stdout } = await arcpDone(["submit", "echo", "--detach", "--key", "one"], { env });
    const here: Record<string, string> = { URL: server.url, JOB: stdout.trim() };
    const line = argv.map((word) => here[word] ?? word);
    const { records } = await arcpDone([...line, "--json"], { env });
    const kinds = new Set(records().flatMap((one) => Object.keys(one)));
    expect(kinds.size).toBeGreaterThan(0);
    expect(recordsOn(name)).toEqual(expect.arrayContaining([...kinds]));
    expect(recordsOn(name)).toContain("error");
  });

  it("of arcp serve are on the page", async () => {
    const run = arcp(["serve", "--no-db", "--port", "0", "--json"]);
    await run.seen(/^\{"listening":/m);
    run.signal();
    await run.exit;
    expect(recordsOn("serve")).toEqual(["listening", "error"]);
  });
});

/** The built program, by Node alone, as it runs where it is installed. */
it.each([
  ["agent.js", "", ["mended", "notice"]],
  ["agent.ts", ": number", ["mended", "notice"]],
])("arcp dev %s reloads, and its records are on the page", async (agent, annotation, unseen) => {
  const folder = mkdtempSync(join(tmpdir(), "arcp-docs-"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "dir");
  const save = (value: string): void =>
    writeFileSync(
      join(folder, agent),
      `const v${annotation} = ${value};\nexport default { name: "a", run: () => v };`,
    );
  save("1");
  const main = join(root, "dist/runtime-kit/cli/main.js");
  const child = spawn(process.execPath, [main, "dev", agent, "--json", "--port", "0"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "ignore"],
  });
  let printed = "";
  child.stdout.on("data", (data: Buffer) => (printed += data.toString()));
  const told = (kind: string): Promise<void> =>
    new Promise((done) => {
      const look = (): void => {
        if (printed.includes(`{"${kind}":`)) done();
      };
      child.stdout.on("data", look);
      look();
    });
  try {
    await told("listening");
    save("2");
    await told("reloaded");
    save("");
    await told("failed");
    expect(printed).toContain(`"failed":{"entry":"${agent}","file":"${agent}","line":1`);
    const kinds = printed.trim().split("\n");
    const seen = kinds.flatMap((line) => Object.keys(JSON.parse(line) as object));
    const expected = recordsOn("dev").filter((one) => ![...unseen, "error"].includes(one));
    expect(new Set(seen)).toEqual(new Set(expected));
  } finally {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  }
});

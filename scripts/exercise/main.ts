/**
 * `npm run spec:exercise`: begins a revision 1.2 in a copy of the project, changes it as `edits.ts` says, and walks
 * through docs/revising-the-spec.md. Prints where each tool led, and exits with 1 when one did not lead to a change that
 * it has to notice. Takes some minutes; `-- --keep` leaves the copy for a look.
 */
import { spawn } from "node:child_process";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { calledWith } from "../../conformance/usage/called.js";
import { flag } from "../../conformance/usage/options.js";
import { copyProject } from "../mutations/project.js";
import { CHANGES, TOOLS, leading, missedBy } from "./changes.js";
import type { Tool } from "./changes.js";
import { NEW_MESSAGE, OLD_MESSAGE, invent, rename, renumber, sayMoves } from "./edits.js";

const NAME = "1.2";
const SPEC = `spec/draft-arcp-${NAME}.md`;
const TSX = ["--import", "tsx"] as const;
/** Checks whose requirements the invented revision touches. */
const CHECKS = ["runtime/7.3/", "runtime/5.1/"].flatMap((id) => ["--only", id]);
/** What the suite exits with when it asks for what the revision has not. */
const UNSOUND = 4;
/** Lines of one tool that are shown for a change. */
const SHOWN = 2;

const { values } = calledWith({
  name: "npm run spec:exercise",
  about:
    "Begins a revision in a copy of the project, changes one thing of each sort, and shows where each tool leads, as " +
    "docs/revising-the-spec.md does. Takes some minutes.",
  options: { keep: flag("leaves the copy for a look") },
  exits: { 0: "each tool led to what it has to notice", 1: "one did not" },
});
const place = copyProject(".", "arcp-exercise-");
const heard = new Map<Tool, readonly string[]>();

interface Ended {
  readonly code: number;
  readonly lines: string[];
}

/** Runs a program of Node in the copy, and gives its lines and its exit code. */
async function run(...args: readonly string[]): Promise<Ended> {
  console.log(`\n$ ${args.filter((it) => !TSX.includes(it as "tsx")).join(" ")}`);
  const began = performance.now();
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" };
  const child = spawn(process.execPath, args, {
    cwd: place,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (piece: string) => (text += piece));
  }
  const code = await new Promise<number>((resolve) =>
    child.once("close", (it) => resolve(it ?? 1)),
  );
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`  exit ${code}, ${lines.length} lines, ${seconds} s`);
  return { code, lines };
}

const codegen = (...args: readonly string[]) => run(...TSX, "codegen/main.ts", ...args);
const typecheck = () =>
  run(
    "node_modules/typescript/bin/tsc",
    "-p",
    "tsconfig.json",
    "--incremental",
    "--tsBuildInfoFile",
    "info",
  );

/** What has to end so: what crashes before it says anything has led nowhere. */
async function ending(wanted: number, result: Promise<Ended>): Promise<string[]> {
  const { code, lines } = await result;
  if (code === wanted) return lines;
  throw new Error(`this has to exit with ${wanted}, not ${code}:\n${lines.join("\n")}`);
}

/** Runs what has to succeed. */
async function done(result: Promise<Ended>): Promise<void> {
  const lines = await ending(0, result);
  for (const line of lines.slice(0, 6)) console.log(`  ${line}`);
}

/** Runs what has to say something about the changes, and to end with an exit code, and remembers it. */
async function hear(tool: Tool, code: number, result: Promise<Ended>): Promise<string[]> {
  const lines = await ending(code, result);
  heard.set(tool, [...(heard.get(tool) ?? []), ...lines]);
  for (const change of CHANGES) {
    const found = leading(change, tool, lines);
    if (found.length > 0) console.log(`  ${change.what}: ${found.length}`);
    for (const it of found.slice(0, SHOWN)) console.log(`    ${it.trim().slice(0, 180)}`);
  }
  return lines;
}

function edit(path: string, change: (text: string) => string): void {
  const file = join(place, path);
  writeFileSync(file, change(readFileSync(file, "utf8")));
}

function sourcesBelow(folder: string): string[] {
  const names = readdirSync(join(place, folder), { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".ts")).map((name) => `${folder}/${name}`);
}

/** What led to each change: a row each, with the number of lines of each tool. Whether some tool led nowhere. */
function summary(): boolean {
  console.log(`\n${"".padEnd(36)}${TOOLS.map((tool) => tool.padStart(10)).join("")}`);
  for (const change of CHANGES) {
    const counts = TOOLS.map((tool) => leading(change, tool, heard.get(tool) ?? []).length);
    const cells = counts.map((count) => String(count || "").padStart(10));
    console.log(change.what.padEnd(36) + cells.join(""));
  }
  const missed = missedBy(heard);
  for (const line of missed) console.log(`MISSED: ${line}`);
  return missed.length > 0;
}

try {
  await done(codegen("new-revision", NAME));
  // What its peers say as their version is still that of the draft before: nothing is generated until that is mended.
  await ending(1, codegen("generate"));

  edit(SPEC, invent);
  const findings = await hear("lint", 1, codegen("lint"));
  edit(SPEC, (text) => renumber(rename(text, findings), findings));
  await done(codegen("fmt"));
  await hear("lint", 1, codegen("lint", "--accept"));
  edit("spec/rulings.md", (text) => renumber(text, findings));
  await done(codegen("lint", "--accept"));
  await hear("generate", 1, codegen("generate"));
  edit("codegen/emit/fuzz/moves.ts", sayMoves);
  await done(codegen("generate"));

  await hear("typecheck", 2, typecheck());
  await hear("trace", 1, run(...TSX, "scripts/requirements/main.ts"));
  const tests = ["conformance/checks/excluded.test.ts", "docs/revisions.test.ts"];
  await hear("tests", 1, run("node_modules/vitest/vitest.mjs", "run", ...tests));
  // The suite says first which of its checks ask for what is no more, and only then what the runtime does.
  await hear("suite", UNSOUND, run(...TSX, "conformance/self.ts", ...CHECKS));
  for (const path of [...sourcesBelow("conformance"), ...sourcesBelow("runtime-kit")]) {
    edit(path, (text) => renumber(text, findings).replaceAll(OLD_MESSAGE, NEW_MESSAGE));
  }
  await hear("suite", 0, run(...TSX, "conformance/self.ts", ...CHECKS));
  process.exitCode = summary() ? 1 : 0;
} finally {
  if (values.keep) console.log(`the copy is in ${place}`);
  else rmSync(place, { recursive: true, force: true });
}

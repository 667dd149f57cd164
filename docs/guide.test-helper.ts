/** Guides as programs: the code blocks of a page of Markdown, written to a folder and run there, in order. */
import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** A fenced block: its language, the words behind it, its text. */
export interface Block {
  readonly line: number;
  readonly language: string;
  readonly words: readonly string[];
  readonly text: string;
}

/** The fenced blocks of a page, in order; one within a longer fence is part of its text. */
export function blocksOf(page: string): readonly Block[] {
  return [...page.matchAll(/^(`{3,})(\w*) *(.*)\n([^]*?)^\1$/gm)].map(
    ({ index, 2: language = "", 3: words = "", 4: text = "" }) => ({
      line: page.slice(0, index).split("\n").length,
      language,
      words: words.split(/\s+/).filter((word) => word !== ""),
      text,
    }),
  );
}

/** What a block is for; docs/README.md says the same to people. */
type Use =
  | { readonly do: "show" }
  | { readonly do: "write"; readonly file: string }
  | {
      readonly do: "run";
      readonly file: string;
      readonly command: readonly string[];
      /** Whether what listens is ended first. */
      readonly anew?: boolean;
    }
  | { readonly do: "compare" };

function useOf({ language, words }: Block): Use {
  const [first, second] = words;
  if (language === "text" && first === "output") return { do: "compare" };
  if (language === "sh" && (first === "run" || first === "restart")) {
    const command = ["bash", "-eu", "block.sh"];
    return { do: "run", file: "block.sh", command, anew: first === "restart" };
  }
  if (first === undefined || !/^[\w./-]+\.\w+$/.test(first)) return { do: "show" };
  if (!["js", "ts"].includes(language) || second === "written") return { do: "write", file: first };
  // Without eval: what a guide shows runs under a strict policy too. tsx compiles at run time, and needs it.
  const node = [process.execPath, "--preserve-symlinks"];
  const strict = second === "eval" ? [] : ["--disallow-code-generation-from-strings"];
  const how = language === "ts" ? ["--import", "tsx"] : strict;
  const test = /\.test\.\w+$/.test(first) ? ["--test"] : [];
  return { do: "run", file: first, command: [...node, ...how, ...test, first] };
}

/** A folder as a reader's project: ES modules, and `arcp` and all that is installed here as dependencies. */
export function project(): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "arcp-guide-"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, ".bin"), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (!name.startsWith(".")) symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  for (const name of readdirSync(join(root, "node_modules/.bin"))) {
    symlinkSync(join(root, "node_modules/.bin", name), join(modules, ".bin", name));
  }
  symlinkSync(root, join(modules, "arcp"), "dir");
  const main = join(modules, "arcp/dist/runtime-kit/cli/main.js");
  const command = `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`;
  writeFileSync(join(modules, ".bin/arcp"), command, { mode: 0o755 });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * Writes and runs the blocks of a page. Resolves with what each file printed; throws an error that says where,
 * for a program that fails or prints other than the page says.
 */
export async function runGuide(path: string): Promise<ReadonlyMap<string, string>> {
  const { folder, remove } = project();
  const started: ChildProcess[] = [];
  const outputs = new Map<string, string>();
  let printed: string | undefined;
  try {
    for (const block of blocksOf(readFileSync(resolve(root, path), "utf8"))) {
      const where = `${path}:${block.line}`;
      const use = useOf(block);
      if (use.do === "compare") {
        if (printed === undefined) throw new Error(`${where}: no program stands above this output`);
        compare(block.text, printed, where);
      }
      if (use.do !== "write" && use.do !== "run") continue;
      mkdirSync(dirname(join(folder, use.file)), { recursive: true });
      writeFileSync(join(folder, use.file), block.text);
      if (use.do !== "run") continue;
      if (use.anew === true) await Promise.all(started.splice(0).map(stop));
      printed = await run(use.command, folder, where, started);
      outputs.set(use.file, printed);
    }
    return outputs;
  } finally {
    await Promise.all(started.map(stop));
    remove();
  }
}

/** Runs a program to its end, or, if it says that it is listening, until then. Resolves with what it printed. */
async function run(
  [command, ...args]: readonly string[],
  cwd: string,
  where: string,
  started: ChildProcess[],
): Promise<string> {
  const outside = Object.entries(process.env).filter(([name]) => !/^(ARCP|NODE|VITEST)/.test(name));
  const env = { ...Object.fromEntries(outside), NO_COLOR: "1" };
  const PATH = `${join(cwd, "node_modules/.bin")}:${process.env["PATH"]}`;
  // A group of its own, so that what a shell has started ends with it.
  const child = spawn(command!, args, { cwd, env: { ...env, PATH }, detached: true });
  child.stdin.end();
  let printed = "";
  let complaints = "";
  const listening = new Promise<void>((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      if (/^listening\b.*\n/m.test(printed)) resolve();
    });
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaints += text));
  started.push(child);
  const deadline = AbortSignal.timeout(20_000);
  const late = once(deadline, "abort").then(() => "late" as const);
  const end = await Promise.race([once(child, "close"), listening, late]);
  if (end === undefined) return printed;
  if (end !== "late" && end[0] === 0) return printed;
  const what = end === "late" ? "neither ended nor said that it is listening" : `ended with ${end}`;
  throw new Error(`${where}: the program ${what}\n${printed}${complaints}`);
}

async function stop(child: ChildProcess): Promise<void> {
  try {
    process.kill(-child.pid!);
  } catch {
    return; // It has ended by itself.
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

/** Line by line; `…` stands for whatever is there. */
function compare(expected: string, printed: string, where: string): void {
  const wanted = expected.trimEnd().split("\n");
  const got = printed.trimEnd().split("\n");
  const same = (want: string, line: string | undefined): boolean => {
    const [head = "", ...rest] = want.split("…");
    if (line === undefined || !line.startsWith(head)) return false;
    if (rest.length === 0) return line === want;
    let at = head.length;
    for (const part of rest.slice(0, -1)) {
      const found = line.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    const tail = rest.at(-1)!;
    return line.endsWith(tail) && line.length - tail.length >= at;
  };
  if (wanted.length === got.length && wanted.every((want, i) => same(want, got[i]))) return;
  throw new Error(`${where}: the program above printed something else:\n${printed}`);
}

/** What the compiler has to say on the TypeScript of these pages. */
export async function compileGuides(paths: readonly string[]): Promise<string> {
  const { folder, remove } = project();
  let files = 0;
  try {
    for (const path of paths) {
      for (const block of blocksOf(readFileSync(resolve(root, path), "utf8"))) {
        const use = useOf(block);
        if (use.do === "show" || use.do === "compare" || block.language === "sh") continue;
        const file = join(folder, path, use.file);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, block.text);
        if (block.language === "ts") files += 1;
      }
    }
    if (files === 0) return "";
    const compilerOptions = {
      module: "NodeNext",
      target: "es2023",
      lib: ["es2023", "dom", "dom.iterable", "dom.asynciterable", "esnext.disposable"],
      strict: true,
      skipLibCheck: true,
      noEmit: true,
      allowJs: true,
      types: ["node"],
      typeRoots: [join(root, "node_modules/@types")],
    };
    const include = ["**/*.ts"];
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include }));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const compiling = promisify(execFile)(process.execPath, [tsc, "-p", "."], { cwd: folder });
    const { stdout } = await compiling.catch((error: { stdout: string }) => error);
    return stdout;
  } finally {
    remove();
  }
}

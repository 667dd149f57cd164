/** Where in the user's files an error lies, and what it says. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { moduleHint } from "../load-agents.js";

/** An import that led nowhere. */
export interface Missing {
  readonly specifier: string;
  /** The path of the module that has it. */
  readonly from: string;
}

/** As much of a place as is known; lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export interface Located {
  readonly place: Place | undefined;
  /** One line. */
  readonly message: string;
}

/** What is known of the load in which an error came up. */
export interface Load {
  readonly files: ReadonlyMap<string, string>;
  readonly missing: readonly Missing[];
}

const own = fileURLToPath(new URL("../../", import.meta.url));

/** Whether the file is neither a package's nor ours. */
export function isOfUser(file: string): boolean {
  return !/[\\/]node_modules[\\/]/.test(file) && !file.startsWith(own) && !file.startsWith("node:");
}

/** Looks for the place of what was thrown while modules were loaded. */
export async function locate(thrown: unknown, { files, missing }: Load): Promise<Located> {
  const message = firstLine(thrown);
  const text = thrown instanceof Error ? thrown.message : "";
  const compiler = /^(.+?):(\d+):(\d+): ERROR: (.*)$/m.exec(text);
  if (compiler !== null) {
    const [, file, line, column, words] = compiler;
    // esbuild counts columns from 0.
    const place = { file: file!, line: Number(line), column: Number(column) + 1 };
    return { place, message: words! };
  }
  const wanted = missing.at(-1) ?? requiredInVain(thrown);
  if (wanted !== undefined && /cannot find/i.test(text)) {
    const words = `cannot find ${JSON.stringify(wanted.specifier)}`;
    return { place: lineWith(wanted.specifier, wanted.from), message: words };
  }
  const unexported = /^The requested module '(.+?)' does not provide/.exec(text)?.[1];
  if (unexported !== undefined) {
    const found = [...files.keys()].map((file) => lineWith(unexported, file));
    return { place: found.find(({ line }) => line !== undefined), message };
  }
  const place = thrownAt(thrown);
  if (place !== undefined || !(thrown instanceof SyntaxError)) return { place, message };
  return { place: await checked([...files.keys()]), message };
}

/** The first frame of the stack that lies in a file of the user. */
export function thrownAt(thrown: unknown): Place | undefined {
  const stack = thrown instanceof Error ? (thrown.stack ?? "") : "";
  for (const frame of stack.split("\n")) {
    // `at f (file:///a/b.js?arcp-reload=2:3:4)`, `at /a/b.js:3:4` or, on its own, `file:///a/b.js:3`
    const where = /\((.+)\)$/.exec(frame)?.[1] ?? frame.replace(/^\s*at (async )?/, "");
    const [, name, line, column] =
      /^((?:file:|\/|[A-Za-z]:\\).*?)(?:\?[^:]*)?:(\d+)(?::(\d+))?$/.exec(where) ?? [];
    if (name === undefined) continue;
    const file = name.startsWith("file:") ? fileURLToPath(name) : name;
    if (!isOfUser(file)) continue;
    return {
      file,
      line: Number(line),
      ...(column === undefined ? {} : { column: Number(column) }),
    };
  }
  return undefined;
}

function firstLine(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `threw ${String(thrown)}`;
  const [first = ""] = thrown.message.split("\n", 1);
  const line = `${first}${moduleHint(thrown)}`;
  return thrown.name === "Error" || thrown.name === "UsageError" ? line : `${thrown.name}: ${line}`;
}

/** What `require` says of a module that is not there. */
function requiredInVain(thrown: unknown): Missing | undefined {
  const { requireStack, message } = thrown as { requireStack?: unknown; message?: string };
  const specifier = /^Cannot find module '(.+?)'/.exec(message ?? "")?.[1];
  const from: unknown = Array.isArray(requireStack) ? requireStack[0] : undefined;
  return specifier === undefined || typeof from !== "string" ? undefined : { specifier, from };
}

function lineWith(specifier: string, file: string): Place {
  let lines: string[] = [];
  try {
    lines = readFileSync(file, "utf8").split("\n");
  } catch {
    // Gone meanwhile, and the watch will tell.
  }
  const at = lines.findIndex(
    (line) => line.includes(`"${specifier}"`) || line.includes(`'${specifier}'`),
  );
  return at === -1 ? { file } : { file, line: at + 1 };
}

/**
 * Of a module that does not parse, Node tells the place to nobody but a terminal. So it is asked again,
 * in a process of its own that only parses.
 */
async function checked(files: readonly string[]): Promise<Place | undefined> {
  for (const file of files) {
    if (!/\.[cm]?js$/.test(file)) continue;
    const told = await new Promise<string>((resolve) =>
      execFile(process.execPath, ["--check", file], (_error, _stdout, stderr) => resolve(stderr)),
    );
    const [, line] = /^.*:(\d+)\n/.exec(told) ?? [];
    if (line !== undefined) return { file, line: Number(line) };
  }
  return undefined;
}

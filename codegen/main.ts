/** The command line of the generator: `npm run generate`, `npm run spec:…`, `npm run size`. */
import { pathToFileURL } from "node:url";
import { asksForHelp, asksForJson, refusalAsJson } from "../conformance/usage/called.js";
import { helpOf } from "../conformance/usage/help.js";
import { UsageError } from "../conformance/usage/options.js";
import { COMMANDS } from "./commands.js";
import { flatDiagnostic, formatDiagnostics } from "./model/diagnostics.js";
import { NoSpec } from "./revisions.js";
import { Refused } from "./surroundings.js";
import type { Surroundings } from "./surroundings.js";

/** How often to look whether the process that started this one is still there, in milliseconds. */
const PARENT_LOOK_MS = 500;

/** Runs a command. 0: done, nothing to say; 1: findings or differences; 2: wrong usage. */
export async function main(args: readonly string[], at: Surroundings): Promise<number> {
  const [name = "", ...rest] = args;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    const names = Object.keys(COMMANDS).join(", ");
    if (asksForHelp([name])) {
      at.out(`usage: main.ts COMMAND, which is one of ${names}; COMMAND --help says more\n`);
      return 0;
    }
    const what = name === "" ? "no command is given" : `there is no command "${name}"`;
    at.err(`${what}; there is ${names}; see --help\n`);
    return 2;
  }
  if (asksForHelp(rest)) {
    at.out(helpOf(command.usage));
    return 0;
  }
  try {
    return await command.run(at, rest);
  } catch (error) {
    const { message, exit, findings } = asRefused(error);
    if (asksForJson(command.usage, rest))
      at.out(refusalAsJson(exit, message, findings.map(flatDiagnostic)));
    at.err(`${formatDiagnostics(findings, "text")}${message}\n`);
    return exit;
  }
}

function asRefused(error: unknown): Refused {
  if (error instanceof Refused) return error;
  if (error instanceof UsageError) return new Refused(`${error.message}; see --help`);
  if (error instanceof NoSpec) return new Refused(error.message, { exit: 1 });
  throw error;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stop.abort());
  // Whoever ends only `npm run` has ended this as well: a watcher that nobody sees would go on writing.
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || stop.abort(), PARENT_LOOK_MS).unref();
  const at: Surroundings = {
    root: process.cwd(),
    stop: stop.signal,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  };
  // Whoever reads only the beginning, as `head` does, has what they wanted.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  process.exitCode = await main(process.argv.slice(2), at).catch((error: unknown) => {
    at.err(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  });
}

import { Command, CommanderError } from "commander";
import { CLIENT_VERSION } from "../client/options.js";
import { addAgents } from "./commands/agents.js";
import { addCancel } from "./commands/cancel.js";
import { addCompletion } from "./commands/completion.js";
import { addConformance } from "./commands/conformance.js";
import { addCredentials } from "./commands/credentials.js";
import { addDev } from "./commands/dev.js";
import { addDoctor } from "./commands/doctor.js";
import { addHelp } from "./commands/help.js";
import { addJobs } from "./commands/jobs.js";
import { addReplay } from "./commands/replay.js";
import { addServe } from "./commands/serve.js";
import { addSubmit } from "./commands/submit.js";
import { addTail } from "./commands/tail.js";
import type { Context } from "./context.js";
import { record } from "./context.js";
import { refuseEmpty } from "./empty.js";
import { Exit } from "./exit.js";
import { explain } from "./help.js";
import { Sink } from "./io.js";
import type { Io } from "./io.js";
import { failureOf } from "./report.js";
import { oneLine } from "./text.js";

/** The tree of all commands. What commander would print goes to `write`. */
export function programOf(context: Context, write: (text: string) => void): Command {
  const program = new Command("arcp")
    .description("Hosts, submits to and examines runtimes of the Agent Runtime Control Protocol.")
    .version(CLIENT_VERSION)
    .exitOverride()
    .hook("preAction", (_, command) => refuseEmpty(command))
    .configureOutput({ writeOut: write, writeErr: () => undefined });
  for (const add of COMMANDS) add(program, context);
  return explain(program, {
    notes: "`arcp help <command>` says more of each.",
    examples: ["arcp serve", `arcp submit echo '{"hi": 1}'`, "arcp doctor"],
    environment: ["ARCP_URL", "ARCP_TOKEN"],
  });
}

const COMMANDS = [
  addDev,
  addServe,
  addSubmit,
  addTail,
  addCancel,
  addJobs,
  addAgents,
  addReplay,
  addCredentials,
  addDoctor,
  addConformance,
  addCompletion,
  addHelp,
];

/** Runs a command line (without `node` and the script) and resolves with the exit code; never rejects. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let exit: number = Exit.Success;
  const context: Context = {
    io,
    out: new Sink(io.stdout),
    err: new Sink(io.stderr),
    finish: (code) => (exit = code),
  };
  const { out, err } = context;
  const complain = (): void => {
    if (out.fault !== undefined) {
      void err.line(`arcp: the standard output cannot be written: ${oneLine(out.fault)}`);
    }
  };
  out.closed.addEventListener("abort", complain);
  try {
    exit = (await run(argv, context)) ?? exit;
  } finally {
    out.closed.removeEventListener("abort", complain);
  }
  // What was asked for has not come out.
  return exit === Exit.Success && out.fault !== undefined ? Exit.Unexpected : exit;
}

/** Resolves with the exit code, but for a command that has told its own. */
async function run(argv: readonly string[], context: Context): Promise<number | undefined> {
  let told = "";
  const program = programOf(context, (text) => (told += text));
  try {
    if (argv.length === 0) program.help();
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      await context.out.write(told);
      return Exit.Success;
    }
    return fail(context, argv, error);
  }
  return undefined;
}

async function fail(context: Context, argv: readonly string[], thrown: unknown): Promise<number> {
  const { exit, line, json } = failureOf(thrown);
  if (argv.includes("--json")) await record(context, { error: json });
  else await context.err.line(`arcp: ${line}`);
  if (context.io.env["ARCP_DEBUG"] !== undefined && thrown instanceof Error) {
    await context.err.line(thrown.stack ?? "");
    if (thrown.cause instanceof Error) await context.err.line(`caused by ${thrown.cause.stack}`);
  }
  return exit;
}

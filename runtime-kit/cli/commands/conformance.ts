import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";
import type { ClientConformanceOptions } from "../../../conformance/clients/main.js";
import type { ConformanceOptions } from "../../../conformance/main.js";
import type { Report } from "../../../conformance/report/report.js";
import type { Context } from "../context.js";
import { record } from "../context.js";
import { explain } from "../help.js";
import type { Explanation } from "../help.js";
import { ALLOW_INSECURE_REMOTE, checkToken, collect, factor, isFolder } from "../options.js";
import { safeUrlOf, tokenOf, whole } from "../options.js";
import type { ReachOptions } from "../options.js";
import { UsageError } from "../report.js";
import { oneLine } from "../text.js";

/** What both sides have in common. */
interface SuiteOptions {
  readonly report?: string;
  readonly timeScale: number;
  readonly parallel?: number;
  readonly seed?: string;
  readonly only?: readonly string[];
  readonly strict?: boolean;
  readonly json?: boolean;
}

interface RuntimeOptions extends ReachOptions, SuiteOptions {
  readonly stdio?: string;
  readonly tokenB?: string;
  readonly control?: string;
  readonly need: Need;
}

type Need = NonNullable<ConformanceOptions["need"]>;

const RUNGS = ["R0", "R1", "R2", "R3"] as const satisfies readonly Need[];

function rung(text: string): Need {
  const found = RUNGS.find((one) => one === text.toUpperCase());
  if (found === undefined) throw new InvalidArgumentError("It must be R0, R1, R2 or R3.");
  return found;
}

/** The suite has exit codes of its own. */
const exits = { Usage: 2, Harness: 4, Refused: 7 } as const;

const NOTES = `What a runtime provides decides what can be tested:
  R0  an address and a token, or a command (--stdio): handshake, envelope, heartbeat, resume, errors
  R1  a second principal (--token-b): theft of a session, leaks
  R2  the agent conformance.script: jobs, events, leases, cancellation
  R3  control of its process (--control): what outlives kill -9, and how long
Over stdio each connection is a process of its own, started by the command:
what needs two connections to one runtime does not apply there.
A control file is JSON: {"start": "my-runtime --port {port} --data {folder}",
"url": "ws://127.0.0.1:{port}/arcp"}. Each check of R3 starts one of its own, that
accepts the same tokens; with a resume_window_sec of at most 5 also how it ends is tested.
Checks of a rung that is missing are not run, and the verdict says so:
CONFORMANT (partial, up to R0). With --need R2 that is incomplete instead.`;

const EXITS = `
Exit codes of the suite:
   0  conformant, in part too (see --need)
   1  a MUST failed
   2  usage
   3  incomplete: a check could not be decided, or a rung of --need is missing
   4  the harness failed, or the runtime is unreachable
   5  only SHOULDs failed, with --strict
   7  the token was refused`;

const RUNTIME: Explanation = {
  notes: NOTES,
  examples: [
    "arcp conformance runtime ws://127.0.0.1:7777/arcp --only 6.7",
    "arcp conformance runtime ws://127.0.0.1:7777/arcp --only 6.4 --report report --json",
  ],
  environment: ["ARCP_TOKEN"],
  exits: EXITS,
};

const CLIENT: Explanation = {
  notes: `The command drives a client by lines on its standard input and output, as
conformance/client.md in this package says; about a hundred lines in any language.`,
  examples: [
    "arcp conformance client --only 6.2 -- arcp conformance driver",
    "arcp conformance client --only 6.2 --report report --json -- arcp conformance driver",
  ],
  exits: `
Exit codes of the suite:
   0  conformant, in part too (a driver that lacks a verb)
   1  a MUST failed
   2  usage
   3  incomplete: a check could not be decided
   4  the harness failed, or the driver does not start or connect
   5  only SHOULDs failed, with --strict`,
};

/** `arcp conformance`: the suite, against anybody's implementation. */
export function addConformance(program: Command, context: Context): void {
  const group = program
    .command("conformance")
    .summary("tests an implementation against the draft")
    .description("tests an implementation against the requirements of the draft.")
    .action(() => {
      const text = "arcp conformance runtime <url>, or arcp conformance client -- <command>";
      throw new UsageError(`say what to test: ${text}`);
    });
  explain(group, RUNTIME);
  const runtime = group
    .command("runtime")
    .summary("tests a runtime")
    .description("tests a runtime in any language, over WebSocket or stdio.")
    .argument("[url]", "its address, unless --stdio starts it")
    .option("--stdio <command>", "starts it, once for each connection, and speaks to it over stdio")
    .option("--token <token>", "a token that it accepts; else ARCP_TOKEN. --stdio may go without")
    .option("--token-file <file>", "reads the token from the first line of a file")
    .option(...ALLOW_INSECURE_REMOTE)
    .option("--token-b <token>", "the token of a second principal, for what must stay private")
    .option("--control <file>", "says how to start it, for what kill -9 must not lose")
    .addOption(
      new Option("--need <rung>", "the runtime must provide this much")
        .choices(RUNGS)
        .argParser(rung)
        .default("R0" as const),
    );
  suiteFlags(runtime).action(async (url: string | undefined, options: RuntimeOptions) => {
    const what = await runtimeOptions(context, url, options);
    const run = async (how: Told) =>
      (await import("../../../conformance/main.js")).conformanceRuntime({ ...what, ...how });
    context.finish(await (options.json === true ? runRecords : runText)(context, run));
  });
  explain(runtime, RUNTIME);
  const client = group
    .command("client")
    .summary("tests a client")
    .description("tests a client in any language, by a command that drives it.")
    .argument("<command...>", "the driver and its arguments, after --");
  suiteFlags(client).action(
    async ([command, ...args]: [string, ...string[]], options: SuiteOptions) => {
      const what = { ...common(options), command: [command, ...args] as const };
      const run = async (how: Told) =>
        (await import("../../../conformance/clients/main.js")).conformanceClient({
          ...what,
          ...how,
        });
      context.finish(await (options.json === true ? runRecords : runText)(context, run));
    },
  );
  explain(client, CLIENT);
  addDriver(group, context);
}

/** The options of both sides. */
function suiteFlags(command: Command): Command {
  return command
    .option("--report <dir>", "writes report.html, report.json, junit.xml and more")
    .option("--only <text>", "only checks with this in their id, as 6.3; may be repeated", collect)
    .option("--time-scale <factor>", "stretches every deadline", factor, 1)
    .option("--parallel <n>", "checks at the same time", whole(1, 64))
    .option("--seed <seed>", "makes the names of the run; the same seed makes the same ones")
    .option("--strict", "a SHOULD that is not met counts")
    .option("--json", "prints NDJSON: one line for each check, the result last");
}

/** For the suite itself: our client, told what to do by lines. Not for people, so not in the help. */
function addDriver(group: Command, context: Context): void {
  group
    .command("driver", { hidden: true })
    .description("does what the suite for clients says, on standard input and output")
    .action(async () => {
      const { drive } = await import("../conformance-driver.js");
      await drive(context);
    });
}

/** Where a run says what it has to say. */
type Told = Pick<ClientConformanceOptions, "write" | "complain" | "terminal" | "onReport">;

/** Loads the suite, which is larger than all the rest, and runs it. */
type Run = (how: Told) => Promise<number>;

function common(options: SuiteOptions) {
  const { report, parallel, seed, timeScale, only, strict = false } = options;
  // Told before the run: nobody waits minutes for a report that cannot be written.
  if (report !== undefined && existsSync(report) && !isFolder(report)) {
    throw new UsageError(`--report ${report}: it is a file, and a folder is needed`);
  }
  return {
    timeScale,
    strict,
    ...(only === undefined ? {} : { only }),
    ...(report === undefined ? {} : { reportDir: report }),
    ...(parallel === undefined ? {} : { parallel }),
    ...(seed === undefined ? {} : { seed }),
  };
}

async function runtimeOptions(
  { io }: Context,
  url: string | undefined,
  options: RuntimeOptions,
): Promise<ConformanceOptions> {
  const { stdio, tokenB, control, need, allowInsecureRemote = false } = options;
  if ((url === undefined) === (stdio === undefined)) {
    throw new UsageError(
      "say where the runtime is: its <url>, or the command that starts it with --stdio",
    );
  }
  const token = await tokenOf(options, io);
  if (token === undefined && stdio === undefined) {
    throw new UsageError("a token is needed: --token or ARCP_TOKEN");
  }
  return {
    ...common(options),
    ...(stdio === undefined
      ? { url: safeUrlOf(url, { io, allow: allowInsecureRemote, option: "<url>" }) }
      : { stdio }),
    allowInsecureRemote,
    ...(token === undefined ? {} : { token }),
    need,
    ...(control === undefined ? {} : { control: await controlOf(control) }),
    ...(tokenB === undefined ? {} : { tokenB: checkToken(tokenB, "--token-b") }),
  };
}

/** What a control file says. */
async function controlOf(file: string): Promise<NonNullable<ConformanceOptions["control"]>> {
  const { ControlError, readControl } = await import("../../../conformance/main.js");
  try {
    return readControl(await readFile(file, "utf8"));
  } catch (error) {
    const known = error instanceof ControlError;
    if (!known && (error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new UsageError(`--control ${file}: ${words(error)}`);
  }
}

async function runText(context: Context, run: Run): Promise<number> {
  const { out, err } = context;
  try {
    const write = (text: string): void => void out.write(text);
    const complain = (text: string): void => void err.line(`arcp: ${oneLine(text)}`);
    return await run({ write, complain, terminal: out.isTerminal });
  } catch (error) {
    await err.line(`arcp: ${oneLine(words(error))}`);
    return exits.Harness;
  } finally {
    // What was written before is out when this is.
    await Promise.all([out.write(""), err.write("")]);
  }
}

/** The report as records: the checks, then the result. */
async function runRecords(context: Context, run: Run): Promise<number> {
  let told = "";
  let report: Report | undefined;
  try {
    const exit = await run({
      write: () => undefined,
      complain: (text) => (told = text),
      terminal: false,
      onReport: (complete) => (report = complete),
    });
    if (report === undefined) {
      await record(context, { error: { code: codeOf(exit), message: told, exit } });
      return exit;
    }
    const { checks, ...result } = report as Report;
    for (const check of checks) await record(context, { check });
    await record(context, { result });
    return exit;
  } catch (error) {
    const what = { code: "HARNESS", message: words(error), exit: exits.Harness };
    await record(context, { error: what });
    return exits.Harness;
  }
}

/** Why there was no run. */
function codeOf(exit: number): string {
  if (exit === exits.Usage) return "USAGE";
  return exit === exits.Refused ? "UNAUTHENTICATED" : "UNREACHABLE";
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

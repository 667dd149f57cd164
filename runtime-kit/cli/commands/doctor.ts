import type { Command } from "commander";
import type { Context } from "../context.js";
import { record } from "../context.js";
import { examine } from "../doctor/examine.js";
import type { Step } from "../doctor/step.js";
import { explain } from "../help.js";
import { ALLOW_INSECURE_REMOTE, DEFAULT_URL, seconds, tokenOf, urlOf } from "../options.js";
import type { ReachOptions } from "../options.js";
import { UsageError } from "../report.js";
import { childOf } from "../session.js";
import { oneLine } from "../text.js";

interface DoctorOptions extends ReachOptions {
  readonly origin?: string;
  readonly timeout: number;
}

/** `arcp doctor`: why a runtime cannot be reached, or that it can. */
export function addDoctor(program: Command, context: Context): void {
  const command = program
    .command("doctor")
    .summary("says why a runtime cannot be reached")
    .description(
      "connects to a runtime step by step, and says which step fails and what to do: dns, tcp, tls, upgrade (to " +
        "WebSocket), hello, auth, features, round_trip, clock, resume (drops the connection once), close. With --stdio " +
        "the first steps are start and stdout (whether it begins with a message).",
    )
    .argument("[url]", `the runtime; else ARCP_URL, else ${DEFAULT_URL}`)
    .option("--stdio <command>", "starts the runtime as a child instead, and speaks on its stdio")
    .option("--token <token>", "the bearer token; else ARCP_TOKEN, which no process list shows")
    .option("--token-file <file>", "reads the token from the first line of a file")
    .option(...ALLOW_INSECURE_REMOTE)
    .option("--origin <origin>", "connects as a page of this origin would")
    .option("--timeout <sec>", "how long each step may take", seconds, 5)
    .option("--json", "prints NDJSON: one line for each step, the result last")
    .action(async (url: string | undefined, options: DoctorOptions) => {
      context.finish(await diagnose(context, url, options));
    });
  explain(command, {
    examples: [
      "arcp doctor",
      "arcp doctor ws://127.0.0.1:7777/arcp --timeout 2",
      "arcp doctor ws://127.0.0.1:7777/arcp --json",
      'arcp doctor --stdio "arcp serve --stdio"',
    ],
    environment: ["ARCP_URL", "ARCP_TOKEN"],
  });
}

async function diagnose(
  context: Context,
  url: string | undefined,
  options: DoctorOptions,
): Promise<number> {
  const { io, out } = context;
  const json = options.json === true;
  const where = whereOf(context, url, options);
  const timeoutMs = options.timeout * 1000;
  const patient = { ...where, token: await tokenOf(options, io), timeoutMs };
  const report = (step: Step): Promise<void> =>
    json ? record(context, { step }) : out.line(inWords(step));
  const { failed, exit } = await examine(patient, report);
  if (json) {
    const status = failed.length === 0 ? "ok" : "failed";
    const what = options.stdio === undefined ? { url: where.url } : { stdio: options.stdio };
    await record(context, { result: { ...what, status, failed, exit } });
  } else {
    await out.line(failed.length === 0 ? "everything works" : `failed: ${failed.join(", ")}`);
  }
  return exit;
}

/** An address, or a command. */
function whereOf(context: Context, url: string | undefined, options: DoctorOptions) {
  const { stdio, origin, allowInsecureRemote = false } = options;
  if (stdio === undefined) {
    return { url: urlOf(url, context.io, "<url>"), origin, allowInsecureRemote };
  }
  if (url !== undefined) throw new UsageError("give <url> or --stdio, not both");
  if (origin !== undefined) throw new UsageError("--origin: over stdio there is no Origin");
  return { child: childOf(context, stdio) };
}

function inWords({ name, status, ms, detail, advice }: Step): string {
  const time = status === "skipped" ? "" : `${ms} ms`;
  const line = `${status.padEnd(8)}${name.padEnd(11)}${time.padStart(10)}  ${oneLine(detail)}`;
  return advice === undefined ? line : `${line}\n${" ".repeat(31)}${oneLine(advice)}`;
}

import type { Command } from "commander";
import type { Context } from "../context.js";
import { record } from "../context.js";
import { examine } from "../doctor/examine.js";
import type { Step } from "../doctor/step.js";
import { explain } from "../help.js";
import { DEFAULT_URL, seconds, tokenOf, urlOf } from "../options.js";
import type { ReachOptions } from "../options.js";
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
        "WebSocket), hello, auth, features, round_trip, clock, resume (drops the connection once), close.",
    )
    .argument("[url]", `the runtime; else ARCP_URL, else ${DEFAULT_URL}`)
    .option("--token <token>", "the bearer token; else ARCP_TOKEN, which no process list shows")
    .option("--token-file <file>", "reads the token from the first line of a file")
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
  const patient = {
    url: urlOf(url, io, "<url>"),
    token: await tokenOf(options, io),
    origin: options.origin,
    timeoutMs: options.timeout * 1000,
  };
  const report = (step: Step): Promise<void> =>
    json ? record(context, { step }) : out.line(inWords(step));
  const { failed, exit } = await examine(patient, report);
  if (json) {
    const status = failed.length === 0 ? "ok" : "failed";
    await record(context, { result: { url: patient.url, status, failed, exit } });
  } else {
    await out.line(failed.length === 0 ? "everything works" : `failed: ${failed.join(", ")}`);
  }
  return exit;
}

function inWords({ name, status, ms, detail, advice }: Step): string {
  const time = status === "skipped" ? "" : `${ms} ms`;
  const line = `${status.padEnd(8)}${name.padEnd(11)}${time.padStart(10)}  ${oneLine(detail)}`;
  return advice === undefined ? line : `${line}\n${" ".repeat(31)}${oneLine(advice)}`;
}

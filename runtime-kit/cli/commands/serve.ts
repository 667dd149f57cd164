import type { Command } from "commander";
import { isLoopback } from "../../hosts/node-checks.js";
import { serve } from "../../hosts/node.js";
import type { ServeOptions } from "../../hosts/node.js";
import { Limits, bearer, createRuntime } from "../../node.js";
import type { Logger } from "../../wire/logger.js";
import type { RuntimeLimits } from "../../runtime/limits.js";
import { builtInAgents } from "../agents/index.js";
import { conformanceScripts } from "../agents/conformance-script.js";
import type { Context } from "../context.js";
import { record } from "../context.js";
import { exitHelp } from "../exit.js";
import { loadAgents } from "../load-agents.js";
import { createLogger } from "../logger.js";
import { MIN_LINE_BYTES, collect, readText, seconds, whole } from "../options.js";
import { submitLine } from "../paste.js";
import { UsageError } from "../report.js";
import { principalsOf } from "../tokens.js";
import type { TokenOptions } from "../tokens.js";
import { refusingUsage, untilSignalled } from "./serve-common.js";
import { serveParent } from "./serve-stdio.js";
import type { StdioCommand } from "./serve-stdio.js";

interface ServeCommand extends TokenOptions, StdioCommand {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly agent?: readonly string[];
  readonly conformance?: boolean;
  readonly allowedHost?: readonly string[];
  readonly allowedOrigin?: readonly string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly allowInsecureRemote?: boolean;
  readonly resumeWindow?: number;
  readonly heartbeat?: number;
  readonly cancelGrace?: number;
  readonly helloDeadline?: number;
  readonly drain: number;
  readonly json?: boolean;
}

/** `arcp serve`: a runtime on this machine. */
export function addServe(program: Command, context: Context): void {
  program
    .command("serve")
    .summary("hosts agents")
    .description(
      "hosts agents: those of your files, or the built-in echo, count and repo-report. " +
        "Jobs are kept in memory and end with the process. One process hosts all agents: what one of them " +
        "leaves behind and lets fail is logged, and the others go on.",
    )
    .option("--host <host>", "the name or address to listen at", "127.0.0.1")
    .option("--port <port>", "the port to listen at; 0 takes a free one", whole(0, 65_535), 7777)
    .option("--path <path>", "the path of the endpoint", "/arcp")
    .option("--token <token>", "a token that is let in; may be repeated", collect)
    .option("--token-file <file>", "one token a line, its principal after a space if it has one")
    .option("--principal <name>", 'whom the n-th token stands for (default: "local")', collect)
    .option("--agent <file...>", "a module whose default export is an agent or a list of agents")
    .option("--conformance", "also hosts conformance.script, for the conformance suite")
    .option("--allowed-host <host>", "a Host that clients may use; may be repeated", collect)
    .option("--allowed-origin <origin>", "an Origin that may connect; may be repeated", collect)
    .option("--tls-cert <file>", "certificate in PEM")
    .option("--tls-key <file>", "key of the certificate in PEM")
    .option("--allow-insecure-remote", "listens beyond this machine without TLS, behind a proxy")
    .option(
      "--resume-window <sec>",
      "how long a dropped session can be resumed (default: 600)",
      seconds,
    )
    .option(
      "--heartbeat <sec>",
      "the longest silence of a healthy connection (default: 30)",
      seconds,
    )
    .option(
      "--cancel-grace <sec>",
      "how long a cancelled agent may take to end (default: 30)",
      seconds,
    )
    .option(
      "--hello-deadline <sec>",
      "how long a connection may stay silent at first (default: 5)",
      seconds,
    )
    .option("--drain <sec>", "how long running jobs may take at SIGTERM", seconds, 10)
    .option("--stdio", "serves the process that started this one, on standard input and output")
    .option(
      "--line-bytes <n>",
      "with --stdio: the longest line to write where that can be chosen (default: 61440)",
      whole(MIN_LINE_BYTES, Limits.maxFrameBytes),
    )
    .option("--json", "prints one line with the address, as JSON")
    .addHelpText(
      "after",
      "\nWithout --token a token is made for this run, on this machine only. With --stdio the parent\n" +
        `process is believed instead, as --principal; its end of input ends this command.\n${exitHelp()}`,
    )
    .action(async (options: ServeCommand, command: Command) => {
      const logger = createLogger(context.io.stderr);
      const off = contain(context, logger);
      if (options.stdio === true) {
        checkStdio(command);
        const host = { agents: () => agentsOf(options), limits: limitsOf(options), logger };
        return context.finish(await serveParent(context, options, host).finally(off));
      }
      if (options.lineBytes !== undefined) throw new UsageError("--line-bytes goes with --stdio");
      const { serving, agents, token } = await start(context, options, logger).catch(
        (error: unknown) => {
          off();
          throw error;
        },
      );
      // Before anybody is told the address, who may answer with a signal.
      const ended = untilSignalled(context, serving, options.drain);
      await announce(context, options, serving.url);
      if (token !== undefined) {
        const line = submitLine({ url: serving.url, token, agents, env: context.io.env });
        await context.err.line(`arcp: a token was made for this run; try\n\n  ${line}\n`);
      }
      context.finish(await ended.finally(off));
    });
}

/**
 * One process hosts all agents. Where one of them starts work that nobody waits for and lets it fail, Node
 * would end the process, and with it the jobs of everybody else: it is logged instead.
 */
function contain({ io }: Context, logger: Logger): () => void {
  return io.onStray((thrown) => {
    const err = thrown instanceof Error ? thrown : new Error(String(thrown));
    logger.error({ err }, "an agent left work behind");
  });
}

async function start(context: Context, options: ServeCommand, logger: Logger) {
  checkExposure(options);
  const tls = await tlsOf(options);
  const { tokens, made } = await principalsOf(options, context.io, isLoopback(options.host));
  const agents = await agentsOf(options);
  const runtime = refusingUsage(() =>
    createRuntime({ agents, auth: bearer(tokens), limits: limitsOf(options), logger }),
  );
  const acceptor = {
    accept: runtime.accept,
    close: () => runtime.close({ drainMs: options.drain * 1000 }),
  };
  try {
    const serving = await serve(acceptor, { ...hostOptions(options), ...tls, logger });
    return { serving, agents, token: made };
  } catch (error) {
    await runtime.close();
    throw told(error as NodeJS.ErrnoException, options);
  }
}

/** What the host says, in the words of the command line. */
function told(error: NodeJS.ErrnoException, { host, port }: ServeCommand): Error {
  const { code = "", message } = error;
  if (code.startsWith("ERR_OSSL")) {
    return new UsageError(
      `--tls-cert, --tls-key: not a certificate and its key in PEM: ${message}`,
    );
  }
  if (code !== "EADDRINUSE") return error;
  const text = `port ${port} of ${host} is in use: end what uses it, or choose another --port`;
  return Object.assign(new Error(text, { cause: error }), { code });
}

function checkExposure({ host, path, tlsCert, allowInsecureRemote }: ServeCommand): void {
  if (!path.startsWith("/")) throw new UsageError(`--path ${path}: a path begins with /`);
  if (isLoopback(host) || tlsCert !== undefined || allowInsecureRemote === true) return;
  throw new UsageError(
    `--host ${host} can be reached from other machines, and tokens would travel in plain text: ` +
      "give --tls-cert and --tls-key, or --allow-insecure-remote behind a proxy that ends TLS",
  );
}

async function tlsOf({ tlsCert, tlsKey }: ServeCommand): Promise<Pick<ServeOptions, "tls">> {
  if (tlsCert === undefined && tlsKey === undefined) return {};
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new UsageError("--tls-cert and --tls-key belong together");
  }
  return {
    tls: { cert: await readText(tlsCert, "--tls-cert"), key: await readText(tlsKey, "--tls-key") },
  };
}

async function agentsOf({ agent: files, conformance }: ServeCommand) {
  const loaded = await Promise.all((files ?? []).map((file) => loadAgents(file)));
  const own = files === undefined ? builtInAgents : loaded.flat();
  return [...own, ...(conformance === true ? conformanceScripts : [])];
}

function limitsOf(options: ServeCommand): Partial<RuntimeLimits> {
  const { resumeWindow, heartbeat, cancelGrace, helloDeadline } = options;
  return {
    ...milliseconds("resumeWindowMs", resumeWindow),
    ...milliseconds("heartbeatMs", heartbeat),
    ...milliseconds("cancelGraceMs", cancelGrace),
    ...milliseconds("helloDeadlineMs", helloDeadline),
  };
}

function milliseconds(name: keyof RuntimeLimits, sec: number | undefined): Partial<RuntimeLimits> {
  return sec === undefined ? {} : { [name]: sec * 1000 };
}

function hostOptions(options: ServeCommand): ServeOptions {
  const { host, port, path, allowedHost, allowedOrigin, allowInsecureRemote } = options;
  return {
    host,
    port,
    path,
    ...(allowedHost === undefined ? {} : { allowedHosts: allowedHost }),
    ...(allowedOrigin === undefined ? {} : { allowedOrigins: allowedOrigin }),
    ...(allowInsecureRemote === undefined ? {} : { allowInsecureRemote }),
  };
}

/** What concerns a server that others connect to. */
const LISTENING_OPTIONS = [
  "host",
  "port",
  "path",
  "allowedHost",
  "allowedOrigin",
  "tlsCert",
  "tlsKey",
  "allowInsecureRemote",
  "json",
];

/** A child process listens nowhere, and its standard output is for messages. */
function checkStdio(command: Command): void {
  for (const option of command.options) {
    const name = option.attributeName();
    if (!LISTENING_OPTIONS.includes(name) || command.getOptionValueSource(name) !== "cli") continue;
    throw new UsageError(`--stdio and ${option.long} exclude each other: on stdio nothing listens`);
  }
}

function announce(context: Context, options: ServeCommand, url: string): Promise<void> {
  return options.json === true
    ? record(context, { listening: url })
    : context.out.line(`listening at ${url}`);
}

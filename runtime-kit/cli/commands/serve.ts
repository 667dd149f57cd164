import type { Command } from "commander";
import { isLoopback } from "../../hosts/node-checks.js";
import { serve } from "../../hosts/node.js";
import type { ServeOptions } from "../../hosts/node.js";
import { Limits, bearer, createRuntime } from "../../node.js";
import type { RuntimeOptions } from "../../runtime/create.js";
import type { RuntimeLimits } from "../../runtime/limits.js";
import type { Logger } from "../../wire/logger.js";
import { builtInAgents } from "../agents/index.js";
import { conformanceScripts } from "../agents/conformance-script.js";
import { suiteUpstream } from "../agents/suite-upstream.js";
import type { Context } from "../context.js";
import { explain } from "../help.js";
import {
  announce,
  contain,
  portInUse,
  refusingUsage,
  showToken,
  untilSignalled,
  whileLoading,
} from "../hosting.js";
import { loadAgents } from "../load-agents.js";
import { DEFAULT_DB, storeLost, storeOf, taken } from "../store.js";
import { createLogger, heldLogger } from "../logger.js";
import {
  MIN_LINE_BYTES,
  collect,
  collectOrigin,
  readText,
  seconds,
  secondsOrNone,
  whole,
} from "../options.js";
import { UsageError } from "../report.js";
import { principalsOf, TOKEN_FILE } from "../tokens.js";
import { addJwt, either, JWT_OPTIONS, jwtOf } from "../jwt.js";
import type { JwtCommand } from "../jwt.js";
import { vendorProblem } from "../../leases/grammars.js";
import type { VendorNamespaces } from "../../leases/grammars.js";
import type { TokenOptions } from "../tokens.js";
import { serveParent } from "./serve-stdio.js";
import type { StdioCommand } from "./serve-stdio.js";

interface ServeCommand extends TokenOptions, JwtCommand, StdioCommand {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly agent?: readonly string[];
  readonly db?: string | false;
  readonly conformance?: boolean;
  readonly namespace?: readonly string[];
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
  const command = program
    .command("serve")
    .summary("hosts agents")
    .description(
      "hosts agents: those of your files, or the built-in echo, count and repo-report. " +
        "Jobs and sessions are kept in a file, and outlive the process. One process hosts all agents: what one " +
        "of them leaves behind and lets fail is logged, and the others go on.",
    )
    .option("--host <host>", "the name or address to listen at", "127.0.0.1")
    .option("--port <port>", "the port to listen at; 0 takes a free one", whole(0, 65_535), 7777)
    .option("--path <path>", "the path of the endpoint", "/arcp")
    .option("--token <token>", "a token that is let in; may be repeated", collect)
    .option("--token-file <file>", TOKEN_FILE)
    .option("--principal <name>", 'whom the n-th token stands for (default: "local")', collect)
    .option("--agent <file...>", "a module whose default export is an agent or a list of agents")
    .option(
      "--db <file>",
      `where jobs and sessions are kept, for one process at a time (default: ${DEFAULT_DB})`,
    )
    .option("--no-db", "keeps them in memory only")
    .option("--conformance", "also hosts conformance.script, for the conformance suite")
    .option(
      "--namespace <name=kind>",
      "a lease namespace of your agents, x-vendor.acme.gpu=name; kinds are name, path and url; may be repeated",
      collect,
    )
    .option("--allowed-host <host>", "a Host that clients may use; may be repeated", collect)
    .option(
      "--allowed-origin <origin>",
      "an Origin that may connect; may be repeated",
      collectOrigin,
    )
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
    .option("--drain <sec>", "how long running jobs may take at SIGTERM", secondsOrNone, 10)
    .option("--stdio", "serves the process that started this one, on standard input and output")
    .option(
      "--line-bytes <n>",
      "with --stdio: the longest line to write where that can be chosen (default: 61440)",
      whole(MIN_LINE_BYTES, Limits.maxFrameBytes),
    )
    .option("--json", "prints one line with the address, and what is logged, as JSON")
    .action(async (options: ServeCommand, given: Command) => {
      const logger = createLogger(context.err, { json: options.json === true });
      const off = contain(context, logger);
      if (options.stdio === true) {
        checkStdio(given);
        const host = {
          agents: () => agentsOf(context, options),
          limits: limitsOf(options),
          namespaces: namespacesOf(options),
          // Each parent has a child of its own, and a file belongs to one process.
          store: storeOf(options.db ?? false),
          logger,
          ...credentialsOf(options),
        };
        return context.finish(await serveParent(context, options, host).finally(off));
      }
      if (options.lineBytes !== undefined) throw new UsageError("--line-bytes goes with --stdio");
      const { serving, agents, token, lost } = await start(context, options, logger).catch(
        (error: unknown) => {
          off();
          throw error;
        },
      );
      // Before anybody is told the address, who may answer with a signal.
      const ended = untilSignalled(context, serving, options.drain, lost);
      await announce(context, options.json === true, serving.url);
      if (token !== undefined) await showToken(context, { url: serving.url, token, agents });
      context.finish(await ended.finally(off));
    });
  addJwt(command);
  explain(command, {
    notes:
      "Without --token a token is made for this run, on this machine only. With --stdio the parent\n" +
      "process is believed instead, as --principal; its end of input ends this command, and what it\n" +
      "was told is kept in memory unless --db says where. With --jwt-keys or --jwt-secret-file no token is\n" +
      "made, and ARCP_TOKEN lets nobody in; --token and --token-file do, besides.",
    examples: [
      "arcp serve",
      "arcp serve --agent agent.js --port 8000 --token-file tokens.txt",
      "arcp serve --conformance --token secret --no-db --json",
    ],
    environment: ["ARCP_TOKEN"],
  });
}

async function start(context: Context, options: ServeCommand, logger: Logger) {
  checkExposure(options);
  const tls = await tlsOf(options);
  const byJwt = await jwtOf(options, logger);
  const { tokens, made } = await principalsOf(options, context.io, {
    loopback: isLoopback(options.host),
    others: byJwt !== undefined,
  });
  const agents = await agentsOf(context, options);
  const namespaces = namespacesOf(options);
  const db = options.db ?? DEFAULT_DB;
  const held = heldLogger(logger);
  const runtime = refusingUsage(() =>
    createRuntime({
      agents,
      auth: either(bearer(tokens), byJwt),
      limits: limitsOf(options),
      namespaces,
      store: storeOf(db),
      logger: held.logger,
      ...credentialsOf(options),
    }),
  );
  suiteUpstream.serves(runtime);
  await taken(runtime, db);
  held.release();
  const acceptor = {
    accept: runtime.accept,
    close: () => runtime.close({ drainMs: options.drain * 1000 }),
  };
  try {
    const serving = await serve(acceptor, { ...hostOptions(options), ...tls, logger });
    return { serving, agents, token: made, lost: storeLost(runtime, serving) };
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
  return portInUse(error, host, port);
}

function checkExposure({ host, path, tlsCert, allowInsecureRemote }: ServeCommand): void {
  if (!path.startsWith("/")) throw new UsageError(`--path ${path}: a path begins with /`);
  // Anything else would never be equal to the path of a request.
  const asked = `http://host${path}`;
  if (!URL.canParse(asked) || new URL(asked).pathname !== path) {
    const what = "neither a query nor characters that stand escaped in a URL, such as a space";
    throw new UsageError(`--path ${path}: a path has ${what}`);
  }
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

async function agentsOf(context: Context, { agent: files, conformance }: ServeCommand) {
  const load = (file: string) => whileLoading(context, file, loadAgents(file));
  const loaded = await Promise.all((files ?? []).map(load));
  const own = files === undefined ? builtInAgents : loaded.flat();
  return [...own, ...(conformance === true ? conformanceScripts : [])];
}

/** The namespaces of vendors: those of the command line, and the suite's. */
function namespacesOf({ namespace = [], conformance }: ServeCommand): VendorNamespaces {
  const named = namespace.map((text) => {
    const at = text.lastIndexOf("=");
    if (at <= 0) {
      throw new UsageError(`--namespace ${text}: it must be name=kind, as x-vendor.acme.gpu=name`);
    }
    return [text.slice(0, at), text.slice(at + 1)] as const;
  });
  const all = Object.fromEntries(conformance === true ? [SUITE_NAMESPACE, ...named] : named);
  const problem = vendorProblem(all);
  if (problem !== undefined) throw new UsageError(`--namespace: ${problem}`);
  return all as VendorNamespaces;
}

/** Only the suite's agents have credentials here: whoever has a gateway of their own embeds the runtime. */
function credentialsOf({ conformance }: ServeCommand): Pick<RuntimeOptions, "credentials"> {
  return conformance === true ? { credentials: suiteUpstream } : {};
}

/** As conformance/script.md has it. */
const SUITE_NAMESPACE = ["x-vendor.conformance.device", "name"] as const;

function limitsOf(options: ServeCommand): Partial<RuntimeLimits> {
  const { resumeWindow, heartbeat, cancelGrace, helloDeadline, conformance } = options;
  return {
    // The suite's scripts wait for each other. Those of a check that a mutant spoiled wait until their time is over, and
    // keep their sessions: hundreds of mutants leave more of both than programs do.
    ...(conformance === true ? { maxRunningJobs: 4096, maxSessionsPerPrincipal: 100_000 } : {}),
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
  ...JWT_OPTIONS,
];

/** A child process listens nowhere, and its standard output is for messages. */
function checkStdio(command: Command): void {
  for (const option of command.options) {
    const name = option.attributeName();
    if (!LISTENING_OPTIONS.includes(name) || command.getOptionValueSource(name) !== "cli") continue;
    throw new UsageError(`--stdio and ${option.long} exclude each other: on stdio nothing listens`);
  }
}

import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { Command } from "commander";
import { serve } from "../../hosts/node.js";
import type { Serving } from "../../hosts/node.js";
import { ArcpError, bearer, createRuntime } from "../../node.js";
import type { Agent } from "../../runtime/define.js";
import type { Context } from "../context.js";
import { record } from "../context.js";
import { explain } from "../help.js";
import { SLOW, announce, contain, portInUse, showToken, untilSignalled } from "../hosting.js";
import { createLineLogger } from "../logger.js";
import { collect, collectOrigin, whole } from "../options.js";
import { changesInWords, referenceOf } from "../reload/changes.js";
import { develop } from "../reload/develop.js";
import type { News } from "../reload/develop.js";
import { reloadingModules } from "../reload/modules.js";
import { thrownAt } from "../reload/place.js";
import type { Place } from "../reload/place.js";
import { UsageError } from "../report.js";
import { oneLine } from "../text.js";
import { principalsOf, TOKEN_FILE } from "../tokens.js";
import type { TokenOptions } from "../tokens.js";

interface DevCommand extends TokenOptions {
  readonly port: number;
  readonly allowedOrigin?: readonly string[];
  readonly json?: boolean;
}

const HOST = "127.0.0.1";

/** `arcp dev`: a runtime whose agents follow their files. */
export function addDev(program: Command, context: Context): void {
  const command = program
    .command("dev")
    .summary("hosts the agents that you write, and reloads them on save")
    .description(
      "hosts the agents of your files on this machine. Whenever one of them, or anything that it imports outside " +
        "node_modules, is saved, the agents are loaded again: sessions stay, running jobs end on the code that they " +
        "began with, and the next submit gets the new one. A file that cannot be loaded is told with its line, and " +
        "the agents that it had stay until it is mended. Each reload costs the memory of the modules that it loads.",
    )
    .argument("<file...>", "modules whose default export is an agent or a list of agents")
    .option("--port <port>", "the port to listen at; 0 takes a free one", whole(0, 65_535), 7777)
    .option("--token <token>", "a token that is let in; may be repeated", collect)
    .option("--token-file <file>", TOKEN_FILE)
    .option("--principal <name>", 'whom the n-th token stands for (default: "local")', collect)
    .option(
      "--allowed-origin <origin>",
      "an Origin that may connect; may be repeated",
      collectOrigin,
    )
    .option("--json", "prints NDJSON: the address, and what became of each save")
    .action(async (files: readonly string[], options: DevCommand) => {
      context.finish(await dev(context, files, options));
    });
  explain(command, {
    notes:
      "Without --token a token is made for this run, and shown in a line that submits. A .ts file needs\n" +
      "Node >= 22.18, or the package tsx beside arcp.",
    examples: ["arcp dev agent.ts", "arcp dev agent.ts other.js --port 8000 --token secret --json"],
    environment: ["ARCP_TOKEN"],
  });
}

async function dev(
  context: Context,
  files: readonly string[],
  options: DevCommand,
): Promise<number> {
  const absent = files.find((file) => !existsSync(file));
  if (absent !== undefined) throw new UsageError(`${absent}: no such file`);
  const logger = createLineLogger(context.err);
  const { tokens, made } = await principalsOf(options, context.io, { loopback: true });
  const modules = await reloadingModules(files);
  const runtime = createRuntime({ auth: bearer(tokens), logger });
  const stop = new AbortController();
  const off = contain(context, logger);
  let serving: Serving | undefined;
  let agents: readonly Agent[] = [];
  /** Once there are both, an address and an agent to submit to. */
  const show = async (): Promise<void> => {
    if (made === undefined || serving === undefined || agents.length === 0) return;
    const [token, { url }] = [made, serving];
    await showToken(context, { url, token, agents });
  };
  const { first, ended } = develop({
    files,
    modules,
    signal: stop.signal,
    replace: (others) => runtime.replaceAgents(others.map((agent) => telling(context, agent))),
    tell: async (news) => {
      await tell(context, options.json === true, news);
      if (news.type !== "loaded") return;
      agents = news.agents;
      await show();
    },
  });
  try {
    await first;
    const { port, allowedOrigin } = options;
    serving = await serve(runtime, {
      host: HOST,
      port,
      ...(allowedOrigin === undefined ? {} : { allowedOrigins: allowedOrigin }),
    }).catch((error: unknown) => {
      throw portInUse(error as NodeJS.ErrnoException, HOST, port);
    });
    const signalled = untilSignalled(context, serving, 0);
    await announce(context, options.json === true, serving.url);
    await show();
    return await Promise.race([signalled, ended.then(() => signalled)]);
  } finally {
    stop.abort();
    await runtime.close();
    await ended;
    off();
  }
}

/** The agent, which says here where it threw: its job tells the client no more than the message. */
function telling(context: Context, agent: Agent): Agent {
  return {
    ...agent,
    run: async (input, ctx) => {
      try {
        return await agent.run(input, ctx);
      } catch (error) {
        const place = ArcpError.is(error) ? undefined : thrownAt(error);
        if (place !== undefined) {
          await context.err.line(`arcp: ${referenceOf(agent)} threw at ${placeInWords(place)}`);
        }
        throw error;
      }
    },
  };
}

function tell(context: Context, json: boolean, news: News): Promise<void> {
  return json ? tellRecord(context, news) : tellLine(context, news);
}

async function tellRecord(context: Context, news: News): Promise<void> {
  switch (news.type) {
    case "loaded":
      return record(context, { loaded: { agents: news.agents.map(referenceOf) } });
    case "reloaded":
      return record(context, { reloaded: { ...news.changes, saved: news.saved.map(short) } });
    case "failed": {
      const { place, message } = news.located;
      const where = place === undefined ? {} : { ...place, file: short(place.file) };
      return record(context, { failed: { entry: news.file, ...where, message, kept: news.kept } });
    }
    case "mended":
      return record(context, { mended: { entry: news.file } });
    case "slow":
      return record(context, { notice: SLOW });
  }
}

async function tellLine({ out, err }: Context, news: News): Promise<void> {
  switch (news.type) {
    case "loaded":
      return out.line(`loaded ${news.agents.map(referenceOf).join(", ")}`);
    case "reloaded": {
      const saved = news.saved.length === 0 ? "" : ` after ${news.saved.map(short).join(", ")}`;
      return out.line(oneLine(`reloaded${saved}: ${changesInWords(news.changes)}`));
    }
    case "failed": {
      const { place, message } = news.located;
      const where = place === undefined ? "" : `${placeInWords(place)}: `;
      const kept = news.kept ? " (its agents stay as they were)" : "";
      return err.line(`arcp: ${oneLine(`${where}${message}`)}${kept}`);
    }
    case "mended":
      return out.line(oneLine(`${news.file} is mended`));
    case "slow":
      return err.line(`arcp: ${SLOW}`);
  }
}

/** `agent.ts:3:8`, which terminals open. */
function placeInWords({ file, line, column }: Place): string {
  return [
    short(file),
    ...(line === undefined ? [] : [line]),
    ...(column === undefined ? [] : [column]),
  ].join(":");
}

/** Relative to where the command was started, if that is shorter. */
function short(file: string): string {
  const near = relative(process.cwd(), resolve(file));
  return near.length < file.length ? near : file;
}

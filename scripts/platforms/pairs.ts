/** A runtime on each platform, and clients of each platform with it: two processes, one protocol. */
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execute } from "../../examples/harness/processes.js";
import type { Running } from "../../examples/harness/processes.js";
import { relayTo } from "../../examples/relay.js";
import { serveCommand } from "../serve-command.js";
import type { Platform } from "./platforms.js";

/** A platform whose executable is there. */
export interface Ready {
  readonly platform: Platform;
  readonly executable: string;
}

/** How the clients of a platform fared with a runtime: what went wrong, or nothing. */
export interface Pair {
  readonly runtime: string;
  readonly client: string;
  readonly entry: string;
  readonly problem: string | undefined;
}

const TOKEN = "platforms-test-token";

/** How long a client may take: much longer than any does, on a busy machine too. */
const LIMIT_MS = 60_000;

/** Runs every client against every runtime. */
export async function runPairs(ready: readonly Ready[], root: string): Promise<readonly Pair[]> {
  const folder = await consumer(root);
  try {
    const pairs: Pair[] = [];
    for (const runtime of ready) pairs.push(...(await withRuntime(runtime, ready, folder)));
    return pairs;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A project of a user's, with `arcp` in its `node_modules`, an agent file and a client. */
async function consumer(root: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "arcp-consumer-"));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await mkdir(join(folder, "node_modules"));
  await symlink(root, join(folder, "node_modules/arcp"), "dir");
  await cp(join(root, "scripts/browser/agents.ts"), join(folder, "agents.ts"));
  await cp(join(root, "scripts/platforms/consumer/client.mjs"), join(folder, "client.mjs"));
  return folder;
}

async function withRuntime(
  { platform, executable }: Ready,
  clients: readonly Ready[],
  folder: string,
): Promise<readonly Pair[]> {
  const serve = serveCommand(join(folder, "node_modules/arcp"), {
    agents: join(folder, "agents.ts"),
    token: TOKEN,
  });
  const runtime = execute(executable, [...platform.args, ...serve]);
  try {
    const listening = await runtime.match(/^\{"listening":"([^"]+)"\}$/m);
    const url = listening?.[1];
    const pairs: Pair[] = [];
    for (const client of clients) {
      for (const entry of entriesOf(client.platform)) {
        const problem =
          url === undefined
            ? `the runtime did not listen: ${runtime.stdout}${runtime.stderr}`
            : await attempt(client, entry, url, folder);
        pairs.push({ runtime: platform.name, client: client.platform.name, entry, problem });
      }
    }
    return pairs;
  } finally {
    runtime.kill("SIGKILL");
    await runtime.ended;
  }
}

/** `arcp/client` needs a WebSocket of the platform's, which Node has from 22 on. */
function entriesOf({ name }: Platform): readonly string[] {
  return name.startsWith("Node 20.") ? ["arcp"] : ["arcp", "arcp/client"];
}

async function attempt(
  { platform, executable }: Ready,
  entry: string,
  url: string,
  folder: string,
): Promise<string | undefined> {
  const relay = await relayTo(url);
  const program = [join(folder, "client.mjs"), entry, relay.url, TOKEN];
  const client: Running = execute(executable, [...platform.args, ...program]);
  const timer = setTimeout(() => client.kill("SIGKILL"), LIMIT_MS);
  try {
    if ((await client.match(/^cut$/m)) !== undefined) relay.cut();
    const how = await client.ended;
    if (how === "exit 0" && client.stdout.endsWith("done\n")) return undefined;
    return `${how}: ${client.stderr.trim().slice(-600)}`;
  } finally {
    clearTimeout(timer);
    relay.close();
  }
}

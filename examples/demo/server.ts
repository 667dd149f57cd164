/** `arcp serve`, as a process of its own, that can be killed and started again on its file. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { start } from "../harness/processes.js";
import type { Running } from "../harness/processes.js";

/** A runtime that listens. */
export interface Served {
  /** Where it listens now. */
  readonly url: string;
  readonly token: string;
  /** Rejects if it ends unasked. */
  readonly died: Promise<never>;
  /** Kills it as a power cut would, and starts another one on the same file. */
  crash(): Promise<void>;
  /** Asks it to end; throws if it does not end well. */
  stop(): Promise<void>;
}

/** Starts `arcp serve` of the project in `root`, with a token that only this run knows. */
export async function serveAgents(root: string): Promise<Served> {
  const token = randomBytes(24).toString("base64url");
  const folder = await mkdtemp(join(tmpdir(), "arcp-demo-"));
  const file = join(folder, "token");
  await writeFile(file, `${token} demo@example.com\n`, { mode: 0o600 });
  const cli = join(root, "dist/runtime-kit/cli/main.js");
  // The relay has a port of its own, so any port of this host may be asked for.
  const where = ["--port", "0", "--allowed-host", "127.0.0.1", "--db", join(folder, "arcp.db")];
  let asked = false;
  let dies = (_error: Error): void => {};
  const died = new Promise<never>((_, reject) => (dies = reject));
  died.catch(() => undefined); // whoever stops it asks for its end by himself

  async function begin() {
    const server = start([cli, "serve", "--json", "--token-file", file, ...where]);
    const listening = await server.match(/^\{"listening":"([^"]+)"\}$/m);
    if (listening === undefined) throw await endOf(server);
    void server.ended.then(async () => {
      if (!asked) dies(await endOf(server));
    });
    return { server, url: listening[1] as string };
  }

  let { server, url } = await begin();
  return {
    get url() {
      return url;
    },
    token,
    died,
    async crash() {
      asked = true;
      server.kill("SIGKILL");
      await server.ended;
      asked = false;
      ({ server, url } = await begin());
    },
    async stop() {
      asked = true;
      server.kill("SIGTERM");
      const how = await server.ended;
      if (how !== "exit 0") throw await endOf(server);
      await rm(folder, { recursive: true });
    },
  };
}

async function endOf(server: Running): Promise<Error> {
  return new Error(`arcp serve ended with ${await server.ended}:\n${server.stderr}`);
}

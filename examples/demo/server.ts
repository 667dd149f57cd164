/** `arcp serve`, as a process of its own. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { start } from "../harness/processes.js";

/** A runtime that listens. */
export interface Served {
  readonly url: string;
  readonly token: string;
  /** Rejects if it ends unasked. */
  readonly died: Promise<never>;
  /** Asks it to end; throws if it does not end well. */
  stop(): Promise<void>;
}

/** Starts `arcp serve` of the project in `root`, with a token that only this run knows. */
export async function serveAgents(root: string): Promise<Served> {
  const token = randomBytes(24).toString("base64url");
  const folder = await mkdtemp(join(tmpdir(), "arcp-demo-"));
  try {
    const file = join(folder, "token");
    await writeFile(file, `${token} demo@example.com\n`, { mode: 0o600 });
    const cli = join(root, "dist/runtime-kit/cli/main.js");
    // The relay has a port of its own, so any port of this host may be asked for.
    const options = ["--port", "0", "--json", "--token-file", file, "--allowed-host", "127.0.0.1"];
    const server = start([cli, "serve", "--no-db", ...options]);
    const listening = await server.match(/^\{"listening":"([^"]+)"\}$/m);
    if (listening === undefined) {
      throw new Error(`arcp serve ended with ${await server.ended}:\n${server.stderr}`);
    }
    const died = server.ended.then((how): never => {
      throw new Error(`arcp serve ended with ${how}:\n${server.stderr}`);
    });
    died.catch(() => undefined); // whoever stops it asks for its end by himself
    return {
      url: listening[1] as string,
      token,
      died,
      async stop() {
        server.kill("SIGTERM");
        const how = await server.ended;
        if (how !== "exit 0") throw new Error(`arcp serve ended with ${how}:\n${server.stderr}`);
      },
    };
  } finally {
    await rm(folder, { recursive: true }); // it has read its token, or will never do so
  }
}

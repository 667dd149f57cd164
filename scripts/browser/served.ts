/** `arcp serve`, as a process of its own, for pages. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { start } from "../../examples/harness/processes.js";
import { serveCommand } from "../serve-command.js";

/** The one token that is let in. */
export const TOKEN = "browser-test-token";

/** A runtime that listens. */
export interface Served {
  readonly url: string;
  /** What it has logged so far, in JSON lines. */
  readonly log: string;
  /** Freezes the process, so that it falls silent with its connections open; and lets it go on. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

/** Starts it for pages of these origins; `more` are further options of the command. */
export async function serveFor(
  origins: readonly string[],
  more: readonly string[] = [],
): Promise<Served> {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const runtime = start([
    ...serveCommand(root, { agents: join(root, "scripts/browser/agents.ts"), token: TOKEN }),
    ...origins.flatMap((origin) => ["--allowed-origin", origin]),
    ...more,
  ]);
  const listening = await runtime.match(/^\{"listening":"([^"]+)"\}$/m);
  if (listening === undefined) {
    const said = `${runtime.stdout}${runtime.stderr}`;
    throw new Error(`arcp serve ended with ${await runtime.ended}:\n${said}`);
  }
  return {
    url: listening[1] as string,
    get log() {
      return runtime.stderr;
    },
    freeze: () => runtime.kill("SIGSTOP"),
    thaw: () => runtime.kill("SIGCONT"),
    async stop() {
      runtime.kill("SIGCONT");
      runtime.kill("SIGTERM");
      await runtime.ended;
    },
  };
}

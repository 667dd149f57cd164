/** `arcp serve` on a file, in a process of its own. */
import { join } from "node:path";
import { build } from "esbuild";
import { start } from "../../examples/harness/processes.js";

const root = join(import.meta.dirname, "../..");

/** Principals that the process lets in, each by the token of its name. */
export const PRINCIPALS = ["reader", "bystander", "one", "two", "three", "four"] as const;

/** Where the process keeps its things. */
export interface Place {
  readonly agents: string;
  readonly db: string;
}

/** A process that listens. */
export interface Server {
  readonly url: string;
  /** `kill -9`; resolves once it is gone. */
  kill(): Promise<void>;
}

/** Compiles the agents once: a process that has to compile them starts slowly. */
export async function compileAgents(outfile: string): Promise<void> {
  const entryPoints = [join(import.meta.dirname, "agents.ts")];
  await build({ entryPoints, outfile, bundle: true, platform: "node", format: "esm" });
}

/** Starts the built command; resolves once it listens. */
export async function startServer({ agents, db }: Place, port = 0): Promise<Server> {
  const running = start([
    ...["--expose-gc", join(root, "dist/runtime-kit/cli/main.js"), "serve", "--json"],
    ...["--port", String(port), "--agent", agents, "--db", db],
    ...PRINCIPALS.flatMap((name) => ["--token", name, "--principal", name]),
  ]);
  const match = await running.match(/"listening":"([^"]+)"/);
  if (match === undefined) throw new Error(`the runtime did not listen: ${running.stderr}`);
  return {
    url: match[1]!,
    async kill() {
      running.kill("SIGKILL");
      await running.ended;
    },
  };
}

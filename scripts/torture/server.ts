/** `arcp serve` on a file, in a process of its own. */
import { join } from "node:path";
import { build } from "esbuild";
import { start } from "../../examples/harness/processes.js";
import { TOKENS } from "./tokens.js";

const root = join(import.meta.dirname, "../..");

/** Where the process keeps its things. */
export interface Place {
  /** The agents, compiled. */
  readonly agents: string;
  readonly db: string;
  readonly notes: string;
}

/** A process that was started. */
export interface Server {
  /** Its address once it listens; `undefined` if it ended before. */
  readonly listening: Promise<string | undefined>;
  /** How it ended, and what it had to say if that was not our doing. */
  readonly ended: Promise<{ readonly how: string; readonly words: string }>;
  /** `kill -9`. */
  kill(): void;
}

/** Compiles the agents once: a process that has to compile them starts slowly. */
export async function compileAgents(outfile: string): Promise<void> {
  await build({
    entryPoints: [join(import.meta.dirname, "agents.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "warning",
  });
}

/** Starts the built command on the file of this place. */
export function startServer({ agents, db, notes }: Place, cycle: number): Server {
  const tokens = Object.entries(TOKENS).flatMap(([principal, token]) => [
    ...["--token", token, "--principal", principal],
  ]);
  const running = start(
    [
      ...[join(root, "dist/runtime-kit/cli/main.js"), "serve", "--json", "--port", "0"],
      ...["--agent", agents, "--db", db, ...tokens],
    ],
    { TORTURE_NOTES: notes, TORTURE_CYCLE: String(cycle) },
  );
  return {
    listening: running.match(/"listening":"([^"]+)"/).then((match) => match?.[1]),
    ended: running.ended.then((how) => ({ how, words: running.stderr.slice(-2_000) })),
    kill: () => running.kill("SIGKILL"),
  };
}

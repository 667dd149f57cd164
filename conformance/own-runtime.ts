/** Our own runtime, `arcp serve --conformance`: a process with two principals, or one for each connection. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { ConformanceOptions } from "./main.js";
import type { Control } from "./run/control.js";

/** Where our own runtime is. */
export interface Running {
  readonly at: Pick<ConformanceOptions, "url" | "stdio" | "control">;
  readonly token: string;
  /** Absent over stdio: nobody else can reach a child. */
  readonly tokenB?: string;
  stop(): Promise<void>;
}

/** A program and its arguments, which begin the words that are given. */
export type Command = (...args: readonly string[]) => readonly [string, ...string[]];

/** The command line of our own `arcp`: what was built when the suite was built itself, else the sources. */
export const arcp: Command = (...args) => {
  const source = fileURLToPath(import.meta.url).endsWith(".ts");
  const cli = new URL(`../runtime-kit/cli/main.${source ? "ts" : "js"}`, import.meta.url);
  return [process.execPath, ...(source ? ["--import", "tsx"] : []), fileURLToPath(cli), ...args];
};

/** How to start `arcp serve --conformance` with these options: a program and its arguments. */
function serveCommand(options: readonly string[], command = arcp): ReturnType<Command> {
  // Times as short as a check can wait for; what the checks ask of them holds for any.
  const times = ["--cancel-grace", "1", "--heartbeat", "3"];
  return command("serve", "--conformance", ...times, ...options);
}

/** The same as a line of the shell. */
function serveLine(options: readonly string[], command = arcp): string {
  return serveCommand(options, command)
    .map((word) => `'${word.replaceAll("'", "'\\''")}'`)
    .join(" ");
}

/** How to start it so that it can be killed: it keeps what it has said, and sessions have a window to be waited for. */
function ownControl(tokens: readonly string[]): Control {
  const start = serveLine([
    ...["--port", "{port}", "--db", "{folder}/arcp.db", "--resume-window", "2"],
    ...tokens,
  ]);
  return { start, url: "ws://127.0.0.1:{port}/arcp" };
}

const principals = ["a@example.com", "b@example.com"] as const;

function newToken(): string {
  return randomBytes(24).toString("base64url");
}

/** Nothing runs until the suite starts it: `command`, once for each connection. `stop` is what there is to do at the end. */
export function overStdio(command = arcp, stop = async (): Promise<void> => {}): Running {
  const token = newToken();
  const options = [
    ...["--no-db", "--stdio", "--drain", "1"],
    ...["--token", token, "--principal", principals[0]],
  ];
  const stdio = serveLine(options, command);
  return { at: { stdio }, token, stop };
}

/** Starts it on a free port. Rejects if it ends or says nothing within a minute. */
export async function overWebSocket(): Promise<Running> {
  const [token, tokenB] = [newToken(), newToken()];
  const tokens = [
    ...["--token", token, "--principal", principals[0]],
    ...["--token", tokenB, "--principal", principals[1]],
  ];
  const [program, ...args] = serveCommand(["--no-db", "--port", "0", "--json", ...tokens]);
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let complaints = "";
  child.stderr.on(
    "data",
    (data: Buffer) => (complaints = (complaints + String(data)).slice(-4000)),
  );
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the runtime says nothing")), 60_000);
    const fail = () => reject(new Error(`the runtime ended before it listened:\n${complaints}`));
    child.once("exit", fail);
    createInterface({ input: child.stdout }).once("line", (line) => {
      clearTimeout(timer);
      child.off("exit", fail);
      resolve((JSON.parse(line) as { listening: string }).listening);
    });
  });
  return {
    at: { url, control: ownControl(tokens) },
    token,
    tokenB,
    stop: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

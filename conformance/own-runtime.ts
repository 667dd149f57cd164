/** Our own runtime as a process of its own: `arcp serve --conformance` on a free port, with two principals. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A runtime that runs as a child process. */
export interface Running {
  readonly url: string;
  readonly token: string;
  readonly tokenB: string;
  stop(): Promise<void>;
}

/** Starts `arcp serve --conformance` on a free port. Rejects if it ends or says nothing within a minute. */
export async function startRuntime(): Promise<Running> {
  const here = fileURLToPath(import.meta.url);
  // The suite tests what was built when it was built itself, and the sources when it runs from sources.
  const source = here.endsWith(".ts");
  const cli = new URL(`../runtime-kit/cli/main.${source ? "ts" : "js"}`, import.meta.url);
  const [token, tokenB] = [1, 2].map(() => randomBytes(24).toString("base64url")) as [
    string,
    string,
  ];
  const people = ["a@example.com", "b@example.com"];
  const tokens = [token, tokenB].flatMap((t, i) => ["--token", t, "--principal", people[i] ?? ""]);
  const args = ["serve", "--conformance", "--port", "0", "--json", ...tokens];
  const child = spawn(
    process.execPath,
    [...(source ? ["--import", "tsx"] : []), fileURLToPath(cli), ...args],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
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
    url,
    token,
    tokenB,
    stop: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

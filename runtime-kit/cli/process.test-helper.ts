/** The command as a process of its own. */
import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { fileURLToPath } from "node:url";

export const bin = fileURLToPath(new URL("main.ts", import.meta.url));

const children = new Set<ChildProcessWithoutNullStreams>();

/** Ends those that are still there when a test has failed. */
export function endAll(): void {
  children.forEach((child) => child.kill("SIGKILL"));
}

export interface Started {
  readonly child: ChildProcessWithoutNullStreams;
  readonly exit: Promise<number | null>;
  /** Resolves when the outputs together contain the text beyond their first `from` characters. */
  seen(text: string, from?: number): Promise<void>;
  output(): string;
}

export function startWith(
  env: Readonly<Record<string, string>>,
  argv: readonly string[],
  cwd?: string,
): Started {
  const child: ChildProcessWithoutNullStreams = spawn(
    process.execPath,
    ["--import", import.meta.resolve("tsx"), bin, ...argv],
    // Whatever started the tests did not start the command.
    {
      env: { ...process.env, npm_command: "", ...env, NO_COLOR: "1" },
      ...(cwd === undefined ? {} : { cwd }),
    },
  );
  children.add(child);
  child.once("close", () => children.delete(child));
  let output = "";
  const take = (data: Buffer): void => void (output += data.toString());
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const seen = (text: string, from = 0): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!output.includes(text, from)) return;
        child.stdout.off("data", look);
        child.stderr.off("data", look);
        resolve();
      };
      child.stdout.on("data", look);
      child.stderr.on("data", look);
      look();
    });
  const exit = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, exit, seen, output: () => output };
}

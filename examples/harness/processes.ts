/** Processes of their own for examples and the demo. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";

/** A process that was started here. */
export interface Running {
  readonly stdout: string;
  readonly stderr: string;
  /** How it ended, as `exit 0` or `SIGTERM`. */
  readonly ended: Promise<string>;
  /** Resolves with the first match in its output; `undefined` if it ends without one. */
  match(pattern: RegExp): Promise<RegExpExecArray | undefined>;
  kill(signal: NodeJS.Signals): void;
}

const children = new Set<ChildProcess>();

const nothing = (): void => undefined;

/** From now on what was started here ends with this process, also when a signal ends it. */
export function leaveNothingBehind(): void {
  process.once("exit", () => children.forEach((child) => child.kill("SIGKILL")));
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    process.once(signal, () => process.exit(code));
  }
}

/** Starts `node` with a TypeScript file. */
export function run(
  file: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Running {
  return start(["--import", "tsx", file, ...args], env);
}

/** Starts `node` with these arguments. */
export function start(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Running {
  return execute(process.execPath, args, env);
}

/** Starts any program. */
export function execute(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Running {
  const child = spawn(command, args, {
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  const heard = { stdout: "", stderr: "" };
  let changed = nothing;
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      heard[name] += text;
      changed();
    });
  }
  let over = false;
  const ended = new Promise<string>((resolve) => {
    const end = (how: string): void => {
      children.delete(child);
      over = true;
      resolve(how);
      changed();
    };
    child.once("error", (error) => end(error.message));
    child.once("close", (code, signal) => end(signal ?? `exit ${code}`));
  });

  return {
    get stdout() {
      return heard.stdout;
    },
    get stderr() {
      return heard.stderr;
    },
    ended,
    async match(pattern) {
      for (;;) {
        const found = pattern.exec(heard.stdout);
        if (found !== null) return found;
        if (over) return undefined;
        await new Promise<void>((resolve) => (changed = resolve));
      }
    },
    kill: (signal) => void child.kill(signal),
  };
}

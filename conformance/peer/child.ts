/** A runtime as a child process: its three streams, how it ended, and an end to it and all that it started. §4.2 */
import { spawn } from "node:child_process";
import { PassThrough, type Readable, type Writable } from "node:stream";
import { Unreachable } from "./faults.js";

/** What the suite uses of a child process. */
export interface Child {
  /** Its standard input. */
  readonly input: Writable;
  /** Its standard output. */
  readonly output: Readable;
  /** Its standard error. */
  readonly errors: Readable;
  /** How it ended, in words; settles when it has. */
  readonly ended: Promise<string>;
  /** Ends it at once, with everything that it started. */
  kill(): void;
}

/** Children that have not ended, so that none outlives the suite. */
const living = new Set<() => void>();

function killAll(): void {
  for (const kill of living) kill();
}

function killAllAndObey(signal: NodeJS.Signals): void {
  killAll();
  process.kill(process.pid, signal);
}

/** While children live, nothing that ends the suite leaves one behind. */
function watch(change: "on" | "off"): void {
  process[change]("exit", killAll);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    if (change === "on") process.once(signal, killAllAndObey);
    else process.off(signal, killAllAndObey);
  }
}

/** Starts a command of the shell. Rejects with `Unreachable` if there is no process. */
export function startChild(command: string): Promise<Child> {
  return new Promise((resolve, reject) => {
    // A group of its own: the shell and what it started are ended together.
    const detached = process.platform !== "win32";
    const child = spawn(command, { shell: true, detached, stdio: ["pipe", "pipe", "pipe"] });
    // Read from the first moment: Node throws away what nobody has asked for by the time that a process exits.
    const [output, errors] = [new PassThrough(), new PassThrough()];
    child.stdout.pipe(output);
    child.stderr.pipe(errors);
    const kill = () => {
      try {
        if (detached && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
        else child.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
    };
    child.once("error", (error) => reject(new Unreachable(`cannot start: ${error.message}`)));
    child.once("spawn", () => {
      if (living.size === 0) watch("on");
      living.add(kill);
      const ended = new Promise<string>((settle) =>
        child.once("exit", (code, signal) => {
          // What it started may still be there.
          kill();
          living.delete(kill);
          if (living.size === 0) watch("off");
          settle(signal === null ? `exited with ${code}` : `ended by ${signal}`);
        }),
      );
      resolve({ input: child.stdin, output, errors, ended, kill });
    });
  });
}

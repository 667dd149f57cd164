/** The end of child processes: asked for, awaited, forced; and none is left behind. */
import type { ChildProcess } from "node:child_process";
import process from "node:process";
import { unref } from "./system.js";

/** Those that run. */
const living = new Set<ChildProcess>();
let watching = false;

/** Whoever leaves takes the children along; where this process is killed, they see the end of their input. */
function leaveNothingBehind(child: ChildProcess): void {
  living.add(child);
  if (watching) return;
  watching = true;
  process.on("exit", () => living.forEach((each) => killGroup(each, "SIGKILL")));
}

/** Sends a signal to a child and to all that it started. */
export function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (process.platform === "win32" || child.pid === undefined) child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // Nobody is there any more.
  }
}

/** How a child is brought to its end. */
export interface Reaper {
  /**
   * Waits for the end, then asks for it with SIGTERM, then forces it. Resolves when the child is gone. Its input
   * is ended by the caller.
   */
  reap(): Promise<void>;
  /** How it ended, in words, once all that it wrote is read; `undefined` if that takes longer than so many milliseconds. */
  end(withinMs: number): Promise<string | undefined>;
}

/** Watches over a child that has just started. */
export function reaper(child: ChildProcess, graceMs: number): Reaper {
  leaveNothingBehind(child);
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => {
      living.delete(child);
      killGroup(child, "SIGKILL"); // what it started and left: it holds our pipes open
      resolve();
    });
  });
  const read = new Promise<string>((resolve) => {
    child.once("close", (code, signal) =>
      resolve(
        signal === null
          ? `the runtime ended with exit code ${code}`
          : `the runtime was ended by ${signal}`,
      ),
    );
  });
  let reaping: Promise<void> | undefined;
  const reap = async (): Promise<void> => {
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      if (
        await within(
          graceMs,
          exited.then(() => true),
        )
      )
        return;
      killGroup(child, signal);
    }
    await exited;
  };
  return {
    reap: () => (reaping ??= reap()),
    end: (withinMs) => within(withinMs, read),
  };
}

/** What a promise gives, if it does so in time. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
    unref(timer);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

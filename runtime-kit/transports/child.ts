/** A runtime as a child process, from the side that starts it. §4.2 */
import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { existsSync } from "node:fs";
import process from "node:process";
import { ConnectionError } from "../wire/errors.js";
import { aBoolean, aNumber, anObject, checkOptions } from "../wire/options.js";
import type { Checks } from "../wire/options.js";
import { printable } from "../wire/text.js";
import { killGroup, reaper } from "./child-end.js";
import { LastWords, hearLines, passOn } from "./child-stderr.js";
import { ABRUPT } from "./closing.js";
import type { Closed, Dial, Transport } from "./port.js";
import { stdioTransport } from "./stdio.js";
import type { StdioTransportOptions } from "./stdio-options.js";

/** Options of a runtime that is started as a child. */
export interface StdioOptions extends Omit<StdioTransportOptions, "explain" | "closeTimeoutMs"> {
  /** The folder that the child runs in. Default this process's. */
  readonly cwd?: string | URL;
  /** All of the child's environment. Default this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Whether `command` is a line for the shell of the platform. Never put a peer's text into one. Default false. */
  readonly shell?: boolean;
  /**
   * What becomes of the child's standard error: `inherit` (the default) passes it on to ours, `ignore` drops it,
   * and a function is called with each line, of at most 8 Ki characters. The last words are told in any case
   * when the child ends.
   */
  readonly stderr?: "inherit" | "ignore" | ((line: string) => void);
  /**
   * How long the child may take to end after its end of input, and again after SIGTERM, in milliseconds; SIGKILL
   * is the last. Default 2,000.
   */
  readonly killGraceMs?: number;
}

const OPTIONS: Checks<StdioOptions> = {
  cwd: ["a path or a URL", (value) => typeof value === "string" || value instanceof URL],
  env: anObject,
  shell: aBoolean,
  stderr: [
    '"inherit", "ignore" or a function',
    (value) => value === "inherit" || value === "ignore" || typeof value === "function",
  ],
  killGraceMs: aNumber,
  maxFrameBytes: aNumber,
  lineBytes: aNumber,
  mark: aNumber,
  readMark: aNumber,
};

/**
 * Dials by starting a runtime that speaks on its standard input and output; each dial starts a fresh one, which
 * has this one connection and ends with it. Jobs that a runtime keeps in memory end with the child.
 *
 * Rejects with a `ConnectionError` `UNREACHABLE` where the child cannot be started. How it ends later stands in
 * the reason of the `Closed`: the exit code or the signal, and its last words.
 */
export function stdio(
  command: string,
  args: readonly string[] = [],
  options: StdioOptions = {},
): Dial {
  checkOptions("stdio", options, OPTIONS);
  return async ({ signal }) => transportOf(await start(command, args, options, signal), options);
}

function start(
  command: string,
  args: readonly string[],
  { cwd, env, shell = false }: StdioOptions,
  signal: AbortSignal | undefined,
): Promise<ChildProcessWithoutNullStreams> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      const text = `cannot start ${printable(command, 200)}: ${why(error, cwd)}`;
      reject(new ConnectionError("UNREACHABLE", text, { cause: error }));
    };
    if (signal?.aborted === true) return reject(aborted(signal));
    let child: ChildProcessWithoutNullStreams;
    try {
      child = spawn(command, args, {
        shell,
        stdio: "pipe",
        windowsHide: true,
        // A group of its own: a Ctrl-C at our terminal is ours to handle, and a shell ends with what it started.
        detached: process.platform !== "win32",
        ...(cwd === undefined ? {} : { cwd }),
        ...(env === undefined ? {} : { env: { ...env } }),
      });
    } catch (error) {
      return failed(error as NodeJS.ErrnoException);
    }
    child.once("error", failed);
    child.once("spawn", () => {
      child.off("error", failed).on("error", () => undefined); // of a kill; the exit tells
      if (signal?.aborted !== true) return resolve(child);
      killGroup(child, "SIGKILL");
      reject(aborted(signal));
    });
  });
}

function aborted(signal: AbortSignal): ConnectionError {
  return new ConnectionError("CLOSED", "dialling was aborted", { cause: signal.reason });
}

function why({ code, message }: NodeJS.ErrnoException, cwd: string | URL | undefined): string {
  if (code === "ENOENT" && cwd !== undefined && !existsSync(cwd)) {
    return `there is no folder ${printable(String(cwd), 200)}`;
  }
  if (code === "ENOENT") return "there is no such program";
  return code === "EACCES" ? "it is no program, or may not be run" : message;
}

function transportOf(child: ChildProcessWithoutNullStreams, options: StdioOptions): Transport {
  const { stderr = "inherit", killGraceMs = 2_000, ...others } = options;
  const { cwd: _cwd, env: _env, shell: _shell, ...rest } = others;
  const words = new LastWords();
  child.stderr.setEncoding("utf8");
  child.stderr.on("data", (text: string) => words.add(text));
  child.stderr.on("error", () => undefined);
  if (stderr === "inherit") passOn(child.stderr, process.stderr);
  else if (stderr !== "ignore") hearLines(child.stderr, stderr);

  const { reap, end } = reaper(child, killGraceMs);
  const explain = async (closed: Closed): Promise<Closed> => {
    void reap();
    if (closed.code !== ABRUPT.code) return closed; // a line that could not be read says what is wrong
    const how = await end(killGraceMs);
    const reason = how ?? "the runtime ended its output and did not end itself";
    return { code: closed.code, reason: `${reason}${words.told()}` };
  };
  const transport = stdioTransport(child.stdout, child.stdin, { ...rest, explain });
  void transport.ended.then(reap);
  return {
    incoming: transport.incoming,
    frameBytes: transport.frameBytes,
    send: (frames) => transport.send(frames),
    async close(code, reason) {
      await Promise.all([transport.close(code, reason), reap()]);
    },
  };
}

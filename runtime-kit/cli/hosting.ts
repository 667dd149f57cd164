/** What `arcp serve` and `arcp dev` have in common: a runtime of this process, and its end. */
import type { Agent } from "../runtime/define.js";
import type { Logger } from "../wire/logger.js";
import type { Context } from "./context.js";
import { record } from "./context.js";
import { deferred } from "./deferred.js";
import { Exit } from "./exit.js";
import { submitLine } from "./paste.js";
import { UsageError } from "./report.js";

/**
 * One process hosts all agents. Where one of them starts work that nobody waits for and lets it fail, Node
 * would end the process, and with it the jobs of everybody else: it is logged instead.
 */
export function contain({ io }: Context, logger: Logger): () => void {
  return io.onStray((thrown) => {
    const err = thrown instanceof Error ? thrown : new Error(String(thrown));
    logger.error({ err }, "an agent left work behind");
  });
}

/** After so many milliseconds a load is told to be slow. */
export const SLOW_MS = 5_000;

/** What is told of a load that is slow. */
export const SLOW = "still loading: is there an await at the top of a module that does not end?";

/** Says when a module is slow to load; throws where it waits for what cannot come, since Node ends without a word. */
export async function whileLoading<T>(
  { io, err }: Context,
  file: string,
  loading: Promise<T>,
): Promise<T> {
  const { promise: stuck, reject } = deferred<never>();
  const off = io.onIdle(() => {
    const why = "an await at the top of this module, or of one that it imports, never ends";
    reject(new UsageError(`--agent ${file}: ${why}`));
  });
  const slow = setTimeout(() => void err.line(`arcp: --agent ${file}: ${SLOW}`), SLOW_MS);
  // It must not be what keeps the process from being idle.
  slow.unref();
  try {
    return await Promise.race([loading, stuck]);
  } finally {
    clearTimeout(slow);
    off();
  }
}

/** Says that the port is taken, in the words of the command line; any other error stays what it is. */
export function portInUse(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code !== "EADDRINUSE") return error;
  const text = `port ${port} of ${host} is in use: end what uses it, or choose another --port`;
  return new UsageError(text, { cause: error });
}

/** Says where the runtime listens: the line that a program waits for. */
export function announce(context: Context, json: boolean, url: string): Promise<void> {
  return json ? record(context, { listening: url }) : context.out.line(`listening at ${url}`);
}

/** Shows the token that was made, in a line that can be pasted. */
export function showToken(
  { io, err }: Context,
  made: { readonly url: string; readonly token: string; readonly agents: readonly Agent[] },
): Promise<void> {
  const line = submitLine({ ...made, env: io.env });
  // What an agent of the user takes is known to nobody else.
  const place = line.endsWith("'{}'") ? ", with its input in place of {}" : "";
  return err.line(`arcp: a token was made for this run; try${place}\n\n  ${line}\n`);
}

/** What `createRuntime` refuses (an agent that is there twice) came from the command line. */
export function refusingUsage<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`--agent: ${error.message}`);
    throw error;
  }
}

/**
 * The first signal drains for at most `drain` seconds, the second one ends at once; what ends by itself says with
 * which exit code, or what is wrong.
 */
export async function untilSignalled(
  { io, err }: Context,
  serving: { close(): Promise<void> },
  drain: number,
  byItself?: Promise<number>,
): Promise<number> {
  const { promise, resolve, reject } = deferred<number>();
  byItself?.then(resolve, reject);
  let draining = false;
  const off = io.onSignal((signal) => {
    if (draining) return resolve(Exit.Unexpected);
    draining = true;
    if (drain > 0) {
      void err.line(
        `arcp: ${signal}: running jobs have ${drain} s to end; a second signal ends at once`,
      );
    }
    serving.close().then(() => resolve(Exit.Success), reject);
  });
  return promise.finally(off);
}

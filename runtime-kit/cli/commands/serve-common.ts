/** What `arcp serve` does the same on every transport. */
import type { Context } from "../context.js";
import { deferred } from "../deferred.js";
import { Exit } from "../exit.js";
import { UsageError } from "../report.js";

/** What `createRuntime` refuses (an agent that is there twice) came from the command line. */
export function refusingUsage<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`--agent: ${error.message}`);
    throw error;
  }
}

/** The first signal drains, the second one ends at once; what ends by itself says with which exit code. */
export async function untilSignalled(
  { io, err }: Context,
  serving: { close(): Promise<void> },
  drain: number,
  byItself?: Promise<number>,
): Promise<number> {
  const { promise, resolve, reject } = deferred<number>();
  void byItself?.then(resolve);
  let draining = false;
  const off = io.onSignal((signal) => {
    if (draining) return resolve(Exit.Unexpected);
    draining = true;
    void err.line(
      `arcp: ${signal}: running jobs have ${drain} s to end; a second signal ends at once`,
    );
    serving.close().then(() => resolve(Exit.Success), reject);
  });
  return promise.finally(off);
}

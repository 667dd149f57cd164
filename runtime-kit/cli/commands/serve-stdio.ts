import process from "node:process";
import { serveStdio } from "../../hosts/stdio.js";
import { claimStdout } from "../../hosts/stdout.js";
import { bearer, createRuntime } from "../../node.js";
import type { Agent, CredentialProvisioner, Logger, RuntimeLimits } from "../../node.js";
import type { VendorNamespaces } from "../../leases/grammars.js";
import type { Store } from "../../stores/port.js";
import type { Closed } from "../../transports/port.js";
import { suiteUpstream } from "../agents/suite-upstream.js";
import type { Context } from "../context.js";
import { Exit } from "../exit.js";
import { heldLogger } from "../logger.js";
import { storeLost, taken } from "../store.js";
import { principalsOf } from "../tokens.js";
import type { TokenOptions } from "../tokens.js";
import { refusingUsage, untilSignalled } from "../hosting.js";

/** What `arcp serve --stdio` takes. */
export interface StdioCommand extends TokenOptions {
  readonly stdio?: boolean;
  readonly lineBytes?: number;
  readonly drain: number;
  readonly db?: string | false;
}

/** The parts of a runtime, made once the standard output is safe from its agents. */
interface Hosted {
  readonly agents: () => Promise<readonly Agent[]>;
  readonly limits: Partial<RuntimeLimits>;
  readonly namespaces: VendorNamespaces;
  readonly store: Store;
  readonly credentials?: CredentialProvisioner;
  readonly logger: Logger;
}

/** Serves the parent until its end of input, or a signal. Resolves with the exit code. */
export async function serveParent(
  context: Context,
  options: StdioCommand,
  { agents, logger, ...rest }: Hosted,
): Promise<number> {
  const { io } = context;
  // Before the agents are loaded: a module may print as it is imported.
  const claimed = io.stdout === process.stdout ? claimStdout() : undefined;
  try {
    const { principal, auth } = await parentOf(options, context);
    const hosted = await agents();
    const held = heldLogger(logger);
    const runtime = refusingUsage(() =>
      createRuntime({ agents: hosted, ...(auth && { auth }), logger: held.logger, ...rest }),
    );
    suiteUpstream.serves(runtime);
    await taken(runtime, options.db ?? false);
    held.release();
    const serving = serveStdio(runtime, {
      input: io.stdin,
      output: claimed?.output ?? io.stdout,
      drainMs: options.drain * 1000,
      logger,
      ...(principal === undefined ? {} : { principal }),
      ...(options.lineBytes === undefined ? {} : { lineBytes: options.lineBytes }),
    });
    io.leave?.();
    logger.info({ address: "stdio" }, "serving the parent process");
    const ended = Promise.race([serving.ended.then(exitOf), storeLost(runtime, serving)]);
    return await untilSignalled(context, serving, options.drain, ended);
  } finally {
    claimed?.release();
  }
}

/** With a token the parent has to show it; without one it is believed, as it started this process (AUTH-08). */
async function parentOf(options: StdioCommand, { io }: Context) {
  const { tokens, made } = await principalsOf(options, io, { loopback: true });
  return made === undefined
    ? { auth: bearer(tokens), principal: undefined }
    : { auth: undefined, principal: tokens[made] };
}

/** A parent that breaks the framing was cut off, which is no orderly end. */
function exitOf({ code }: Closed): number {
  return code === 1007 || code === 1009 ? Exit.Unexpected : Exit.Success;
}

// `ServingStdio` is an `AsyncDisposable`, which a program for ES2022 has not asked for.
/// <reference lib="esnext.disposable" preserve="true" />
/** A runtime that is somebody's child process: one connection, on standard input and output. §4.2 */
import process from "node:process";
import { finished } from "node:stream";
import type { Readable, Writable } from "node:stream";
import type { Closed, Transport } from "../transports/port.js";
import { stdioTransport } from "../transports/stdio.js";
import type { StdioTransportOptions } from "../transports/stdio-options.js";
import type { Logger } from "../wire/logger.js";
import { aNumber, aString, anObject, checkOptions } from "../wire/options.js";
import type { Checks } from "../wire/options.js";
import { claimStdout } from "./stdout.js";
import type { ClaimedStdout } from "./stdout.js";

/** What this host needs of a runtime. */
export interface StdioAcceptor {
  /** Takes a connection over. A `principal` is believed where no token is given. */
  accept(
    transport: Transport,
    peer: { readonly address?: string; readonly principal?: string; readonly secure?: boolean },
  ): void;
  /** Ends it in an orderly way; jobs that run have so long. */
  close?(options: { readonly drainMs: number }): Promise<void>;
}

/** Options of a runtime on standard input and output. */
export interface ServeStdioOptions extends Omit<StdioTransportOptions, "explain"> {
  /**
   * Whom the parent stands for. It started this process and is believed without a token (AUTH-08). Absent: the
   * token in its hello is verified, as it is everywhere else.
   */
  readonly principal?: string;
  /** How long jobs may still run once the parent is gone or `close` was called, in milliseconds. Default 10,000. */
  readonly drainMs?: number;
  /** Default the standard input. */
  readonly input?: Readable;
  /**
   * Default the standard output, which is then kept for messages: what the program writes to `process.stdout`,
   * as `console.log` does, goes to the standard error until the end.
   */
  readonly output?: Writable;
  readonly logger?: Logger;
}

const OPTIONS: Checks<ServeStdioOptions> = {
  principal: aString,
  drainMs: aNumber,
  input: anObject,
  output: anObject,
  logger: anObject,
  maxFrameBytes: aNumber,
  lineBytes: aNumber,
  mark: aNumber,
  readMark: aNumber,
  closeTimeoutMs: aNumber,
};

/** A runtime that serves its parent. */
export interface ServingStdio {
  /** Resolves when all is over, with how the connection ended: 1006 is the end of the input. Never rejects. */
  readonly ended: Promise<Closed>;
  /** Lets the runtime drain, then ends the connection. Resolves with `ended`. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Serves one connection, to the process that started this one. When it ends, whoever ended it, the runtime
 * drains and is closed: nobody else could come.
 */
export function serveStdio(runtime: StdioAcceptor, options: ServeStdioOptions = {}): ServingStdio {
  checkOptions("serveStdio", options, OPTIONS);
  const { input = process.stdin, output: given, ...others } = options;
  const { principal, drainMs = 10_000, logger, ...rest } = others;
  const { output, release } = outputOf(given);
  const transport = stdioTransport(input, output, rest);
  // Once all is written nobody waits for the parent to end too: it sees our end when this process is gone.
  finished(output, { readable: false }, () => input.destroy());
  runtime.accept(transport, {
    address: "stdio",
    // A pipe between two processes of one host.
    secure: true,
    ...(principal === undefined ? {} : { principal }),
  });

  let draining: Promise<void> | undefined;
  const drain = (): Promise<void> =>
    (draining ??= (async () => runtime.close?.({ drainMs }))().catch((error: unknown) => {
      logger?.error({ err: error }, "the runtime did not close");
    }));
  const end = async (): Promise<Closed> => {
    const closed = await transport.ended;
    const { code, reason } = closed;
    logger?.info({ code, reason, address: "stdio" }, "the connection ended");
    await drain();
    await transport.close();
    release();
    return closed;
  };
  const ended = end();
  const close = async (): Promise<void> => {
    await drain();
    void transport.close(1001, "going away");
    await ended;
  };
  return { ended, close, [Symbol.asyncDispose]: close };
}

/** The standard output is claimed, whether it is named or not. */
function outputOf(given: Writable | undefined): ClaimedStdout {
  if (given === undefined || given === process.stdout) return claimStdout();
  return { output: given, release: () => undefined };
}

import { connectWith } from "./client/connect.js";
import type { Client, ConnectOptions } from "./client/index.js";
import { createRuntime as create } from "./runtime/create.js";
import type { Runtime, RuntimeOptions } from "./runtime/create.js";
import type { Dial } from "./transports/port.js";
import { ConnectionError } from "./wire/errors.js";

/** A runtime with a client for its own process. */
export interface EmbeddedRuntime extends Runtime {
  /**
   * A client of this runtime in this process. Without a token `principal` is believed (`local` by default); a token is verified
   * by `auth`, if the runtime has it, as any other.
   */
  connect(options?: ConnectOptions & { readonly principal?: string }): Promise<Client>;
}

/**
 * Makes a runtime that hosts agents. Nothing is listening yet: hand it to `serve` of `arcp/node`, or open a
 * client in this process with `runtime.connect()`. §3
 */
export function createRuntime(options: RuntimeOptions = {}): EmbeddedRuntime {
  const runtime = create(options);
  return Object.assign(runtime, {
    connect: ({ principal, ...rest }: ConnectOptions & { readonly principal?: string } = {}) =>
      connectInProcess(runtime.dial(principal), rest),
  });
}

/** A dial into a runtime of this process, for `connect(memory(runtime))`. */
export function memory(runtime: Runtime, principal?: string): Dial {
  return runtime.dial(principal);
}

const connectInProcess = connectWith((url) => {
  throw new ConnectionError("UNREACHABLE", `a runtime in this process has no address ${url}`);
});

/** `arcp` on Node: WebSocket by the package `ws`, and leases of files, whose real paths the disc tells. */
import { connectWith } from "./client/connect.js";
import { createRuntime as create } from "./embed.js";
import type { EmbeddedRuntime } from "./embed.js";
import type { RuntimeOptions } from "./runtime/create.js";
import { realTarget, realTargets } from "./runtime/realpath.js";
import { dialWs } from "./transports/ws.js";
import { isPlain } from "./wire/options.js";

export { keptInFile } from "./keepers/file.js";
export { memory } from "./embed.js";
export { stdio } from "./transports/child.js";
export type { StdioOptions } from "./transports/child.js";
export * from "./common.js";

/** Connects to a runtime: by URL (`ws://`, `wss://`), or by anything that opens a transport. §6 */
export const connect = connectWith((url) => dialWs(url));

/**
 * Makes a runtime that hosts agents. Nothing is listening yet: hand it to `serve` of `arcp/node`, or open a
 * client in this process with `runtime.connect()`. §3
 */
export function createRuntime(options: RuntimeOptions = {}): EmbeddedRuntime {
  // Of anything else a spread would make an object.
  if (!isPlain(options)) return create(options);
  return create({ realPaths: { one: realTarget, all: realTargets }, ...options });
}

/**
 * `arcp` where there is no Node: everything of the Node entry but what needs its built-ins. Leases of files
 * are refused here, since real paths cannot be had.
 */
import { memory } from "./embed.js";

export { connect, keptInLocalStorage } from "./client/index.js";
export { createRuntime } from "./embed.js";
export * from "./common.js";
export { memory };

/** `arcp/stdio`: a runtime as a child process, from both sides. §4.2 */
export { serveStdio } from "./hosts/stdio.js";
export type { ServeStdioOptions, ServingStdio, StdioAcceptor } from "./hosts/stdio.js";
export { stdio } from "./transports/child.js";
export type { StdioOptions } from "./transports/child.js";
export { stdioTransport } from "./transports/stdio.js";
export type { StdioTransportOptions } from "./transports/stdio-options.js";
export type { StdioTransport } from "./transports/stdio.js";

/**
 * A runtime that serves lines, as on stdio, to whoever connects to its port: so that many such connections can be
 * tried without a process for each, beside one another. Prints its port. A number alone on a line is the close code of
 * the connection that ends there. `ARCP_TOKENS`: tokens and principals, as JSON.
 */
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { builtInAgents } from "../runtime-kit/cli/agents/index.js";
import { serveStdio } from "../runtime-kit/hosts/stdio.js";
import { bearer, createRuntime } from "../runtime-kit/node.js";

const tokens = JSON.parse(process.env["ARCP_TOKENS"] ?? "{}") as Record<string, string>;
const runtime = createRuntime({ agents: builtInAgents, auth: bearer(tokens) });

const server = createServer({ allowHalfOpen: true }, (socket) => {
  // A peer that resets its connection has ended it.
  socket.on("error", () => {});
  const [input, output] = [new PassThrough(), new PassThrough()];
  socket.pipe(input);
  // What is not read any more is thrown away, since a reset would take the last words along.
  input.once("close", () => socket.resume());
  output.pipe(socket, { end: false });
  const serving = serveStdio({ accept: runtime.accept }, { input, output });
  void serving.ended.then(({ code }) => socket.writable && socket.end(`${code}\n`));
});
server.listen(0, "127.0.0.1", () => {
  console.log((server.address() as AddressInfo).port);
});

/** Every function of the public entries that takes options refuses one that there is not: in JavaScript a slip of the pen would loosen something. */
import { createServer } from "node:http";
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { conformanceClient, conformanceRuntime } from "../conformance/main.js";
import { attach, dialWs, serve } from "./hosts/node.js";
import { serveStdio } from "./hosts/stdio.js";
import { jwt } from "./jwt/index.js";
import * as arcp from "./node.js";
import { litellm } from "./provisioners/litellm.js";
import { sqlite } from "./stores/sqlite.js";
import { scriptedClient, testAgent } from "./testing/index.js";
import { files, web } from "./tools/index.js";
import { stdio, stdioTransport } from "./stdio.js";
import { dialWebSocket, webSocketTransport } from "./transports/websocket.js";
import { memoryPair } from "./transports/memory.js";

/** An option that there is nowhere. */
const odd = { colour: "red" } as never;

async function complaint(call: () => unknown): Promise<string> {
  let given: unknown;
  try {
    given = await call();
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return (error as Error).message;
  }
  return `no complaint, but ${String(given)}`;
}

const says = (whose: string) =>
  new RegExp(`^${whose}: there is no option "colour"; there (are|is) [a-zA-Z]`);

const nowhere = () => Promise.reject(new Error("nothing is there"));

describe("an option that there is not", () => {
  it.each<[whose: string, call: () => unknown]>([
    ["createRuntime", () => arcp.createRuntime(odd)],
    ["connect", () => arcp.connect(nowhere, odd)],
    ["connect", () => arcp.createRuntime().connect(odd)],
    ["close", () => arcp.createRuntime().close(odd)],
    ["matches", () => arcp.matches("tool.call", "a", "a", odd)],
    ["covers", () => arcp.covers("tool.call", "a", "a", odd)],
    ["isSubset", () => arcp.isSubset({}, {}, odd)],
    ["stdio", () => arcp.stdio("true", [], odd)],
    ["stdio", () => stdio("true", [], odd)],
    ["stdioTransport", () => stdioTransport(new PassThrough(), new PassThrough(), odd)],
    ["serveStdio", () => serveStdio({ accept: () => undefined }, odd)],
    ["serve", () => serve(arcp.createRuntime(), odd)],
    [
      "serve: transport",
      () => serve(arcp.createRuntime(), { port: 0, transport: odd }).then((s) => s.close()),
    ],
    ["attach", () => attach(createServer(), arcp.createRuntime(), odd)],
    ["dialWs", () => dialWs("ws://localhost:1", odd)],
    ["dialWebSocket", () => dialWebSocket("ws://localhost:1", odd)],
    ["webSocketTransport", () => webSocketTransport({} as never, odd)],
    ["memoryPair", () => memoryPair(odd)],
    ["sqlite", () => sqlite("/nowhere/at/all.db", odd)],
    ["jwt", () => jwt(odd)],
    ["litellm", () => litellm(odd)],
    ["testAgent", () => testAgent(arcp.defineAgent({ name: "a", run: () => 1 }), null, odd)],
    ["scriptedClient", () => scriptedClient(arcp.createRuntime(), odd)],
  ])("%s refuses it", async (whose, call) => {
    expect(await complaint(call)).toMatch(says(whose));
  });

  it("is refused by the doors of an agent, before anything is told or done", async () => {
    const did: string[] = [];
    const agent = arcp.defineAgent({
      name: "a",
      run: async (_input, ctx) => ({
        tool: await complaint(() => ctx.tool("t", {}, () => did.push("tool"), odd)),
        progress: await complaint(() => ctx.progress(1, 2, odd)),
        stream: await complaint(() => ctx.stream(["a"], odd)),
        delegate: await complaint(() => ctx.delegate("a", null, odd)),
        files: await complaint(() => files(ctx, odd)),
        web: await complaint(() => web(ctx, odd)),
        read: await complaint(() => files(ctx).read("/a", odd)),
        walk: await complaint(() => files(ctx).walk("/a", odd)[Symbol.asyncIterator]().next()),
        fetch: await complaint(() => web(ctx).fetch("https://example.com", odd)),
      }),
    });
    const run = await testAgent<Record<string, string>>(agent, null, {
      lease: { "tool.call": ["t"], "fs.read": ["/**"], "net.fetch": ["https://**/**"] },
    });
    for (const [door, words] of Object.entries(await run.result())) {
      expect(words, door).toMatch(says(`(ctx\\.)?(files\\.|web\\.)?${door}`));
    }
    expect(did).toEqual([]);
    expect(run.events).toEqual([]);
  });

  it("is refused by a client", async () => {
    await using runtime = arcp.createRuntime({
      agents: [arcp.defineAgent({ name: "a", run: () => 1 })],
    });
    await using client = await runtime.connect();
    const refused = {
      submit: await complaint(() => client.submit("a", null, odd)),
      watch: await complaint(() => client.watch("job_1", odd)),
      jobs: await complaint(() => client.jobs(odd).next()),
      close: await complaint(() => client.close(odd)),
    };
    for (const [door, words] of Object.entries(refused)) {
      expect(words, door).toMatch(says(door));
    }
  });

  it.each([
    ["runtimes", () => conformanceRuntime],
    ["clients", () => conformanceClient],
  ])("is refused by the suite of %s, with the code of wrong usage", async (_of, suite) => {
    const said: string[] = [];
    const complain = (line: string) => void said.push(line);
    const own = suite() === conformanceRuntime ? { stdio: "true" } : { command: ["true"] };
    expect(await suite()({ complain, ...own, strct: true } as never)).toBe(2);
    expect(said).toEqual([expect.stringMatching(/^there is no option "strct"; there are /)]);
  });
});

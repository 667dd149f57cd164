import { PassThrough } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import { ArcpError, bearer, connect, createRuntime, defineAgent } from "../node.js";
import type { Client } from "../node.js";
import type { ConnectOptions, RuntimeOptions } from "../node.js";
import { stdioTransport } from "../transports/stdio.js";
import { claimStdout } from "./stdout.js";
import { serveStdio } from "./stdio.js";
import type { ServeStdioOptions, ServingStdio } from "./stdio.js";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

/** A runtime on two streams, its client, and the lengths of the lines that the runtime wrote. */
async function served(
  runtime: RuntimeOptions,
  options: ServeStdioOptions = {},
  client: ConnectOptions = {},
): Promise<{ client: Client; serving: ServingStdio; lines: number[]; input: PassThrough }> {
  const [input, output, copy] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const lines: number[] = [];
  let begun = 0;
  output.on("data", (data: Buffer) => {
    for (const byte of data) {
      begun += 1;
      if (byte !== 0x0a) continue;
      lines.push(begun - 1);
      begun = 0;
    }
    copy.write(data);
  });
  output.on("end", () => copy.end());
  const serving = serveStdio(createRuntime(runtime), {
    principal: "ann",
    ...options,
    input,
    output,
  });
  open.push(serving);
  const peer = await connect(async () => stdioTransport(copy, input, { maxFrameBytes: 2 ** 21 }), {
    reconnect: false,
    ...client,
  });
  open.push(peer);
  return { client: peer, serving, lines, input };
}

const big = (make: (input: { kind: string }) => unknown) =>
  defineAgent<{ kind: string }>({
    name: "big",
    run: (input, ctx) => {
      const value = make(input);
      return input.kind === "stream" ? ctx.stream([value as string]) : value;
    },
  });

describe("the size of lines (W-28, W-25)", () => {
  const SIZE = 400_000;
  it.each([
    ["plain text", "x".repeat(SIZE)],
    ["text full of quotes", '"\\'.repeat(SIZE / 2)],
    ["control characters, six bytes each", "\u0001".repeat(SIZE)],
    ["characters of four bytes", "\u{1f680}".repeat(SIZE / 4)],
    ["bytes", new Uint8Array(SIZE).fill(7)],
    [
      "a value that is too large for a line",
      { rows: Array.from({ length: 20_000 }, (_, n) => ({ n })) },
    ],
  ])("TRN-15 CHUNK-14 keeps to 60 KiB by cutting a result: %s", async (_what, value) => {
    const { client, lines } = await served({ agents: [big(() => value)] });
    expect(await (await client.submit("big", { kind: "" })).result()).toEqual(value);
    expect(Math.max(...lines)).toBeLessThanOrEqual(60 * 1024);
    // Cut, but into pieces that are worth a line.
    const total = lines.reduce((sum, line) => sum + line, 0);
    expect(lines.filter((line) => line > 20_000).length).toBeGreaterThan(total / 61_440 - 1);
  });

  it("CHUNK-14 cuts what an agent streams", async () => {
    const text = 'a "quoted" word, '.repeat(40_000);
    const { client, lines } = await served({ agents: [big(() => text)] });
    expect(await (await client.submit("big", { kind: "stream" })).result()).toBe(text);
    expect(Math.max(...lines)).toBeLessThanOrEqual(60 * 1024);
  });

  it("writes longer lines where it was told that they are read", async () => {
    const { client, lines } = await served(
      { agents: [big(() => "x".repeat(SIZE))] },
      { lineBytes: 2 ** 20 },
    );
    await (await client.submit("big", { kind: "stream" })).result();
    expect(Math.max(...lines)).toBeGreaterThan(60 * 1024);
  });

  it("sends whole what cannot be cut, up to the limit of messages", async () => {
    const agent = defineAgent({
      name: "big",
      run: (_input, ctx) => {
        void ctx.log("info", "x".repeat(100_000));
        return "y".repeat(200_000);
      },
    });
    const { client, lines } = await served({ agents: [agent] }, {}, { features: [] });
    const job = await client.submit("big", { text: "z".repeat(500_000) });
    const kinds: string[] = [];
    for await (const event of job) kinds.push(event.kind);
    expect(kinds).toEqual(["log"]);
    expect(await job.result()).toHaveLength(200_000);
    expect(Math.max(...lines)).toBeGreaterThan(200_000);
  });

  it("keeps the pages of a list within a line", async () => {
    const agent = defineAgent({ name: "quick", run: () => 1 });
    const { client, lines } = await served({ agents: [agent] });
    const lease = { "tool.call": Array.from({ length: 40 }, (_, n) => `${"t".repeat(200)}${n}`) };
    for (let n = 0; n < 20; n += 1) await (await client.submit("quick", n, { lease })).result();
    let listed = 0;
    for await (const _job of client.jobs()) listed += 1;
    expect(listed).toBe(20);
    expect(Math.max(...lines)).toBeLessThanOrEqual(60 * 1024);
  });
});

describe("serveStdio", () => {
  const echo = defineAgent({ name: "echo", run: (input) => input });

  it("AUTH-08 believes the parent where a principal is named, and asks for a token elsewhere", async () => {
    const believed = await served({ agents: [echo] });
    expect(await (await believed.client.submit("echo", 1)).result()).toBe(1);
    const auth = bearer({ secret: "ann" });
    const verified = { principal: undefined } as unknown as ServeStdioOptions;
    await expect(served({ agents: [echo], auth }, verified)).rejects.toSatisfy((error) =>
      ArcpError.is(error, "UNAUTHENTICATED"),
    );
    const { client } = await served({ agents: [echo], auth }, verified, { token: "secret" });
    expect(await (await client.submit("echo", 2)).result()).toBe(2);
  });

  it("TRN-16 ends with the end of its input, after what runs has ended", async () => {
    let release = (): void => undefined;
    const ran: string[] = [];
    const slow = defineAgent({
      name: "slow",
      async run() {
        await new Promise<void>((resolve) => (release = resolve));
        ran.push("done");
      },
    });
    const { client, serving, input } = await served({ agents: [slow] });
    await client.submit("slow");
    input.end();
    let over = false;
    void serving.ended.then(() => (over = true));
    await new Promise(setImmediate);
    expect(over).toBe(false);
    release();
    expect(await serving.ended).toEqual({ code: 1006, reason: "" });
    expect(ran).toEqual(["done"]);
  });

  it("lets the runtime drain when it is closed, and then ends the connection", async () => {
    const { client, serving } = await served({ agents: [echo] });
    expect(await (await client.submit("echo", 1)).result()).toBe(1);
    await serving.close();
    expect((await serving.ended).code).toBe(1001);
    await serving.close();
  });
});

describe("claimStdout", () => {
  it("TRN-12 sends what others print to the standard error, and gives the output back", async () => {
    const { stdout, stderr } = process;
    const before = { out: stdout.write, err: stderr.write, fd: stdout.fd };
    const heard = { out: "", err: "" };
    const listen = (name: "out" | "err") =>
      ((text: string, _encoding?: unknown, done?: () => void) => {
        heard[name] += text;
        done?.();
        return true;
      }) as typeof stdout.write;
    stdout.write = listen("out");
    stderr.write = listen("err");
    try {
      const claimed = claimStdout();
      stdout.write("stray\n");
      await new Promise<void>((resolve) => claimed.output.write("message\n", () => resolve()));
      expect(stdout.fd).toBe(2);
      claimed.release();
      stdout.write("after\n");
    } finally {
      stdout.write = before.out;
      stderr.write = before.err;
    }
    expect(heard).toEqual({ out: "message\nafter\n", err: "stray\n" });
    expect(stdout.fd).toBe(before.fd);
  });
});

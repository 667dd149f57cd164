/** Client and runtime together, where neither alone can tell whether it is right. */
import { describe, expect, it } from "vitest";
import type { AgentContext, Client, Namespace, SubmitOptions } from "./node.js";
import { ArcpError, bearer, connect, createRuntime, defineAgent, memory } from "./node.js";

describe("a runtime and its client", () => {
  it("brings back a value as it was, inline or too large for a frame", async () => {
    const values: unknown[] = [
      { small: [1, null, "ç"] },
      "text",
      undefined,
      { large: "x".repeat(3_000_000), n: 1 },
      "ç\u0001\ud83d\ude00".repeat(300_000),
    ];
    values.push(new Uint8Array([0, 255, 128]), new Uint8Array(0));
    const give = defineAgent<number>({ name: "give", run: (index) => values[index] });
    await using runtime = createRuntime({ agents: [give] });
    await using client = await runtime.connect();
    for (const [index, value] of values.entries()) {
      const job = await client.submit("give", index);
      expect(await job.result()).toEqual(value);
    }
  });

  it("streams nothing as what it is nothing of", async () => {
    const streams = [[new Uint8Array(0)], [new Uint8Array(0), "text"], [""], []];
    const stream = defineAgent<number>({
      name: "stream",
      run: (index, ctx) => ctx.stream(streams[index]!),
    });
    await using runtime = createRuntime({ agents: [stream] });
    await using client = await runtime.connect();
    const results = [];
    for (const index of streams.keys()) {
      const job = await client.submit("stream", index);
      results.push(await job.result());
    }
    expect(results).toEqual([new Uint8Array(0), "text", "", ""]);
  });

  it("AUTH-03 believes whoever shows no token in process, and nobody in spite of one", async () => {
    const whoami = defineAgent({ name: "whoami", run: (_input, ctx) => ctx.principal });
    await using runtime = createRuntime({ agents: [whoami], auth: bearer({ t: "ada" }) });
    await using open = createRuntime({ agents: [whoami] });
    const who = async (client: Client) => {
      const job = await client.submit("whoami");
      return job.result().finally(() => client.close());
    };
    expect(await who(await runtime.connect())).toBe("local");
    expect(await who(await runtime.connect({ principal: "bob" }))).toBe("bob");
    expect(await who(await connect(memory(runtime), { token: "t" }))).toBe("ada");
    expect(await who(await runtime.connect({ token: () => "t" }))).toBe("ada");
    const wrong = { code: "UNAUTHENTICATED" };
    await expect(connect(memory(runtime), { token: "WRONG" })).rejects.toMatchObject(wrong);
    await expect(runtime.connect({ principal: "bob", token: "WRONG" })).rejects.toMatchObject(
      wrong,
    );
    // Nobody can say whom a token stands for, where there is no verifier.
    expect(await who(await open.connect({ token: "t" }))).toBe("local");
  });

  it("is given up by its client once it is closed, with all that waits", async () => {
    const waits = defineAgent({ name: "waits", run: () => new Promise<never>(() => {}) });
    const runtime = createRuntime({ agents: [waits] });
    const attempts: unknown[] = [];
    const client = await runtime.connect({
      reconnect: { minDelayMs: 1 },
      on: { reconnecting: ({ error }) => attempts.push(error) },
    });
    const job = await client.submit("waits");
    await runtime.close();
    await expect(job.result()).rejects.toMatchObject({ code: "INTERNAL_ERROR", retryable: true });
    const over = { code: "CLOSED", message: "[CLOSED] the runtime of this process is closed" };
    await expect(client.submit("waits")).rejects.toMatchObject(over);
    expect((await client.closed).error).toMatchObject(over);
    expect(attempts).toHaveLength(1);
    await expect(client.submit("waits")).rejects.toMatchObject({ code: "CLOSED" });
    await expect(runtime.connect()).rejects.toMatchObject(over);
    await expect(connect(memory(runtime))).rejects.toMatchObject(over);
    await client.close();
  });

  it("ENC-16 refuses what nests too deep at the door of the agent that says it", async () => {
    const levels = (count: number): unknown => JSON.parse("[".repeat(count) + "]".repeat(count));
    const refused: unknown[] = [];
    const agent = defineAgent<number>({
      name: "a",
      async run(count, ctx) {
        const refuse = (error: unknown) => refused.push(error);
        await (async () => ctx.emit("x-vendor.a.b", { x: levels(count - 1) }))().catch(refuse);
        await ctx.tool("t", { x: levels(count - 2) }, () => 1).catch(refuse);
        await ctx.tool("t", {}, () => levels(count - 1)).catch(refuse);
        return levels(count);
      },
    });
    await using runtime = createRuntime({ agents: [agent] });
    await using client = await runtime.connect();
    const lease = { "tool.call": ["*"] };
    const kinds = async (count: number) => {
      const job = await client.submit("a", count, { lease });
      const seen: string[] = [];
      for await (const { kind } of job) seen.push(kind);
      return { seen, ended: await job.result().catch((error: unknown) => error) };
    };
    const calls = ["tool_call", "tool_result", "tool_call", "tool_result"];
    expect(await kinds(62)).toEqual({ seen: ["x-vendor.a.b", ...calls], ended: levels(62) });
    expect(refused).toEqual([]);
    const { seen, ended } = await kinds(63);
    expect(seen).toEqual(["tool_call", "tool_result"]);
    expect(ArcpError.is(ended, "INTERNAL_ERROR") && ended.reason).toContain("nests deeper");
    expect(refused.map((error) => ArcpError.is(error, "INVALID_REQUEST"))).toEqual([
      true,
      true,
      true,
    ]);
  });

  it("fails a job whose result cannot be sent, and says why", async () => {
    const looped: Record<string, unknown> = {};
    looped["self"] = looped;
    const results: [words: string, run: (ctx: AgentContext) => unknown][] = [
      ["the agent's result is not JSON: it is a function", () => () => 1],
      ["the agent's result is not JSON: it is a symbol", () => Symbol("s")],
      ["the agent's result is not JSON: it is an object", () => ({ toJSON: () => undefined })],
      ["the agent's result is not JSON", () => looped],
      [
        "takes pieces that are strings or bytes (Uint8Array); got a number",
        (ctx) => ctx.stream([1, 2] as never),
      ],
      [
        "takes pieces that are strings or bytes (Uint8Array); got an array",
        (ctx) => ctx.stream(["a", ["b"]] as never),
      ],
      [
        "takes an iterable of strings or bytes (Uint8Array); got a number",
        (ctx) => ctx.stream(7 as never),
      ],
      [
        "takes an iterable of strings or bytes (Uint8Array); got an object",
        (ctx) => ctx.stream(new Uint8Array(2) as never),
      ],
      [
        "takes an iterable of strings or bytes (Uint8Array); got undefined",
        (ctx) => ctx.stream(undefined as never),
      ],
    ];
    const agent = defineAgent<number>({ name: "a", run: (at, ctx) => results[at]![1](ctx) });
    await using runtime = createRuntime({ agents: [agent] });
    await using client = await runtime.connect();
    for (const [index, [words]] of results.entries()) {
      const job = await client.submit("a", index);
      const error: unknown = await job.result().catch((thrown: unknown) => thrown);
      expect(ArcpError.is(error, "INTERNAL_ERROR") && error.reason).toContain(words);
    }
  });

  it("CHUNK-14 keeps every frame within its limit, however much escaping adds", async () => {
    const text = "\u0001".repeat(700_000);
    const agent = defineAgent({ name: "a", run: (_input, ctx) => ctx.stream([text]) });
    await using runtime = createRuntime({ agents: [agent] });
    await using client = await connect(memory(runtime, "me"));
    expect(await (await client.submit("a")).result()).toBe(text);
  });

  it("SERR-08 LIFE-04 an agent's own failure keeps its code in details", async () => {
    const agent = defineAgent({
      name: "a",
      run() {
        throw Object.assign(new Error("the tests are red"), {
          code: "TESTS_RED",
          retryable: false,
        });
      },
    });
    await using runtime = createRuntime({ agents: [agent] });
    await using client = await runtime.connect();
    await expect((await client.submit("a")).result()).rejects.toMatchObject({
      code: "INTERNAL_ERROR",
      reason: "the tests are red",
      retryable: false,
      details: { agent_code: "TESTS_RED" },
    });
  });

  it("SERR-08 tells an input that the agent cannot take from a mistake of the agent", async () => {
    const picky = defineAgent({
      name: "picky",
      run() {
        throw new ArcpError("INVALID_REQUEST", "the input is a text");
      },
    });
    const clumsy = defineAgent({ name: "clumsy", run: (_input, ctx) => ctx.progress(-1) });
    await using runtime = createRuntime({ agents: [picky, clumsy] });
    await using client = await runtime.connect();
    const code = async (agent: string) =>
      (await client.submit(agent)).result().catch((error: unknown) => (error as ArcpError).code);
    expect(await code("picky")).toBe("INVALID_REQUEST");
    expect(await code("clumsy")).toBe("INTERNAL_ERROR");
  });

  it("checks input by the agent's schema before there is a job", async () => {
    const schema = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: (value: unknown) =>
          typeof value === "number"
            ? { value: value * 2 }
            : { issues: [{ message: "a number, please", path: ["deep", { key: "er" }] }] },
      },
    } as const;
    const agent = defineAgent<number>({ name: "a", input: schema, run: (input) => input });
    await using runtime = createRuntime({ agents: [agent] });
    await using client = await runtime.connect();
    expect(await (await client.submit("a", 21)).result()).toBe(42);
    await expect(client.submit("a", "x")).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      details: { path: "/payload/input/deep/er" },
    });
    const listed = [];
    for await (const job of client.jobs()) listed.push(job.status);
    expect(listed).toEqual(["success"]);
  });

  it("refuses what it does not serve, and never ignores it", async () => {
    const agent = defineAgent({ name: "a", run: () => 1 });
    await using runtime = createRuntime({ agents: [agent], features: ["list_jobs"] });
    await using client = await runtime.connect();
    const unserved: SubmitOptions[] = [
      { expiresAt: new Date(Date.now() + 60_000) },
      { lease: { "cost.budget": ["USD:1"] } },
      { lease: { "x-vendor.acme.gpu": ["*"] } },
    ];
    for (const options of unserved) {
      const submit = client.submit("a", 1, options);
      await expect(submit).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    }
  });

  it("enforces net.fetch and the namespaces of vendors that it was made with", async () => {
    const asked = defineAgent<[Namespace, string]>({
      name: "asked",
      run: async ([namespace, target], ctx) => (await ctx.authorize(namespace, target)).target,
    });
    await using runtime = createRuntime({
      agents: [asked],
      namespaces: { "x-vendor.acme.gpu": "name" },
    });
    await using client = await runtime.connect();
    const lease = { "net.fetch": ["https://example.com/**"], "x-vendor.acme.gpu": ["a100"] };
    const answer = async (namespace: string, target: string) =>
      (await client.submit("asked", [namespace, target], { lease }))
        .result()
        .catch((error: unknown) => (error as ArcpError).code);
    expect(await answer("net.fetch", "HTTPS://example.com.:443/a?b")).toBe(
      "https://example.com/a?b",
    );
    expect(await answer("net.fetch", "https://example.org/a")).toBe("PERMISSION_DENIED");
    expect(await answer("x-vendor.acme.gpu", "a100")).toBe("a100");
    expect(await answer("x-vendor.acme.gpu", "h100")).toBe("PERMISSION_DENIED");
    expect(await answer("x-vendor.acme.cpu", "a100")).toBe("PERMISSION_DENIED");
  });

  it("says at once what is wrong with an agent, a limit or a namespace", () => {
    const run = () => 1;
    const bad: (() => unknown)[] = [
      () => defineAgent({ run } as never),
      () => defineAgent({ name: "a" } as never),
      () => defineAgent({ name: "Not A Name", run }),
      () => defineAgent({ name: "a", version: "1 0", run }),
      () => createRuntime({ agents: [{ name: 7, run }] as never }),
      () =>
        createRuntime({
          agents: [defineAgent({ name: "a", run }), defineAgent({ name: "a", run })],
        }),
      () => createRuntime({ limits: { heartbeatMs: -1 } }),
      () => createRuntime({ limits: { hartbeatMs: 1 } as never }),
      () => createRuntime({ namespaces: { "x-vendor.acme": "name" } as never }),
      () => createRuntime({ namespaces: { "acme.gpu": "name" } as never }),
      () => createRuntime({ namespaces: { "x-vendor.acme.GPU": "name" } }),
      () => createRuntime({ namespaces: { "x-vendor.acme.gpu": "amount" as never } }),
    ];
    for (const make of bad) expect(make).toThrow(TypeError);
  });
});

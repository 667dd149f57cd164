/** What an agent returns arrives whole, or its job says why not. §8.4 */
import { describe, expect, it } from "vitest";
import { scriptedClient, testAgent } from "../testing/index.js";
import type { AgentContext } from "./context.js";
import { createRuntime } from "./create.js";
import { agentOf } from "./raw-client.test-helper.js";

const ended = async (run: (ctx: AgentContext) => unknown) => {
  const job = await testAgent(agentOf((_input, ctx) => run(ctx)));
  return job.result().then(
    (result) => ({ result }),
    (error: { code: string; reason: string; retryable: boolean }) => error,
  );
};

/** A source that comes to its end when the test lets it. */
function slow() {
  let end = () => {};
  const ending = new Promise<void>((resolve) => (end = resolve));
  async function* source() {
    yield "first";
    await ending;
    yield "last";
  }
  return { source, end };
}

describe("a stream that is not returned", () => {
  it.each<[string, (ctx: AgentContext) => unknown, string]>([
    ["beside a value", (ctx) => (void ctx.stream(["x", "y"]), 5), "beside its streamed result"],
    ["beside null", (ctx) => (void ctx.stream(["x", "y"]), null), "beside its streamed result"],
    ["alone", (ctx) => void ctx.stream(["x", "y"]), "before its streamed result was complete"],
    ["as a member", (ctx) => ({ s: ctx.stream(["x"]) }), "return what ctx.stream gives"],
    [
      "awaited, as a member",
      async (ctx) => ({ s: await ctx.stream(["x"]) }),
      "return what ctx.stream gives",
    ],
    [
      "awaited, beside a value",
      async (ctx) => (await ctx.stream(["x"]), 5),
      "beside its streamed result",
    ],
    ["that is slow", (ctx) => void ctx.stream(slow().source()), "return or await"],
    ["beside another", (ctx) => (void ctx.stream(["x"]), ctx.stream(["y"])), "one result"],
    [
      "beside another, and slow",
      (ctx) => (void ctx.stream(slow().source()), ctx.stream(["y"]).catch(() => {})),
      "ctx.stream twice",
    ],
  ])("CHUNK does not vanish: %s", async (_name, run, words) => {
    const error = await ended(run);
    expect(error).toMatchObject({ code: "INTERNAL_ERROR", retryable: false });
    expect((error as { reason: string }).reason).toContain(words);
  });

  it("is the result all the same if it was awaited, with its summary", async () => {
    const run = async (ctx: AgentContext) => {
      await ctx.stream(["x", "y"], { summary: "two" });
    };
    expect(await ended(run)).toEqual({ result: "xy" });
    const client = scriptedClient(createRuntime({ agents: [agentOf((_input, ctx) => run(ctx))] }), {
      principal: "ada",
    });
    await client.hello({ features: ["result_chunk"] });
    client.send("job.submit", { agent: "a" });
    const { payload } = await client.next("job.result");
    expect(payload).toMatchObject({ result_size: 2, summary: "two" });
  });

  it("that failed before it had begun gives way to a value, and to another stream", async () => {
    const attempt = async (ctx: AgentContext) => {
      await ctx.stream(["first", 5 as never].slice(1)).catch(() => {});
    };
    expect(await ended(async (ctx) => (await attempt(ctx), 5))).toMatchObject({ result: 5 });
    const again = async (ctx: AgentContext) => (await attempt(ctx), ctx.stream(["z"]));
    expect(await ended(again)).toMatchObject({ result: "z" });
  });

  it("gives way to a cancel", async () => {
    const { source, end } = slow();
    const job = await testAgent(
      agentOf(async (_input, ctx) => {
        void ctx.stream(source());
        await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
        return 5;
      }),
    );
    await job.event("result_chunk");
    await job.cancel();
    await expect(job.result()).rejects.toMatchObject({ code: "CANCELLED" });
    end();
  });
});

describe("a result that JSON would say otherwise", () => {
  it.each<[unknown, string]>([
    [{ rows: [1, { of: Promise.resolve(1) }] }, "/rows/1/of is a Promise: await it"],
    [{ "a/b": new Map([[1, 2]]) }, "/a~1b is a Map"],
    [new Set([1]), "it is a Set"],
    [[new Uint8Array(2)], "/0 is of bytes"],
    [{ raw: new ArrayBuffer(2) }, "/raw is an ArrayBuffer"],
  ])("is refused by its place: %j", async (value, words) => {
    expect(await ended(() => value)).toMatchObject({
      code: "INTERNAL_ERROR",
      retryable: false,
      reason: `the agent's result is not JSON: ${words}`,
    });
  });

  it("is what it says itself, and without what JSON leaves out", async () => {
    class Point {
      readonly x = 1;
      readonly #y = 2;
      readonly move = () => this.#y;
    }
    class Rows extends Map<string, number> {
      toJSON() {
        return Object.fromEntries(this);
      }
    }
    const at = new Date(0);
    const value = { at, point: new Point(), rows: new Rows([["a", 1]]), none: undefined };
    const result = { at: at.toISOString(), point: { x: 1 }, rows: { a: 1 } };
    expect(await ended(() => value)).toMatchObject({ result });
  });
});

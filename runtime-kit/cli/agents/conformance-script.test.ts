import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ScriptStep } from "../../../conformance/script.js";
import { createRuntime } from "../../node.js";
import type { Client, Job, ReceivedEvent, Runtime } from "../../node.js";
import { conformanceScripts } from "./conformance-script.js";

let runtime: Runtime;
let client: Client;

beforeEach(async () => {
  runtime = createRuntime({ agents: conformanceScripts });
  client = await runtime.connect();
});
afterEach(async () => {
  await client.close();
  await runtime.close();
});

function start(steps: readonly unknown[], agent = "conformance.script", lease = {}): Promise<Job> {
  return client.submit(agent, { steps }, { lease });
}

async function run(steps: readonly ScriptStep[], lease = {}) {
  const job = await start(steps, undefined, lease);
  const events: ReceivedEvent[] = [];
  for await (const event of job) events.push(event);
  return { result: await job.result(), events };
}

describe("conformance.script", () => {
  it("stands in two versions, of which the second is the default", async () => {
    expect(client.agents).toEqual([
      { name: "conformance.script", versions: ["1.0.0", "2.0.0"], default: "2.0.0" },
    ]);
    for (const [agent, version] of [
      ["conformance.script", "2.0.0"],
      ["conformance.script@1.0.0", "1.0.0"],
    ] as const) {
      const job = await start([{ op: "whoami" }], agent);
      for await (const event of job) {
        expect(event.body).toEqual({ level: "info", message: `conformance.script@${version}` });
      }
      expect(await job.result()).toBeNull();
    }
  });

  it.each(["utf8", "base64"])(
    "refuses a piece that is too large for anybody (%s)",
    async (encoding) => {
      const job = await start([{ op: "chunk", data: "AAAA", encoding, repeat: 1e12 }]);
      await expect(job.result()).rejects.toThrow("in one piece, which may have 67108864");
      const empty = await start([{ op: "chunk", data: "", encoding, repeat: 1e9 }]);
      expect(await empty.result()).toHaveLength(0);
    },
  );

  it("repeats bytes", async () => {
    const job = await start([{ op: "chunk", data: "/wA=", encoding: "base64", repeat: 3 }]);
    expect(await job.result()).toEqual(new Uint8Array([255, 0, 255, 0, 255, 0]));
  });

  it("emits, bursts and returns", async () => {
    const { result, events } = await run([
      { op: "emit", kind: "x-vendor.acme.a", body: { b: [1] } },
      { op: "burst", count: 3 },
      { op: "return", value: { ok: true } },
      { op: "whoami" },
    ]);
    expect(result).toEqual({ ok: true });
    expect(events.map(({ body }) => body)).toEqual([
      { b: [1] },
      ...[0, 1, 2].map((at) => ({ level: "info", message: `burst ${at}` })),
    ]);
  });

  it("pads an event, and prints", async () => {
    const body = { n: 1 };
    const written: string[] = [];
    const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
    try {
      const kind = "x-vendor.test.large";
      const { events } = await run([
        { op: "emit", kind, body, pad: 3 },
        { op: "print", text: "a stray line" },
      ]);
      expect(events.map((event) => event.body)).toEqual([{ n: 1, pad: "xxx" }]);
      expect(written).toEqual(["a stray line\n"]);
    } finally {
      spy.mockRestore();
    }
    const job = await start([{ op: "emit", kind: "log", body, pad: 1e12 }]);
    await expect(job.result()).rejects.toThrow(/pad is at most/);
  });

  it("asks for operations, and goes on either way", async () => {
    const ask = { op: "op", namespace: "tool.call" } as const;
    const asked = [
      { ...ask, target: "a", call_id: "c1" },
      { ...ask, target: "b", call_id: "c2" },
    ];
    const { events } = await run(asked, { "tool.call": ["a"] });
    expect(events.map(({ kind, body }) => [kind, body])).toEqual([
      ["tool_result", { call_id: "c1", result: { authorized: true } }],
      [
        "tool_result",
        {
          call_id: "c2",
          error: {
            code: "PERMISSION_DENIED",
            message: expect.any(String) as string,
            retryable: false,
          },
        },
      ],
    ]);
  });

  it("streams pieces, repeated and of bytes", async () => {
    expect((await run([{ op: "chunk", data: "ab", repeat: 2 }])).result).toBe("abab");
    const base64 = Buffer.from([0, 255]).toString("base64");
    const step = { op: "chunk", data: base64, encoding: "base64", repeat: 2 } as const;
    expect((await run([step])).result).toEqual(Uint8Array.from([0, 255, 0, 255]));
    const torn = await start([
      { op: "chunk", data: "a" },
      { op: "throw", message: "torn", code: "EPEN", retryable: true },
    ]);
    await expect(torn.result()).rejects.toMatchObject({
      code: "INTERNAL_ERROR",
      reason: "torn",
      retryable: true,
      details: { agent_code: "EPEN" },
    });
    const both = await start([
      { op: "chunk", data: "a" },
      { op: "return", value: 1 },
    ]);
    await expect(both.result()).rejects.toThrow("exclude each other");
  });

  it("puts two jobs in order with gates", async () => {
    const [g1, g2, g3] = [randomUUID(), randomUUID(), randomUUID()];
    const a = await start([
      { op: "gate", name: g1 },
      { op: "burst", count: 3 },
      { op: "open", name: g2 },
      { op: "gate", name: g3 },
    ]);
    await run([
      { op: "open", name: g1 },
      { op: "gate", name: g2 },
    ]);
    expect(a.status).toBe("running");
    await run([{ op: "open", name: g3 }]);
    await a.result();
  });

  it.each([[{ op: "sleep", ms: 3_600_000 }], [{ op: "gate", name: "nobody opens this" }]])(
    "ends in the middle of %j when cancelled",
    async (step) => {
      const job = await start([{ op: "whoami" }, step, { op: "return", value: "too far" }]);
      for await (const event of job) {
        expect(event.kind).toBe("log");
        await job.cancel();
      }
      await expect(job.result()).rejects.toMatchObject({ code: "CANCELLED" });
    },
  );

  it("goes on after await-cancel, deaf from then on", async () => {
    const gate = randomUUID();
    const job = await start([
      { op: "whoami" },
      { op: "await-cancel" },
      { op: "gate", name: gate },
      { op: "emit", kind: "x-vendor.acme.still-here", body: {} },
      { op: "return", value: 1 },
    ]);
    const kinds: string[] = [];
    for await (const event of job) {
      kinds.push(event.kind);
      if (event.kind !== "log") continue;
      await job.cancel();
      await run([{ op: "open", name: gate }]);
    }
    expect(kinds).toEqual(["log", "x-vendor.acme.still-here"]);
    await expect(job.result()).rejects.toMatchObject({ code: "CANCELLED" });
  });

  it("reports costs, and tells of those that are refused", async () => {
    const lease = { "cost.budget": ["USD:1"] };
    const { events } = await run(
      [
        { op: "cost", value: 0.25, unit: "USD", call_id: "good" },
        { op: "cost", value: -1, unit: "USD", call_id: "negative" },
        { op: "cost", value: "NaN", unit: "USD", call_id: "nan" },
        { op: "cost", value: 5, name: "cost.budget.remaining", call_id: "forged" },
      ],
      lease,
    );
    const error = { code: "INVALID_REQUEST", retryable: false };
    expect(events.map(({ body }) => body)).toMatchObject([
      { name: "cost.conformance", value: 0.25, unit: "USD" },
      { name: "cost.budget.remaining", value: 0.75, unit: "USD" },
      { call_id: "negative", error },
      { call_id: "nan", error },
      { call_id: "forged", error },
    ]);
  });

  it.each([
    [[{ op: "cost", value: "1", call_id: "c" }], "value must be a number, NaN"],
    [[{ op: "dance" }], "step 0: no such op"],
    [[{ op: "toString" }], "step 0: no such op"],
    [[{ op: "whoami" }, { op: "sleep", ms: "1" }], "step 1: ms must be number"],
    [[{ op: "chunk", data: "", encoding: "hex" }], "encoding must be utf8 or base64"],
    [[7], "step 0: no such op"],
    ["none", "the input must be"],
  ])("refuses the program %j", async (steps, words) => {
    const job = await start(steps as unknown[]);
    await expect(job.result()).rejects.toThrow(words);
  });
});

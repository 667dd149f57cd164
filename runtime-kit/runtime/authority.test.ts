/** What a job may spend, until when, and with which models. §9.5 to §9.7 */
import { describe, expect, it } from "vitest";
import { testAgent, testClock } from "../testing/index.js";
import type { TestAgentOptions } from "../testing/index.js";
import { ArcpError } from "../wire/errors.js";
import type { AgentContext } from "./context.js";
import { createRuntime } from "./create.js";
import { agentOf, rawClient } from "./raw-client.test-helper.js";

const ALL = { "tool.call": ["**"], "fs.read": ["/data/**"] };
const FEATURES = ["lease_expires_at", "cost.budget", "model.use", "list_jobs"];

type Work = (ctx: AgentContext, advance: (ms: number) => Promise<void>) => unknown;

/** Runs an agent that may let time pass for itself. */
function run(work: Work, options: TestAgentOptions = {}) {
  const agent = agentOf((_input, ctx) => work(ctx, async (ms) => (await job).advance(ms)));
  const job = testAgent(agent, undefined, options);
  return job;
}

const code = async (asked: () => unknown) => {
  try {
    await asked();
    return "allowed";
  } catch (error) {
    return ArcpError.is(error) ? error.code : String(error);
  }
};

/** Resolves when the agent may go on. */
function gate() {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

describe("a lease that ends", () => {
  const expiresAt = new Date(Date.UTC(2026, 0) + 60_000);

  it("EXP-05 EXP-06 LEASE-02 refuses at the millisecond, at every door", async () => {
    const answers: string[][] = [];
    const doors = async (ctx: AgentContext) => [
      await code(() => ctx.authorize("tool.call", "search")),
      await code(() => ctx.tool("search", {}, () => 1)),
      await code(() => ctx.useModel("m")),
    ];
    const [early, late] = [gate(), gate()];
    const job = await run(
      async (ctx) => {
        await early.opened;
        answers.push(await doors(ctx));
        await late.opened;
        answers.push(await doors(ctx));
      },
      { lease: { ...ALL, "model.use": ["m"] }, expiresAt },
    );
    await job.advance(59_999);
    early.open();
    await job.event("tool_result");
    await job.advance(1);
    late.open();
    await expect(job.result()).rejects.toMatchObject({
      code: "LEASE_EXPIRED",
      retryable: false,
      details: { expires_at: expiresAt.toISOString() },
    });
    expect(answers).toEqual([
      ["allowed", "allowed", "allowed"],
      ["LEASE_EXPIRED", "LEASE_EXPIRED", "LEASE_EXPIRED"],
    ]);
  });

  it("ENF-06 says so first, even where the path cannot be looked at", async () => {
    const job = await run(
      async (ctx, advance) => {
        await advance(60_000);
        return code(() => ctx.authorize("fs.read", "/nowhere"));
      },
      {
        lease: { ...ALL, "cost.budget": ["USD:0"] },
        expiresAt,
        createRuntime: (options) =>
          createRuntime({
            ...options,
            realPaths: {
              one: () => Promise.reject(new Error("no such path")),
              all: async (paths) => new Map(paths.map((path) => [path, path])),
            },
          }),
      },
    );
    await expect(job.result()).rejects.toMatchObject({ code: "LEASE_EXPIRED" });
  });

  it("EXP-07 an agent that was refused cannot end in success, nor in an error of its own", async () => {
    for (const end of [() => "fine", () => Promise.reject(new Error("mine"))]) {
      const job = await run(
        async (ctx, advance) => {
          await advance(60_000);
          await ctx.authorize("tool.call", "x").catch(() => {});
          ctx.log("info", "goodbye");
          return end();
        },
        { lease: ALL, expiresAt },
      );
      await expect(job.result()).rejects.toMatchObject({ code: "LEASE_EXPIRED" });
      expect(job.bodies("log")).toHaveLength(1);
    }
  });

  it("EXP-07 one that asked for nothing afterwards may return within the grace", async () => {
    const job = await run(
      async (_ctx, advance) => {
        await advance(60_999);
        return "fine";
      },
      { lease: ALL, expiresAt },
    );
    expect(await job.result()).toBe("fine");
  });

  it("EXP-08 EXP-09 SEC-16 ends the job after a grace of 1 s, and tells its agent and the log", async () => {
    let reason: unknown;
    const logged: object[] = [];
    const note = (fields: object) => void logged.push(fields);
    const logger = { error: note, warn: note, info: note, debug: note } as never;
    const job = await run(
      (ctx) =>
        new Promise(() => {
          ctx.signal.addEventListener("abort", () => (reason = ctx.signal.reason));
          ctx.log("info", "begun");
        }),
      { lease: ALL, expiresAt, logger },
    );
    await job.event("log");
    await job.advance(60_999);
    expect([job.status, reason]).toEqual(["running", undefined]);
    await job.advance(1);
    await expect(job.result()).rejects.toMatchObject({ code: "LEASE_EXPIRED" });
    expect(reason).toMatchObject({ code: "LEASE_EXPIRED" });
    expect(logged).toContainEqual(expect.objectContaining({ code: "LEASE_EXPIRED" }));
  });

  it("EXP-08 SEC-15 ends the job when the clock is set forward, whether it asks or not, and set back again or not", async () => {
    for (const back of [0, -HOUR]) {
      let reason: unknown;
      const job = await run(
        (ctx) =>
          new Promise(() => {
            ctx.signal.addEventListener("abort", () => (reason = ctx.signal.reason));
            ctx.log("info", "begun");
          }),
        { lease: ALL, expiresAt },
      );
      await job.event("log");
      await job.clock.jump(59_999);
      await job.advance(0);
      expect(job.status).toBe("running");
      await job.clock.jump(HOUR);
      // The grace is counted from when it was seen.
      await job.clock.jump(back);
      await job.advance(999);
      expect([job.status, reason]).toEqual(["running", undefined]);
      await job.advance(1);
      await expect(job.result()).rejects.toMatchObject({ code: "LEASE_EXPIRED" });
      expect(reason).toMatchObject({ code: "LEASE_EXPIRED" });
    }
  });

  it("EXP-07 outweighs the time limit, and gives way to a cancel", async () => {
    const refused = async (ctx: AgentContext, advance: (ms: number) => Promise<void>) => {
      await advance(60_000);
      await ctx.authorize("tool.call", "x").catch(() => {});
      ctx.log("info", "refused");
      await new Promise(() => {});
    };
    const options = { lease: ALL, expiresAt, limits: { leaseGraceMs: HOUR, cancelGraceMs: 10 } };
    let job = await run(refused, { ...options, maxRuntimeSec: 61 });
    await job.event("log");
    await job.advance(1_000);
    await expect(job.result()).rejects.toMatchObject({ code: "LEASE_EXPIRED" });
    job = await run(refused, options);
    await job.event("log");
    await job.cancel();
    await job.advance(10);
    await expect(job.result()).rejects.toMatchObject({ code: "CANCELLED" });
  });

  it("EXP-09 ends a job that waits for its turn", async () => {
    const clock = testClock();
    const client = await rawClient(
      {
        agents: [agentOf(() => new Promise(() => {}))],
        clock,
        limits: { maxRunningJobs: 1 },
        auth: () => "me",
      },
      FEATURES,
    );
    client.send("job.submit", { agent: "a" });
    client.send("job.submit", {
      agent: "a",
      lease_constraints: { expires_at: expiresAt.toISOString() },
    });
    const { payload } = await client.arrived("job.accepted", 2);
    expect(payload).toMatchObject({ lease_constraints: { expires_at: expiresAt.toISOString() } });
    await clock.advance(61_000);
    const { payload: error } = await client.arrived("job.error");
    expect(error).toMatchObject({ code: "LEASE_EXPIRED", job_id: payload["job_id"] });
  });

  it("EXP-01 may be further away than a timer reaches", async () => {
    const far = new Date(Date.UTC(2026, 0) + 2 ** 31 + 5);
    const job = await run(
      async (ctx, advance) => {
        await advance(2 ** 31);
        return [ctx.expiresAt, await code(() => ctx.authorize("tool.call", "x"))];
      },
      { lease: ALL, expiresAt: far },
    );
    expect(await job.result()).toEqual([far.toISOString(), "allowed"]);
  });

  it("SUB-09 never comes for a lease without expires_at, however long its job runs", async () => {
    const century = 100 * 366 * 86_400_000;
    const job = await run(
      async (ctx, advance) => {
        await advance(century);
        return [ctx.expiresAt === undefined, await code(() => ctx.authorize("tool.call", "x"))];
      },
      { lease: ALL },
    );
    expect(await job.result()).toEqual([true, "allowed"]);
  });

  it("EXP-04 is refused at submit if it is past, and the twin is taken", async () => {
    const error = run(() => 1, { expiresAt: "2026-01-01T00:00:00Z" });
    await expect(error).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      details: { path: "/payload/lease_constraints/expires_at" },
    });
    expect(await (await run(() => 1, { expiresAt: "2026-01-01T00:00:00.001Z" })).result()).toBe(1);
  });
});

const HOUR = 3_600_000;

describe("a budget", () => {
  const lease = { ...ALL, "cost.budget": ["USD:0.3", "credits:2"] };

  it("BUD-04 BUD-13 BUD-08 falls with each cost, and the runtime says what is left right behind it", async () => {
    const seen: unknown[] = [];
    const job = await run(
      (ctx) => {
        for (const cost of [0.1, 0.1]) {
          ctx.metric("cost.inference", cost, "USD");
          seen.push(ctx.budget);
        }
        ctx.metric("rows", 7, "USD");
        ctx.metric("cost.search", 0.25, "credits");
      },
      { lease },
    );
    expect(job.budget).toBeDefined();
    await job.result();
    expect(seen).toEqual([
      { USD: 0.2, credits: 2 },
      { USD: 0.1, credits: 2 },
    ]);
    expect(job.bodies("metric")).toEqual([
      { name: "cost.inference", value: 0.1, unit: "USD" },
      { name: "cost.budget.remaining", value: 0.2, unit: "USD" },
      { name: "cost.inference", value: 0.1, unit: "USD" },
      { name: "cost.budget.remaining", value: 0.1, unit: "USD" },
      { name: "rows", value: 7, unit: "USD" },
      { name: "cost.search", value: 0.25, unit: "credits" },
      { name: "cost.budget.remaining", value: 1.75, unit: "credits" },
    ]);
    expect(job.budget).toEqual({ USD: 0.1, credits: 1.75 });
  });

  it("BUD-13 says what is left after a cost of nothing too", async () => {
    const job = await run((ctx) => void ctx.metric("cost.x", 0, "USD"), { lease });
    await job.result();
    expect(job.bodies("metric")).toEqual([
      { name: "cost.x", value: 0, unit: "USD" },
      { name: "cost.budget.remaining", value: 0.3, unit: "USD" },
    ]);
  });

  it("BUD-09 BUD-10 BUD-11 refuses every operation once one counter is at zero, and the job lives", async () => {
    const job = await run(
      async (ctx) => {
        ctx.metric("cost.x", 0.3, "USD");
        const doors = [
          await code(() => ctx.authorize("tool.call", "search")),
          await code(() => ctx.tool("search", {}, () => 1)),
          await code(() => ctx.useModel("m")),
          await code(() => ctx.authorize("fs.read", "/etc/passwd")),
        ];
        return doors;
      },
      { lease: { ...lease, "model.use": ["m"] } },
    );
    expect(await job.result()).toEqual([
      "BUDGET_EXHAUSTED",
      "BUDGET_EXHAUSTED",
      "BUDGET_EXHAUSTED",
      "PERMISSION_DENIED",
    ]);
    expect(job.bodies("tool_result")).toMatchObject([
      { error: { code: "BUDGET_EXHAUSTED", retryable: false, details: { currency: "USD" } } },
    ]);
  });

  it("BUD-05 BUD-06 BUD-14 what is refused to the agent is charged to nobody, however it is dressed", async () => {
    const job = await run(
      async (ctx) => {
        const dressed = (body: object) => () =>
          ctx.emit("metric", { name: "x", value: 0, toJSON: () => body } as never);
        const codes = [
          await code(() => ctx.metric("cost.x", -0.1, "USD")),
          await code(() => ctx.metric("cost.x", NaN, "USD")),
          await code(() => ctx.metric("cost.x", Infinity, "USD")),
          await code(() => ctx.metric("cost.budget.remaining", 5, "USD")),
          await code(dressed({ name: "cost.budget.remaining", value: 5, unit: "USD" })),
          await code(dressed({ name: "cost.x", value: -5, unit: "USD" })),
          await code(() => ctx.metric("cost.x", 0.1, "USD", { pad: "x".repeat(2_000_000) })),
        ];
        return [new Set(codes), ctx.budget].map((x) => (x instanceof Set ? [...x] : x));
      },
      { lease },
    );
    expect(await job.result()).toEqual([["INVALID_REQUEST"], { USD: 0.3, credits: 2 }]);
    expect(job.bodies("metric")).toEqual([]);
  });

  it("BUD-04 charges what is sent, not what was handed in", async () => {
    const job = await run(
      (ctx) => {
        const body = { name: "cost.x", value: 0.1, unit: "USD" };
        void ctx.emit("metric", { name: "x", value: 0, toJSON: () => body } as never);
        return ctx.budget;
      },
      { lease },
    );
    expect(await job.result()).toEqual({ USD: 0.2, credits: 2 });
  });

  it("BUD-07 is told the log once where a cost has no unit, and there is a budget", async () => {
    const told = async (lease: object) => {
      const lines: unknown[] = [];
      const note = (fields: object, message: string) => void lines.push({ ...fields, message });
      const logger = { debug() {}, info() {}, error() {}, warn: note };
      const job = await run(
        (ctx) => {
          ctx.metric("lines", 7);
          ctx.metric("cost.x", 7, "EUR");
          for (let n = 0; n < 3; n++) ctx.metric("cost.x", 7);
        },
        { lease: lease as never, logger },
      );
      await job.result();
      return lines;
    };
    expect(await told(lease)).toEqual([
      {
        job: expect.any(String),
        agent: "a@1.0.0",
        message: expect.stringContaining("as the unit"),
      },
    ]);
    expect(await told(ALL)).toEqual([]);
  });

  it("BUD-07 SUB-10 a unit without a counter is delivered, and charged to nobody", async () => {
    const job = await run(
      async (ctx) => {
        ctx.metric("cost.x", 1_000, "EUR");
        ctx.metric("cost.x", 1_000);
        return [ctx.budget, await code(() => ctx.authorize("tool.call", "x"))];
      },
      { lease },
    );
    expect(await job.result()).toEqual([{ USD: 0.3, credits: 2 }, "allowed"]);
    expect(job.bodies("metric")).toHaveLength(2);
    const free = await run(
      async (ctx) => {
        await ctx.metric("cost.x", 9, "USD");
        return [ctx.budget, await code(() => ctx.authorize("tool.call", "x"))];
      },
      { lease: ALL },
    );
    expect(await free.result()).toEqual([null, "allowed"]);
    expect(free.budget).toBeUndefined();
  });

  it("SUB-08 BUD-02 IDEM-03 job.accepted states it as it began, at a repeated key too; the list as it is", async () => {
    const client = await rawClient(
      { agents: [agentOf((_input, ctx) => void ctx.metric("cost.x", 0.1, "USD"))] },
      FEATURES,
    );
    const lease_request = { "cost.budget": ["USD:1.00", "USD:0.50"] };
    const payload = { agent: "a", lease_request, idempotency_key: "k" };
    client.send("job.submit", payload);
    await client.arrived("job.result");
    client.send("job.submit", payload);
    const again = await client.arrived("job.accepted", 2);
    expect((await client.arrived("job.accepted")).payload["budget"]).toEqual({ USD: 1.5 });
    expect(again.payload["budget"]).toEqual({ USD: 1.5 });
    client.send("session.list_jobs", {});
    const { payload: page } = await client.arrived("session.jobs");
    expect(page["jobs"]).toMatchObject([{ budget: { USD: 1.4 }, lease: lease_request }]);
  });

  it("BUD-02 is refused at submit unless it is a list of amounts", async () => {
    for (const amount of ["USD", "USD:-1", "USD:1e3", "USD:0,5", "5"]) {
      const refused = run(() => 1, { lease: { "cost.budget": ["USD:1", amount] } });
      await expect(refused, amount).rejects.toMatchObject({
        code: "INVALID_REQUEST",
        details: { path: "/payload/lease_request/cost.budget/1" },
      });
    }
  });
});

describe("models", () => {
  const ask = async (ctx: AgentContext) => [
    await code(() => ctx.useModel("tier-fast/small")),
    await code(() => ctx.authorize("model.use", "tier-fast/small")),
    await code(() => ctx.useModel("tier-slow/large")),
    await code(() => ctx.useModel("../x")),
  ];
  const denied = "PERMISSION_DENIED";

  it("MODEL-01 are those that a pattern of model.use matches", async () => {
    const job = await run(ask, { lease: { "model.use": ["tier-fast/*"] } });
    expect(await job.result()).toEqual(["allowed", "allowed", denied, denied]);
    const none = await run(ask, { lease: { "model.use": [] }, models: { registered: ["**"] } });
    expect(await none.result()).toEqual([denied, denied, denied, denied]);
  });

  it("MODEL-03 MODEL-04 without model.use are none, or those that the operator registered", async () => {
    expect(await (await run(ask)).result()).toEqual([denied, denied, denied, denied]);
    const job = await run(ask, { models: { registered: ["tier-fast/small", "other"] } });
    expect(await job.result()).toEqual(["allowed", "allowed", denied, denied]);
  });

  it("MODEL-04 what is no pattern cannot be registered", () => {
    expect(() => createRuntime({ models: { registered: ["a", "a**"] } })).toThrow(
      "createRuntime: models.registered at /model.use/1: model.use: `**` stands only as",
    );
    expect(() => createRuntime({ models: { registered: "a" as never } })).toThrow(
      "createRuntime: models: registered must be an array; got a string",
    );
  });
});

describe("features", () => {
  it("HELLO-12 HELLO-15 LIST-17 what was not negotiated is refused, and not told of", async () => {
    const client = await rawClient({ agents: [agentOf(() => 1)] }, ["list_jobs"]);
    const asked = [
      ["cost.budget", { lease_request: { "cost.budget": ["USD:1"] } }],
      ["model.use", { lease_request: { "model.use": ["a"] } }],
      ["lease_expires_at", { lease_constraints: { expires_at: "2100-01-01T00:00:00Z" } }],
    ] as const;
    for (const [at, [feature, more]] of asked.entries()) {
      client.send("job.submit", { agent: "a", ...more });
      const { payload } = await client.arrived("session.error", at + 1);
      expect(payload).toMatchObject({ code: "INVALID_REQUEST", details: { feature } });
    }
    const other = await rawClient(client.runtime, FEATURES);
    const all = { agent: "a", lease_request: {}, lease_constraints: {} };
    for (const [, more] of asked) Object.assign(all, more);
    other.send("job.submit", { ...all, lease_request: { "cost.budget": ["USD:1"] } });
    await other.arrived("job.result");
    client.send("session.list_jobs", {});
    other.send("session.list_jobs", {});
    const row = async (one: typeof client) =>
      ((await one.arrived("session.jobs")).payload["jobs"] as object[])[0]!;
    expect(Object.keys(await row(client))).not.toContain("budget");
    expect(Object.keys(await row(client))).not.toContain("lease_constraints");
    expect(await row(other)).toMatchObject({
      budget: { USD: 1 },
      lease_constraints: { expires_at: "2100-01-01T00:00:00Z" },
    });
  });
});

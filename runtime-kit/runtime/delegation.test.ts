/** Jobs that ask for other jobs: what they may pass on, who pays, and how all of them end. §10 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memoryStore } from "../stores/memory.js";
import { sqlite } from "../stores/sqlite.js";
import { testClock } from "../testing/index.js";
import type { SeenMessage } from "../testing/index.js";
import { ArcpError } from "../wire/errors.js";
import { bearer } from "./auth.js";
import type { AgentContext, DelegateOptions } from "./context.js";
import { createRuntime } from "./create.js";
import type { RuntimeOptions } from "./create.js";
import { defineAgent } from "./define.js";
import { aborted, mortal, rawClient } from "./raw-client.test-helper.js";

const FEATURES = ["lease_expires_at", "cost.budget", "list_jobs", "result_chunk", "progress"];
const LEASE = { "agent.delegate": ["child"], "tool.call": ["search.*"], "cost.budget": ["USD:1"] };

type Work = (ctx: AgentContext, input: unknown) => unknown;

/** A parent and what it may delegate to, submitted by a client of raw frames. */
async function family(
  parent: Work,
  child: Work,
  options: Partial<RuntimeOptions> & { readonly lease?: object; readonly submit?: object } = {},
) {
  const { lease = LEASE, submit = {}, ...rest } = options;
  const agents = [
    defineAgent({ name: "parent", run: (input, ctx) => parent(ctx, input) }),
    defineAgent({ name: "child", version: "2.0.0", run: (input, ctx) => child(ctx, input) }),
  ];
  const runtime = createRuntime({ agents, auth: bearer({ tok: "me" }), ...rest });
  const client = await rawClient(runtime, FEATURES);
  client.send("job.submit", { agent: "parent", lease_request: lease, ...submit });
  const accepted = await client.arrived("job.accepted");
  const id = accepted.payload["job_id"] as string;
  const of = (job: string) => client.seen.filter((frame) => frame.job_id === job);
  const terminal = async (job = id): Promise<SeenMessage> => {
    const found = () => of(job).find(({ type }) => type === "job.result" || type === "job.error");
    await client.until(() => found() !== undefined);
    return found()!;
  };
  const bodies = (job: string, kind: string) =>
    of(job)
      .filter(({ payload }) => payload["kind"] === kind)
      .map(({ payload }) => payload["body"] as Record<string, unknown>);
  return { runtime, client, id, accepted, of, terminal, bodies };
}

const childId = (frames: readonly SeenMessage[]): string =>
  frames.find(({ payload }) => payload["parent_job_id"] !== undefined)!.job_id!;

const refusal = async (asked: Promise<unknown>): Promise<string> => {
  try {
    await asked;
    return "allowed";
  } catch (error) {
    return ArcpError.is(error) ? error.code : String(error);
  }
};

const spend = (ctx: AgentContext, value: number) => ctx.metric("cost.x", value, "USD");

describe("a job that delegates", () => {
  it("DEL-01 DEL-02 DEL-04 DEL-10 DEL-18 tells of the child before the child tells anything", async () => {
    const { client, id, accepted, terminal } = await family(
      async (ctx) => {
        const made = await ctx.delegate(
          "child",
          { n: 2 },
          { lease: { "tool.call": ["search.web"] } },
        );
        return [made.agent, await made.result()];
      },
      async (ctx, input) => {
        await ctx.log("info", "here");
        return { doubled: (input as { n: number }).n * 2 };
      },
    );
    expect((await terminal()).payload["result"]).toEqual(["child@2.0.0", { doubled: 4 }]);
    const said = client.seen.filter(({ job_id }) => job_id !== undefined);
    const child = childId(said);
    expect(
      said.map(({ type, job_id, payload }) => [type, job_id === child, payload["kind"]]),
    ).toEqual([
      ["job.accepted", false, undefined],
      ["job.event", false, "delegate"],
      ["job.accepted", true, undefined],
      ["job.event", true, "log"],
      ["job.result", true, undefined],
      ["job.result", false, undefined],
    ]);
    expect(said.flatMap(({ event_seq: seq }) => seq ?? [])).toEqual([1, 2, 3, 4]);
    expect(said[2]!.payload).toMatchObject({
      parent_job_id: id,
      delegate_id: expect.stringMatching(/^del_/),
      lease: { "tool.call": ["search.web"] },
      trace_id: accepted.payload["trace_id"],
    });
    expect(said[2]!.payload).not.toHaveProperty("request_id");
    expect(said[1]!.payload["body"]).toMatchObject({ agent: "child", child_job_id: child });
  });

  it("TRACE-05 hands the trace of its submit on to its agent, and to that of its child", async () => {
    const trace = "0af7651916cd43dd8448eb211c80319c";
    const client = await rawClient(
      {
        agents: [
          defineAgent({
            name: "parent",
            run: async (_input, ctx) => [ctx.traceId, await (await ctx.delegate("child")).result()],
          }),
          defineAgent({ name: "child", run: (_input, ctx) => ctx.traceId }),
        ],
      },
      FEATURES,
    );
    client.send("job.submit", { agent: "parent", lease_request: LEASE }, { trace_id: trace });
    const [, result] = [await client.arrived("job.result"), await client.arrived("job.result", 2)];
    expect(result.payload["result"]).toEqual([trace, trace]);
    await client.runtime.close();
  });

  it.each<[string, string, DelegateOptions, string]>([
    [
      "SUBSET-01 SUBSET-03 a tool that it has not",
      "child",
      { lease: { "tool.call": ["*"] } },
      "LEASE_SUBSET_VIOLATION",
    ],
    [
      "SUBSET-01 a namespace that it has not",
      "child",
      { lease: { "net.fetch": ["https://a.b/**"] } },
      "LEASE_SUBSET_VIOLATION",
    ],
    [
      "SUBSET-09 a model that it has not",
      "child",
      { lease: { "model.use": ["m"] } },
      "LEASE_SUBSET_VIOLATION",
    ],
    [
      "SUBSET-05 more money than it has",
      "child",
      { lease: { "cost.budget": ["USD:1.01"] } },
      "LEASE_SUBSET_VIOLATION",
    ],
    [
      "SUBSET-05 money of another kind",
      "child",
      { lease: { "cost.budget": ["EUR:0.1"] } },
      "LEASE_SUBSET_VIOLATION",
    ],
    [
      "SUBSET-06 more time than it has",
      "child",
      { expiresAt: new Date(Date.UTC(2026, 0, 1, 1, 0, 1)) },
      "LEASE_SUBSET_VIOLATION",
    ],
    ["DEL-08 an agent that it may not name", "parent", {}, "PERMISSION_DENIED"],
    ["a version that is not there", "child@9", {}, "AGENT_VERSION_NOT_AVAILABLE"],
    ["no lease at all", "child", { lease: { "x-vendor.no.such": [] } }, "INVALID_REQUEST"],
    ["no name of an agent", "", {}, "INVALID_REQUEST"],
  ])("DEL-05 DEL-06 DEL-07 is refused %s, and lives on", async (_, agent, options, code) => {
    const { id, terminal, bodies, client } = await family(
      async (ctx) => refusal(ctx.delegate(agent, {}, { ...options, id: "d1" })),
      () => "never",
      {
        clock: testClock({ wall: Date.UTC(2026, 0) }),
        submit: { lease_constraints: { expires_at: "2026-01-01T01:00:00Z" } },
      },
    );
    expect((await terminal()).payload["result"]).toBe(code);
    expect(client.seen.map(({ type }) => type)).not.toContain("session.error");
    expect(client.seen.filter(({ type }) => type === "job.accepted")).toHaveLength(1);
    if (agent === "" || code === "INVALID_REQUEST") return;
    const [told] = bodies(id, "delegate");
    expect(told).toMatchObject({ delegate_id: "d1", agent });
    expect(told).not.toHaveProperty("child_job_id");
    expect(bodies(id, "tool_result")).toMatchObject([{ call_id: "d1", error: { code } }]);
  });

  it("SUBSET-02 SUBSET-08 passes on all that it has, and its end", async () => {
    const { client, terminal } = await family(
      async (ctx) => (await ctx.delegate("child", {}, { lease: ctx.lease })).result(),
      (ctx) => ctx.expiresAt?.toISOString(),
      {
        clock: testClock({ wall: Date.UTC(2026, 0) }),
        submit: { lease_constraints: { expires_at: "2026-01-01T01:00:00Z" } },
      },
    );
    expect((await terminal()).payload["result"]).toBe("2026-01-01T01:00:00.000Z");
    expect((await client.arrived("job.accepted", 2)).payload).toMatchObject({
      lease: LEASE,
      lease_constraints: { expires_at: "2026-01-01T01:00:00Z" },
      budget: { USD: 1 },
    });
  });

  it("DEL-09 finds the same child by the same id, also when it asks twice at once", async () => {
    let runs = 0;
    const { id, terminal, bodies } = await family(
      async (ctx) => {
        const ask = () => ctx.delegate("child", {}, { id: "same" });
        const made = [...(await Promise.all([ask(), ask()])), await ask()];
        await made[0]!.result();
        made.push(await ask());
        return new Set(made.map(({ jobId }) => jobId)).size;
      },
      () => (runs += 1),
    );
    expect((await terminal()).payload["result"]).toBe(1);
    expect(runs).toBe(1);
    expect(bodies(id, "delegate")).toHaveLength(1);
  });

  it("DEL-09 makes no second child where the first one was forgotten to make room", async () => {
    let runs = 0;
    const { terminal } = await family(
      async (ctx) => {
        for (const id of ["one", "two", "three"]) {
          await (await ctx.delegate("child", {}, { id })).result();
        }
        const again = await refusal(ctx.delegate("child", {}, { id: "one" }));
        return [again, await refusal(ctx.delegate("child", {}, { id: "four" }))];
      },
      () => (runs += 1),
      { limits: { maxFinishedJobs: 1 } },
    );
    expect((await terminal()).payload["result"]).toEqual(["RESUME_WINDOW_EXPIRED", "allowed"]);
    expect(runs).toBe(4);
  });

  it("is told how the child failed, and gets a streamed result as a whole", async () => {
    const { terminal } = await family(
      async (ctx) => {
        const failed = await ctx.delegate("child", "throw");
        const streamed = await ctx.delegate<string>("child", "stream");
        const error = await failed
          .result()
          .catch((thrown: ArcpError) => [thrown.code, thrown.reason]);
        return [error, (await streamed.result()).length];
      },
      (ctx, input) => {
        if (input === "throw") throw new Error("no luck");
        return ctx.stream(["x".repeat(300_000), "y"]);
      },
    );
    const { result } = (await terminal()).payload;
    expect(result).toEqual([["INTERNAL_ERROR", "no luck"], 300_001]);
  });

  it("DEL-21 is bounded in depth and in breadth", async () => {
    const { terminal } = await family(
      async (ctx) => {
        const deep = ctx.delegate("child", 1, { lease: { "agent.delegate": ["child"] } });
        const wide = await Promise.all([1, 2, 3].map(() => refusal(ctx.delegate("child", "wait"))));
        return [await (await deep).result(), wide];
      },
      async (ctx, input) => {
        if (input === "wait") return aborted(ctx);
        if (input === 3) return "too deep";
        const next = Number(input) + 1;
        const lease = { "agent.delegate": ["child"] };
        return refusal(ctx.delegate("child", next, { lease }).then((made) => made.result()));
      },
      { limits: { maxDelegationDepth: 1, maxChildrenPerJob: 3 } },
    );
    const { result } = (await terminal()).payload;
    expect(result).toEqual(["INTERNAL_ERROR", ["allowed", "allowed", "INTERNAL_ERROR"]]);
  });

  it("holds no slot that its child would need", async () => {
    const { terminal } = await family(
      async (ctx) => (await ctx.delegate("child")).result(),
      () => "ran",
      { limits: { maxRunningJobs: 1 } },
    );
    expect((await terminal()).payload["result"]).toBe("ran");
  });
});

it("a job that a drain waits for still delegates, and nobody else gets a job", async () => {
  let goOn = (): void => {};
  const { client, runtime, terminal } = await family(
    async (ctx) => {
      await ctx.log("info", "running");
      await new Promise<void>((resolve) => (goOn = resolve));
      return (await ctx.delegate("child")).result();
    },
    () => "helped",
  );
  await client.until(() => client.seen.some(({ payload }) => payload["kind"] === "log"));
  const closed = runtime.close({ drainMs: 10_000 });
  client.send("job.submit", { agent: "child" });
  expect((await client.arrived("session.error")).payload["details"]).toMatchObject({
    limit: "draining",
  });
  goOn();
  expect((await terminal()).payload["result"]).toBe("helped");
  await closed;
});

describe("the money of a family", () => {
  it("DEL-12 a child without a budget spends its parent's, and both logs say so", async () => {
    const { client, id, terminal, bodies } = await family(
      async (ctx) => {
        const made = await ctx.delegate("child", {}, { lease: { "tool.call": ["search.x"] } });
        const said = await made.result();
        return [said, ctx.budget, await refusal(ctx.authorize("tool.call", "search.x"))];
      },
      async (ctx) => {
        await spend(ctx, 0.4);
        const before = ctx.budget;
        await spend(ctx, 0.7);
        return [before, await refusal(ctx.authorize("tool.call", "search.x"))];
      },
    );
    expect((await terminal()).payload["result"]).toEqual([
      [{ USD: 0.6 }, "BUDGET_EXHAUSTED"],
      { USD: -0.1 },
      "BUDGET_EXHAUSTED",
    ]);
    const left = (job: string) =>
      bodies(job, "metric")
        .filter(({ name }) => name === "cost.budget.remaining")
        .map(({ value }) => value);
    expect(left(id)).toEqual([0.6, -0.1]);
    expect(left(childId(client.seen))).toEqual([0.6, -0.1]);
  });

  it("DEL-13 DEL-14 a stated budget is set aside, and what is left comes back, be it less than nothing", async () => {
    let goOn = (): void => {};
    const { terminal } = await family(
      async (ctx) => {
        const seen: unknown[] = [];
        for (const cost of [0.1, 0.5]) {
          const lease = { "cost.budget": ["USD:0.3"] };
          const made = await ctx.delegate("child", cost, { lease });
          seen.push(ctx.budget);
          goOn();
          await made.result();
          seen.push(ctx.budget);
        }
        return seen;
      },
      async (ctx, cost) => {
        await new Promise<void>((resolve) => (goOn = resolve));
        await spend(ctx, Number(cost));
      },
    );
    expect((await terminal()).payload["result"]).toEqual([
      { USD: 0.7 },
      { USD: 0.9 },
      { USD: 0.6 },
      { USD: 0.4 },
    ]);
  });

  it("SUBSET-05 siblings share what there is, whoever asks first", async () => {
    const { terminal } = await family(
      async (ctx) => {
        const ask = () =>
          refusal(ctx.delegate("child", {}, { lease: { "cost.budget": ["USD:0.4"] } }));
        return Promise.all([ask(), ask(), ask()]);
      },
      (ctx) => aborted(ctx),
    );
    const { result } = (await terminal()).payload;
    expect(result).toEqual(["allowed", "allowed", "LEASE_SUBSET_VIOLATION"]);
  });

  it("a child with a budget in one currency spends its parent's in the others", async () => {
    const { terminal } = await family(
      async (ctx) => {
        const lease = { "cost.budget": ["USD:0.5"] };
        await (await ctx.delegate("child", {}, { lease })).result();
        return ctx.budget;
      },
      async (ctx) => {
        await ctx.metric("cost.x", 3, "credits");
        await spend(ctx, 0.2);
      },
      { lease: { "agent.delegate": ["child"], "cost.budget": ["USD:1", "credits:10"] } },
    );
    expect((await terminal()).payload["result"]).toEqual({ USD: 0.8, credits: 7 });
  });

  it("DEL-14 settles with whoever is above, where a parent ended first", async () => {
    const late: AgentContext[] = [];
    const { terminal } = await family(
      async (ctx) => {
        const lease = { "agent.delegate": ["child"], "cost.budget": ["USD:0.8"] };
        const made = await ctx.delegate("child", "middle", { lease });
        await made.result();
        // The grandchild is told to stop, takes its time, and spends a little more.
        await late[0]!.metric("cost.x", 0.1, "USD");
        const grandchild = late[0]!;
        await new Promise<void>((resolve) => grandchild.signal.aborted && resolve());
        return ctx.budget;
      },
      async (ctx, input) => {
        if (input === "middle") {
          const lease = { "cost.budget": ["USD:0.5"] };
          await ctx.delegate("child", "last", { lease });
          await spend(ctx, 0.2);
          return;
        }
        late.push(ctx);
        await aborted(ctx).catch(() => {});
        await new Promise(() => {});
      },
    );
    // 1 - 0.8 set aside, + 0.1 that the middle one had left; the last one's 0.5 comes back with its end.
    expect((await terminal()).payload["result"]).toEqual({ USD: 0.3 });
  });
});

describe("the end of a family", () => {
  const ends: readonly (readonly [string, Work, string])[] = [
    ["a result", () => "done", "success"],
    ["an error", () => Promise.reject(new Error("no")), "error"],
  ];

  it.each(ends)("DEL-15 comes with %s of the parent", async (_, end, status) => {
    const { client, terminal, id } = await family(
      async (ctx, input) => {
        await ctx.delegate("child");
        return end(ctx, input);
      },
      (ctx) => aborted(ctx),
    );
    const { payload } = await terminal(childId([await client.arrived("job.accepted", 2)]));
    expect(payload).toMatchObject({ code: "CANCELLED", final_status: "cancelled" });
    expect((await terminal(id)).payload["final_status"]).toBe(status);
  });

  it("DEL-15 comes with a cancel, for all at the same moment (G5)", async () => {
    const tried: string[] = [];
    const { client, id, terminal } = await family(
      async (ctx) => {
        await ctx.delegate("child", "middle", { lease: { "agent.delegate": ["child"] } });
        return aborted(ctx);
      },
      async (ctx, input) => {
        if (input === "middle") await ctx.delegate("child", "last");
        else ctx.log("info", "deep");
        return aborted(ctx).catch(async () => {
          tried.push(await refusal(ctx.authorize("tool.call", "search.x")));
          tried.push(await refusal(ctx.delegate("child")));
          return "fine";
        });
      },
    );
    await client.until(() => client.seen.some(({ payload }) => payload["kind"] === "log"));
    client.send("job.cancel", { job_id: id, reason: "enough" });
    const ended = client.seen
      .filter(({ type }) => type === "job.accepted")
      .map(({ job_id }) => job_id!);
    expect(ended).toHaveLength(3);
    for (const job of ended) {
      expect((await terminal(job)).payload).toMatchObject({ code: "CANCELLED" });
    }
    expect(tried).toEqual(Array.from({ length: 4 }, () => "CANCELLED"));
  });

  it("a child can be cancelled by its parent, and by the session", async () => {
    const { client, id, terminal } = await family(
      async (ctx) => {
        const [one, other] = [await ctx.delegate("child"), await ctx.delegate("child")];
        await one.cancel("not needed");
        await one.cancel();
        return [await refusal(one.result()), await refusal(other.result())];
      },
      (ctx) => aborted(ctx),
    );
    const second = (await client.arrived("job.accepted", 3)).job_id!;
    client.send("job.cancel", { job_id: second });
    expect((await terminal(id)).payload["result"]).toEqual(["CANCELLED", "CANCELLED"]);
  });
});

describe("a client that names a parent (DEL-16, DEL-17)", () => {
  async function asking(payload: object) {
    const { client, id, runtime, bodies } = await family(
      async (ctx) => {
        ctx.log("info", "ready");
        return aborted(ctx);
      },
      (ctx) => aborted(ctx),
    );
    await client.until(() => client.seen.some((frame) => frame.payload["kind"] === "log"));
    client.send("job.submit", { agent: "child", parent_job_id: id, ...payload });
    return { client, id, runtime, bodies };
  }

  it("gets a child of it, with what the parent may pass on", async () => {
    const { client, id, bodies } = await asking({ lease_request: { "tool.call": ["search.x"] } });
    const { payload, job_id } = await client.arrived("job.accepted", 2);
    expect(payload).toMatchObject({ parent_job_id: id, delegate_id: expect.any(String) });
    await client.until(() => bodies(id, "delegate").length === 1);
    expect(bodies(id, "delegate")).toMatchObject([{ child_job_id: job_id }]);
    client.send("session.list_jobs", {});
    const { jobs } = (await client.arrived("session.jobs")).payload as { jobs: object[] };
    // In the order of their ids, which within a millisecond is anybody's.
    expect(jobs).toContainEqual(expect.objectContaining({ job_id: id, parent_job_id: null }));
    expect(jobs).toContainEqual(expect.objectContaining({ job_id, parent_job_id: id }));
  });

  it.each<[string, object, string]>([
    ["more than that", { lease_request: { "tool.call": ["*"] } }, "LEASE_SUBSET_VIOLATION"],
    ["an agent that the parent may not name", { agent: "parent" }, "PERMISSION_DENIED"],
    ["a job that is not there", { parent_job_id: "job_none" }, "JOB_NOT_FOUND"],
  ])("is refused %s", async (_, payload, code) => {
    const { client } = await asking(payload);
    expect((await client.arrived("session.error")).payload["code"]).toBe(code);
  });

  it("is refused another principal's job as if there were none", async () => {
    const { id, runtime } = await asking({});
    const other = await rawClient(createOther(runtime), FEATURES);
    other.send("job.submit", { agent: "child", parent_job_id: id });
    expect((await other.arrived("session.error")).payload["code"]).toBe("JOB_NOT_FOUND");
  });

  /** The same runtime, at which this client is somebody else. */
  function createOther(runtime: ReturnType<typeof createRuntime>): typeof runtime {
    return { ...runtime, accept: (transport) => runtime.accept(transport, { principal: "other" }) };
  }
});

describe("a family whose process dies", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "arcp-delegation-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ["memory", memoryStore],
    ["sqlite", () => sqlite(join(folder, "arcp.db"))],
  ])("DEL-03 leaves no orphan, and no money set aside for one (%s)", async (_, store) => {
    const inner = store();
    const life = mortal(inner);
    const agents = (again: boolean) => [
      defineAgent({
        name: "parent",
        restartable: true,
        async run(_input, ctx) {
          const lease = { "cost.budget": ["USD:0.4"] };
          const made = await ctx.delegate("child", {}, { id: "one", lease });
          return again ? [await refusal(made.result()), ctx.budget, made.jobId] : aborted(ctx);
        },
      }),
      defineAgent({
        name: "child",
        async run(_input, ctx) {
          await spend(ctx, 0.1);
          return aborted(ctx);
        },
      }),
    ];
    const auth = bearer({ tok: "me" });
    const first = await rawClient(
      createRuntime({ agents: agents(false), auth, store: life.store }),
      FEATURES,
    );
    first.send("job.submit", { agent: "parent", lease_request: LEASE });
    await first.until(() =>
      first.seen.some(
        ({ payload }) =>
          payload["kind"] === "metric" && (payload["body"] as { value: number }).value === 0.3,
      ),
    );
    life.kill();
    const { session_id, resume_token } = (await first.arrived("session.welcome")).payload;
    const resume = { session_id, resume_token, last_event_seq: 0 };
    const second = createRuntime({ agents: agents(true), auth, store: inner });
    const again = await rawClient(second, FEATURES, { resume });
    const { payload } = await again.arrived("job.result");
    const child = first.seen.find((frame) => frame.payload["delegate_id"] === "one")!.job_id;
    expect(payload["result"]).toEqual(["INTERNAL_ERROR", { USD: 0.9 }, child]);
    await second.close();
  });
});

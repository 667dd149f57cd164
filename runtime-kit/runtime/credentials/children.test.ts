/** The credentials of a job that another one delegated. §9.8.2, §10 */
import { describe, expect, it } from "vitest";
import { testClock } from "../../testing/index.js";
import type { ArcpError } from "../../wire/errors.js";
import { bearer } from "../auth.js";
import type { AgentContext } from "../context.js";
import { createRuntime } from "../create.js";
import { defineAgent } from "../define.js";
import { aborted, rawClient } from "../raw-client.test-helper.js";
import { CANARY, disc, door, gateway } from "./gateway.test-helper.js";

const FEATURES = [
  ...["provisioned_credentials", "ack", "list_jobs"],
  ...["cost.budget", "model.use", "lease_expires_at"],
];
const LEASE = {
  "agent.delegate": ["child"],
  "cost.budget": ["USD:2"],
  "model.use": ["small", "large"],
};

function setUp(run: (ctx: AgentContext) => unknown) {
  const upstream = gateway();
  const clock = testClock();
  const child = defineAgent({
    name: "child",
    // It does not listen: it is ended when its grace is over.
    run: (input, ctx) => (input === "deaf" ? new Promise(() => {}) : aborted(ctx)),
  });
  const parent = defineAgent({ name: "parent", run: (_input, ctx) => run(ctx) });
  const runtime = createRuntime({
    agents: [parent, child],
    auth: bearer({ tok: "me" }),
    credentials: upstream,
    store: disc().next(),
    clock,
  });
  return { upstream, runtime, clock };
}

describe("the credentials of a child", () => {
  it("CRED-14 CRED-15 are asked for with no more than its own lease, and shown with its acceptance", async () => {
    const { upstream, runtime } = setUp(async (ctx) => {
      await ctx.metric("cost.inference", 0.5, "USD");
      await ctx.delegate("child", null, { lease: { "model.use": ["small"] } });
      await ctx.delegate("child", null, { lease: { "cost.budget": ["USD:1"] } });
      return aborted(ctx);
    });
    const client = await rawClient(runtime, FEATURES);
    await client.send("job.submit", {
      agent: "parent",
      lease_request: LEASE,
      lease_constraints: { expires_at: "2026-01-01T01:00:00Z" },
    });
    const ids = [1, 2, 3].map(
      async (count) => (await client.arrived("job.accepted", count)).job_id,
    );
    const [parentId, one, other] = await Promise.all(ids);
    const expiresAt = new Date("2026-01-01T01:00:00Z");
    expect(upstream.requests).toMatchObject([
      { jobId: parentId, parentJobId: undefined, budget: { USD: 2 }, expiresAt },
      // Without a budget of its own it spends its parent's.
      { jobId: one, parentJobId: parentId, budget: { USD: 1.5 }, models: ["small"], expiresAt },
      // CRED-20: both are held to what is left beside the next one.
      { jobId: parentId, budget: { USD: 0.5 } },
      { jobId: one, parentJobId: parentId, budget: { USD: 0.5 }, models: ["small"], expiresAt },
      { jobId: other, parentJobId: parentId, budget: { USD: 1 }, models: [], expiresAt },
    ]);
    // Of the three each has one, the newest.
    await expect.poll(() => upstream.live.size).toBe(3);
    const { payload } = client.seen.findLast(({ type }) => type === "job.accepted")!;
    expect((payload["credentials"] as [{ value: string }])[0].value).toBe(
      [...upstream.live].at(-1),
    );
  });

  it("CRED-15 are not asked for where the parent may not pass on so much, whoever asks", async () => {
    const codes: unknown[] = [];
    const { upstream, runtime } = setUp(async (ctx) => {
      const lease = { "model.use": ["**"] };
      await ctx.delegate("child", null, { lease }).catch((error) => codes.push(error.code));
      return aborted(ctx);
    });
    const client = await rawClient(runtime, FEATURES);
    await client.send("job.submit", { agent: "parent", lease_request: LEASE });
    const { job_id: parentId } = await client.arrived("job.accepted");
    await expect.poll(() => codes).toEqual(["LEASE_SUBSET_VIOLATION"]);
    const lease_request = { "cost.budget": ["USD:3"] };
    await client.send("job.submit", { agent: "child", parent_job_id: parentId, lease_request });
    const { payload } = await client.arrived("session.error");
    expect(payload["code"]).toBe("LEASE_SUBSET_VIOLATION");
    expect(upstream.requests).toHaveLength(1);
  });

  it("CRED-16 are revoked with the parent, however long the child takes to end", async () => {
    const { upstream, runtime } = setUp(async (ctx) => {
      await ctx.delegate("child", "deaf");
      return "done";
    });
    const client = await rawClient(runtime, FEATURES);
    await client.send("job.submit", { agent: "parent", lease_request: LEASE });
    const { job_id: parentId } = await client.arrived("job.accepted");
    await client.arrived("job.accepted", 2);
    await client.arrived("job.result");
    await expect.poll(() => upstream.live.size).toBe(0);
    // The child has its grace still.
    await client.send("session.list_jobs", {});
    const { payload } = await client.arrived("session.jobs");
    const running = (payload["jobs"] as Record<string, unknown>[]).filter(
      ({ status }) => status === "running",
    );
    expect(running).toMatchObject([{ parent_job_id: parentId }]);
  });

  it("are revoked where the parent was told to stop before they came", async () => {
    const { upstream, runtime } = setUp((ctx) => ctx.delegate("child", null));
    const client = await rawClient(runtime, FEATURES);
    const { opened, open } = door();
    upstream.issuing = ({ parentJobId }) => (parentJobId === undefined ? undefined : opened);
    await client.send("job.submit", { agent: "parent", lease_request: LEASE });
    const { job_id: jobId } = await client.arrived("job.accepted");
    await expect.poll(() => upstream.requests.length).toBe(2);
    await client.send("job.cancel", { job_id: jobId }, { job_id: jobId });
    await client.arrived("job.cancelled");
    open();
    await client.arrived("job.error");
    await expect.poll(() => upstream.revocations.length).toBe(2);
    expect(upstream.live.size).toBe(0);
    expect(client.seen.filter(({ type }) => type === "job.accepted")).toHaveLength(1);
  });

  it("CRED-25 are guarded until the child has ended, though they were revoked with the parent", async () => {
    let said = "";
    let parentOver = (): void => {};
    const over = new Promise<void>((resolve) => (parentOver = resolve));
    const upstream = gateway();
    const store = disc();
    const runtime = createRuntime({
      agents: [
        defineAgent({
          name: "child",
          async run(_input, ctx) {
            const { value } = ctx.credential();
            await over;
            const saying = async () => ctx.log("info", value);
            said = await saying().then(
              () => "stored",
              (error: ArcpError) => error.code,
            );
            throw new Error(`my key was ${value}`);
          },
        }),
        defineAgent({
          name: "parent",
          async run(_input, ctx) {
            await ctx.delegate("child");
          },
        }),
      ],
      auth: bearer({ tok: "me" }),
      credentials: upstream,
      store: store.next(),
    });
    const client = await rawClient(runtime, FEATURES);
    await client.send("job.submit", { agent: "parent", lease_request: LEASE });
    await client.arrived("job.result");
    await expect.poll(() => upstream.live.size).toBe(0);
    parentOver();
    await client.arrived("job.error");
    expect(said).toBe("INVALID_REQUEST");
    const { jobs, logs } = await store.inner.load();
    const entries = await Promise.all(logs.map(({ job }) => store.inner.readLog(job, 0, 100)));
    expect(JSON.stringify([jobs, entries])).not.toContain(CANARY);
  });

  it("CRED-25 of its parent do not become the reason of its cancel", async () => {
    const { runtime } = setUp(async (ctx) => {
      const made = await ctx.delegate("child");
      await made.cancel(`enough of ${ctx.credential().value}`);
    });
    const client = await rawClient(runtime, FEATURES);
    await client.send("job.submit", { agent: "parent", lease_request: LEASE });
    const { payload } = await client.arrived("job.error");
    expect(payload).toMatchObject({ code: "CANCELLED", message: "enough of (redacted)" });
  });

  it.each([
    ["its agent", true],
    ["a client", false],
  ])(
    "CRED-25 are not passed on by %s in a child's input, and nothing is left of the child",
    async (_, byAgent) => {
      const left: unknown[] = [];
      const lease = { "cost.budget": ["USD:1"] };
      const { upstream, runtime } = setUp(async (ctx) => {
        if (byAgent) {
          const input = { key: ctx.credential().value };
          await ctx.delegate("child", input, { lease }).catch((error) => left.push(error.code));
          left.push(ctx.budget);
        }
        await ctx.log("info", "ready");
        await new Promise<void>((resolve) => ctx.signal.addEventListener("abort", () => resolve()));
        left.push(ctx.budget);
      });
      const client = await rawClient(runtime, FEATURES);
      await client.send("job.submit", { agent: "parent", lease_request: LEASE });
      const { job_id: parent_job_id } = await client.arrived("job.accepted");
      await client.until(() => client.seen.some(({ payload }) => payload["kind"] === "log"));
      if (!byAgent) {
        const input = { key: [...upstream.live][0] };
        const asked = { agent: "child", parent_job_id, input, lease_request: lease };
        await client.send("job.submit", asked);
        const { payload } = await client.arrived("session.error");
        expect(payload["code"]).toBe("INVALID_REQUEST");
      }
      await expect.poll(() => upstream.live.size).toBe(1);
      expect(runtime.credentials.outstanding()).toMatchObject([{ jobId: parent_job_id }]);
      await client.send("job.cancel", { job_id: parent_job_id }, { job_id: parent_job_id });
      await client.arrived("job.error");
      const before = byAgent ? ["INVALID_REQUEST", { USD: 2 }] : [];
      expect(left).toEqual([...before, { USD: 2 }]);
      expect(client.seen.filter(({ type }) => type === "job.accepted")).toHaveLength(1);
    },
  );

  it("CRED-16 are not given again to a child whose parent ended before they came", async () => {
    const store = disc();
    const upstream = gateway();
    const next = (again: boolean) =>
      createRuntime({
        agents: [
          defineAgent({
            name: "child",
            restartable: true,
            async run(_input, ctx) {
              await ctx.log("info", "begun");
              return aborted(ctx);
            },
          }),
          defineAgent({
            name: "parent",
            restartable: true,
            async run(_input, ctx) {
              if (again) return "done";
              await ctx.delegate("child");
              return aborted(ctx);
            },
          }),
        ],
        auth: bearer({ tok: "me" }),
        credentials: upstream,
        store: store.next(),
      });
    const first = await rawClient(next(false), FEATURES);
    await first.send("job.submit", { agent: "parent", lease_request: LEASE });
    await first.arrived("job.event", 2);
    const { session_id, resume_token } = (await first.arrived("session.welcome")).payload;
    const { opened, open } = door();
    upstream.issuing = ({ parentJobId }) => (parentJobId === undefined ? undefined : opened);
    const resume = { session_id, resume_token, last_event_seq: 0 };
    const second = await rawClient(next(true), FEATURES, { resume });
    const { job_id: parentId } = await second.arrived("job.result");
    open();
    expect((await second.arrived("job.error")).payload["code"]).toBe("CANCELLED");
    const rotated = second.seen.filter(
      ({ payload }) => (payload["body"] as { phase?: string })?.phase === "credential_rotated",
    );
    expect(rotated.map(({ job_id }) => job_id)).toEqual([parentId]);
    await expect.poll(() => upstream.live.size).toBe(0);
  });

  it("may be asked for in vain, by a parent that does not wait", async () => {
    const { upstream, runtime } = setUp((ctx) => void ctx.delegate("child"));
    const { opened, open } = door();
    upstream.issuing = ({ parentJobId }) => (parentJobId === undefined ? undefined : opened);
    const client = await rawClient(runtime, FEATURES);
    await client.send("job.submit", { agent: "parent", lease_request: LEASE });
    await client.arrived("job.result");
    // A rejection that nobody handles would fail this run.
    open();
    await expect.poll(() => upstream.live.size).toBe(0);
  });
});

/** Where delegation meets what else there is: models, a shutdown, retention, other sessions. §10 */
import { describe, expect, it } from "vitest";
import type { SeenMessage } from "../testing/index.js";
import { ArcpError } from "../wire/errors.js";
import { bearer } from "./auth.js";
import type { AgentContext } from "./context.js";
import { createRuntime } from "./create.js";
import type { RuntimeOptions } from "./create.js";
import { disc } from "./credentials/gateway.test-helper.js";
import { defineAgent } from "./define.js";
import { aborted, rawClient } from "./raw-client.test-helper.js";

const FEATURES = ["cost.budget", "model.use", "list_jobs"];
const LEASE = { "agent.delegate": ["child"], "cost.budget": ["USD:1"] };

type Work = (ctx: AgentContext, input: unknown) => unknown;
type Client = Awaited<ReturnType<typeof rawClient>>;

function hosted(parent: Work, child: Work, options: Partial<RuntimeOptions> = {}) {
  return createRuntime({
    agents: [
      defineAgent({
        name: "parent",
        restartable: true,
        run: (input, ctx) => parent(ctx, input),
      }),
      defineAgent({ name: "child", run: (input, ctx) => child(ctx, input) }),
    ],
    auth: bearer({ tok: "me" }),
    ...options,
  });
}

const codeOf = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => "allowed",
    (error: unknown) => (ArcpError.is(error) ? error.code : String(error)),
  );

const endOf = async (client: Client, job: string): Promise<SeenMessage> => {
  const found = () =>
    client.seen.find(
      ({ type, job_id }) => job_id === job && (type === "job.result" || type === "job.error"),
    );
  await client.until(() => found() !== undefined);
  return found()!;
};

describe("a child", () => {
  it("SUBSET-09 that names no models has none of the registered ones that its parent has not", async () => {
    const runtime = hosted(
      async (ctx) => (await ctx.delegate("child")).result(),
      async (ctx) => {
        const use = async (name: string) => ctx.useModel(name);
        return [await codeOf(use("large")), await codeOf(use("small"))];
      },
      { models: { registered: ["small", "large"] } },
    );
    const client = await rawClient(runtime, FEATURES);
    const lease_request = { ...LEASE, "model.use": ["small"] };
    client.send("job.submit", { agent: "parent", lease_request });
    const { job_id } = await client.arrived("job.accepted");
    expect((await endOf(client, job_id!)).payload["result"]).toEqual([
      "PERMISSION_DENIED",
      "PERMISSION_DENIED",
    ]);
  });

  it("costs its parent nothing where it cannot be told of", async () => {
    const runtime = hosted(
      async (ctx) => {
        const lease = { "cost.budget": ["USD:0.4"] };
        // Its input fits a submit, and the event that would hold it does not fit a frame.
        const asked = ctx.delegate("child", "x".repeat(1024 * 1024), { lease });
        return [await codeOf(asked), ctx.budget];
      },
      () => "never",
    );
    const client = await rawClient(runtime, FEATURES);
    client.send("job.submit", { agent: "parent", lease_request: LEASE });
    const { job_id } = await client.arrived("job.accepted");
    expect((await endOf(client, job_id!)).payload["result"]).toEqual([
      "INVALID_REQUEST",
      { USD: 1 },
    ]);
  });

  it("DEL-17 G5 is refused to a client once its parent was told to stop", async () => {
    const runtime = hosted(
      () => new Promise(() => {}),
      (ctx) => aborted(ctx),
    );
    const client = await rawClient(runtime, FEATURES);
    client.send("job.submit", { agent: "parent", lease_request: LEASE });
    const { job_id: parent_job_id } = await client.arrived("job.accepted");
    client.send("job.cancel", { job_id: parent_job_id });
    await client.arrived("job.cancelled");
    client.send("job.submit", { agent: "child", parent_job_id });
    expect((await client.arrived("session.error")).payload["code"]).toBe("JOB_NOT_FOUND");
  });

  it("DEL-17 is refused to a client while its parent waits for a slot, and so would jump the queue", async () => {
    const runtime = hosted(
      (ctx) => aborted(ctx),
      (ctx) => aborted(ctx),
      { limits: { maxRunningJobs: 1 } },
    );
    const client = await rawClient(runtime, FEATURES);
    client.send("job.submit", { agent: "parent", lease_request: LEASE });
    client.send("job.submit", { agent: "parent", lease_request: LEASE });
    const { job_id: parent_job_id } = await client.arrived("job.accepted", 2);
    client.send("job.submit", { agent: "child", parent_job_id });
    expect((await client.arrived("session.error")).payload["code"]).toBe("JOB_NOT_FOUND");
  });

  it("DEL-02 is announced in the session of its parent, also where another one submitted it", async () => {
    const runtime = hosted(
      (ctx) => aborted(ctx),
      async (ctx) => {
        await ctx.log("info", "here");
        return aborted(ctx);
      },
      { cancelAuthority: "principal" },
    );
    const client = await rawClient(runtime, FEATURES);
    client.send("job.submit", { agent: "parent", lease_request: LEASE });
    const { job_id: parent_job_id } = await client.arrived("job.accepted");
    const other = await rawClient(runtime, FEATURES);
    other.send("job.submit", { agent: "child", parent_job_id });
    const { job_id } = await other.arrived("job.accepted");
    await client.until(() => client.seen.some(({ payload }) => payload["kind"] === "log"));
    const told = client.seen.filter((frame) => frame.job_id === job_id);
    expect(told.map(({ type }) => type)).toEqual(["job.accepted", "job.event"]);
    expect(told[0]!.payload).toMatchObject({ parent_job_id, delegate_id: expect.any(String) });
    expect(told[0]!.payload).not.toHaveProperty("request_id");
  });

  it("SEC-15 SUBSET-06 has no more time than its parent where a clock was set back", async () => {
    const at = { wall: Date.UTC(2026, 0), monotonic: 0 };
    // The runtime's own end of the job, a second later, is not to come before.
    const clock = { wall: () => at.wall, monotonic: () => at.monotonic, timer: () => () => {} };
    const codes: string[] = [];
    const expiresAt = "2026-01-01T01:00:00Z";
    const lease = { "tool.call": ["x"] };
    const runtime = hosted(
      async (ctx) => {
        at.wall -= 3_600_000;
        await (await ctx.delegate("child", {}, { lease, expiresAt })).result();
      },
      async (ctx) => {
        codes.push(await codeOf(ctx.authorize("tool.call", "x")));
        at.monotonic += 3_600_000;
        at.wall += 3_600_000;
        codes.push(await codeOf(ctx.authorize("tool.call", "x")));
      },
      { clock },
    );
    const client = await rawClient(runtime, [...FEATURES, "lease_expires_at"]);
    client.send("job.submit", {
      agent: "parent",
      lease_request: { ...LEASE, ...lease },
      lease_constraints: { expires_at: expiresAt },
    });
    await client.arrived("job.error");
    expect(codes).toEqual(["allowed", "LEASE_EXPIRED"]);
  });

  it("DEL-21 has the place of one that has ended, also in the next process", async () => {
    const store = disc();
    const codes: string[] = [];
    const work: Work = async (ctx) => {
      codes.push(await codeOf(ctx.delegate("child", "quick").then((made) => made.result())));
      codes.push(await codeOf(ctx.delegate("child", "slow")), await codeOf(ctx.delegate("child")));
      await ctx.log("info", "asked");
      return aborted(ctx);
    };
    const child: Work = (ctx, input) => (input === "quick" ? "done" : aborted(ctx));
    for (const life of [1, 2]) {
      const limits = { maxChildrenPerJob: 1 };
      const runtime = hosted(work, child, { store: store.next(), limits });
      await runtime.ready;
      const client = await rawClient(runtime, FEATURES);
      if (life === 1) client.send("job.submit", { agent: "parent", lease_request: LEASE });
      await expect.poll(() => codes.length).toBe(3 * life);
    }
    const each = ["allowed", "allowed", "INTERNAL_ERROR"];
    expect(codes).toEqual([...each, ...each]);
  });

  it("DEL-14 settles with a parent that waits for the next process", async () => {
    const store = disc();
    const work: Work = async (ctx) => {
      const lease = { "cost.budget": ["USD:0.4"] };
      const made = await ctx.delegate("child", {}, { id: "one", lease });
      return [await codeOf(made.result()), ctx.budget];
    };
    const spend: Work = async (ctx) => {
      await ctx.metric("cost.x", 0.1, "USD");
      return aborted(ctx);
    };
    const first = hosted(work, spend, { store: store.next() });
    const client = await rawClient(first, FEATURES);
    client.send("job.submit", { agent: "parent", lease_request: LEASE });
    const { job_id } = await client.arrived("job.accepted");
    const spent = ({ payload }: SeenMessage) =>
      (payload["body"] as { value?: number } | undefined)?.value === 0.3;
    await client.until(() => client.seen.some(spent));
    await first.close();
    const { session_id, resume_token } = (await client.arrived("session.welcome")).payload;
    const resume = { session_id, resume_token, last_event_seq: 0 };
    const second = hosted(work, spend, { store: store.next() });
    const again = await rawClient(second, FEATURES, { resume });
    expect((await endOf(again, job_id!)).payload["result"]).toEqual([
      "INTERNAL_ERROR",
      { USD: 0.9 },
    ]);
    await second.close();
  });

  it("DEL-14 is settled with whoever is above, though its parent would have been forgotten", async () => {
    let lastOne: AgentContext | undefined;
    let fall = (): void => {};
    const runtime = hosted(
      async (ctx) => {
        const lease = { "agent.delegate": ["child"], "cost.budget": ["USD:0.8"] };
        await (await ctx.delegate("child", "middle", { lease })).result();
        // Others end, until the middle one would be forgotten.
        for (let n = 0; n < 3; n++) await (await ctx.delegate("child", "quick")).result();
        fall();
        while (ctx.budget!["USD"] !== 0.9) {
          await new Promise<void>((resolve) => setTimeout(resolve, 5));
        }
        return ctx.budget;
      },
      async (ctx, input) => {
        if (input === "quick") return;
        if (input === "middle") {
          await ctx.delegate("child", "last", { lease: { "cost.budget": ["USD:0.5"] } });
          return;
        }
        lastOne = ctx;
        await new Promise<void>((resolve) => (fall = resolve));
        await lastOne.metric("cost.x", 0.1, "USD");
      },
      { limits: { maxFinishedJobs: 1 } },
    );
    const client = await rawClient(runtime, FEATURES);
    client.send("job.submit", { agent: "parent", lease_request: LEASE });
    const { job_id } = await client.arrived("job.accepted");
    expect((await endOf(client, job_id!)).payload["result"]).toEqual({ USD: 0.9 });
  });
});

describe("a job that waits for the next process", () => {
  it("CANCEL-07 is not said to be cancelled, since that is taken down nowhere", async () => {
    const runtime = hosted(
      () => new Promise(() => {}),
      () => "never",
      { store: disc().next(), limits: { maxRunningJobs: 1 } },
    );
    const client = await rawClient(runtime, FEATURES);
    client.send("job.submit", { agent: "parent" });
    client.send("job.submit", { agent: "parent" });
    const { job_id } = await client.arrived("job.accepted", 2);
    const closed = runtime.close({ drainMs: 300 });
    client.send("job.cancel", { job_id });
    const { payload } = await client.arrived("session.error");
    expect(payload).toMatchObject({ code: "INTERNAL_ERROR", retryable: true });
    expect(client.seen.map(({ type }) => type)).not.toContain("job.cancelled");
    await closed;
  });
});

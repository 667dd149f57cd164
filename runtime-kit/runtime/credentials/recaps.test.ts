/** What the keys of a family may spend together, at an upstream that counts each by itself. §9.8.3 (CRED-20) */
import { describe, expect, it } from "vitest";
import { testClock } from "../../testing/index.js";
import { ArcpError } from "../../wire/errors.js";
import { bearer } from "../auth.js";
import type { AgentContext, DelegatedJob } from "../context.js";
import { createRuntime } from "../create.js";
import { defineAgent } from "../define.js";
import { aborted, rawClient } from "../raw-client.test-helper.js";
import { disc, door, gateway } from "./gateway.test-helper.js";

const FEATURES = ["provisioned_credentials", "cost.budget"];
const LEASE = { "agent.delegate": ["child", "parent"], "cost.budget": ["USD:2"] };
const usd = (amount: string) => ({ lease: { "cost.budget": [`USD:${amount}`] } });

function setUp(run: (ctx: AgentContext, input: unknown) => unknown) {
  const clock = testClock();
  const upstream = gateway();
  /** What the upstream lets each key spend that is good now. */
  const caps = new Map<string, number | undefined>();
  upstream.issued = ({ handle }) => {
    const { grantId, budget } = upstream.requests.findLast(
      (one) => one.grantId === (handle as { alias: string }).alias,
    )!;
    caps.set(grantId, budget?.["USD"]);
  };
  const { revoke } = upstream;
  upstream.revoke = async (grant, signal) => {
    await revoke(grant, signal);
    caps.delete(grant.id);
  };
  const together = () => [...caps.values()].reduce<number>((all, cap) => all + (cap ?? 0), 0);
  const store = disc();
  const start = (again: typeof run) =>
    createRuntime({
      agents: [
        defineAgent({
          name: "parent",
          restartable: true,
          run: (input, ctx) => again(ctx, input),
        }),
        defineAgent({
          name: "child",
          restartable: true,
          async run(cost, ctx) {
            if (typeof cost !== "number") return aborted(ctx);
            await ctx.metric("cost.inference", cost, "USD");
            return cost;
          },
        }),
      ],
      auth: bearer({ tok: "me" }),
      credentials: upstream,
      store: store.next(),
      clock,
    });
  return { clock, upstream, caps, together, runtime: start(run), start };
}

async function submitted(runtime: ReturnType<typeof setUp>["runtime"]) {
  const client = await rawClient(runtime, FEATURES);
  await client.send("job.submit", { agent: "parent", lease_request: LEASE });
  const { job_id } = await client.arrived("job.accepted");
  return { client, jobId: job_id! };
}

const budgets = ({ requests }: ReturnType<typeof gateway>) =>
  requests.map(({ budget }) => budget?.["USD"]);

describe("a child with a budget of its own", () => {
  it("CRED-20 gets its key once its parent's cannot spend that any more, which comes back with its end", async () => {
    let child: DelegatedJob | undefined;
    const { opened, open } = door();
    const bench = setUp(async (ctx) => {
      child = await ctx.delegate("child", null, usd("1.25"));
      await opened;
      await child.cancel();
      return aborted(ctx);
    });
    const { upstream, caps, together, clock } = bench;
    let atChild: number | undefined;
    upstream.issuing = ({ parentJobId }) => {
      if (parentJobId === undefined) return;
      atChild = upstream.requests.findLast((one) => one.parentJobId === undefined)?.budget?.["USD"];
    };
    const { jobId } = await submitted(bench.runtime);
    await expect.poll(() => child).toBeDefined();
    expect(budgets(upstream)).toEqual([2, 0.75, 1.25]);
    expect(atChild).toBe(0.75);
    await expect.poll(() => caps.size).toBe(2);
    expect(together()).toBe(2);
    open();
    await expect.poll(() => caps.size).toBe(1);
    await clock.advance(1_000);
    await expect.poll(() => budgets(upstream)).toEqual([2, 0.75, 1.25, 2]);
    await expect.poll(() => [...caps.values()]).toEqual([2]);
    expect(upstream.requests.at(-1)).toMatchObject({ jobId });
  });

  it("CRED-20 is one of several that are asked for at once, and each takes its part from the rest", async () => {
    const bench = setUp(async (ctx) => {
      await Promise.all(
        ["0.5", "0.25", "0.75"].map((one) => ctx.delegate("child", null, usd(one))),
      );
      await ctx.log("info", "all");
      return aborted(ctx);
    });
    const { client } = await submitted(bench.runtime);
    await client.until(() => client.seen.some(({ payload }) => payload["kind"] === "log"));
    await expect.poll(() => bench.caps.size).toBe(4);
    expect([...bench.caps.values()].toSorted()).toEqual([0.25, 0.5, 0.5, 0.75]);
  });

  it("gives back what its parent's key could not spend where it is refused", async () => {
    const codes: unknown[] = [];
    const bench = setUp(async (ctx) => {
      await ctx.delegate("child", null, usd("1")).catch((error) => codes.push(error.code));
      return aborted(ctx);
    });
    const { upstream, caps, clock } = bench;
    upstream.issuing = ({ parentJobId }) => {
      if (parentJobId !== undefined) throw new ArcpError("BUDGET_EXHAUSTED", "no more keys");
    };
    await submitted(bench.runtime);
    await expect.poll(() => codes).toEqual(["BUDGET_EXHAUSTED"]);
    await clock.advance(1_000);
    await expect.poll(() => [...caps.values()]).toEqual([2]);
    expect(budgets(upstream)).toEqual([2, 1, 1, 2]);
  });

  it("CRED-20 is refused where its parent's key cannot be changed", async () => {
    const codes: unknown[] = [];
    const bench = setUp(async (ctx) => {
      await ctx.delegate("child", null, usd("1")).catch((error) => codes.push(error.code));
      codes.push(ctx.budget);
      return aborted(ctx);
    });
    bench.upstream.issuing = ({ replaces }) => {
      if (replaces !== undefined) throw new Error("the upstream is down");
    };
    await submitted(bench.runtime);
    await expect.poll(() => codes).toEqual(["INTERNAL_ERROR", { USD: 2 }]);
    expect(bench.upstream.requests.every(({ parentJobId }) => parentJobId === undefined)).toBe(
      true,
    );
  });

  it.each(["a client", "an agent below"])("CRED-20 is asked for by %s as well", async (who) => {
    const bench = setUp(async (ctx, input) => {
      // The one between has no counter, and so spends what is above it.
      if (input !== "below" && who === "an agent below")
        await ctx.delegate("parent", "below", {
          lease: { "agent.delegate": ["child"] },
        });
      if (input === "below") await ctx.delegate("child", null, usd("1.5"));
      return aborted(ctx);
    });
    const { client, jobId } = await submitted(bench.runtime);
    if (who === "a client") {
      const lease_request = usd("1.5").lease;
      await client.send("job.submit", { agent: "child", parent_job_id: jobId, lease_request });
      await client.arrived("job.accepted", 2);
      await expect.poll(() => [...bench.caps.values()]).toEqual([0.5, 1.5]);
    } else {
      await client.arrived("job.accepted", 3);
      await expect.poll(() => [...bench.caps.values()].toSorted()).toEqual([0.5, 0.5, 1.5]);
    }
  });

  it("CRED-20 and its parent have what the counters say after a restart", async () => {
    const bench = setUp(async (ctx) => {
      await ctx.delegate("child", null, { ...usd("1"), id: "one" });
      await ctx.log("info", "made");
      return aborted(ctx);
    });
    const { client } = await submitted(bench.runtime);
    await client.until(() => client.seen.some(({ payload }) => payload["kind"] === "log"));
    const asked = bench.upstream.requests.length;
    await bench.start((ctx) => aborted(ctx)).ready;
    await expect.poll(() => budgets(bench.upstream).slice(asked).toSorted()).toEqual([1, 1]);
    await expect.poll(() => [...bench.caps.values()]).toEqual([1, 1]);
  });
});

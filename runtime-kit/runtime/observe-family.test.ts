/** §6.6, §7.6 (W-20): who may see a child is not told of a parent that it may not see. */
import { describe, expect, it } from "vitest";
import { bearer } from "./auth.js";
import { createRuntime } from "./create.js";
import { defineAgent } from "./define.js";
import type { Policy } from "./policy.js";
import { aborted, rawClient } from "./raw-client.test-helper.js";

const FEATURES = ["subscribe", "list_jobs"];
const LEASE = { "agent.delegate": ["child"] };

/** A family of two, and what two principals are told of the child. */
async function told(observe: Policy["observe"], token: string) {
  const runtime = createRuntime({
    agents: [
      defineAgent({ name: "child", run: (_input, ctx) => aborted(ctx) }),
      defineAgent({
        name: "parent",
        async run(_input, ctx) {
          await ctx.delegate("child");
          return aborted(ctx);
        },
      }),
    ],
    auth: bearer({ tok: "me", theirs: "a colleague" }),
    ...(observe === undefined ? {} : { policy: { observe } }),
  });
  const owner = await rawClient(runtime, FEATURES);
  await owner.send("job.submit", { agent: "parent", lease_request: LEASE });
  const { job_id: child, payload } = await owner.arrived("job.accepted", 2);
  const looker = await rawClient(runtime, FEATURES, { token });
  await looker.send("job.subscribe", { job_id: child }, { job_id: child });
  const subscribed = await looker.arrived("job.subscribed");
  await looker.send("session.list_jobs");
  const { jobs } = (await looker.arrived("session.jobs")).payload;
  const rows = jobs as { readonly job_id: string; readonly parent_job_id: string | null }[];
  const row = rows.find(({ job_id }) => job_id === child);
  const seen = JSON.stringify(looker.seen);
  await runtime.close({ drainMs: 0 });
  const parent = payload["parent_job_id"] as string;
  const parents = [subscribed.payload["parent_job_id"], row?.parent_job_id];
  return { parent, parents, hears: seen.includes(parent) };
}

const childOnly = (said: "allow" | "deny" | "hide"): Policy["observe"] => {
  return ({ job }) => (job.agent.startsWith("child") ? "allow" : said);
};
const later = (observe: Policy["observe"]): Policy["observe"] => {
  return async (ask) => observe!(ask);
};

describe("the parent of a job that may be seen", () => {
  it.each([
    ["hidden", childOnly("hide")],
    ["hidden, after a while", later(childOnly("hide"))],
    ["denied", childOnly("deny")],
  ])("LIST-06 W-20 is not told where it is %s", async (_, observe) => {
    const { parents, hears } = await told(observe, "theirs");
    expect(parents).toEqual([null, null]);
    expect(hears).toBe(false);
  });

  it.each([
    ["at once", childOnly("allow")],
    ["after a while", later(childOnly("allow"))],
  ])("is told where it may be seen as well, %s", async (_, observe) => {
    const { parent, parents } = await told(observe, "theirs");
    expect(parents).toEqual([parent, parent]);
  });

  it("is told to the principal of both, whatever is said of others", async () => {
    for (const observe of [undefined, childOnly("hide"), later(childOnly("hide"))]) {
      const { parent, parents } = await told(observe, "tok");
      expect(parents).toEqual([parent, parent]);
    }
  });
});

describe("the parents of a page", () => {
  /** Families of one parent, and a list of them for somebody who may see the children; whom the policy was asked about. */
  async function listed(families: number, children: number) {
    const asked: string[] = [];
    let open = 0;
    let most = 0;
    const observe: Policy["observe"] = async ({ job }) => {
      asked.push(job.id);
      most = Math.max(most, (open += 1));
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      return job.agent.startsWith("child") ? "allow" : "hide";
    };
    const runtime = createRuntime({
      agents: [
        defineAgent({ name: "child", run: () => 1 }),
        defineAgent({
          name: "parent",
          async run(_input, ctx) {
            for (let n = 0; n < children; n++) await (await ctx.delegate("child")).result();
          },
        }),
      ],
      auth: bearer({ tok: "me", theirs: "a colleague" }),
      policy: { observe },
    });
    const owner = await rawClient(runtime, FEATURES);
    for (let n = 1; n <= families; n++) {
      await owner.send("job.submit", { agent: "parent", lease_request: LEASE });
      await owner.arrived("job.result", n * (children + 1));
    }
    const looker = await rawClient(runtime, FEATURES, { token: "theirs" });
    // The parents are not among what is wanted, and asked about as parents alone.
    await looker.send("session.list_jobs", { limit: 1_000, filter: { agent: "child" } });
    const { jobs } = (await looker.arrived("session.jobs")).payload;
    await runtime.close({ drainMs: 0 });
    return { rows: (jobs as unknown[]).length, asked, most };
  }

  it("LIST-06 is asked about once for each, however many children it has on it", async () => {
    const { rows, asked } = await listed(1, 5);
    expect(rows).toBe(5);
    expect(asked).toHaveLength(6);
    expect(new Set(asked).size).toBe(6);
  });

  it("LIST-06 is asked about so many at once, and no more", async () => {
    const { rows, asked, most } = await listed(70, 1);
    expect(rows).toBe(70);
    expect(new Set(asked).size).toBe(asked.length);
    expect(most).toBeLessThanOrEqual(64);
  });
});

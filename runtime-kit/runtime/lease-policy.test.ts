/** What an operator's policy may make of a lease, and what it may not. §9.4, SUB-04, SUB-05 */
import { describe, expect, it } from "vitest";
import { testAgent } from "../testing/index.js";
import type { TestAgentOptions } from "../testing/index.js";
import { capBudget } from "../leases/cap-budget.js";
import { ArcpError } from "../wire/errors.js";
import type { AgentContext } from "./context.js";
import { defineAgent } from "./define.js";
import type { LeaseAsk, Narrowed, Policy } from "./policy.js";
import { agentOf, rawClient } from "./raw-client.test-helper.js";

const START = Date.UTC(2026, 0);
const at = (ms: number) => new Date(START + ms).toISOString();

type Answer = Narrowed | ArcpError | undefined;

/** What a job is given of what it asks for. */
async function given(answer: unknown, options: TestAgentOptions = {}) {
  const job = await testAgent(
    agentOf((_input, ctx: AgentContext) => ({
      lease: ctx.lease,
      expires: ctx.expiresAt,
      budget: ctx.budget,
    })),
    undefined,
    { lease: LEASE, ...options, policy: { lease: () => answer as Answer } },
  );
  return job.result() as Promise<{ lease: unknown; expires: unknown; budget: unknown }>;
}

/** What the log says of a policy that was not followed; its caller is told nothing of it. */
async function refusal(answer: unknown): Promise<string> {
  const logged: { readonly error?: string }[] = [];
  const note = (fields: object) => void logged.push(fields);
  const logger = { error: note, warn: note, info: () => {}, debug: () => {} } as never;
  const refused = given(answer, { expiresAt: at(60_000), logger });
  await expect(refused, JSON.stringify(answer)).rejects.toMatchObject({
    code: "INTERNAL_ERROR",
    reason: "the policy of this runtime failed",
    retryable: false,
  });
  expect(logged).toHaveLength(1);
  return logged[0]?.error ?? "";
}

const LEASE = {
  "fs.read": ["/a/**", "/b"],
  "tool.call": ["search"],
  "cost.budget": ["USD:5", "EUR:1"],
  "model.use": ["tier-fast/*"],
};
const without = (namespace: keyof typeof LEASE) =>
  Object.fromEntries(Object.entries(LEASE).filter(([name]) => name !== namespace));

describe("a policy of leases", () => {
  it("is told who asks for what", async () => {
    const asks: LeaseAsk[] = [];
    const job = await testAgent(
      agentOf((_input, ctx) => ctx.lease),
      undefined,
      {
        lease: LEASE,
        expiresAt: at(60_000),
        policy: {
          lease(ask) {
            asks.push(ask);
            return undefined;
          },
        },
      },
    );
    expect(await job.result()).toEqual(LEASE);
    expect(asks).toEqual([
      {
        identity: { principal: "tester", scopes: [] },
        agent: "a@1.0.0",
        lease: LEASE,
        constraints: { expires_at: at(60_000) },
      },
    ]);
  });

  it("that changes what it was told, rather than answer, refuses", async () => {
    const changes: ((ask: LeaseAsk) => unknown)[] = [
      ({ lease }) => void delete (lease as Record<string, unknown>)["fs.read"],
      ({ lease }) => void Object.assign(lease, { "fs.read": [] }),
      ({ lease }) => void (lease["fs.read"] as string[]).pop(),
      ({ constraints }) => void Object.assign(constraints, { expires_at: at(1_000) }),
      ({ identity }) => void (identity.scopes as string[]).push("robot"),
      ({ identity }) => void Object.assign(identity, { principal: "root" }),
      (ask) => void Object.assign(ask, { lease: {} }),
    ];
    for (const change of changes) {
      const run = testAgent(
        agentOf(() => 1),
        null,
        { lease: LEASE, policy: { lease: change as NonNullable<Policy["lease"]> } },
      );
      await expect(run, String(change)).rejects.toMatchObject({ code: "INTERNAL_ERROR" });
    }
  });

  it("SUB-04 may give less: patterns, namespaces, money, time", async () => {
    const money = { "cost.budget": ["USD:1", "EUR:1"] };
    const lease = { "fs.read": ["/a/b/*.ts"], "tool.call": [], ...money, "model.use": [] };
    const constraints = { expires_at: at(1_000) };
    expect(await given({ lease, constraints }, { expiresAt: at(60_000) })).toMatchObject({
      lease,
      expires: at(1_000),
      budget: { USD: 1, EUR: 1 },
    });
  });

  it("may bound what was asked for without bounds", async () => {
    const lease = { "tool.call": ["search"], "cost.budget": ["USD:1"] };
    const options = { lease: { "tool.call": ["search"] } };
    expect(await given({ lease, constraints: { expires_at: at(1_000) } }, options)).toMatchObject({
      lease,
      expires: at(1_000),
      budget: { USD: 1 },
    });
  });

  it("what it does not speak of stands; to leave out model.use gives no models", async () => {
    const all = { lease: LEASE, expires: at(60_000), budget: { USD: 5, EUR: 1 } };
    const options = { expiresAt: at(60_000), models: { registered: ["**"] } };
    for (const answer of [undefined, { lease: LEASE }, { constraints: {} }]) {
      expect(await given(answer, options)).toMatchObject(all);
    }
    const { lease } = await given({ lease: without("model.use") }, options);
    expect(lease).toMatchObject({ "model.use": [] });
  });

  it("SUB-05 is held to what was asked for, and refuses the job where it gives more", async () => {
    const tooMuch: [answer: unknown, why: string][] = [
      [
        { lease: { ...LEASE, "fs.read": ["/**"] } },
        'policy.lease gave more than was asked for: no pattern of the lease that was asked for covers fs.read "/**"',
      ],
      [
        { lease: { ...LEASE, "net.fetch": ["https://example.com/"] } },
        "the lease that was asked for grants no net.fetch",
      ],
      [
        { lease: { ...LEASE, "cost.budget": ["USD:5.01", "EUR:1"] } },
        "cost.budget in USD has 5.01, and was asked to have 5",
      ],
      [{ lease: { ...LEASE, "cost.budget": ["USD:3", "USD:3", "EUR:1"] } }, "in USD has 6"],
      [{ lease: { ...LEASE, "cost.budget": ["USD:5"] } }, "cost.budget in EUR has no limit"],
      [{ lease: without("cost.budget") }, "cost.budget in USD has no limit"],
      [{ constraints: { expires_at: at(60_001) } }, "expires_at is later than was asked for"],
      [{ constraints: { expires_at: "tomorrow" } }, "policy.lease gave constraints: "],
      [{ constraints: { expires_at: at(-1) } }, "policy.lease gave constraints: "],
      [{ lease: { ...LEASE, "fs.read": ["/a**"] } }, "a lease that is none: fs.read: "],
      [{ lease: { "fs.red": [] } }, "a lease that is none: this runtime does not serve the names"],
      [{ lease: "all" }, "a lease that is none: a lease is an object"],
    ];
    for (const [answer, why] of tooMuch) expect(await refusal(answer)).toContain(why);
  });

  it("BUD-18 cannot take a budget away by a list without amounts", async () => {
    const why = "policy.lease gave a lease that is none: cost.budget takes at least one amount";
    expect(await refusal({ lease: { ...LEASE, "cost.budget": [] } })).toContain(why);
    const asked = given(undefined, { lease: { "cost.budget": [] } });
    await expect(asked).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      details: { path: "/payload/lease_request/cost.budget" },
    });
  });

  it.each([
    [undefined, { USD: 1 }],
    [["USD:0.5", "USD:99"], { USD: 1 }],
    [["EUR:1000"], { EUR: 1000, USD: 1 }],
    [["USD:0.5"], { USD: 0.5 }],
  ])("that caps budgets gives of %j no more, and children work below it", async (asked, budget) => {
    const policy: Policy = { lease: (ask) => ({ lease: capBudget(ask, ["USD:1.00"]) }) };
    const child = defineAgent({ name: "child", run: (_input, ctx) => ctx.budget });
    const parent = agentOf(async (_input, ctx) => {
      const spends = await (await ctx.delegate("child")).result();
      const lease = { "cost.budget": ["USD:0.25"] };
      const own = await (await ctx.delegate("child", null, { lease })).result();
      return { budget: ctx.budget, spends, own };
    });
    const client = await rawClient({ agents: [parent, child], policy }, ["cost.budget"]);
    const lease_request = { "agent.delegate": ["*"], ...(asked && { "cost.budget": asked }) };
    client.send("job.submit", { agent: "a", lease_request });
    const { payload } = await client.arrived("job.result", 3);
    expect(payload["result"]).toEqual({ budget, spends: budget, own: { ...budget, USD: 0.25 } });
  });

  it("whose answer cannot be read for sure refuses the job, and says in the log what is wrong with it", async () => {
    const end = "the end of a lease is { constraints: { expires_at } }, a text";
    const unread: [answer: unknown, why: string][] = [
      [{}, "policy.lease gave an object without lease or constraints; it gives undefined to let"],
      [LEASE, 'policy.lease gave an object with "fs.read"; it gives undefined to let'],
      [{ leese: LEASE }, 'gave an object with "leese"'],
      [{ lease: undefined }, "gave a lease of undefined"],
      [{ lease: null }, "a lease that is none: a lease is an object"],
      [{ lease: LEASE, expiresAt: new Date() }, `with "expiresAt"; ${end}`],
      [{ lease: LEASE, constraints: { expiresAt: new Date() } }, `with "expiresAt"; ${end}`],
      [{ lease: LEASE, constraints: { expire: at(1) } }, `constraints with "expire"; ${end}`],
      [{ constraints: { expires_at: undefined } }, `with "expires_at", undefined; ${end}`],
      [{ constraints: { expires_at: new Date() } }, `with "expires_at", an object; ${end}`],
      [{ constraints: new Date() }, `gave constraints that are no object; ${end}`],
      [{ lease: LEASE, constraints: undefined }, "gave constraints that are no object"],
      [new Date(), "gave an object without lease or constraints"],
      [null, "policy.lease gave null; it gives"],
      [true, "policy.lease gave a boolean"],
      ["fine", "policy.lease gave a string"],
      [[], "policy.lease gave an array"],
    ];
    for (const [answer, why] of unread) expect(await refusal(answer)).toContain(why);
  });

  it("may refuse, by returning an error or by throwing one", async () => {
    const error = new ArcpError("PERMISSION_DENIED", "not on a Sunday", { details: { day: 7 } });
    for (const policy of [{ lease: () => error }, { lease: () => Promise.reject(error) }]) {
      const refused = testAgent(
        agentOf(() => 1),
        null,
        { policy },
      );
      await expect(refused).rejects.toMatchObject({
        code: "PERMISSION_DENIED",
        reason: "not on a Sunday",
        details: { day: 7 },
      });
    }
  });

  it("that fails refuses, may be tried again, and tells nobody why but the log", async () => {
    const logged: unknown[] = [];
    const note = (fields: object) => void logged.push(fields);
    const logger = { error: note, warn: note, info: () => {}, debug: () => {} } as never;
    for (const thrown of [
      new Error("db at 10.0.0.1 is down"),
      new ArcpError("EHOUSE" as "TIMEOUT", "10.0.0.1"),
    ]) {
      const policy = { lease: () => Promise.reject(thrown) };
      const refused = testAgent(
        agentOf(() => 1),
        null,
        { policy, logger },
      ).catch((error: unknown) => error);
      expect(String(await refused)).toBe(
        "ArcpError: [INTERNAL_ERROR] the policy of this runtime failed",
      );
    }
    expect(JSON.stringify(logged)).toContain("db at 10.0.0.1 is down");
  });

  it("IDEM-04 a key is compared by what was asked for, and asks no policy twice", async () => {
    let asked = 0;
    const client = await rawClient(
      {
        agents: [agentOf(() => 1)],
        policy: { lease: () => ((asked += 1), { lease: { "tool.call": ["a"] } }) },
      },
      [],
    );
    const lease_request = { "tool.call": ["a", "b"] };
    const payload = { agent: "a", idempotency_key: "k", lease_request };
    client.send("job.submit", payload);
    client.send("job.submit", payload);
    client.send("job.submit", { ...payload, lease_request: { "tool.call": ["a"] } });
    const again = await client.arrived("job.accepted", 2);
    expect(again.payload["lease"]).toEqual({ "tool.call": ["a"] });
    expect((await client.arrived("session.error")).payload["code"]).toBe("DUPLICATE_KEY");
    expect(asked).toBe(1);
  });
});

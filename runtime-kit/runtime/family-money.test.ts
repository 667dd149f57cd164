/** What a family spends together, whatever its members do and in whatever order they end. §9.6, §10 */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { createRuntime, defineAgent } from "../node.js";
import { ArcpError } from "../wire/errors.js";
import type { AgentContext, DelegatedJob } from "./context.js";

/** What one job does; amounts are cents. */
interface Plan {
  /** Set aside for it; without one it spends what its parent has. */
  readonly budget: number | undefined;
  readonly steps: readonly Step[];
}

type Step =
  | { readonly cost: number; readonly late: boolean }
  | { readonly child: Plan; readonly then: "wait" | "cancel" | "go on" };

/** `ARCP_RUNS=10000 npx vitest run runtime-kit/runtime/family-money.test.ts` tries as many schedules. */
const RUNS = Number(process.env["ARCP_RUNS"] ?? 200);

const GRANTED = 1000;
const dollars = (cents: number): string => (cents / 100).toFixed(2);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const cost = fc.record({ cost: fc.integer({ min: 0, max: 250 }), late: fc.boolean() });
const { plan } = fc.letrec<{ plan: Plan; step: Step }>((tie) => ({
  plan: fc.record({
    budget: fc.option(fc.integer({ min: 0, max: 600 }), { nil: undefined }),
    steps: fc.array(tie("step"), { maxLength: 6 }),
  }),
  step: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    cost,
    fc.record({
      child: tie("plan"),
      then: fc.constantFrom("wait" as const, "cancel" as const, "go on" as const),
    }),
  ),
}));

/** Runs a family, and tells what its members spent: all of it, and the last cost of each. */
function family() {
  const children: DelegatedJob[] = [];
  const spent = { total: 0, last: new Map<string, number>() };

  async function perform({ steps }: Plan, ctx: AgentContext): Promise<void> {
    for (const step of steps) {
      if ("child" in step) await hand(step, ctx);
      else await pay(step, ctx);
    }
  }

  async function hand({ child, then }: Extract<Step, { child: Plan }>, ctx: AgentContext) {
    const { budget } = child;
    const money = budget === undefined ? {} : { "cost.budget": [`USD:${dollars(budget)}`] };
    const lease = { "agent.delegate": ["member"], "tool.call": ["pay"], ...money };
    const made = await ctx.delegate("member", child, { lease });
    children.push(made);
    if (then === "wait") await made.result().catch(() => undefined);
    if (then === "cancel") await made.cancel();
  }

  /** Asks before it pays, as agents do; what was allowed may take its time. */
  async function pay({ cost, late }: Extract<Step, { cost: number }>, ctx: AgentContext) {
    await ctx.authorize("tool.call", "pay");
    if (late) await turn();
    await ctx.metric("cost.x", Number(dollars(cost)), "USD");
    spent.total += cost;
    spent.last.set(ctx.jobId, cost);
  }

  const member = defineAgent<Plan>({ name: "member", run: perform });
  const first = defineAgent<Plan>({
    name: "first",
    async run(input, ctx) {
      await perform(input, ctx).catch((error: unknown) => {
        if (!ArcpError.is(error)) throw error;
      });
      for (let heard = 0; heard < children.length; heard++) {
        await children[heard]!.result().catch(() => undefined);
      }
      return ctx.budget;
    },
  });
  return { agents: [member, first], spent };
}

it("is what it was granted, but for the last cost of each; and what is left is the rest, to the cent (DEL-12, DEL-13, DEL-14)", async () => {
  let members = 0;
  let debts = 0;
  await fc.assert(
    fc.asyncProperty(plan, async (input) => {
      const { agents, spent } = family();
      const runtime = createRuntime({ agents });
      const client = await runtime.connect();
      const job = await client.submit("first", input, {
        lease: {
          "agent.delegate": ["member"],
          "tool.call": ["pay"],
          "cost.budget": [`USD:${dollars(GRANTED)}`],
        },
      });
      const left = (await job.result()) as { readonly USD: number };
      await client.close();
      await runtime.close();
      members += spent.last.size;
      if (left.USD < 0) debts += 1;
      expect(Math.round(left.USD * 100)).toBe(GRANTED - spent.total);
      const last = [...spent.last.values()].reduce((sum, one) => sum + one, 0);
      expect(spent.total).toBeLessThanOrEqual(GRANTED + last);
    }),
    { numRuns: RUNS },
  );
  // Otherwise nothing was tried.
  expect(members).toBeGreaterThan(200);
  expect(debts).toBeGreaterThan(0);
}, 600_000);

/** Hosts an agent that pays for what it does, and an operator who lets nobody spend much. */
import { ArcpError, bearer, capBudget, createRuntime, defineAgent } from "arcp";
import { serve } from "arcp/node";

/** What a page costs with each model, in dollars. */
const PRICES = { "tier-best/large": 0.3, "tier-fast/small": 0.1 };

const reader = defineAgent<readonly string[]>({
  name: "reader",
  async run(pages, ctx) {
    const read: string[] = [];
    for (const page of pages) {
      // What is left decides how it goes on.
      const model = (ctx.budget?.USD ?? 0) > 0.5 ? "tier-best/large" : "tier-fast/small";
      try {
        ctx.useModel(model); // asked right before the model is called
        await ctx.tool("page.read", { page, model }, () => `what ${page} says`);
      } catch (error) {
        if (!ArcpError.is(error, "BUDGET_EXHAUSTED")) throw error;
        ctx.log("warn", `no money for ${page}`);
        break;
      }
      // What it cost is known afterwards; the runtime charges it, and says what is left.
      ctx.metric("cost.inference", PRICES[model], "USD", { model });
      read.push(page);
    }
    return read;
  },
});

const runtime = createRuntime({
  agents: [reader],
  auth: bearer({ "example-token": "ada@example.com" }),
  policy: {
    // Nobody spends more than a dollar, whatever is asked for. A policy can only take away.
    lease: (ask) => ({ lease: capBudget(ask, ["USD:1.00"]) }),
  },
});
const server = await serve(runtime, { port: Number(process.env.PORT ?? 7777) });
console.log(`listening at ${server.url}`);

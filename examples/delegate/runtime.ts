/** Hosts an agent that hands parts of its work, its authority and its money to another one. */
import { ArcpError, bearer, createRuntime, defineAgent } from "arcp";
import { serve } from "arcp/node";

/** Looks at one folder, with no more than it was handed. */
const look = defineAgent<string>({
  name: "look",
  async run(folder, ctx) {
    for (const file of ["a.ts", "b.ts"]) {
      await ctx.tool(`read.${folder}`, { file }, () => "…");
      await ctx.metric("cost.inference", 0.2, "USD");
    }
    return `2 files in ${folder}`;
  },
});

/** Waits until it is told to stop. */
const watch = defineAgent({
  name: "watch",
  run: (_, ctx) =>
    new Promise((_, reject) => {
      ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason), { once: true });
    }),
});

const lead = defineAgent({
  name: "lead",
  async run(_, ctx) {
    // Nobody waits for this one: it ends when its parent does.
    await ctx.delegate("watch");

    // Each gets one tool, and half a dollar that is set aside for it.
    const parts = ["src", "docs"].map((folder) =>
      ctx.delegate<string>("look", folder, {
        lease: { "tool.call": [`read.${folder}`], "cost.budget": ["USD:0.50"] },
      }),
    );
    const children = await Promise.all(parts);
    await ctx.log("info", `both at work, ${ctx.budget?.USD} USD are left`);
    const found = await Promise.all(children.map((child) => child.result()));
    await ctx.log("info", `both are done, ${ctx.budget?.USD} USD are left`);

    // What this job may not do, it cannot pass on either.
    try {
      await ctx.delegate("look", "home", { lease: { "tool.call": ["read.*"] } });
    } catch (error) {
      if (!ArcpError.is(error, "LEASE_SUBSET_VIOLATION")) throw error;
      await ctx.log("warn", error.reason);
    }
    return found;
  },
});

const runtime = createRuntime({
  agents: [lead, look, watch],
  auth: bearer({ "example-token": "ada@example.com" }),
});
const server = await serve(runtime, { port: Number(process.env.PORT ?? 7777) });
console.log(`listening at ${server.url}`);

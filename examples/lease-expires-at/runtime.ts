/** Hosts two agents whose leases end: one that asks again and again, and one that never does. */
import { setTimeout as sleep } from "node:timers/promises";
import { ArcpError, bearer, createRuntime, defineAgent } from "arcp";
import { serve } from "arcp/node";

const watcher = defineAgent({
  name: "watcher",
  async run(_input, ctx) {
    ctx.log("info", ctx.expiresAt === undefined ? "no end" : "there is an end");
    try {
      for (;;) {
        // Each operation is asked for anew, and from `expiresAt` on each is refused.
        await ctx.authorize("tool.call", "sensor.read");
        await sleep(50, undefined, { signal: ctx.signal });
      }
    } catch (error) {
      if (!ArcpError.is(error, "LEASE_EXPIRED")) throw error;
      // There is a second left to say goodbye in; reporting needs no authority.
      ctx.status("stopped", "nothing more may be read");
      return "all is well";
    }
  },
});

const dreamer = defineAgent({
  name: "dreamer",
  async run(_input, ctx) {
    ctx.log("info", "asleep");
    await sleep(3_600_000, undefined, { signal: ctx.signal });
  },
});

const runtime = createRuntime({
  agents: [watcher, dreamer],
  auth: bearer({ "example-token": "ada@example.com" }),
});
const server = await serve(runtime, { port: Number(process.env.PORT ?? 7777) });
console.log(`listening at ${server.url}`);

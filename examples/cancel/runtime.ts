/** Hosts an agent that takes an hour, and stops at once when it is asked to. */
import { setTimeout as sleep } from "node:timers/promises";
import { bearer, createRuntime, defineAgent } from "arcp";
import { serve } from "arcp/node";

const patient = defineAgent({
  name: "patient",
  async run(_input, ctx) {
    ctx.status("working");
    try {
      // `ctx.signal` is an ordinary AbortSignal: hand it to whatever takes one.
      await sleep(3_600_000, undefined, { signal: ctx.signal });
      return "done";
    } catch (error) {
      // Its reason is an ArcpError that says why: CANCELLED, TIMEOUT …
      console.log(`agent stopped: ${String(ctx.signal.reason)}`);
      throw error; // whatever is thrown or returned now, the job ends as cancelled
    }
  },
});

const runtime = createRuntime({
  agents: [patient],
  auth: bearer({ "example-token": "ada@example.com" }),
});
const server = await serve(runtime, { port: Number(process.env.PORT ?? 7777) });
console.log(`listening at ${server.url}`);

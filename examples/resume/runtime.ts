/** Hosts an agent that reports a number every few milliseconds, whether anybody listens or not. */
import { setTimeout as sleep } from "node:timers/promises";
import { bearer, createRuntime, defineAgent } from "arcp";
import { serve } from "arcp/node";

const counter = defineAgent({
  name: "counter",
  async run(_input, ctx) {
    for (let number = 1; number <= 100; number++) {
      ctx.log("info", `number ${number}`);
      await sleep(5, undefined, { signal: ctx.signal });
    }
    return "counted to 100";
  },
});

const runtime = createRuntime({
  agents: [counter],
  auth: bearer({ "example-token": "ada@example.com" }),
});
const server = await serve(runtime, {
  port: Number(process.env.PORT ?? 7777),
  // The client comes through a relay, so the port that it asks for is not this one.
  allowedHosts: ["127.0.0.1"],
});
console.log(`listening at ${server.url}`);

/** Hosts an agent that must not run twice for one order. Jobs and keys are kept in a file, and outlive the process. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { bearer, createRuntime, defineAgent } from "arcp";
import { serve } from "arcp/node";
import { sqlite } from "arcp/stores/sqlite";

let charges = 0;

const charge = defineAgent<{ order: string; amount: number }>({
  name: "charge",
  async run({ amount }, ctx) {
    charges += 1;
    for (let step = 1; step <= 10; step++) {
      ctx.progress(step, 10);
      await sleep(50, undefined, { signal: ctx.signal });
    }
    // Made by chance: two runs would never give the same one.
    return { amount, receipt: randomUUID(), charges };
  },
});

const runtime = createRuntime({
  agents: [charge],
  auth: bearer({ "example-token": "ada@example.com" }),
  store: sqlite(process.argv[2] ?? "idempotent-retry.db"),
});
const server = await serve(runtime, {
  port: Number(process.env.PORT ?? 7777),
  // One client comes through a relay, so the port that it asks for is not this one.
  allowedHosts: ["127.0.0.1"],
});
console.log(`listening at ${server.url}`);

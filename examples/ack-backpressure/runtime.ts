/** Hosts an agent that reports what it reads, row by row, and waits whenever its reader is behind. */
import { bearer, createRuntime, defineAgent } from "arcp";
import { serve } from "arcp/node";

const rows = defineAgent<{ count: number }>({
  name: "rows",
  async run({ count }, ctx) {
    let waited = 0;
    for (let row = 1; row <= count; row += 1) {
      const begun = performance.now();
      // What is awaited is the back-pressure: without it this loop would be done long before its reader.
      await ctx.emit("x-vendor.example.row", { row, text: "x".repeat(1_000) });
      waited = Math.max(waited, performance.now() - begun);
    }
    return { rows: count, longestWaitMs: Math.round(waited) };
  },
});
const echo = defineAgent({ name: "echo", run: (input) => input });

const runtime = createRuntime({
  agents: [rows, echo],
  auth: bearer({ "example-token": "ada@example.com" }),
});
const server = await serve(runtime, { port: Number(process.env.PORT ?? 7777) });
console.log(`listening at ${server.url}`);

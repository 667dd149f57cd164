/** Hosts two agents, and lets two people in. */
import { bearer, createRuntime, defineAgent } from "arcp";
import { serve } from "arcp/node";

const quick = defineAgent({ name: "quick", run: () => "done" });

const slow = defineAgent({
  name: "slow",
  run: (_input, ctx) =>
    new Promise((_resolve, reject) => {
      ctx.status("waiting");
      ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason as Error));
    }),
});

const runtime = createRuntime({
  agents: [quick, slow],
  auth: bearer({ "token-of-ada": "ada@example.com", "token-of-bob": "bob@example.com" }),
});
const server = await serve(runtime, { port: Number(process.env.PORT ?? 7777) });
console.log(`listening at ${server.url}`);

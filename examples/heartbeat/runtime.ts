/** Hosts an agent, and wants a sign of life from every client more than twice a second. */
import { bearer, createRuntime, defineAgent } from "arcp";
import { serve } from "arcp/node";

const echo = defineAgent({ name: "echo", run: (input) => input });

const runtime = createRuntime({
  agents: [echo],
  auth: bearer({ "example-token": "ada@example.com" }),
  limits: { heartbeatMs: 400 }, // the default is 30 seconds
});
const server = await serve(runtime, { port: Number(process.env.PORT ?? 7777) });
console.log(`listening at ${server.url}`);

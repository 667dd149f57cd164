/** Hosts one agent in two versions at the same time. */
import { bearer, createRuntime, defineAgent } from "arcp";
import { serve } from "arcp/node";

const v1 = defineAgent({ name: "greeter", version: "1.0.0", run: (name) => `Hello, ${name}.` });
const v2 = defineAgent({ name: "greeter", version: "2.0.0", run: (name) => `Hi ${name}!` });

const runtime = createRuntime({
  agents: [v1, v2], // the last one is what the bare name means
  auth: bearer({ "example-token": "ada@example.com" }),
});
const server = await serve(runtime, { port: Number(process.env.PORT ?? 7777) });
console.log(`listening at ${server.url}`);

/** Lets in JSON Web Tokens that are signed with a secret; see docs/auth.md for keys that an issuer publishes. */
import { createRuntime, defineAgent } from "arcp";
import { jwt } from "arcp/jwt";
import { serve } from "arcp/node";

const secret = process.env.EXAMPLE_KEY ?? "a secret of thirty-two bytes or more, for this example";

const wait = defineAgent({
  name: "wait",
  run: async (ms: number, ctx) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return `waited, for ${ctx.principal}`;
  },
});

const runtime = createRuntime({
  agents: [wait],
  auth: await jwt({
    secret,
    issuer: "https://issuer.example.com",
    audience: "arcp",
    toleranceSec: 0,
  }),
});
const server = await serve(runtime, {
  port: Number(process.env.PORT ?? 7777),
  // The client of this example may come through a relay, so the port that it asks for is not this one.
  allowedHosts: ["127.0.0.1"],
});
console.log(`listening at ${server.url}`);

/** Hosts an agent behind a verifier of its own: any async function from a token to a principal, or to nobody. */
import { createRuntime, defineAgent } from "arcp";
import type { Logger } from "arcp";
import { serve } from "arcp/node";
import { principalOf } from "./tokens.js";

const key = process.env.EXAMPLE_KEY ?? "the key of this example"; // in earnest it has no default

/** Who may come in today. Asking it may fail, as asking a directory over a network does. */
async function isWelcome(principal: string): Promise<boolean> {
  if (principal === "carol@example.com") throw new Error("the directory does not answer");
  return principal !== "mallory@example.com";
}

async function verify(token: string): Promise<string | undefined> {
  const principal = principalOf(token, key, Date.now());
  if (principal === undefined || !(await isWelcome(principal))) return undefined;
  return principal;
}

const whoami = defineAgent({ name: "whoami", run: (_input, ctx) => ctx.principal });

/** Any logger of pino's shape will do. Why somebody was refused stands here, and only here. */
const print = ({ code, error }: { code?: string; error?: string }, message: string): void =>
  console.log(`log: ${message}: ${error ?? code}`);
const logger: Logger = { debug: () => {}, info: () => {}, warn: print, error: print };

const runtime = createRuntime({ agents: [whoami], auth: verify, logger });
const server = await serve(runtime, {
  port: Number(process.env.PORT ?? 7777),
  // The client comes through a relay, so the port that it asks for is not this one.
  allowedHosts: ["127.0.0.1"],
});
console.log(`listening at ${server.url}`);

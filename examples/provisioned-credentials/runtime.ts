/** Hosts agents whose jobs each have a key of their own, and rotates the keys of all that run. */
import { ArcpError, bearer, createRuntime, defineAgent } from "arcp";
import type { AgentCredential } from "arcp";
import { serve } from "arcp/node";
import { gateway } from "./gateway.js";

/** What the gateway answers to a call. The value is read for each: it may have been rotated meanwhile. */
async function call({ endpoint, value }: AgentCredential, model: string): Promise<number> {
  const headers = { authorization: `Bearer ${value}` };
  const { status } = await fetch(`${endpoint}/chat?model=${model}`, { headers });
  return status;
}

/** Reports no cost at all. The gateway counts, whatever an agent says. */
const reader = defineAgent<readonly string[]>({
  name: "reader",
  async run(pages, ctx) {
    const key = ctx.credential("gateway");
    const read: string[] = [];
    for (const page of pages) {
      try {
        await ctx.tool("page.read", { page }, async () => {
          const status = await call(key, ctx.useModel("small"));
          if (status === 402) throw new ArcpError("BUDGET_EXHAUSTED", "the gateway says so");
          if (status !== 200) throw new Error(`the gateway answers ${status}`);
        });
      } catch (error) {
        if (!ArcpError.is(error, "BUDGET_EXHAUSTED")) throw error;
        break;
      }
      read.push(page);
    }
    // The lease does not ask for it, and the key is not good for it either.
    return { read, large: await call(key, "large") };
  },
});

const patient = defineAgent({
  name: "patient",
  async run(_input, ctx) {
    const key = ctx.credential("gateway");
    const { superseded } = key;
    await new Promise((resolve) => superseded.addEventListener("abort", resolve, { once: true }));
    ctx.log("info", `with the new key the gateway answers ${await call(key, "small")}`);
    try {
      // A slip: events are stored, and so none may hold a key.
      ctx.log("info", `my key is ${key.value}`);
    } catch (error) {
      ctx.log("warn", (error as Error).message);
    }
    return "done";
  },
});

const runtime = createRuntime({
  agents: [reader, patient],
  auth: bearer({ "example-token": "ada@example.com" }),
  credentials: gateway,
});

// An operator who rotates what is old; a provisioner can name the time itself (`rotateAt`).
setInterval(() => {
  for (const { jobId, agent, status } of runtime.credentials.outstanding()) {
    if (status !== "live" || !agent.startsWith("patient@")) continue;
    runtime.credentials.rotate(jobId).catch((error) => console.log(error.message));
  }
}, 500);

const server = await serve(runtime, { port: Number(process.env.PORT ?? 7777) });
console.log(`listening at ${server.url}`);

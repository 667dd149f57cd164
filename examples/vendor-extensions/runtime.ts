/** Hosts an agent that reports what the draft has no word for. */
import { ArcpError, bearer, createRuntime, defineAgent } from "arcp";
import type { AgentContext } from "arcp";
import { serve } from "arcp/node";

const thermostat = defineAgent({
  name: "thermostat",
  async run(_input, ctx) {
    ctx.log("info", "measuring");
    ctx.emit("x-vendor.acme.room", { room: "kitchen", celsius: 21.5 });
    ctx.emit("x-vendor.acme.room", { room: "cellar", celsius: 12 });
    return { rooms: 2, ...refusalOf(ctx) };
  },
});

/** The prefix keeps vendors out of each other's way, and out of the way of coming drafts. */
function refusalOf(ctx: AgentContext): { refused?: string } {
  try {
    ctx.emit("room" as "x-vendor.room", { room: "attic" });
    return {};
  } catch (error) {
    return { refused: ArcpError.is(error) ? error.message : String(error) };
  }
}

const runtime = createRuntime({
  agents: [thermostat],
  auth: bearer({ "example-token": "ada@example.com" }),
});
const server = await serve(runtime, { port: Number(process.env.PORT ?? 7777) });
console.log(`listening at ${server.url}`);

/** Hosts an agent that reads pages. Each request, and each redirect of it, is asked of the job's lease. */
import { ArcpError, bearer, createRuntime, defineAgent } from "arcp";
import { serve } from "arcp/node";
import { web } from "arcp/tools";

const reader = defineAgent<string[]>({
  name: "reader",
  async run(urls, ctx) {
    // Addresses of this machine and its network are closed, whatever a lease says, but for those named here.
    const net = web(ctx, { internal: ["localhost", "127.0.0.1"], maxBytes: 64 * 1024 });
    const pages: string[] = [];
    for (const url of urls) {
      try {
        pages.push((await net.fetch(url)).text());
      } catch (error) {
        // A refusal is the agent's to handle: the job goes on.
        if (!ArcpError.is(error)) throw error;
        pages.push(error.code);
      }
    }
    // What is no URL and no file is asked for by its name.
    const gpu = await ctx.authorize("x-vendor.acme.gpu", "a100");
    return { pages, computedOn: gpu.target };
  },
});

const runtime = createRuntime({
  agents: [reader],
  auth: bearer({ "example-token": "ada@example.com" }),
  // A namespace of our own: its patterns are matched like names of tools.
  namespaces: { "x-vendor.acme.gpu": "name" },
});
const server = await serve(runtime, { port: Number(process.env.PORT ?? 7777) });
console.log(`listening at ${server.url}`);

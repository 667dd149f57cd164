/** Hosts an agent that knows how far it is, and one that does not know where the end is. */
import { bearer, createRuntime, defineAgent } from "arcp";
import { serve } from "arcp/node";

const importer = defineAgent({
  name: "importer",
  async run(_input, ctx) {
    for (let row = 0; row <= 1000; row += 250) {
      // Awaited, a report waits for a reader that is behind; not awaited, it does not.
      await ctx.progress(row, 1000, {
        units: "rows",
        message: row === 1000 ? "done" : "importing",
      });
    }
    return { rows: 1000 };
  },
});

const crawler = defineAgent({
  name: "crawler",
  async run(_input, ctx) {
    for (const pages of [1, 5, 12]) await ctx.progress(pages, undefined, { units: "pages" });
    return { pages: 12 };
  },
});

const runtime = createRuntime({
  agents: [importer, crawler],
  auth: bearer({ "example-token": "ada@example.com" }),
});
const server = await serve(runtime, { port: Number(process.env.PORT ?? 7777) });
console.log(`listening at ${server.url}`);

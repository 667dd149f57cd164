/** Hosts an agent that tries more than it may. The runtime asks the lease before each operation. */
import { ArcpError, bearer, createRuntime, defineAgent } from "arcp";
import { serve } from "arcp/node";
import { files } from "arcp/tools";

const curious = defineAgent<string>({
  name: "curious",
  async run(folder, ctx) {
    const disc = files(ctx); // every call of it goes through the job's lease
    const attempts = {
      "read a file of the project": () => disc.read(`${folder}/project/notes.txt`),
      "read a file beside it": () => disc.read(`${folder}/diary.txt`),
      "go there by ..": () => disc.read(`${folder}/project/../diary.txt`),
      "go there by a link": () => disc.read(`${folder}/project/shortcut.txt`),
      "write what it may read": () => disc.write(`${folder}/project/notes.txt`, "gone"),
      "search the web": () => ctx.tool("web.search", { query: "arcp" }, () => ["a page"]),
      "send mail": () => ctx.tool("mail.send", { to: "bob" }, () => "sent"),
    };
    const report: Record<string, string> = {};
    for (const [name, attempt] of Object.entries(attempts)) {
      try {
        await attempt();
        report[name] = "done";
      } catch (error) {
        // A refusal is the agent's to handle: the job goes on.
        if (!ArcpError.is(error)) throw error;
        report[name] = error.code;
      }
    }
    return report;
  },
});

const runtime = createRuntime({
  agents: [curious],
  auth: bearer({ "example-token": "ada@example.com" }),
});
const server = await serve(runtime, { port: Number(process.env.PORT ?? 7777) });
console.log(`listening at ${server.url}`);

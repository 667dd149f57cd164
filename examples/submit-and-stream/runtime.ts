/** Hosts one agent, which counts the words of a text and tells what it does. */
import { ArcpError, bearer, createRuntime, defineAgent } from "arcp";
import { serve } from "arcp/node";

const wordCount = defineAgent({
  name: "word-count",
  version: "1.0.0",
  async run(input, ctx) {
    if (typeof input !== "string") throw new ArcpError("INVALID_REQUEST", "the input is a text");
    ctx.status("counting");
    const words = input.toLowerCase().match(/\p{L}+/gu) ?? [];
    ctx.log("info", `${words.length} words to count`);

    const counts = new Map<string, number>();
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    ctx.metric("words.distinct", counts.size, "words");

    // What `run` returns is the job's result; what it throws is the job's error.
    return Object.fromEntries(counts);
  },
});

const runtime = createRuntime({
  agents: [wordCount],
  auth: bearer({ "example-token": "ada@example.com" }), // token → whom it stands for
});
const server = await serve(runtime, { port: Number(process.env.PORT ?? 7777) });
console.log(`listening at ${server.url}`);

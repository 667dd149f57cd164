/** A runtime that listens nowhere: it speaks on its standard input and output, to whoever started it. */
import { createRuntime, defineAgent } from "arcp";
import { serveStdio } from "arcp/stdio";

const wordCount = defineAgent({
  name: "word-count",
  run(input: unknown, ctx) {
    // Standard output is for messages. What is printed all the same goes to the standard error.
    console.log("counting the words of", JSON.stringify(input));
    if (typeof input !== "string") process.exit(3); // an agent that takes its whole process along
    const words = input.split(/\s+/);
    ctx.log("info", `${words.length} words, in process ${process.pid}`);
    return words.length;
  },
});

// The process that started this one needs no token: it is believed to be Ada.
serveStdio(createRuntime({ agents: [wordCount] }), { principal: "ada@example.com" });

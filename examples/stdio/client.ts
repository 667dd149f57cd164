/** Starts a runtime as a child process, uses it, and sees it go. */
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { connect, stdio } from "arcp";

const runtime = join(import.meta.dirname, "runtime.ts");
const said: string[] = [];
const dial = stdio(process.execPath, ["--import", "tsx", runtime], {
  stderr: (line) => said.push(line),
});

const client = await connect(dial, {
  on: { gap: ({ reason, jobs }) => console.log(`gap: ${reason}, ${jobs.length} job lost`) },
});
const job = await client.submit("word-count", "to be or not to be");
for await (const event of job) {
  if (event.kind === "log") console.log(event.body.message);
}
console.log("result", await job.result());

// When the child dies, the client starts another one. What the first had in memory is gone, and that is told.
const doomed = await client.submit("word-count", 42);
await doomed.result().catch((error: Error & { code?: string }) => console.log("lost:", error.code));
console.log("result", await (await client.submit("word-count", "once more")).result());

// The end of its input ends the child.
await client.close();
// What it writes to its standard error comes by a pipe of its own, when it comes.
while (said.length < 3) await setTimeout(10);
for (const line of said) console.log("the child said:", line);

// A program that is no runtime is told by what it said.
await connect(stdio("echo", ["hello"])).catch((error: Error) => console.log(error.message));

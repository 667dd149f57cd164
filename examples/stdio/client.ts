/** Starts a runtime as a child process, uses it, and sees it go. */
import { join } from "node:path";
import { connect, stdio } from "arcp";

const runtime = join(import.meta.dirname, "runtime.ts");
const dial = stdio(process.execPath, ["--import", "tsx", runtime], {
  stderr: (line) => console.log("the child said:", line),
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

// A program that is no runtime is told by what it said.
await connect(stdio("echo", ["hello"])).catch((error: Error) => console.log(error.message));

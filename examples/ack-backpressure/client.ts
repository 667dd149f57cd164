/** Reads slower than an agent reports: the agent waits, nobody else does, and nothing is lost. */
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "arcp";

const url = process.argv[2] ?? "ws://127.0.0.1:7777/arcp";

// Keeps at most a hundred events that the program has not read; what the program reads it acknowledges.
const slow = await connect(url, { token: "example-token", buffer: { events: 100 } });
const other = await connect(url, { token: "example-token" });

const count = 30_000;
const job = await slow.submit("rows", { count });
console.log(`submitted: ${count} rows`);

let next = 1;
let told = 0;
for await (const event of job) {
  if (event.kind === "status" && event.body.phase === "back_pressure") {
    // The runtime says in the log of the job that it is a reader who takes the time.
    told += 1;
    continue;
  }
  const { row } = event.body as { row: number };
  if (row !== next) throw new Error(`row ${row} came instead of row ${next}`);
  next += 1;
  if (row !== 100) continue;

  // The program does something else for a while. Its reader stops with it, and in the end the agent.
  await sleep(3_000);
  for await (const { status } of other.jobs({ agent: "rows" })) {
    console.log("after three seconds without reading:", status);
  }
  const quick = await other.submit("echo", "at once");
  console.log("meanwhile somebody else:", await quick.result());
}

const result = (await job.result()) as { rows: number; longestWaitMs: number };
console.log(`read: ${next - 1} rows, each once and in order`);
console.log("the agent was held up for more than a second:", result.longestWaitMs > 1_000);
console.log("its log says so:", told > 0);

await other.close();
await slow.close();

/** The process of a bystander: asks without end, and says how long it took whenever it is told to. */
import { connect } from "arcp";
import type { Latency } from "./bystander.js";

const [, , url = ""] = process.argv;
const client = await connect(url, { token: "bystander" });
let pings: number[] = [];
let jobs: number[] = [];

process.on("message", () => {
  const latency: Latency = { rounds: jobs.length, ping: p99(pings), job: p99(jobs) };
  pings = [];
  jobs = [];
  process.send?.(latency);
});
// Whoever started it ends it by letting go, or by ending itself.
process.once("disconnect", () => process.exit());
process.send?.("asking");

for (;;) {
  pings.push(await client.ping());
  const begun = performance.now();
  const job = await client.submit("echo", 1);
  await job.result();
  jobs.push(performance.now() - begun);
  await new Promise((resolve) => setTimeout(resolve, 5));
}

function p99(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
}

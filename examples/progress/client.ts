/** Draws the progress of jobs. */
import { connect } from "arcp";

const url = process.argv[2] ?? "ws://127.0.0.1:7777/arcp";
const client = await connect(url, { token: "example-token" });

for (const agent of ["importer", "crawler"]) {
  const job = await client.submit(agent);
  console.log(job.agent);
  for await (const event of job) {
    if (event.kind !== "progress") continue; // from here on `event.body` is a ProgressBody
    const { current, total, units = "", message = "" } = event.body;
    const bar = total === undefined ? "" : `[${"#".repeat((10 * current) / total).padEnd(10)}] `;
    console.log(
      `  ${bar}${current}${total === undefined ? "" : `/${total}`} ${units} ${message}`.trimEnd(),
    );
  }
  console.log("  result", await job.result());
}

// Progress is a feature of draft 1.1. For a client that does not offer it, none is sent.
const plain = await connect(url, { token: "example-token", features: [] });
const job = await plain.submit("importer");
let events = 0;
for await (const event of job) if (event.kind === "progress") events += 1;
console.log(`without the feature: ${events} of its reports, result`, await job.result());

await Promise.all([client.close(), plain.close()]);

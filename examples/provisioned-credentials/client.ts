/** Submits jobs that get keys of their own: what they are good for, a rotation, and that they end with their jobs. */
import { connect } from "arcp";

const url = process.argv[2] ?? "ws://127.0.0.1:7777/arcp";
const client = await connect(url, { token: "example-token" });
const lease = {
  "tool.call": ["page.*"],
  "model.use": ["small"],
  "cost.budget": ["USD:1.00"],
};

const job = await client.submit("reader", ["a", "b", "c", "d", "e", "f"], { lease });
// Whoever submitted the job sees its credentials too. Their values are secrets: not for a log.
const [key] = job.credentials;
console.log(key?.id, key?.scheme, JSON.stringify(key?.constraints));
for await (const { kind, body } of job) {
  if (kind === "tool_result") console.log("page", body.error?.code ?? "ok");
}
console.log(await job.result());

// Even who kept the value has nothing of it now.
const kept = { authorization: `Bearer ${key?.value}` };
let status = 200;
while (status !== 401) {
  ({ status } = await fetch(`${key?.endpoint}/chat?model=small`, { headers: kept }));
}
console.log(
  "credentials of a job that has ended:",
  job.credentials.length,
  "with its key:",
  status,
);

const other = await client.submit("patient", null, { lease });
const before = other.credentials[0]?.value;
for await (const { kind, body } of other) {
  // The new value is in `job.credentials`, not in the event, which a program may well print.
  if (kind === "status" && body.phase === "credential_rotated") {
    console.log(JSON.stringify(body), other.credentials[0]?.value !== before);
  }
  if (kind === "log") console.log(body.message);
}
console.log(await other.result());
await client.close();

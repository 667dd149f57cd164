/** Gives a job money, watches it go, and sees what becomes of a job without any left. */
import { ArcpError, connect } from "arcp";

const url = process.argv[2] ?? "ws://127.0.0.1:7777/arcp";
const client = await connect(url, { token: "example-token" });
const pages = ["a", "b", "c", "d", "e", "f", "g"];
const authority = { "tool.call": ["page.*"], "model.use": ["tier-best/*", "tier-fast/*"] };

// Ten dollars are asked for, and the operator allows one: the acceptance says what was granted.
const job = await client.submit("reader", pages, {
  lease: { ...authority, "cost.budget": ["USD:10.00"] },
});
console.log("granted", job.lease["cost.budget"], job.accepted.budget);

for await (const { kind, body } of job) {
  if (kind === "tool_call") console.log(body.tool, JSON.stringify(body.args));
  if (kind === "metric" && body.name === "cost.inference") console.log("  costs", body.value);
  if (kind === "metric" && body.name === "cost.budget.remaining") console.log("  left", body.value);
  if (kind === "tool_result" && body.error !== undefined) console.log("  →", body.error.code);
  if (kind === "log") console.log("  ", body.message);
}
// `job.budget` is what is left as far as this client has heard. To run out of money is the agent's to deal with: the job ended well, with what it had.
console.log("read", await job.result(), "with", job.budget, "left");

// Without model.use there are no models, whatever money there is.
try {
  const other = await client.submit("reader", pages, { lease: { "cost.budget": ["USD:1.00"] } });
  await other.result();
} catch (error) {
  if (!ArcpError.is(error)) throw error;
  console.log(error.message);
}
await client.close();

/** Submits one job, and hears the jobs that come of it. */
import { connect, type Job } from "arcp";

const url = process.argv[2] ?? "ws://127.0.0.1:7777/arcp";
const children: Job[] = [];
const client = await connect(url, {
  token: "example-token",
  // Without this listener the client hears of children only what their parent says.
  on: { child: ({ job }) => void children.push(job) },
});

const job = await client.submit("lead", null, {
  lease: {
    "agent.delegate": ["look", "watch"],
    "tool.call": ["read.src", "read.docs"],
    "cost.budget": ["USD:2.00"],
  },
});
for await (const { kind, body } of job) {
  if (kind === "delegate" && body.child_job_id !== undefined)
    console.log("delegates to", body.agent);
  if (kind === "delegate" && body.child_job_id === undefined)
    console.log("asks", body.agent, "too");
  if (kind === "log") console.log(body.message);
}
console.log(await job.result(), "with", job.budget, "left");

// A child is a job like any other: its events, its result, the authority to cancel it.
for (const child of children) {
  const tools: string[] = [];
  for await (const { kind, body } of child) if (kind === "tool_call") tools.push(body.tool);
  console.log(child.agent, tools, child.finalStatus);
}
await client.close();

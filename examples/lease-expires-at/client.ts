/** Gives jobs authority for two seconds, and sees that it ends: at once for operations, soon for the jobs. */
import { ArcpError, connect } from "arcp";

const url = process.argv[2] ?? "ws://127.0.0.1:7777/arcp";
const client = await connect(url, { token: "example-token" });

const lease = { "tool.call": ["sensor.*"] };
const expiresAt = new Date(Date.now() + 2_000);

for (const agent of ["watcher", "dreamer"]) {
  const job = await client.submit(agent, null, { lease, expiresAt });
  const granted = job.leaseConstraints?.expires_at === expiresAt.toISOString();
  console.log(agent, granted ? "may until then" : "may for another time");
  for await (const { kind, body } of job) {
    if (kind === "log") console.log("  log:", body.message);
    if (kind === "status") console.log("  status:", body.message);
  }
  // The watcher returned a value, after it had been refused: that is no success. The dreamer was ended.
  try {
    await job.result();
  } catch (error) {
    if (!ArcpError.is(error)) throw error;
    console.log("  ended:", error.code, error.retryable ? "(again?)" : "(for good)");
  }
  expiresAt.setTime(Date.now() + 2_000);
}

// Nobody's time can be given for the past, and a lease is never made longer: more time is a new submit.
try {
  await client.submit("watcher", null, { lease, expiresAt: new Date(Date.now() - 60_000) });
} catch (error) {
  if (!ArcpError.is(error)) throw error;
  console.log(error.message.split(":").slice(0, 2).join(":"));
}
await client.close();

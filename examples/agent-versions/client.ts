/** Asks for an agent by name, and by name and version. */
import { ArcpError, connect } from "arcp";

const url = process.argv[2] ?? "ws://127.0.0.1:7777/arcp";
const client = await connect(url, { token: "example-token" });

// The welcome names every agent and its versions.
for (const agent of client.agents) console.log(agent);

for (const reference of ["greeter", "greeter@1.0.0", "greeter@3.0.0", "waiter"]) {
  try {
    const job = await client.submit(reference, "Ada");
    console.log(`${reference} → ${job.agent}: ${String(await job.result())}`);
  } catch (error) {
    if (!ArcpError.is(error)) throw error;
    console.log(`${reference} → ${error.message}`);
    if (error.details?.available) console.log("  there is", error.details.available);
  }
}

await client.close();

/** Submits a job, follows its events while they come, and takes the result. */
import { ArcpError, connect } from "arcp";

const url = process.argv[2] ?? "ws://127.0.0.1:7777/arcp";
const client = await connect(url, { token: "example-token" });

const job = await client.submit<Record<string, number>>("word-count", "the cat and the hat");
console.log(`${job.id} runs ${job.agent}`);

// Events are kept from the acceptance on: nothing is missed between `submit` and this loop.
for await (const event of job) {
  console.log(event.seq, event.kind, event.body);
}
console.log("result", await job.result());

// A job that fails ends its loop like any other; `result()` throws what went wrong.
const failing = await client.submit("word-count", 42);
try {
  await failing.result();
} catch (error) {
  if (!ArcpError.is(error, "INVALID_REQUEST")) throw error;
  console.log(failing.finalStatus, error.message);
}

await client.close();

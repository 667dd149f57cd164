/** Ends jobs before they are done: by `job.cancel`, by an AbortSignal, and by a time limit. */
import { ArcpError, connect } from "arcp";
import type { Job } from "arcp";

const url = process.argv[2] ?? "ws://127.0.0.1:7777/arcp";
const client = await connect(url, { token: "example-token" });

async function report(name: string, job: Job): Promise<void> {
  try {
    await job.result();
  } catch (error) {
    if (!ArcpError.is(error)) throw error;
    console.log(`${name}: ${job.finalStatus}, ${error.message}, retryable: ${error.retryable}`);
  }
}

// 1. By hand, once the job says that it works.
const first = await client.submit("patient");
for await (const event of first) {
  if (event.kind !== "status") continue;
  await first.cancel("I changed my mind"); // resolves when the runtime has agreed
}
await report("job.cancel", first);

// A cancel that comes too late is no error: it tells how the job had ended.
const { finalStatus } = await first.cancel("again");
console.log(`cancelled twice: the job was ${finalStatus} already`);

// 2. With the signal that cancels the rest of your program.
const controller = new AbortController();
const second = await client.submit("patient", undefined, { signal: controller.signal });
controller.abort(new Error("the user left"));
await report("AbortSignal", second);

// 3. By a limit that the runtime keeps, whatever becomes of this client.
const third = await client.submit("patient", undefined, { maxRuntimeSec: 0.2 });
await report("maxRuntimeSec", third);

await client.close();

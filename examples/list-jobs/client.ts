/** Asks the runtime which jobs there are: running, finished, of other sessions. */
import { connect } from "arcp";
import type { Client, JobsFilter } from "arcp";

const url = process.argv[2] ?? "ws://127.0.0.1:7777/arcp";

async function show(title: string, client: Client, filter?: JobsFilter): Promise<void> {
  console.log(`${title}:`);
  // Pages are fetched as the loop needs them; a loop that is left early asks for no more.
  for await (const { job_id, agent, status } of client.jobs(filter)) {
    console.log(`  ${job_id} ${agent} ${status}`);
  }
}

const ada = await connect(url, { token: "token-of-ada" });
for (let count = 0; count < 2; count++) {
  const job = await ada.submit("quick");
  await job.result();
}
const waiting = await ada.submit("slow");
for await (const event of waiting) if (event.kind === "status") break; // it runs

await show("all of Ada's, oldest first; finished ones stay for a day", ada);
await show("running", ada, { status: ["running"] });
await show("of one agent, in any version", ada, { agent: "quick" });
await show("at most one", ada, { limit: 1 });

// Another session of the same person sees the same jobs …
const ada2 = await connect(url, { token: "token-of-ada" });
await show("running, as another session of Ada sees it", ada2, { status: ["running"] });

// … and another person sees none of them.
const bob = await connect(url, { token: "token-of-bob" });
await show("all of Bob's", bob);

await waiting.cancel("enough seen");
await waiting.result().catch((error: Error) => console.log(error.message));
await show("cancelled", ada, { status: ["cancelled"] });

await Promise.all([ada.close(), ada2.close(), bob.close()]);

/** A runtime that is killed: on the store and the proxy that it is given it accepts a job that holds a key, and waits. */
import { createRuntime, defineAgent } from "../node.js";
import { sqlite } from "../stores/sqlite.js";
import { litellm } from "./litellm.js";

const [, , file = "", url = "", masterKey = "", what = ""] = process.argv;
const runtime = createRuntime({
  agents: [defineAgent({ name: "waits", run: () => new Promise(() => {}) })],
  store: sqlite(file),
  credentials: litellm({ url, masterKey, models: ["small"] }),
});
await runtime.ready;
if (what === "submit") {
  const lease = { "cost.budget": ["USD:1"], "model.use": ["small"] };
  const client = await runtime.connect();
  const job = await client.submit("waits", null, { lease });
  console.log(`accepted ${job.id} with ${job.credentials.length}`);
}
// What is outstanding, as the operator sees it.
setInterval(() => console.log(JSON.stringify(runtime.credentials.outstanding())), 20);

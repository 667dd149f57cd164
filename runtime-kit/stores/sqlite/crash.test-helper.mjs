/** A program that commits to the store at its first argument, says what is durable, and kills itself. */
import { register } from "tsx/esm/api";

register();
const { sqlite } = await import("../sqlite.ts");
const store = sqlite(process.argv[2]);
await store.commit([{ op: "job.put", job: { id: "j" } }]);
for (let i = 0; ; i += 1) {
  const entries = [{ type: "job.event", body: String(i) }];
  await store.commit([{ op: "log.append", job: "j", first: i, entries }]);
  console.log(i);
  if (i === 20) process.kill(process.pid, "SIGKILL");
}

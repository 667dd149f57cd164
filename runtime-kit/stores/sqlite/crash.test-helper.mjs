/**
 * A program that commits to the store at its first argument, says what is durable, and kills itself after as many
 * commits as its second argument says. The third is how many bytes each of them brings, at most.
 */
import { register } from "tsx/esm/api";

register();
const { sqlite } = await import("../sqlite.ts");
const [path, commits = "20", bytes = "0"] = process.argv.slice(2);
const store = sqlite(path);
await store.commit([{ op: "job.put", job: { id: "j" } }]);
for (let i = 0; ; i += 1) {
  const body = String(i).padEnd((i * 7919) % (Number(bytes) + 1), "x");
  const entries = [{ type: "job.event", body }];
  await store.commit([{ op: "log.append", job: "j", first: i, entries }]);
  console.log(i);
  if (i === Number(commits)) process.kill(process.pid, "SIGKILL");
}

/**
 * A program that commits to stores without a pause, says what is durable of the first, and after so many commits leaves
 * with `process.exit` in the middle of others. Its arguments: the module of the store, how many, the exit code, and the files.
 */
import { writeSync } from "node:fs";

const [, , module, after, code, ...paths] = process.argv;
const { sqlite } = await import(module);
process.on("warning", (warning) => writeSync(2, `${warning.name}: ${warning.message}\n`));
const entries = [{ type: "job.event", body: "x".repeat(10_000) }];
for (const path of paths) {
  const store = sqlite(path);
  await store.commit([{ op: "job.put", job: { id: "j" } }]);
  for (let first = 0; first < Number(after) + 100; first += 1) {
    void store.commit([{ op: "log.append", job: "j", first, entries }]).then(() => {
      if (path !== paths[0]) return;
      writeSync(1, `${first}\n`);
      if (first === Number(after)) process.exit(Number(code));
    });
  }
}

/** Runs all examples, or those that are named: `npm run examples -- cancel resume`. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { runExample } from "./harness/example.js";
import { leaveNothingBehind } from "./harness/processes.js";

const folder = import.meta.dirname;

/** Every folder with a `client.ts` is an example. */
async function examples(): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    if ((await readdir(join(folder, entry.name))).includes("client.ts")) names.push(entry.name);
  }
  return names.sort();
}

async function main(asked: readonly string[]): Promise<number> {
  const all = await examples();
  const unknown = asked.filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    console.error(`no such example: ${unknown.join(", ")}; there are ${all.join(", ")}`);
    return 2;
  }
  const names = asked.length === 0 ? all : asked;
  let failed = 0;
  for (const name of names) {
    const { problem, ms } = await runExample(join(folder, name));
    const verdict = problem === undefined ? "passed" : "FAILED";
    console.log(`${verdict}  ${name.padEnd(18)} ${(ms / 1000).toFixed(1).padStart(5)} s`);
    if (problem === undefined) continue;
    failed += 1;
    console.log(problem.replace(/^/gm, "        "));
  }
  console.log(`${names.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

leaveNothingBehind();
process.exitCode = await main(process.argv.slice(2));

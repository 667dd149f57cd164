/** Runs all examples, or those that are named: `npm run examples -- cancel resume`. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { calledWith } from "../conformance/usage/called.js";
import { among } from "../conformance/usage/options.js";
import { runExample } from "./harness/example.js";
import { leaveNothingBehind } from "./harness/processes.js";

const folder = import.meta.dirname;

/** Every folder with a `client.ts` is an example. */
function examples(): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .filter((name) => readdirSync(join(folder, name)).includes("client.ts"))
    .sort();
}

const all = examples();
const { words } = calledWith({
  name: "npm run examples",
  about: "Runs the examples, each as a runtime and a client, and compares what they print.",
  options: {},
  words: {
    form: "[EXAMPLE ...]",
    about: `only these: ${all.join(", ")}`,
    check: among("example", all),
  },
  exits: { 0: "all passed", 1: "one failed" },
});

async function main(): Promise<number> {
  const names = words.length === 0 ? all : words;
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
process.exitCode = await main();

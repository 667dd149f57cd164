/**
 * `npm run test:platforms`: the tests of this project, and programs that use it, on other Nodes, Bun and Deno.
 * `-- --small` leaves the long suites out; `-- bun deno` runs these platforms only. A run over all of them
 * writes docs/platforms.md: the list of what a platform cannot at once, the tables if all went well.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { calledWith } from "../../conformance/usage/called.js";
import { UsageError, flag } from "../../conformance/usage/options.js";
import { leaveNothingBehind } from "../../examples/harness/processes.js";
import { runPairs } from "./pairs.js";
import type { Ready } from "./pairs.js";
import { installed, platforms } from "./platforms.js";
import { knownAsText, suites } from "./suites.js";
import { pairTable, replaced, testTable } from "./table.js";
import type { Row } from "./table.js";
import { runTests } from "./tests.js";

const root = join(import.meta.dirname, "../..");

const names = platforms.map(({ name }) => name.toLowerCase().replace(" ", ""));

const { values, words } = calledWith({
  name: "npm run test:platforms",
  about:
    "The tests of this project, and programs that use it, on other Nodes, Bun and Deno. Fetches what is not installed. " +
    "A run over all platforms writes docs/platforms.md.",
  options: { small: flag("leaves the long suites out") },
  words: {
    form: "[PLATFORM ...]",
    about: `only these, each by the beginning of its name: ${names.join(", ")}`,
    check(word) {
      if (names.some((name) => name.startsWith(word.toLowerCase()))) return;
      throw new UsageError(`there is no platform "${word}"; there is ${names.join(", ")}`);
    },
  },
  exits: { 0: "all passed", 1: "something failed" },
});

async function main(): Promise<number> {
  const wanted = words.map((word) => word.toLowerCase());
  const chosen = platforms.filter(
    (_, at) => wanted.length === 0 || wanted.some((word) => names[at]?.startsWith(word)),
  );

  const all = wanted.length === 0;
  if (all) await write({ known: knownAsText() });
  const ready: Ready[] = [];
  for (const platform of chosen) ready.push({ platform, executable: await installed(platform) });

  const rows: Row[] = [];
  let [passed, failed] = [0, 0];
  for (const { platform, executable } of ready) {
    const begun = performance.now();
    const here = suites.filter(
      ({ long, nodeOnly }) =>
        !(long === true && values.small) && !(nodeOnly === true && platform.kind !== "node"),
    );
    const { counts, problems } = await runTests(platform, executable, root, here);
    rows.push({ platform: platform.name, counts });
    passed += [...counts.values()].reduce((sum, count) => sum + count.passed, 0);
    failed += problems.length;
    const seconds = ((performance.now() - begun) / 1000).toFixed(0);
    console.log(`${problems.length === 0 ? "passed" : "FAILED"}  ${platform.name}  ${seconds} s`);
    for (const problem of problems) console.log(problem.replace(/^/gm, "        "));
  }

  const pairs = await runPairs(ready, root);
  for (const { runtime, client, entry, problem } of pairs) {
    if (problem === undefined) passed += 1;
    else failed += 1;
    if (problem !== undefined)
      console.log(`FAILED  ${entry} on ${client} with ${runtime}: ${problem}`);
  }

  const columns = suites.map(({ name }) => name);
  const tables = { tests: testTable(rows, columns), pairs: pairTable(pairs) };
  console.log(`\n${tables.tests}\n\n${tables.pairs}\n`);
  if (all && failed === 0) await write(tables);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

async function write(parts: Readonly<Record<string, string>>): Promise<void> {
  const path = join(root, "docs/platforms.md");
  let text = await readFile(path, "utf8");
  for (const [name, part] of Object.entries(parts)) text = replaced(text, name, part);
  await writeFile(path, text);
}

leaveNothingBehind();
process.exitCode = await main();

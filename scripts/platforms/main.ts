/**
 * `npm run test:platforms`: the tests of this project, and programs that use it, on other Nodes, Bun and Deno.
 * `-- --small` leaves the long suites out; `-- bun deno` runs these platforms only. A run over all of them
 * writes docs/platforms.md: the list of what a platform cannot at once, the tables if all went well.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { leaveNothingBehind } from "../../examples/harness/processes.js";
import { runPairs } from "./pairs.js";
import type { Ready } from "./pairs.js";
import { installed, platforms } from "./platforms.js";
import { knownAsText, suites } from "./suites.js";
import { pairTable, replaced, testTable } from "./table.js";
import type { Row } from "./table.js";
import { runTests } from "./tests.js";

const root = join(import.meta.dirname, "../..");

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { small: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const wanted = positionals.map((word) => word.toLowerCase());
  const names = platforms.map(({ name }) => name.toLowerCase().replace(" ", ""));
  const unknown = wanted.filter((word) => !names.some((name) => name.startsWith(word)));
  if (unknown.length > 0) {
    console.error(`no such platform: ${unknown.join(", ")}; there are ${names.join(", ")}`);
    return 2;
  }
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
process.exitCode = await main(process.argv.slice(2));

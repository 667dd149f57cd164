/**
 * `npm run torture -- --cycles N [--seed S]`: `kill -9` on `arcp serve --db`, over and over, with clients that write down
 * all they see, and a checker that reads it afterwards. `-- --check FOLDER` checks again what a failing run has kept.
 */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { calledWith } from "../../conformance/usage/called.js";
import { UsageError, positive, text, whole } from "../../conformance/usage/options.js";
import { leaveNothingBehind } from "../../examples/harness/processes.js";
import { check } from "./check.js";
import { KINDS } from "./check/violation.js";
import type { Kind, Violation } from "./check/violation.js";
import { runEpisode } from "./episode.js";
import type { History } from "./history.js";
import { compileAgents } from "./server.js";
import { addTo, counted, inWords } from "./tally.js";
import type { Tally } from "./tally.js";

/** Kills on one database. More, and the reading of the end takes longer than the kills. */
const EPISODE = 25;
/** Violations of a kind that are told of a history. */
const TOLD = 3;

const { values } = calledWith({
  name: "npm run torture",
  about:
    "kill -9 on arcp serve --db, over and over, with clients that write down all they see, and a checker that reads it " +
    "afterwards: docs/torture.md.",
  options: {
    cycles: whole("N", "how many kills; 50 without it"),
    minutes: positive("N", "no more episodes once so many are over"),
    seed: whole("S", "the seed; by chance without it", 0),
    check: text(
      "FOLDER",
      "checks again what a failing run has kept, and does nothing else",
      (folder) => {
        if (existsSync(historyIn(folder))) return;
        throw new UsageError(`there is no ${historyIn(folder)}`);
      },
    ),
  },
  exits: { 0: "no violation", 1: "a violation; what shows it is kept" },
});

async function main(): Promise<number> {
  if (values.check !== undefined) return checkAgain(values.check);
  const { cycles = 50, minutes = Infinity, seed = Math.floor(Math.random() * 1e9) } = values;
  return torture(cycles, seed, minutes);
}

async function torture(cycles: number, seed: number, minutes: number): Promise<number> {
  const begun = performance.now();
  const total: Tally = counted({ entries: [], notes: [] });
  const folder = await mkdtemp(join(tmpdir(), "arcp-torture-"));
  const agents = join(folder, "agents.mjs");
  await compileAgents(agents);
  let violations = 0;
  for (let episode = 0; episode * EPISODE < cycles; episode += 1) {
    const elapsed = (performance.now() - begun) / 60_000;
    if (elapsed >= minutes) {
      console.log(`stopped after ${elapsed.toFixed(1)} minutes, of ${cycles} cycles:`);
      break;
    }
    const own = seed + episode;
    const place = join(folder, `seed-${own}`);
    await mkdir(place);
    const paths = { agents, db: join(place, "store.db"), notes: join(place, "notes.jsonl") };
    const history = await runEpisode(paths, own, Math.min(EPISODE, cycles - episode * EPISODE));
    addTo(total, counted(history));
    const found = check(history);
    violations += found.length;
    if (found.length === 0) {
      await rm(place, { recursive: true });
      continue;
    }
    await writeFile(historyIn(place), JSON.stringify({ seed: own, ...history }));
    console.log(`FAILED  seed ${own}, kept in ${place}`);
    tell(found);
  }
  if (violations === 0) await rm(folder, { recursive: true });
  const seconds = (performance.now() - begun) / 1000;
  console.log(
    `${inWords(total)}, ${violations} violations (seed ${seed}, ${seconds.toFixed(0)} s)`,
  );
  return violations === 0 ? 0 : 1;
}

/** Where a run keeps what it has seen. */
function historyIn(folder: string): string {
  return join(folder, "history.json");
}

async function checkAgain(folder: string): Promise<number> {
  const text = await readFile(historyIn(folder), "utf8");
  const history = JSON.parse(text) as History;
  const found = check(history);
  tell(found);
  console.log(`${inWords(counted(history))}, ${found.length} violations`);
  return found.length === 0 ? 0 : 1;
}

/** The kinds with how often each was found, and the first of each. */
function tell(found: readonly Violation[]): void {
  for (const kind of Object.keys(KINDS) as Kind[]) {
    const own = found.filter((one) => one.kind === kind);
    if (own.length > 0) console.log(`  ${own.length} × ${kind}: ${KINDS[kind]}`);
    for (const { text, place } of own.slice(0, TOLD)) console.log(`    at entry ${place}: ${text}`);
  }
}

leaveNothingBehind();
process.exitCode = await main();

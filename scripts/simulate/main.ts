/**
 * `npm run simulate`: the core in a simulated world, a seed a run. `-- --seeds N [--from S]` runs many, `-- --seed S`
 * replays one to be read, `-- --bugs` plants bugs and shows how many seeds each takes to be found.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { calledWith } from "../../conformance/usage/called.js";
import { UsageError, flag, one, whole } from "../../conformance/usage/options.js";
import { KINDS } from "../torture/check/violation.js";
import type { Violation } from "../torture/check/violation.js";
import { BUGS } from "./bugs.js";
import { bundle } from "./bundle.js";
import { runSeeds } from "./pool.js";
import type { Failure } from "./pool.js";
import { shrink } from "./shrink.js";
import { simulate } from "./simulation.js";
import { trace } from "./trace.js";

/** Seeds in which a planted bug has to be found. */
const BUG_SEEDS = 5_000;
/** Violations that are told of a seed, and failing seeds of a run. */
const TOLD = 3;

const { values } = calledWith({
  name: "npm run simulate",
  about: "The core in a simulated world, a seed a run: docs/simulation.md.",
  options: {
    seeds: whole("N", "how many seeds; 20000 without it"),
    from: whole("S", "the first of them; 1 without it"),
    seed: whole("S", "replays this one, to be read"),
    faults: one("F,F,...", "with --seed: only these of its faults; `none` for none", faults),
    bugs: flag("plants bugs, and shows how many seeds each takes to be found"),
  },
  exits: { 0: "no violation, or every bug found", 1: "a violation, or a bug was missed" },
});

/** What a failing run has printed: numbers with commas between. */
function faults(given: string): readonly number[] {
  if (given === "none") return [];
  const parts = given.split(",");
  if (parts.every((part) => /^[1-9]\d*$/.test(part))) return parts.map(Number);
  throw new UsageError(`whole numbers from 1 up with commas between, or none, not "${given}"`);
}

async function main(): Promise<number> {
  const { seeds = 20_000, from = 1, seed } = values;
  if (seed !== undefined) return replay(seed, values.faults);
  const folder = await mkdtemp(join(tmpdir(), "arcp-simulate-"));
  try {
    return await (values.bugs ? plantBugs(folder, from) : runMany(folder, from, seeds));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function replay(seed: number, only: readonly number[] | undefined): Promise<number> {
  const outcome = await simulate(seed, only);
  for (const line of trace(outcome)) console.log(line);
  const { steps, violations } = outcome;
  console.log(`seed ${seed}: ${steps} steps, ${violations.length} violations`);
  tell(violations);
  return violations.length === 0 ? 0 : 1;
}

async function runMany(folder: string, from: number, count: number): Promise<number> {
  const begun = performance.now();
  const file = join(folder, "simulation.mjs");
  await bundle(file);
  const asked = { from, to: from + count - 1, first: false };
  const { seeds, entries, failures } = await runSeeds(file, asked, (done, failed) =>
    progress(`${done} of ${count} seeds, ${failed} failed`),
  );
  progress("");
  for (const failure of failures.slice(0, TOLD)) fail(await shrink(file, failure));
  if (failures.length > TOLD) {
    console.log(
      `and ${failures
        .slice(TOLD)
        .map(({ seed }) => seed)
        .join(", ")}`,
    );
  }
  const seconds = (performance.now() - begun) / 1000;
  console.log(
    `${seeds} seeds, ${entries} entries, ${failures.length} failed (${seconds.toFixed(0)} s)`,
  );
  return failures.length === 0 ? 0 : 1;
}

function fail({ seed, faults, violations }: Failure): void {
  console.log(`FAILED  npm run simulate -- --seed ${seed} --faults ${faults.join() || "none"}`);
  tell(violations);
}

async function plantBugs(folder: string, from: number): Promise<number> {
  const file = join(folder, "simulation.mjs");
  const asked = { from, to: from + BUG_SEEDS - 1, first: true };
  let missed = 0;
  for (const [at, bug] of BUGS.entries()) {
    const own = file.replace("simulation", `bug${at}`);
    await bundle(own, bug);
    const { failures, seeds } = await runSeeds(own, asked, (done) =>
      progress(`${bug.name}: ${done} seeds`),
    );
    progress("");
    const [failure] = failures;
    if (failure === undefined) missed += 1;
    const kinds = [...new Set(failure?.violations.map(({ kind }) => kind))].join(", ");
    const how =
      failure === undefined ? `MISSED in ${seeds} seeds` : `seed ${failure.seed}: ${kinds}`;
    console.log(`${bug.name.padEnd(66)} ${how}`);
  }
  console.log(`${BUGS.length - missed} of ${BUGS.length} bugs found`);
  return missed === 0 ? 0 : 1;
}

/** One line that is written over, on a terminal. */
function progress(text: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${text}`);
}

function tell(violations: readonly Violation[]): void {
  for (const { kind, text, place } of violations.slice(0, TOLD)) {
    console.log(`  ${kind}, ${KINDS[kind]}\n    at entry ${place}: ${text}`);
  }
}

process.exitCode = await main();

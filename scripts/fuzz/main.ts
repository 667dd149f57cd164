/**
 * `npm run fuzz -- --minutes N`: what reads the texts of others, against slow oracles, each target in its share of the
 * time; `--small` takes 20 seconds. Prints the runs a second of each. A finding is made smaller, printed with what makes it
 * again (`--seed S --only NAME --run N`), and ends it with 1. `--bugs` looks for the bugs that are planted in each target.
 */
import { calledWith } from "../../conformance/usage/called.js";
import { UsageError, flag, positive, text, whole } from "../../conformance/usage/options.js";
import { GRAMMAR } from "./grammar.js";
import { LEASES } from "./leases.js";
import { again, fuzz } from "./run.js";
import type { Finding } from "./run.js";
import { SEQUENCES } from "./sequences.js";
import { SHAPES } from "./shapes.js";
import type { Target } from "./target.js";
import { WIRE } from "./wire.js";

const TARGETS: readonly Target[] = [...WIRE, ...LEASES, ...SHAPES, ...GRAMMAR, ...SEQUENCES];
const SMALL_MS = 20_000;
/** A bug is found within this, or it is not. */
const BUG_RUNS = 100_000;
const BUG_MS = 60_000;

const NAMES = TARGETS.map(({ name }) => name).join(", ");

const { values } = calledWith({
  name: "npm run fuzz",
  about:
    "What reads the texts of others, against slow oracles, each target in its share of the time. A finding is made " +
    "smaller, and printed with what makes it again: docs/attacks.md.",
  options: {
    minutes: positive("N", "for all targets together; 1 without it"),
    small: flag(`${SMALL_MS / 1000} seconds for all`),
    only: text("TEXT", `the targets with it in their names: ${NAMES}`, (given) => {
      if (TARGETS.some(({ name }) => name.includes(given))) return;
      throw new UsageError(`no target has "${given}" in its name; there is ${NAMES}`);
    }),
    seed: whole("S", "the seed; by chance without it", 0),
    run: whole("N", "with --seed and --only: this run again", 0),
    bugs: flag("looks for the bugs that are planted in each target"),
  },
  exits: { 0: "nothing was found, or every bug", 1: "a finding, or a bug was missed" },
});
const { seed = Math.floor(Math.random() * 2 ** 20), only = "" } = values;
const wanted = TARGETS.filter(({ name }) => name.includes(only));
const print = (line: string): void => void process.stdout.write(`${line}\n`);

function tell(name: string, { problem, input, run }: Finding): void {
  print(`${name}: ${problem}`);
  print(`  ${JSON.stringify(input)}`);
  print(`  npm run fuzz -- --seed ${seed} --only ${name} --run ${run}`);
}

async function main(): Promise<number> {
  const ms = values.small ? SMALL_MS : (values.minutes ?? 1) * 60_000;
  if (values.run !== undefined) {
    let found = 0;
    for (const target of wanted) {
      const finding = await again(target, seed, values.run);
      if (finding === undefined) continue;
      tell(target.name, finding);
      found += 1;
    }
    print(`${found} found`);
    return found === 0 ? 0 : 1;
  }
  return values.bugs ? bugs() : all(ms / wanted.length);
}

async function all(ms: number): Promise<number> {
  let found = 0;
  print(`seed ${seed}`);
  for (const target of wanted) {
    const { runs, perSecond, finding } = await fuzz(target, { seed, ms });
    print(`${target.name.padEnd(10)} ${String(runs).padStart(9)} runs, ${perSecond} a second`);
    if (finding === undefined) continue;
    tell(target.name, finding);
    found += 1;
  }
  print(`${found} found`);
  return found === 0 ? 0 : 1;
}

async function bugs(): Promise<number> {
  let missed = 0;
  for (const target of wanted) {
    for (const { name, check } of target.bugs) {
      const { runs, finding } = await fuzz(target, { seed, ms: BUG_MS, runs: BUG_RUNS, check });
      if (finding === undefined) missed += 1;
      const how =
        finding === undefined
          ? `MISSED in ${runs} runs`
          : `found in ${runs} runs, by ${JSON.stringify(finding.input)}`;
      print(`${target.name}: ${name}: ${how}`);
    }
  }
  print(`${missed} missed`);
  return missed === 0 ? 0 : 1;
}

process.exitCode = await main();

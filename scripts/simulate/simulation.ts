/** One seed is one run: clients on a runtime, faults, and the reading of the end; then the checker judges. */
import { audit } from "../torture/audit.js";
import { check } from "../torture/check.js";
import type { Violation } from "../torture/check/violation.js";
import { canceller } from "../torture/clients/canceller.js";
import { lessee } from "../torture/clients/lessee.js";
import { resumer } from "../torture/clients/resumer.js";
import { retrier } from "../torture/clients/retrier.js";
import { spy } from "../torture/clients/spy.js";
import { submitter } from "../torture/clients/submitter.js";
import { watcher } from "../torture/clients/watcher.js";
import type { History } from "../torture/history.js";
import { randomOf } from "../torture/random.js";
import type { Random } from "../torture/random.js";
import { planOf, strike } from "./faults.js";
import type { Fault } from "./faults.js";
import { program } from "./program.js";
import { createUniverse } from "./universe.js";
import type { Universe } from "./universe.js";
import { waiter } from "./waiter.js";

/** What became of a seed. */
export interface Outcome {
  readonly seed: number;
  readonly history: History;
  readonly violations: readonly Violation[];
  /** The faults that happened, each with the entry of the history before which it did. */
  readonly struck: readonly {
    readonly fault: Fault;
    readonly place: number;
    readonly at: number;
  }[];
  readonly steps: number;
}

type Player = (universe: Universe, name: string, random: Random) => Promise<void>;

const CLIENTS: Readonly<Record<string, Player>> = {
  submitter1: ({ world }, ...rest) => submitter(world, ...rest),
  resumer1: ({ world }, ...rest) => resumer(world, ...rest),
  retrier1: ({ world }, ...rest) => retrier(world, ...rest),
  // Two that have the same keys in mind at the same time.
  async twins1({ world }, name, random) {
    const seed = random.between(1, 1e9);
    await Promise.all([randomOf(seed), randomOf(seed)].map((own) => retrier(world, name, own)));
  },
  canceller1: ({ world }, ...rest) => canceller(world, ...rest),
  spy1: ({ world }, ...rest) => spy(world, ...rest),
  waiter1: ({ world }, ...rest) => waiter(world, ...rest),
  lessee1: ({ world, wall }, ...rest) => lessee(world, ...rest, wall),
  watcher1: ({ world }, ...rest) => watcher(world, ...rest),
  program1: program,
  program2: program,
};

/** How many of the clients play in a run. */
const PLAYERS = { fewest: 2, most: 3 };
/** How many entries a history has before they go home: small runs are many runs, and some bugs take a long one. */
const ENTRIES = [20, 30, 40, 100];
/** Steps of a run in which everybody comes home. */
const MOST_STEPS = 20_000;

/** Runs a seed; of its faults only those with these numbers, if they are given. Never rejects. */
export async function simulate(seed: number, only?: readonly number[]): Promise<Outcome> {
  const universe = createUniverse(seed);
  const { world, scheduler, notes } = universe;
  const faults = planOf(seed).filter(({ number }) => only?.includes(number) ?? true);
  const struck: Outcome["struck"][number][] = [];
  for (const fault of faults) {
    scheduler.before(fault.step, () => {
      if (world.over) return;
      struck.push({ fault, place: world.entries.length, at: scheduler.now });
      strike(universe, fault);
    });
  }
  try {
    await live(universe, seed);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    world.record({ do: "trouble", text });
  }
  const history = world.history(notes);
  return { seed, history, violations: check(history), struck, steps: scheduler.steps };
}

async function live(universe: Universe, seed: number): Promise<void> {
  const { world, scheduler } = universe;
  const random = randomOf(seed * 64 + 6);
  const failures: unknown[] = [];
  universe.start();
  const playing = playersOf(random).map((name) =>
    CLIENTS[name]!(universe, name, randomOf(seed * 64 + 7 + Object.keys(CLIENTS).indexOf(name))),
  );
  let home = false;
  void Promise.all(playing).then(
    () => (home = true),
    (error: unknown) => failures.push(error),
  );
  const until = (done: () => boolean) =>
    scheduler.run(() => failures.length > 0 || done(), MOST_STEPS);
  const enough = random.pick(ENTRIES);
  await until(() => world.entries.length >= enough);
  heal(universe);
  await until(() => home && universe.listening);
  let read = false;
  void audit(world, "here").then(
    () => (read = true),
    (error: unknown) => failures.push(error),
  );
  await until(() => read);
  if (failures.length > 0) throw failures[0];
}

function playersOf(random: Random): readonly string[] {
  const names = Object.keys(CLIENTS);
  const players = random.between(PLAYERS.fewest, PLAYERS.most);
  return Array.from(
    { length: players },
    () => names.splice(random.between(0, names.length - 1), 1)[0]!,
  );
}

/** Nothing goes wrong any more, and the clients come to an end. */
function heal({ world, network, disk }: Universe): void {
  disk.faults.length = 0;
  network.up = true;
  network.slowness = 1;
  for (const link of network.links) link.pace = 0;
  world.end();
}

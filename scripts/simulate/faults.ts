/** What goes wrong in a run, and when: drawn from the seed before it begins, so that a fault can be left out. */
import type { Random } from "../torture/random.js";
import { randomOf } from "../torture/random.js";
import type { Link } from "./network.js";
import type { Universe } from "./universe.js";

/** Each fault, and what it does. A new one is a line here, and its weight below. */
const FAULTS = {
  /** The power goes, and comes back. */
  crash: ({ crash }, random) => crash(random.between(0, 200)),
  /** It goes again while the process takes up what it has. */
  "crash twice"({ crash, later }, random) {
    crash(1);
    later(random.between(2, 20), () => crash(random.between(0, 50)));
  },
  /** One connection drops. */
  drop: (universe, random) => someLink(universe, random)?.cut(),
  /** One connection hangs half open: what is sent vanishes. */
  "half open": (universe, random) =>
    someLink(universe, random)?.hang(random.pick(["up", "down", "both"])),
  /** Everybody is thrown out and comes back at once, over and over. */
  "reconnect storm"({ network, later }, random) {
    for (let times = random.between(2, 4), at = 0; times > 0; times -= 1, at += 15) {
      later(at, () => network.links.forEach((link) => link.cut()));
    }
  },
  /** Nobody gets through for a while. */
  partition({ network, later }, random) {
    network.up = false;
    for (const link of network.links) link.hang("both");
    later(random.between(10, 4000), () => (network.up = true));
  },
  delay({ network, later }, random) {
    network.slowness = random.pick([5, 30]);
    later(random.between(50, 500), () => (network.slowness = 1));
  },
  /** A client reads slowly. */
  "slow consumer"(universe, random) {
    const link = someLink(universe, random);
    if (link === undefined) return;
    link.pace = random.pick([3, 20]);
    universe.later(random.between(50, 500), () => (link.pace = 0));
  },
  /** The dates jump, the durations do not. */
  "clock jump"(universe, random) {
    universe.jump(random.between(-3_600_000, 3_600_000));
  },
  /** The machine sleeps: everything that had a time is due at once. */
  "long sleep": ({ scheduler }, random) => scheduler.jump(random.between(100, 100_000)),
  "store error": ({ disk }) => void disk.faults.push("error"),
  "executed but reported failed": ({ disk }) =>
    void disk.faults.push("executed but reported failed"),
  "read error": ({ disk }) => void disk.faults.push("read error"),
} satisfies Readonly<Record<string, (universe: Universe, random: Random) => void>>;

export type FaultKind = keyof typeof FAULTS;

/** A fault of a run. */
export interface Fault {
  /** Its place in the plan, by which it can be named. */
  readonly number: number;
  readonly kind: FaultKind;
  /** The step of the scheduler before which it happens. */
  readonly step: number;
  readonly seed: number;
}

/** A crash tells more than anything else. */
const WEIGHTED: readonly FaultKind[] = [
  ...(Object.keys(FAULTS) as FaultKind[]),
  ...(["crash", "crash", "crash", "drop", "drop"] as const),
];
const MOST = 6;
const LAST_STEP = 160;

/** What goes wrong in the run of a seed; in a few, nothing does. */
export function planOf(seed: number): readonly Fault[] {
  const random = randomOf(seed * 64 + 1);
  return Array.from({ length: random.between(0, MOST) }, (_, at) => ({
    number: at + 1,
    kind: random.pick(WEIGHTED),
    step: random.between(5, LAST_STEP),
    seed: seed * 64 + 32 + at,
  }));
}

/** Lets it happen. */
export function strike(universe: Universe, { kind, seed }: Fault): void {
  const act: (universe: Universe, random: Random) => void = FAULTS[kind];
  act(universe, randomOf(seed));
}

function someLink({ network }: Universe, random: Random): Link | undefined {
  const links = [...network.links];
  return links.length === 0 ? undefined : random.pick(links);
}

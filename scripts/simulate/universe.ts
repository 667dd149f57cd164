/** A world with its disc, its network, and one runtime at a time on them. */
import { seededEntropy } from "../../runtime-kit/testing/entropy.js";
import type { Transport } from "../../runtime-kit/transports/port.js";
import type { Clock, Entropy } from "../../runtime-kit/wire/time.js";
import type { AgentNote } from "../torture/history.js";
import type { Heard, Machine, Socket } from "../torture/machine.js";
import { randomOf } from "../torture/random.js";
import { World } from "../torture/world.js";
import { createDisk } from "./disk.js";
import type { Disk } from "./disk.js";
import { startLife } from "./life.js";
import type { Life } from "./life.js";
import { createNetwork } from "./network.js";
import type { Link, Network } from "./network.js";
import { createScheduler } from "./scheduler.js";
import type { Scheduler } from "./scheduler.js";

export interface Universe {
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly disk: Disk;
  readonly world: World;
  readonly notes: readonly AgentNote[];
  readonly entropy: Entropy;
  wall(): number;
  /** Puts the dates so many milliseconds ahead of the durations, or back. */
  jump(ms: number): void;
  readonly onJump: NonNullable<Clock["onJump"]>;
  /** Starts the runtime. */
  start(): void;
  /** Ends it without a word, and starts the next one after so many milliseconds. */
  crash(restartMs: number): void;
  /** Lets something happen in a while, unless the run is over by then. */
  later(ms: number, action: () => void): void;
  /** Whether a runtime lets clients in. */
  readonly listening: boolean;
  /** A connection to the runtime, once it is established; nothing where nobody answers. */
  connect(): Promise<Link | undefined>;
}

const EPOCH = Date.UTC(2026, 0);
/** What agents are asked for at most. */
const LONGEST = 6;
/** How long a connection takes to be established, and one that is not to be given up, in milliseconds. */
const CONNECT = 8;

export function createUniverse(seed: number): Universe {
  const scheduler = createScheduler();
  const random = randomOf(seed * 64 + 2);
  const network = createNetwork(scheduler, randomOf(seed * 64 + 3));
  const disk = createDisk(scheduler, randomOf(seed * 64 + 4));
  const entropy = seededEntropy(seed * 64 + 5);
  const notes: AgentNote[] = [];
  const limits = {
    // A machine that slept is no reason to refuse a hello.
    helloDeadlineMs: 200_000,
    heartbeatMs: random.pick([400, 5_000, 30_000]),
    maxRunningJobs: random.pick([2, 64]),
    chunkBytes: random.pick([16, 256]),
  };
  let life: Life | undefined;
  let listening = false;
  let ahead = 0;
  const jumped = new Set<() => void>();

  const machine: Machine = {
    clock: () => scheduler.now,
    timer: (ms, callback) => scheduler.after(ms, callback),
    dial,
  };
  const world = new World(machine, LONGEST);

  async function connect(): Promise<Link | undefined> {
    const ms = random.between(1, CONNECT);
    await new Promise<void>((resolve) => void scheduler.after(ms, resolve));
    if (!network.up || !listening) return undefined;
    const link = network.connect();
    life?.accept(link.ends[1]);
    return link;
  }

  async function dial(_address: string, heard: Heard): Promise<Socket | undefined> {
    const link = await connect();
    if (link === undefined) return undefined;
    const [end] = link.ends;
    let terminated = false;
    void listen(link, end, {
      ...heard,
      message: (text) => terminated || heard.message(text),
    });
    return {
      get open() {
        return link.open && !terminated;
      },
      send: (text) => void end.send([text]),
      terminate() {
        terminated = true;
        link.cut();
      },
    };
  }

  async function listen(link: Link, { incoming }: Transport, heard: Heard): Promise<void> {
    const frames = incoming[Symbol.asyncIterator]();
    let next = await frames.next();
    for (; next.done !== true; next = await frames.next()) {
      if (link.pace > 0) await pause(link.pace);
      heard.message(next.value);
    }
    heard.closed(next.value.code);
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => void scheduler.after(ms, resolve));
  }

  function start(): void {
    const own = startLife({
      ...{ scheduler, random, disk, limits, entropy },
      cycle: world.cycle,
      wall: () => universe.wall(),
      onJump: universe.onJump,
      note: (note) => notes.push({ at: scheduler.now, cycle: world.cycle, ...note }),
      complained(text) {
        // Whatever it complains of has to be the disc's fault.
        if (disk.blamed === 0) world.record({ do: "trouble", text });
      },
    });
    life = own;
    own.ready.then(
      () => {
        if (life !== own) return;
        listening = true;
        world.record({ do: "listening" });
        world.moved("here");
      },
      () => life === own && crash(random.between(0, 50)),
    );
    // As whoever watches over the process does when it ends.
    void own.failed.then(() => life === own && crash(random.between(0, 50)));
  }

  function crash(restartMs: number): void {
    if (life === undefined) return;
    life.end();
    life = undefined;
    listening = false;
    world.moved(undefined);
    world.record({ do: "kill", open: world.unanswered.size });
    for (const link of network.links) link.orphan();
    disk.crash();
    world.cycle += 1;
    scheduler.after(restartMs, start);
  }

  const universe: Universe = {
    ...{ scheduler, network, disk, world, notes, entropy, connect, start, crash },
    wall: () => EPOCH + Math.floor(scheduler.now) + ahead,
    jump(ms) {
      ahead += ms;
      for (const tell of jumped) tell();
    },
    onJump(callback) {
      jumped.add(callback);
      return () => void jumped.delete(callback);
    },
    later: (ms, action) => void scheduler.after(ms, () => world.over || action()),
    get listening() {
      return listening;
    },
  };
  return universe;
}

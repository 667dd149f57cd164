/** One database: processes that are killed and started on it, the clients meanwhile, and the reading of the end. */
import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { audit } from "./audit.js";
import { canceller } from "./clients/canceller.js";
import { lessee } from "./clients/lessee.js";
import { resumer } from "./clients/resumer.js";
import { retrier } from "./clients/retrier.js";
import { spy } from "./clients/spy.js";
import { submitter } from "./clients/submitter.js";
import type { AgentNote, History } from "./history.js";
import { randomOf } from "./random.js";
import type { Random } from "./random.js";
import { realMachine } from "./real-machine.js";
import { startServer } from "./server.js";
import type { Place, Server } from "./server.js";
import { watcher } from "./clients/watcher.js";
import { World } from "./world.js";

const CLIENTS = {
  submitter1: submitter,
  submitter2: submitter,
  resumer1: resumer,
  resumer2: resumer,
  retrier1: retrier,
  retrier2: retrier,
  canceller1: canceller,
  canceller2: canceller,
  spy1: spy,
  watcher1: watcher,
  lessee1: (world, name, random) => lessee(world, name, random, Date.now),
} satisfies Readonly<Record<string, (world: World, name: string, random: Random) => Promise<void>>>;

/** How long a process lives under load before it is killed, in milliseconds. */
const LIFE = { shortest: 20, longest: 400 };
/** One in so many lives ends before it listens: while the store is taken up. */
const UNBORN_PERCENT = 8;
const BIRTH_MS = 260;

/** Kills the process `cycles` times. Everything by chance is decided by `seed`, but for what the machine decides. */
export async function runEpisode(place: Place, seed: number, cycles: number): Promise<History> {
  const world = new World(realMachine);
  const random = randomOf(seed);
  const clients = Object.entries(CLIENTS).map(([name, client], at) =>
    client(world, name, randomOf(seed * 31 + at + 1)),
  );
  for (; world.cycle < cycles; world.cycle += 1) {
    const server = startServer(place, world.cycle);
    if (random.chance(UNBORN_PERCENT)) await pause(random.between(50, BIRTH_MS));
    else if (await born(world, server)) await pause(random.between(LIFE.shortest, LIFE.longest));
    else break;
    await kill(world, server);
  }
  const server = startServer(place, world.cycle);
  const address = await born(world, server);
  if (address !== undefined) await pause(LIFE.longest);
  world.end();
  await Promise.all(clients);
  if (address !== undefined) await audit(world, address);
  await end(world, server);
  return world.history(await notesOf(place.notes));
}

async function born(world: World, server: Server): Promise<string | undefined> {
  const address = await server.listening;
  if (address === undefined) {
    const { how, words } = await server.ended;
    world.record({ do: "trouble", text: `the process did not listen: ${how}\n${words}` });
    return undefined;
  }
  world.record({ do: "listening" });
  world.moved(address);
  return address;
}

async function kill(world: World, server: Server): Promise<void> {
  world.moved(undefined);
  world.record({ do: "kill", open: world.unanswered.size });
  await end(world, server);
}

async function end(world: World, server: Server): Promise<void> {
  server.kill();
  const { how, words } = await server.ended;
  if (how !== "SIGKILL")
    world.record({ do: "trouble", text: `it ended by itself: ${how}\n${words}` });
  const complaint = /^.*"level":[56]0.*$/m.exec(words)?.[0];
  if (complaint !== undefined) world.record({ do: "trouble", text: complaint });
}

/** A line that a kill cut short is no note: the system takes a write as a whole, so that it never was one. */
async function notesOf(file: string): Promise<AgentNote[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as AgentNote);
}

/** A program with the real client library, which reconnects by itself; all its frames are written down. */
import { connectWith } from "../../runtime-kit/client/connect.js";
import type { Client, Job } from "../../runtime-kit/client/index.js";
import type { Incoming, Transport } from "../../runtime-kit/transports/port.js";
import { ConnectionError } from "../../runtime-kit/wire/errors.js";
import { leaseFor } from "../torture/clients/work.js";
import { FEATURES } from "../torture/line.js";
import type { Message } from "../torture/history.js";
import { pause } from "../torture/machine.js";
import type { Random } from "../torture/random.js";
import { TOKENS } from "../torture/tokens.js";
import type { World } from "../torture/world.js";
import { clockOf } from "./life.js";
import type { Link } from "./network.js";
import type { Universe } from "./universe.js";

const AGENTS = ["burst", "again", "stream", "worker", "faulty", "lead"];

/** Submits, follows, cancels; what the library tells is written down too. Ends in good order. */
export async function program(universe: Universe, name: string, random: Random): Promise<void> {
  const { world, scheduler, entropy } = universe;
  const connect = connectWith(() => () => dialRecorded(universe, name));
  let jobs = 0;

  async function follow(job: Job): Promise<void> {
    const leave = random.chance(15) ? random.between(1, 5) : Infinity;
    let events = 0;
    for await (const { seq } of job) {
      world.record({ do: "told", client: name, job: job.id, seq });
      if (random.chance(20)) await pause(world.machine, random.between(1, 10));
      if ((events += 1) === leave) break;
    }
    await job.result().catch(() => undefined);
    if (leave === Infinity) {
      world.record({ do: "told", client: name, job: job.id, seq: undefined });
    }
  }

  async function round(client: Client): Promise<void> {
    const work = {
      tag: `${name}.${(jobs += 1)}`,
      count: random.between(1, world.longest),
    };
    const job = await client.submit(random.pick(AGENTS), work, { lease: leaseFor(work.count) });
    const following = follow(job);
    if (random.chance(25)) {
      await pause(world.machine, random.between(0, 20));
      await job.cancel("enough");
    }
    if (random.chance(10)) for await (const _row of client.jobs({ limit: 20 }));
    await following;
  }

  while (!world.over) {
    const client = await connect("ws://localhost", {
      token: TOKENS.owner,
      clock: clockOf(
        scheduler,
        () => universe.wall(),
        () => true,
        universe.onJump,
      ),
      entropy,
      features: FEATURES,
      reconnect: { minDelayMs: 5, maxDelayMs: 50 },
    }).catch((error: unknown) => {
      // Nobody answered, or somebody died in the middle of it: a program would try again.
      if (error instanceof ConnectionError) return pause(world.machine, 20);
      throw error;
    });
    if (client === undefined) continue;
    while (!world.over && random.chance(90)) {
      await Promise.all([round(client), ...(random.chance(50) ? [round(client)] : [])]);
    }
    await client.close();
  }
}

async function dialRecorded(universe: Universe, name: string): Promise<Transport> {
  const { world } = universe;
  const link = await universe.connect();
  if (link === undefined) throw new ConnectionError("UNREACHABLE", "nobody answers");
  const connection = world.nextConnection();
  world.record({ do: "open", connection, client: name, principal: "owner", audit: false });
  const [end] = link.ends;
  return {
    send(frames) {
      for (const text of frames) world.record({ do: "sent", connection, text });
      return end.send(frames);
    },
    close: (code, reason) => end.close(code, reason),
    incoming: recorded(world, link, connection),
  };
}

function recorded(world: World, link: Link, connection: number): Incoming {
  const frames = link.ends[0].incoming[Symbol.asyncIterator]();
  let ticket: ReturnType<World["welcomed"]>;
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        const next = await frames.next();
        if (next.done === true) {
          world.record({ do: "close", connection, code: next.value.code });
          return next;
        }
        if (link.pace > 0) await pause(world.machine, link.pace);
        const text = next.value;
        world.record({ do: "received", connection, text });
        const message = JSON.parse(text) as Message;
        if (message.type === "session.welcome") ticket = world.welcomed(message, "owner");
        if (ticket !== undefined) world.took(ticket, message);
        return next;
      },
    }),
  };
}

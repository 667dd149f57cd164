import { attach } from "../attach.js";
import type { Line } from "../line.js";
import type { Random } from "../random.js";
import type { World } from "../world.js";

/** Looks on at jobs of the same principal's other sessions, from their beginning, and goes on with that after each drop. */
export async function watcher(world: World, name: string, random: Random): Promise<void> {
  const who = { client: name, principal: "owner" } as const;
  /** Once in each session, whether it was answered or not: what has ended would be told anew. */
  let asked = new Set<string>();

  async function round(line: Line): Promise<void> {
    const job = world.jobs.length === 0 ? undefined : random.pick(world.jobs.slice(-6));
    if (job === undefined || asked.has(job)) return line.changed();
    asked.add(job);
    const subscribe = { job_id: job, history: true, from_event_seq: 0 };
    const answer = await line.answer(line.send("job.subscribe", subscribe));
    if (answer?.type === "job.subscribed" && random.chance(50)) await line.terminal(job);
  }

  let line = await attach(world, who);
  while (line !== undefined) {
    while (line.open && !world.over) {
      await round(line);
      if (random.chance(10)) line.drop();
    }
    if (world.over) return line.drop();
    const resumed = await attach(world, who, line.ticket);
    if (resumed === undefined) asked = new Set();
    line = resumed ?? (await attach(world, who));
  }
}

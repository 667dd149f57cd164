import { attach } from "../attach.js";
import type { Line } from "../line.js";
import type { Random } from "../random.js";
import type { World } from "../world.js";
import { createWork } from "./work.js";

const IN_FLIGHT = 4;

/** Submits as fast as it is answered, and reads everything; goes on with its session after each restart. */
export async function submitter(world: World, name: string, random: Random): Promise<void> {
  const who = { client: name, principal: "owner" } as const;
  const work = createWork(world, name, random);

  async function worker(line: Line): Promise<void> {
    while (line.open && !world.over) {
      const id = line.send("job.submit", work(["burst", "again", "stream", "faulty"], 30));
      const accepted = await line.answer(id);
      // Some are followed to their end, some only begun.
      if (accepted?.job_id !== undefined && random.chance(70)) await line.terminal(accepted.job_id);
      if (random.chance(5)) await line.answer(line.send("session.list_jobs", {}));
      const { ticket } = line;
      if (random.chance(20)) line.send("session.ack", { last_processed_seq: ticket?.last ?? 0 });
    }
  }

  let line = await attach(world, who);
  while (line !== undefined) {
    const present = line;
    await Promise.all(Array.from({ length: IN_FLIGHT }, () => worker(present)));
    if (world.over) return present.drop();
    line = (await attach(world, who, present.ticket)) ?? (await attach(world, who));
  }
}

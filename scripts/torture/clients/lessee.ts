import { attach } from "../attach.js";
import type { Random } from "../random.js";
import type { World } from "../world.js";
import { createWork } from "./work.js";

/** How long a lease lasts here, in milliseconds: the agent would go on for longer. */
const LEASE_MS = { shortest: 5, longest: 60 };

/**
 * Submits what wants to go on for longer than its lease lasts, and waits for its end.
 *
 * @param wall milliseconds since the epoch, by the clock of dates that client and runtime have
 */
export async function lessee(
  world: World,
  name: string,
  random: Random,
  wall: () => number,
): Promise<void> {
  const who = { client: name, principal: "owner" } as const;
  const work = createWork(world, name, random);
  let line = await attach(world, who);
  while (line !== undefined) {
    while (line.open && !world.over) {
      const ends = wall() + random.between(LEASE_MS.shortest, LEASE_MS.longest);
      const lease_constraints = { expires_at: new Date(ends).toISOString() };
      const submit = { ...work(["lessee"], 6), lease_constraints };
      const job = (await line.answer(line.send("job.submit", submit)))?.job_id;
      if (job !== undefined) await line.terminal(job);
    }
    if (world.over) return line.drop();
    line = (await attach(world, who, line.ticket)) ?? (await attach(world, who));
  }
}

import { attach } from "../attach.js";
import type { Line } from "../line.js";
import type { Random } from "../random.js";
import type { World } from "../world.js";
import { createWork } from "./work.js";

/** Submits and cancels, sooner or later; what was not answered before a kill it cancels again. */
export async function canceller(world: World, name: string, random: Random): Promise<void> {
  const who = { client: name, principal: "owner" } as const;
  const work = createWork(world, name, random);
  const open = new Set<string>();

  async function cancel(line: Line, job: string): Promise<void> {
    const id = line.send("job.cancel", { job_id: job, reason: "tortured" });
    if ((await line.answer(id)) === undefined) return;
    open.delete(job);
    if (random.chance(10)) await line.answer(line.send("job.cancel", { job_id: job }));
    if (random.chance(50)) await line.terminal(job);
  }

  async function round(line: Line): Promise<void> {
    const id = line.send("job.submit", work(["worker", "deaf", "again", "burst", "lead"], 25));
    const job = (await line.answer(id))?.job_id;
    if (job === undefined) return;
    open.add(job);
    const later = line.events + (random.chance(40) ? 0 : random.between(1, 20));
    while (line.open && line.events < later && line.ticket?.ended.has(job) === false)
      await line.changed();
    if (random.chance(90)) await cancel(line, job);
    else open.delete(job);
  }

  async function rounds(line: Line): Promise<void> {
    while (line.open && !world.over) await round(line);
  }

  let line = await attach(world, who);
  while (line !== undefined) {
    const present = line;
    await Promise.all([...open].map((job) => cancel(present, job)));
    await Promise.all([rounds(present), rounds(present), rounds(present)]);
    if (world.over) return present.drop();
    line = (await attach(world, who, present.ticket)) ?? (await attach(world, who));
  }
}

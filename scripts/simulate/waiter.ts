import { attach } from "../torture/attach.js";
import { createWork } from "../torture/clients/work.js";
import type { Random } from "../torture/random.js";
import type { World } from "../torture/world.js";

/** Asks for what takes long, with a limit or without, and cancels some of it: for what only time brings about. */
export async function waiter(world: World, name: string, random: Random): Promise<void> {
  const who = { client: name, principal: "owner" } as const;
  const work = createWork(world, name, random);
  let line = await attach(world, who);
  while (line !== undefined) {
    while (line.open && !world.over) {
      const limit = random.chance(50) ? { max_runtime_sec: random.between(1, 2) } : {};
      const asked = { ...work(["sleeper"], 3), ...limit };
      const job = (await line.answer(line.send("job.submit", asked)))?.job_id;
      if (job === undefined) continue;
      if (random.chance(30)) await line.answer(line.send("job.cancel", { job_id: job }));
      await line.terminal(job);
    }
    if (world.over) return line.drop();
    line = (await attach(world, who, line.ticket)) ?? (await attach(world, who));
  }
}

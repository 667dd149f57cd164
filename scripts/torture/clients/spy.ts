import { attach, resumeOf } from "../attach.js";
import { Line } from "../line.js";
import type { Random } from "../random.js";
import type { World } from "../world.js";
import { createWork } from "./work.js";

/** Another principal, who has work of its own, and uses what it found out of the owner's: ids, tokens, keys. */
export async function spy(world: World, name: string, random: Random): Promise<void> {
  const who = { client: name, principal: "spy" } as const;
  const work = createWork(world, name, random);

  async function tryForeignSession(): Promise<void> {
    const address = await world.address();
    const foreign = [...world.sessions.values()].filter(({ principal }) => principal === "owner");
    if (address === undefined || foreign.length === 0) return;
    const line = await Line.connect(world, address, who);
    await line?.hello("spy", resumeOf(random.pick(foreign), 0));
    line?.drop();
  }

  async function round(line: Line): Promise<void> {
    // The first key of the owner's retrier: for another principal it means another job.
    const key = random.chance(50) ? { idempotency_key: "retrier1.0" } : {};
    const submit = { ...work(["burst"], 5), ...key };
    const mine = await line.answer(line.send("job.submit", submit));
    if (mine?.job_id !== undefined) await line.terminal(mine.job_id);
    if (world.jobs.length > 0) {
      const job = { job_id: random.pick(world.jobs) };
      await line.answer(line.send(random.chance(50) ? "job.cancel" : "job.subscribe", job));
    }
    await line.answer(line.send("session.list_jobs", {}));
  }

  while (!world.over) {
    const line = await attach(world, who);
    if (line === undefined) return;
    for (let rounds = 3; rounds > 0 && line.open && !world.over; rounds -= 1) {
      await round(line);
      await tryForeignSession();
    }
    line.drop();
  }
}

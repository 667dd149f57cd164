import { attach } from "../attach.js";
import type { Line } from "../line.js";
import type { Random } from "../random.js";
import type { World } from "../world.js";
import { createWork } from "./work.js";
import type { Asked } from "./work.js";

interface Keyed extends Asked {
  readonly idempotency_key: string;
}

/** Opens a new session again and again, and in it repeats keys that other sessions used, before the last kill too. */
export async function retrier(world: World, name: string, random: Random): Promise<void> {
  const who = { client: name, principal: "owner" } as const;
  const work = createWork(world, name, random);
  const asked: Keyed[] = [];

  function next(): Keyed {
    // What was asked lately may have been on its way when the process was killed.
    const recent = asked.slice(-6);
    if (recent.length > 0 && random.chance(60)) {
      const known = random.pick(random.chance(70) ? recent : asked);
      if (random.chance(80)) return known;
      return { ...known, input: { ...known.input, count: known.input.count + 1 } };
    }
    const fresh = {
      ...work(["burst", "again", "stream", "worker", "faulty"], 15),
      idempotency_key: `${name}.${asked.length}`,
    };
    asked.push(fresh);
    return fresh;
  }

  async function ask(line: Line): Promise<void> {
    const submit = next();
    const twice = random.chance(20);
    const ids = [
      line.send("job.submit", submit),
      ...(twice ? [line.send("job.submit", submit)] : []),
    ];
    for (const id of ids) {
      const answer = await line.answer(id);
      if (answer?.job_id !== undefined && random.chance(50)) await line.terminal(answer.job_id);
    }
  }

  while (!world.over) {
    const line = await attach(world, who);
    if (line === undefined) return;
    for (let asks = random.between(1, 6); asks > 0 && line.open && !world.over; asks -= 1) {
      await ask(line);
    }
    line.drop();
  }
}

import { attach, resumeOf } from "../attach.js";
import { Line } from "../line.js";
import type { Random } from "../random.js";
import type { SessionTicket, World } from "../world.js";
import { createWork } from "./work.js";

/** Drops its connection all the time and goes on with its session: from where it was, from earlier, or over its own head. */
export async function resumer(world: World, name: string, random: Random): Promise<void> {
  const who = { client: name, principal: "owner" } as const;
  const work = createWork(world, name, random);

  async function use(line: Line): Promise<void> {
    for (let jobs = random.between(1, 2); jobs > 0; jobs -= 1) {
      line.send("job.submit", work(["burst", "again", "worker"], 20));
    }
    const enough = line.events + random.between(0, 25);
    while (line.open && !world.over && line.events < enough) {
      await line.changed();
      if (random.chance(10)) {
        line.send("session.ack", { last_processed_seq: line.ticket?.last ?? 0 });
      }
    }
  }

  /** Tries a token that was used up two resumes ago: it has to be refused, and to disturb nobody. */
  async function tryStale(ticket: SessionTicket): Promise<void> {
    const address = await world.address();
    const token = ticket.used.at(-random.between(2, 6));
    if (address === undefined || token === undefined) return;
    const line = await Line.connect(world, address, who);
    await line?.hello("owner", resumeOf(ticket, ticket.last, token));
    line?.drop();
  }

  let line = await attach(world, who);
  while (line !== undefined) {
    await use(line);
    const { ticket } = line;
    // Left open, the old connection has to be taken over from.
    if (random.chance(70)) line.drop();
    if (world.over || ticket === undefined) return line.drop();
    if (random.chance(15)) await tryStale(ticket);
    const cursor = random.chance(30) ? random.between(0, ticket.last) : ticket.last;
    line = (await attach(world, who, ticket, cursor)) ?? (await attach(world, who));
  }
}

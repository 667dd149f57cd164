/** The reading of the end: each session from its beginning, and what each principal's jobs came to. */
import { Line } from "./line.js";
import type { Principal } from "./history.js";
import { resumeOf } from "./attach.js";
import type { SessionTicket, World } from "./world.js";

/** How long a session's last events may take, in milliseconds. What is missing then is lost, says the checker. */
const PATIENCE = 20_000;
const AT_ONCE = 8;

/** Reads all sessions again on a process that is left alone. */
export async function audit(world: World, address: string): Promise<void> {
  const tickets = [...world.sessions.values()];
  const readers = Array.from({ length: AT_ONCE }, async () => {
    for (let ticket = tickets.pop(); ticket !== undefined; ticket = tickets.pop()) {
      await readSession(world, address, ticket);
    }
  });
  await Promise.all(readers);
  for (const principal of ["owner", "spy"] as const) await readList(world, address, principal);
}

async function readSession(world: World, address: string, ticket: SessionTicket): Promise<void> {
  const { principal, last } = ticket;
  const who = { client: "auditor", principal, audit: true };
  const line = await Line.connect(world, address, who);
  if (line === undefined) return;
  // Read anew: what was received before does not count here.
  ticket.last = 0;
  ticket.ended.clear();
  await line.hello(principal, resumeOf(ticket, 0));
  const cancel = world.machine.timer(PATIENCE, () => line.drop());
  const whole = () => ticket.last >= last && [...ticket.jobs].every((job) => ticket.ended.has(job));
  while (line.ticket !== undefined && line.open && !whole()) await line.changed();
  cancel();
  line.drop();
}

async function readList(world: World, address: string, principal: Principal): Promise<void> {
  const line = await Line.connect(world, address, { client: "auditor", principal, audit: true });
  await line?.hello(principal);
  for (let cursor: unknown = null; line !== undefined;) {
    const id = line.send("session.list_jobs", {
      limit: 200,
      ...(cursor === null ? {} : { cursor }),
    });
    const page = await line.answer(id);
    cursor = page?.payload["next_cursor"] ?? null;
    if (cursor === null) break;
  }
  line?.drop();
}

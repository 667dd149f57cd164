import { Line } from "./line.js";
import type { Who } from "./line.js";
import { pause } from "./machine.js";
import type { SessionTicket, World } from "./world.js";

/**
 * A connection with a session: a new one, or `ticket`'s, gone on with after the number `cursor`. Tries again
 * through every restart; `undefined` when the clients have to end, or where the session is refused.
 */
export async function attach(
  world: World,
  who: Who,
  ticket?: SessionTicket,
  cursor = ticket?.last ?? 0,
): Promise<Line | undefined> {
  for (;;) {
    const address = await world.address();
    if (address === undefined) return undefined;
    const line = await Line.connect(world, address, who);
    if (line === undefined) {
      // The process is gone and its exit is not known yet.
      await pause(world.machine, 5);
      continue;
    }
    const answer = await line.hello(who.principal, ticket && resumeOf(ticket, cursor));
    if (answer?.type === "session.welcome") return line;
    line.drop();
    if (answer !== undefined) return undefined;
  }
}

/** What a hello says to go on with a session, by default with its newest token. */
export function resumeOf(ticket: SessionTicket, cursor: number, token = ticket.token): object {
  return { session_id: ticket.id, resume_token: token, last_event_seq: cursor };
}

/** Subscribers: what they are told is what the submitting session is told, with its numbers beside their own. W-19 */
import { sessionOf } from "./facts.js";
import type { Facts, Frame, Job } from "./facts.js";
import { violation } from "./violation.js";
import type { Violation } from "./violation.js";

export function watching({ jobs }: Facts): Violation[] {
  return [...jobs.values()].flatMap(origins);
}

/** Of two submits with one key at once either may have made the job: what is told has to fit one of their sessions, whole. */
function origins(job: Job): Violation[] {
  const told = job.frames.filter((frame) => originOf(frame) !== undefined);
  const homes = new Set(job.submits.flatMap(({ session }) => session ?? []));
  const found = [...homes].map((home) => strangeTo(home, job, told));
  return found.find((strange) => strange.length === 0) ?? found[0] ?? [];
}

/** What of this is not numbered as in a session. */
function strangeTo(home: string, job: Job, told: readonly Frame[]): Violation[] {
  const numbers = new Map(
    job.frames
      .filter(({ connection }) => sessionOf(connection) === home)
      .map(({ message }) => [message.id, message.event_seq]),
  );
  return told.flatMap((frame) => {
    const number = numbers.get(frame.message.id);
    if (number === undefined || number === originOf(frame)) return [];
    const text = `${job.id}: ${frame.message.id} is number ${number} of ${home}, and said to be ${originOf(frame)}`;
    return [violation("divergent", frame, text)];
  });
}

/** The number that a subscriber is told an event bears where its job was submitted. */
export function originOf({ message }: Frame): number | undefined {
  return message.payload["origin_seq"] as number | undefined;
}

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
  const unlike = differing(told);
  if (unlike !== undefined) return [unlike];
  const homes = new Set(job.submits.flatMap(({ session }) => session ?? []));
  const found = [...homes].map((home) => strangeTo(home, job, told));
  return found.find((strange) => strange.length === 0) ?? found[0] ?? [];
}

/** An event that bears two numbers, though its submitting session may never have been there to be given it. */
function differing(told: readonly Frame[]): Violation | undefined {
  const numbers = new Map<string, number | undefined>();
  for (const frame of told) {
    const number = originOf(frame);
    const known = numbers.get(frame.message.id);
    if (known !== undefined && known !== number) {
      const text = `${frame.message.id} is said to be ${known} and ${number} where it was submitted`;
      return violation("divergent", frame, text);
    }
    numbers.set(frame.message.id, number);
  }
  return undefined;
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

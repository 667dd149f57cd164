/** Jobs that others delegated: one for each id, and none that goes on when its parent has ended. DEL-09, DEL-15 */
import { isTerminal } from "../history.js";
import type { Facts, Frame, Job } from "./facts.js";
import { bySession } from "./facts.js";
import { violation } from "./violation.js";
import type { Violation } from "./violation.js";

export function families({ jobs }: Facts): Violation[] {
  const children = [...jobs.values()].filter(({ parent }) => parent !== undefined);
  const byParent = new Map<string, Job[]>();
  for (const child of children) {
    byParent.set(child.parent!, [...(byParent.get(child.parent!) ?? []), child]);
  }
  return [
    ...[...byParent].flatMap(([parent, some]) => twins(parent, some)),
    ...children.flatMap((child) => outliving(child, jobs.get(child.parent!))),
  ];
}

/** Each parent delegates under one id. */
function twins(parent: string, [first, second]: readonly Job[]): Violation[] {
  if (first === undefined || second === undefined) return [];
  const text = `${parent} has made ${first.id} and ${second.id} of one delegation`;
  return [violation("orphan", second.submits[0]!.sent, text)];
}

/** In a session that hears both: a child that ended behind its parent was cancelled, or lost to a crash. */
function outliving(child: Job, parent: Job | undefined): Violation[] {
  const ends = bySession(child.terminals);
  return [...bySession(parent?.terminals ?? [])].flatMap(([session, [last]]) => {
    const end = ends.get(session)?.[0];
    // Who looks on hears of one and the other when it asks for them.
    if (!child.submits.some((submit) => submit.session === session)) return [];
    if (last === undefined || end === undefined || seqOf(end) < seqOf(last)) return [];
    if (!isTerminal(end.message) || end.message.type === "job.error") return [];
    const text = `${child.id} succeeded when ${parent?.id} had ended`;
    return [violation("orphan", end, text)];
  });
}

function seqOf({ message }: Frame): number {
  return message.event_seq ?? 0;
}

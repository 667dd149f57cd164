/** What a program was told by the client library: what came for its job, each event once, in order, and all of it. */
import type { Facts, Told } from "./facts.js";
import { violation } from "./violation.js";
import type { Violation } from "./violation.js";

export function told({ tellings, connections }: Facts): Violation[] {
  return [...tellings].flatMap(([name, list]) => {
    const [first] = list;
    if (first === undefined) return [];
    const received = connections
      .filter(({ client }) => client === first.client)
      .flatMap(({ numbered }) => numbered)
      .filter(({ message }) => message.job_id === first.job && message.type === "job.event")
      .map(({ message }) => message.event_seq ?? 0);
    return [...inOrder(name, list), ...whole(name, list, new Set(received))];
  });
}

function inOrder(name: string, list: readonly Told[]): Violation[] {
  const found: Violation[] = [];
  let last = 0;
  for (const one of list) {
    if (one.seq === undefined) break;
    if (one.seq === last)
      found.push(violation("duplicate", one, `${name} was told ${one.seq} twice`));
    else if (one.seq < last) {
      found.push(violation("reorder", one, `${name} was told ${one.seq} after ${last}`));
    }
    last = one.seq;
  }
  return found;
}

function whole(name: string, list: readonly Told[], received: ReadonlySet<number>): Violation[] {
  const seqs = new Set(list.map(({ seq }) => seq));
  const strange = list.find(({ seq }) => seq !== undefined && !received.has(seq));
  if (strange !== undefined) {
    const text = `${name} was told ${strange.seq}, which its connections never got`;
    return [violation("ghost", strange, text)];
  }
  const end = list.find(({ seq }) => seq === undefined);
  const missing = [...received].find((seq) => !seqs.has(seq));
  if (end === undefined || missing === undefined) return [];
  return [violation("lost", end, `${name} was told of the end, and never of ${missing}`)];
}

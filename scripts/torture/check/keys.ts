/** Idempotency keys: one job for each, for ever, whatever was killed in between. W-18 */
import type { Facts, Submit } from "./facts.js";
import { acceptedJob } from "./facts.js";
import { violation } from "./violation.js";
import type { Violation } from "./violation.js";

export function keys({ submits, jobs }: Facts): Violation[] {
  const groups = new Map<string, Submit[]>();
  for (const submit of submits) {
    if (submit.key === undefined) continue;
    const name = `${submit.sent.connection.principal} ${submit.key}`;
    groups.set(name, [...(groups.get(name) ?? []), submit]);
  }
  return [...[...groups].flatMap(([name, group]) => ofKey(name, group)), ...ofTags(jobs)];
}

function ofKey(name: string, group: readonly Submit[]): Violation[] {
  const accepted = group
    .filter((submit) => acceptedJob(submit) !== undefined)
    .sort((a, b) => a.answer!.place - b.answer!.place);
  const [first] = accepted;
  const found: Violation[] = [];
  for (const submit of accepted.slice(1)) {
    if (submit.asked !== first!.asked) {
      const text = `${name}: accepted for ${first!.asked} and for ${submit.asked}`;
      found.push(violation("conflict accepted", submit.answer!, text));
    } else if (acceptedJob(submit) !== acceptedJob(first!)) {
      const text = `${name}: ${acceptedJob(first!)} and ${acceptedJob(submit)}`;
      found.push(violation("two jobs for a key", submit.answer!, text));
    }
  }
  for (const { asked, answer } of group) {
    if (answer?.message.type !== "session.error") continue;
    const conflict = group.some(
      (other) => other.asked !== asked && other.sent.place < answer.place,
    );
    const own = accepted.some((other) => other.asked === asked);
    if (conflict && !own) continue;
    const text = `${name}: refused, and it is ${own ? "this submit's own" : "nobody else's"}: ${answer.text}`;
    found.push(violation("key forgotten", answer, text));
  }
  return found;
}

/** One submit, or one key, makes one job, also where the answer was lost: its words tell. */
function ofTags(jobs: Facts["jobs"]): Violation[] {
  const first = new Map<string, string>();
  const found: Violation[] = [];
  for (const { id, tags, frames } of jobs.values()) {
    for (const tag of tags) {
      const other = first.get(tag) ?? id;
      first.set(tag, other);
      if (other === id) continue;
      const text = `${tag} was asked for once, and ${other} and ${id} both do it`;
      found.push(violation("two jobs for a key", frames[0]!, text));
    }
  }
  return found;
}

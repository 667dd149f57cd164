/** Numbers: their order on each connection, and that what was delivered once is there for ever. G2, G3 */
import type { Connection, Facts, Frame, Session } from "./facts.js";
import { acceptedJob, sessionOf } from "./facts.js";
import { isTerminal } from "../history.js";
import { violation } from "./violation.js";
import type { Violation } from "./violation.js";

/** On each connection: the numbers behind the cursor, each once, in order. */
export function delivered({ connections }: Facts): Violation[] {
  return connections.filter(({ welcome }) => welcome !== undefined).flatMap(inOrder);
}

function inOrder(connection: Connection): Violation[] {
  const found: Violation[] = [];
  const numbers = new Set(connection.numbered.map(seqOf));
  const seen = new Set<number>();
  const cursor = cursorOf(connection);
  let next = cursor + 1;
  for (const frame of connection.numbered) {
    const seq = seqOf(frame);
    const where = `connection ${connection.number}, ${sessionOf(connection)}: ${seq}`;
    if (seen.has(seq)) found.push(violation("duplicate", frame, `${where} came twice`));
    else if (seq <= cursor) {
      found.push(violation("duplicate", frame, `${where} is not above the cursor ${cursor}`));
    } else if (seq > next && !seen.has(next)) {
      const late = numbers.has(next);
      const text = late ? `came before ${next}` : `came, and never ${next}`;
      found.push(violation(late ? "reorder" : "gap", frame, `${where} ${text}`));
    }
    seen.add(seq);
    next = Math.max(next, seq + 1);
  }
  return found;
}

function seqOf({ message }: Frame): number {
  return message.event_seq ?? 0;
}

/** The number that a connection's hello said it had. */
function cursorOf({ hello }: Connection): number {
  const resume = hello?.message.payload["resume"] as { readonly last_event_seq?: number };
  return resume?.last_event_seq ?? 0;
}

/** In each session: a number has one content, and the reading of the end has all numbers and all ends. */
export function kept(facts: Facts): Violation[] {
  const found: Violation[] = [];
  const bodies = new Map<string, string>();
  for (const session of facts.sessions.values()) {
    const texts = new Map<number, string>();
    const frames = session.connections.flatMap(({ numbered }) => numbered);
    for (const frame of frames) {
      const seq = seqOf(frame);
      const before = texts.get(seq);
      if (before !== undefined && before !== frame.text) {
        const text = `${session.id}: ${seq} was\n    ${before}\n  and is\n    ${frame.text}`;
        found.push(violation("divergent", frame, text));
      }
      texts.set(seq, before ?? frame.text);
      // Ids name events: the same one in another session says the same.
      const { id, payload } = frame.message;
      // But for the number that a subscriber is told, which `watching` judges.
      const body = JSON.stringify({ ...payload, origin_seq: undefined });
      const known = bodies.get(id) ?? body;
      if (known !== body) {
        found.push(violation("divergent", frame, `event ${id} says ${known} and ${body}`));
      }
      bodies.set(id, known);
    }
    found.push(...lostIn(session, texts));
  }
  return [...found, ...lostJobs(facts)];
}

function lostIn(session: Session, texts: ReadonlyMap<number, string>): Violation[] {
  const last = session.connections.at(-1)!.welcome!;
  const audit = session.connections.find((connection) => connection.audit);
  if (audit === undefined) {
    return [violation("lost", last, `${session.id} was never read to its end`)];
  }
  const found: Violation[] = [];
  const read = new Set(audit.numbered.map(seqOf));
  const missing = [...texts.keys()].filter((seq) => !read.has(seq)).sort((a, b) => a - b);
  if (missing.length > 0) {
    const text = `${session.id}: delivered once, and missing at the end: ${missing.slice(0, 9).join(", ")}`;
    found.push(violation("lost", last, text));
  }
  const ended = new Set(
    audit.numbered
      .filter(({ message }) => isTerminal(message))
      .map(({ message }) => message.job_id),
  );
  for (const submit of session.submits) {
    const job = acceptedJob(submit);
    if (job === undefined || ended.has(job)) continue;
    const text = `${session.id}: ${job} was accepted (${submit.work.tag}) and never ended`;
    found.push(violation("lost", submit.answer!, text));
  }
  return found;
}

/** Every job that was ever seen is in the list of its principal, with its end; so is every row of a list before. */
function lostJobs({ connections, jobs }: Facts): Violation[] {
  const listed = connections.flatMap(({ audit, received }) =>
    received
      .filter(({ message }) => message.type === "session.jobs")
      .flatMap((frame) =>
        (frame.message.payload["jobs"] as readonly Row[]).map((row) => ({ audit, frame, row })),
      ),
  );
  const last = new Map(
    listed.filter(({ audit }) => audit).map(({ row }) => [row.job_id, row.status]),
  );
  const found: Violation[] = [];
  const compare = (id: string, status: unknown, place: { readonly place: number }) => {
    const now = last.get(id);
    if (now === undefined) found.push(violation("lost", place, `${id} is in no list at the end`));
    else if (isEnd(status) && status !== now) {
      found.push(violation("lost", place, `${id} ended in ${String(status)}, and is ${now}`));
    }
  };
  for (const { id, terminals, frames, submits } of jobs.values()) {
    const place = terminals[0] ?? frames[0] ?? submits[0]?.answer ?? { place: 0 };
    compare(id, terminals[0]?.message.payload["final_status"], place);
  }
  for (const { frame, row } of listed) {
    if (!jobs.has(row.job_id) || isEnd(row.status)) compare(row.job_id, row.status, frame);
  }
  return found;
}

function isEnd(status: unknown): boolean {
  return status !== undefined && status !== "pending" && status !== "running";
}

interface Row {
  readonly job_id: string;
  readonly status: string;
}

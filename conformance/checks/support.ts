/** What several checks share. */
import { isDeepStrictEqual } from "node:util";
import {
  isNumbered,
  isRecord,
  jobIdOf,
  seqOf,
  type Frame,
  type WireMessage,
} from "../peer/message.js";
import type { Peer } from "../peer/peer.js";
import type { Trial } from "../run/trial.js";

/** Rung R0: an address and a token. */
export const R0 = { rung: "R0" } as const;
/** Rung R1: a second principal too. */
export const R1 = { rung: "R1" } as const;
/** Rung R2: the script agent. */
export const R2 = { rung: "R2" } as const;
/** Rung R3: control of the process, which shows in two connections to it at least. */
export const R3 = { rung: "R3", connections: "together" } as const;
/** Rung R2, and the second principal. */
export const R2B = { rung: "R2", second: true } as const;

/** The member `name` of an object, or undefined. */
export function member(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}

/** The `details` of an error. */
export function details(frame: Frame): Readonly<Record<string, unknown>> {
  const value = frame.message.payload.details;
  return isRecord(value) ? value : {};
}

/** The numbers of the numbered frames of a connection, in order of arrival. */
export function seqs(peer: Peer): (number | undefined)[] {
  return peer.collect(isNumbered).map((frame) => seqOf(frame.message));
}

/** `[from, from + 1, … to]` */
export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
}

/** The newest number of a connection, 0 if there is none. */
export function newest(peer: Peer): number {
  return Math.max(0, ...seqs(peer).map((seq) => seq ?? 0));
}

/** The numbered frames of a connection, without what may differ when they are replayed. */
export function content(peer: Peer): unknown[] {
  return peer
    .collect(isNumbered)
    .map(({ message: m }) => [m.type, m.event_seq, jobIdOf(m), m.payload]);
}

/** Insists that nothing matching came on `peer` after `after`; fences first, so that what was on its way counts. */
export async function nothing(
  t: Trial,
  peer: Peer,
  match: (m: WireMessage) => boolean,
  after: number,
  what: string,
): Promise<void> {
  await peer.settle();
  const found = peer.collect(match, after);
  t.ok(found.length === 0, `${what}: ${found[0]?.text.slice(0, 300)}`);
}

/** An error's payload without what differs by nature: ids, times, and ids within texts. */
function withoutIds(frame: Frame): unknown {
  const text = JSON.stringify({ ...frame.message.payload, type: frame.message.type });
  return JSON.parse(
    text
      .replace(/\b(?:job|msg|sess|rt|res)_[A-Za-z0-9_-]+/g, "ID")
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z?/g, "TIME"),
  );
}

/** Whether two errors look the same to somebody who guesses ids. */
export function alike(a: Frame, b: Frame): boolean {
  return isDeepStrictEqual(withoutIds(a), withoutIds(b));
}

/** The rows of a `session.jobs`. */
export function rows(frame: Frame): readonly Readonly<Record<string, unknown>>[] {
  const { jobs } = frame.message.payload;
  return Array.isArray(jobs) ? jobs.filter(isRecord) : [];
}

/** Asks for the list and insists on getting it. */
export async function list(
  t: Trial,
  peer: Peer,
  payload: Readonly<Record<string, unknown>> = {},
): Promise<Frame> {
  const answer = await peer.request("session.list_jobs", payload, "session.jobs");
  t.equal(answer.message.type, "session.jobs", "answer to session.list_jobs");
  return answer;
}

/** All rows over all pages of at most `limit`. */
export async function listAll(
  t: Trial,
  peer: Peer,
  payload: Readonly<Record<string, unknown>> = {},
): Promise<Readonly<Record<string, unknown>>[]> {
  const all: Readonly<Record<string, unknown>>[] = [];
  let cursor: unknown = null;
  for (let page = 0; page < 50; page++) {
    const answer = await list(t, peer, { ...payload, ...(cursor === null ? {} : { cursor }) });
    all.push(...rows(answer));
    cursor = answer.message.payload.next_cursor ?? null;
    if (cursor === null) return all;
  }
  return all;
}

import { sessionRecord } from "../sessions/server.js";
import type { SessionState } from "../sessions/server.js";
import type { Store, Write } from "../stores/port.js";
import type { LiveSession } from "./live.js";

/**
 * Which of a principal's sessions goes when there are too many: one without a connection, first of those that never
 * asked for anything, then the one that is away longest, if its client closed it or its window began before
 * `windowsOver` (monotonic), and its jobs have ended (W-38).
 */
export function firstToGo(
  own: readonly LiveSession[],
  windowsOver: number,
): LiveSession | undefined {
  const isOver = (state: SessionState) =>
    state.activeJobs === 0 && (state.phase === "closed" || state.detachedAt <= windowsOver);
  const order = (state: SessionState) => (state.used ? state.detachedAt : Number.NEGATIVE_INFINITY);
  return own
    .filter(({ state }) => state.connection === undefined && (!state.used || isOver(state)))
    .sort((a, b) => order(a.state) - order(b.state))[0];
}

/**
 * What of a session's numbering nobody can ask for any more: what is below the oldest number that can be resumed from,
 * as far as no retained job was numbered there.
 */
export function unneeded({ state, firsts }: LiveSession): Write {
  const [first = state.oldestSeq] = firsts?.values() ?? [];
  return { op: "run.drop", session: state.id, below: Math.min(state.oldestSeq, first) };
}

/** A session as it is written: of what ends with the process nobody reads the record, only the runs need their session. */
export function written({ durable }: Pick<Store, "durable">, state: SessionState): Write {
  return { op: "session.put", session: durable ? sessionRecord(state) : { id: state.id } };
}

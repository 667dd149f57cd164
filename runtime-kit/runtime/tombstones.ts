import type { SessionId } from "../../generated/current/index.js";
import type { Resumable } from "../sessions/resume.js";
import type { StoredRecord } from "../stores/port.js";
import type { Clock } from "../wire/time.js";
import type { Commits } from "./commits.js";

/** Sessions that expired, remembered for a while so that their clients are told the truth, after a restart too (W-08). */
export interface Tombstones {
  /** @param numbers whether jobs are retained whose history is addressed in the session's numbers (WATCH-14) */
  add(session: Resumable, numbers: boolean): void;
  /** By its id, or, where a resume names none, by the hash of its token. */
  get(id: SessionId | undefined, tokenHash: string): Resumable | undefined;
  /** Takes a stored record if it is a tombstone; says whether it was. */
  restore(record: StoredRecord<SessionId>): boolean;
}

/** An expired session as it is remembered, until then by the wall clock, which a restart does not change. */
interface Stone extends Resumable {
  readonly until: number;
}

/** More than this many are not remembered, whoever makes sessions in order to drop them. */
const MOST = 10_000;

export function createTombstones(clock: Clock, keepMs: number, commits: Commits): Tombstones {
  const stones = new Map<SessionId, Stone>();

  function prune(): void {
    // In the order in which they were added, which is the order in which they go.
    for (const [id, { until }] of stones) {
      if (until > clock.wall() && stones.size < MOST) return;
      stones.delete(id);
      commits.write({ op: "session.delete", id });
    }
  }

  return {
    add({ id, principal, features, tokens, nextSeq, oldestSeq }, numbers) {
      prune();
      const until = clock.wall() + keepMs;
      const stone = { id, principal, features, tokens, nextSeq, oldestSeq, expired: true, until };
      stones.set(id, stone);
      // What the session numbered goes with it, unless somebody else counts in it; that it was there stays.
      if (!numbers) commits.write({ op: "session.delete", id });
      commits.write({ op: "session.put", session: { ...stone } });
    },
    get(id, tokenHash) {
      prune();
      if (id !== undefined) return stones.get(id);
      for (const stone of stones.values()) if (stone.tokens.current === tokenHash) return stone;
      return undefined;
    },
    restore(record) {
      if (record["expired"] !== true) return false;
      stones.set(record.id, record as unknown as Stone);
      return true;
    },
  };
}

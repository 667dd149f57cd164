import type { SessionId } from "../../generated/draft-1.1/index.js";
import type { Resumable } from "../sessions/resume.js";
import type { Clock } from "../wire/time.js";

/** Sessions that expired, remembered for a while so that their clients are told the truth (W-08). */
export interface Tombstones {
  add(session: Resumable): void;
  /** By its id, or, where a resume names none, by the hash of its token. */
  get(id: SessionId | undefined, tokenHash: string): Resumable | undefined;
}

/** More than this many are not remembered, whoever makes sessions in order to drop them. */
const MOST = 10_000;

export function createTombstones(clock: Clock, keepMs: number): Tombstones {
  const stones = new Map<SessionId, { readonly session: Resumable; readonly until: number }>();

  function prune(): void {
    // In the order in which they were added, which is the order in which they go.
    for (const [id, { until }] of stones) {
      if (until > clock.monotonic() && stones.size < MOST) return;
      stones.delete(id);
    }
  }

  return {
    add(session) {
      prune();
      const { id, principal, features, tokens, nextSeq, oldestSeq } = session;
      const kept = { id, principal, features, tokens, nextSeq, oldestSeq, expired: true };
      stones.set(id, { session: kept, until: clock.monotonic() + keepMs });
    },
    get(id, tokenHash) {
      prune();
      if (id !== undefined) return stones.get(id)?.session;
      for (const { session } of stones.values()) {
        if (session.tokens.current === tokenHash) return session;
      }
      return undefined;
    },
  };
}

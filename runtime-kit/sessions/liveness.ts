import type { Now } from "../wire/time.js";

/** When a connection last carried something, by the monotonic clock. §6.4 */
export interface Liveness {
  heardAt: number;
  sentAt: number;
  /** When it was last asked for a sign of life. */
  askedAt: number;
  /** Nonce of the ping that is out, made after the present welcome. */
  nonce: string | undefined;
  /** True once the peer was given up: that is said once, however long its connection takes to end. */
  givenUp: boolean;
}

export function newLiveness(now: Now): Liveness {
  const { monotonic: at } = now;
  return { heardAt: at, sentAt: at, askedAt: at, nonce: undefined, givenUp: false };
}

export function afterHeard(liveness: Liveness, now: Pick<Now, "monotonic">): void {
  liveness.heardAt = now.monotonic;
}

export function afterSent(liveness: Liveness, now: Pick<Now, "monotonic">): void {
  liveness.sentAt = now.monotonic;
}

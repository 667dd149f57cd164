/** Connections that come about and bring nothing: an outage, too, though each of them was live. */
import { ConnectionError } from "../wire/errors.js";
import type { Now } from "../wire/time.js";
import type { ClientState } from "./client-state.js";

/** A connection that lived this long was a good one: the next wait is short again. */
const GOOD_CONNECTION_MS = 5_000;

/** So many that lived shorter, one after the other and without a further event, are not a matter of luck. */
const STUCK_CONNECTIONS = 5;

/** How long to go on where it is the runtime that ends them, for an error of its own. */
const STUCK_MS = 60_000;
const CLOSE_INTERNAL_ERROR = 1011;

/** Since when there is no connection, or none on which anything goes on. */
export function noteDown(state: ClientState, now: Now): void {
  state.downAt = now.monotonic;
  if (now.monotonic - state.liveAt >= GOOD_CONNECTION_MS) {
    state.attempt = 0;
    state.stuck = undefined;
    return;
  }
  const { lastSeq: seq, stuck } = state;
  state.stuck =
    stuck?.seq === seq
      ? { ...stuck, times: stuck.times + 1 }
      : { seq, times: 1, since: now.monotonic };
  if (isStuck(state)) state.downAt = state.stuck.since;
}

/** For how long connections are dialled again, in milliseconds. */
export function patience(state: ClientState, error: Error): number {
  const { giveUpAfterMs } = state.config.backoff!;
  const ofItsOwn = ConnectionError.is(error) && error.closeCode === CLOSE_INTERNAL_ERROR;
  return isStuck(state) && ofItsOwn ? Math.min(giveUpAfterMs, STUCK_MS) : giveUpAfterMs;
}

function isStuck({ stuck }: ClientState): boolean {
  return stuck !== undefined && stuck.times >= STUCK_CONNECTIONS;
}

import type { Now } from "../wire/time.js";

/**
 * How a client keeps up, as far as its acknowledgements tell. They come for many events at once, so that it is not how
 * far they are behind that says it, but how long a number takes to be acknowledged. §6.5 (ACK-07)
 */
export interface Pace {
  /** A number that was the newest at `markedAt`, and is not acknowledged yet. */
  mark: number;
  markedAt: number;
  /** When an acknowledgement last said something new. */
  ackedAt: number;
  late: boolean;
}

/** A client is late with so many events, if the mark takes so long to be acknowledged; in milliseconds. */
const LATE_EVENTS = 1024;
const LATE_MS = 1_000;

/**
 * So long after its last acknowledgement nothing is concluded from those that do not come: a program may read its jobs
 * one after the other, and nothing depends on an acknowledgement (ACK-09). In milliseconds.
 */
export const PATIENCE_MS = 2_000;

export function newPace(now: Now): Pace {
  return { mark: 0, markedAt: now.monotonic, ackedAt: Number.NEGATIVE_INFINITY, late: false };
}

/** Takes an acknowledgement that says something new. */
export function afterAck(pace: Pace, acked: number, newest: number, now: Now): void {
  pace.ackedAt = now.monotonic;
  const behind = newest - acked;
  if (acked >= pace.mark) {
    pace.mark = newest;
    pace.markedAt = now.monotonic;
  } else if (now.monotonic >= pace.markedAt + LATE_MS && behind >= LATE_EVENTS) {
    pace.late = true;
  }
  // Once late, it has to catch up: agents that wait for it make that soon.
  if (behind < LATE_EVENTS / 2) pace.late = false;
}

/** How many events a client that acknowledges, and is late with it, has not read yet. */
export function unread(
  {
    pace,
    acked,
    nextSeq,
  }: { readonly pace: Pace; readonly acked: number; readonly nextSeq: number },
  now: Pick<Now, "monotonic">,
): number {
  return pace.late && now.monotonic < pace.ackedAt + PATIENCE_MS ? nextSeq - 1 - acked : 0;
}

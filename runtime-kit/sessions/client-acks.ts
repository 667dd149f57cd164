/**
 * Which numbers the program has read. Jobs are read independently, so numbers are ticked off out of
 * order; what may be acknowledged is everything before the first that is still unread. §6.5
 */
export interface Acks {
  /** Delivered and not known to be read, ascending; entries before `head` are done. */
  unread: number[];
  head: number;
  /** Read ahead of an earlier one that is not. */
  readonly ahead: Set<number>;
  /** The newest number received. */
  received: number;
  /** The newest number that was acknowledged to the runtime. */
  acked: number;
}

/** `upTo`: what a former process had read already. */
export function newAcks(upTo = 0): Acks {
  return { unread: [], head: 0, ahead: new Set(), received: upTo, acked: 0 };
}

/** A number arrived; `kept` tells whether the program has yet to read it. */
export function noteReceived(acks: Acks, seq: number, kept: boolean): void {
  acks.received = Math.max(acks.received, seq);
  if (kept) acks.unread.push(seq);
}

/** The program has read the event with this number. Telling it twice is harmless. */
export function noteRead(acks: Acks, seq: number): void {
  const first = acks.unread[acks.head];
  if (first === undefined || seq < first) return;
  if (seq > first) {
    acks.ahead.add(seq);
    return;
  }
  acks.head += 1;
  while (acks.head < acks.unread.length && acks.ahead.delete(acks.unread[acks.head]!)) {
    acks.head += 1;
  }
  const left = acks.unread.length - acks.head;
  if (left === 0 && acks.ahead.size > 0) acks.ahead.clear();
  // Cut off in pieces, so that a long stream costs next to nothing for each event.
  if (acks.head >= 64 && acks.head > left) {
    acks.unread = acks.unread.slice(acks.head);
    acks.head = 0;
  }
}

/** The newest number up to which everything is read. */
export function readUpTo(acks: Acks): number {
  const first = acks.unread[acks.head];
  return first === undefined ? acks.received : first - 1;
}

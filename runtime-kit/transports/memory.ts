/** Two transports joined in memory: for tests, and for a client in the process of its runtime. */
import { aNumber, checkOptions } from "../wire/options.js";
import { ABRUPT, closing } from "./closing.js";
import type { Closed, Transport } from "./port.js";
import { DONE, FrameQueue, Waiters } from "./queue.js";

/** One end of a pair in memory. */
export interface MemoryTransport extends Transport {
  /** Ends both ends with 1006, as a cable does that is pulled out. What had arrived can still be read. */
  drop(): void;
}

/** Options of a pair in memory. */
export interface MemoryPairOptions {
  /** How much may wait unread at one end before `send` of the other stays pending, in UTF-16 units. Default 1 MiB. */
  readonly mark?: number;
}

/**
 * A connected pair: what one end sends arrives at the other, in order and never within the call that
 * sent it.
 */
export function memoryPair(
  options: MemoryPairOptions = {},
): readonly [MemoryTransport, MemoryTransport] {
  checkOptions<MemoryPairOptions>("memoryPair", options, { mark: aNumber });
  const a = new End(options.mark);
  const b = new End(options.mark);
  a.peer = b;
  b.peer = a;
  return [a, b];
}

class End implements MemoryTransport {
  peer!: End;
  readonly incoming: FrameQueue;
  readonly #senders = new Waiters();

  constructor(mark: number | undefined) {
    this.incoming = new FrameQueue({
      ...(mark === undefined ? {} : { high: mark }),
      onReady: () => this.peer.#senders.release(),
      onStop: () => void this.close(),
    });
  }

  send(frames: readonly string[]): Promise<void> {
    if (this.incoming.closed !== undefined) return DONE;
    const queue = this.peer.incoming;
    for (const frame of frames) queue.push(frame);
    return queue.full ? this.#senders.wait() : DONE;
  }

  close(code?: number, reason?: string): Promise<void> {
    const closed = closing(code, reason);
    if (this.incoming.closed === undefined) this.peer.#ended(closed);
    this.incoming.discard(closed);
    this.#senders.release();
    return DONE;
  }

  drop(): void {
    this.#ended(ABRUPT);
    this.peer.#ended(ABRUPT);
  }

  #ended(closed: Closed): void {
    this.incoming.end(closed);
    this.#senders.release();
  }
}

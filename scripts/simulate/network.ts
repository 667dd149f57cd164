/** A network of this world's own: connections that delay, vanish, hang half open, and hold back who writes too much. */
import { ABRUPT } from "../../runtime-kit/transports/closing.js";
import type { Closed, Transport } from "../../runtime-kit/transports/port.js";
import { DONE, FrameQueue, Waiters } from "../../runtime-kit/transports/queue.js";
import type { Random } from "../torture/random.js";
import type { Scheduler } from "./scheduler.js";

/** A connection between a client and the runtime. */
export interface Link {
  readonly number: number;
  /** The client's end, and the runtime's. */
  readonly ends: readonly [Transport, Transport];
  readonly open: boolean;
  /** Milliseconds that the client takes to read a frame. */
  pace: number;
  /** Cut: what is on its way is lost, and both ends hear of it, each in its time. */
  cut(): void;
  /** From now on what is sent this way vanishes, without a word. */
  hang(way: "up" | "down" | "both"): void;
  /** The runtime's process is gone: the client hears of it, in its time. */
  orphan(): void;
}

export interface Network {
  /** Links that are open. */
  readonly links: ReadonlySet<Link>;
  /** Each frame takes so many times longer than usual. */
  slowness: number;
  /** False: nobody gets through. */
  up: boolean;
  connect(): Link;
}

/** How long a frame travels, at most, in milliseconds. */
const SLOWEST = 4;
/** What may be on its way and unread before the writer waits, in characters: little, so that it happens. */
const MARK = 4096;
/** When the system of a client gives up a connection that does not answer, in milliseconds. */
const KEEPALIVE = 3_000;

export function createNetwork(scheduler: Scheduler, random: Random): Network {
  const links = new Set<Link>();
  let made = 0;

  const network: Network = {
    links,
    slowness: 1,
    up: true,
    connect() {
      const client = new End();
      const runtime = new End();
      client.begin(travel(), runtime, () => link.cut());
      runtime.begin(travel(), client, () => link.cut());
      const link: Link = {
        number: (made += 1),
        ends: [client, runtime],
        pace: 0,
        get open() {
          return links.has(link);
        },
        cut() {
          if (!links.delete(link)) return;
          client.broken = true;
          runtime.broken = true;
          for (const end of [client, runtime]) later(() => end.ended(ABRUPT));
        },
        hang(way) {
          if (way !== "down") client.broken = true;
          if (way !== "up") runtime.broken = true;
          scheduler.after(KEEPALIVE, () => link.cut());
        },
        orphan() {
          if (!links.delete(link)) return;
          client.broken = true;
          runtime.broken = true;
          later(() => client.ended(ABRUPT));
        },
      };
      links.add(link);
      return link;
    },
  };

  function later(action: () => void): void {
    scheduler.after(random.between(0, SLOWEST * 10) / 10, action);
  }

  /** One way of a link: what is put in comes out in order. */
  function travel(): (action: () => void) => void {
    let last = 0;
    return (action) => {
      const ms = (random.between(0, SLOWEST * 10) / 10) * network.slowness;
      last = Math.max(last, scheduler.now + ms);
      scheduler.at(last, action);
    };
  }

  return network;
}

class End implements Transport {
  readonly incoming: FrameQueue;
  /** What it sends vanishes. */
  broken = false;
  readonly #senders = new Waiters();
  #travel: (action: () => void) => void = () => {};
  #peer!: End;
  #cut = () => {};
  #onItsWay = 0;

  constructor() {
    this.incoming = new FrameQueue({ high: MARK, onReady: () => this.#peer.#relieve() });
  }

  begin(travel: (action: () => void) => void, peer: End, cut: () => void): void {
    this.#travel = travel;
    this.#peer = peer;
    this.#cut = cut;
  }

  send(frames: readonly string[]): Promise<void> {
    if (this.incoming.closed !== undefined) return DONE;
    const size = frames.reduce((sum, frame) => sum + frame.length, 0);
    this.#onItsWay += size;
    this.#travel(() => {
      // A link that hangs takes what the system has room for, and then nothing any more.
      if (this.broken) return;
      this.#onItsWay -= size;
      for (const frame of frames) this.#peer.incoming.push(frame);
      this.#relieve();
    });
    return this.#full ? this.#senders.wait() : DONE;
  }

  close(code = 1000, reason = ""): Promise<void> {
    const closed = { code, reason };
    if (this.incoming.closed === undefined) {
      this.#travel(() => {
        if (this.broken) return;
        this.#peer.ended(closed);
        this.#cut();
      });
    }
    this.incoming.discard(closed);
    this.#senders.release();
    return DONE;
  }

  ended(closed: Closed): void {
    this.incoming.end(closed);
    this.#senders.release();
  }

  get #full(): boolean {
    return this.#onItsWay > MARK || this.#peer.incoming.full;
  }

  #relieve(): void {
    if (!this.#full) this.#senders.release();
  }
}

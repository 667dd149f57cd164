/**
 * The contract of a transport as tests. A new transport is one file and one call of `describeTransport`
 * with a way to make a connected pair.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Closed, Transport } from "./port.js";

/** Two connected ends, fresh for each test. */
export interface TransportPair {
  readonly a: Transport;
  readonly b: Transport;
  /** Breaks the connection without a word, as a pulled cable or a killed process does. */
  drop(): void;
  /** Frees what the pair holds besides its two ends. */
  dispose?(): Promise<void> | void;
}

/** What a medium cannot do. Leave out what it can. */
export interface TransportLimits {
  /** The ends whose unread frames do not slow the peer (a browser cannot stop reading). */
  readonly cannotPause?: readonly ("a" | "b")[];
  /** The medium carries no close codes: whoever is closed by the peer sees an end, no more. */
  readonly noCodes?: boolean;
  /** The largest frame to try, in UTF-16 units. Default 1 MiB less some header. */
  readonly largestFrame?: number;
}

/** Everything that a transport received until it ended. */
export interface Received {
  readonly frames: readonly string[];
  readonly closed: Closed;
}

/** Reads a transport to its end. */
export async function readAll(transport: Transport): Promise<Received> {
  const frames: string[] = [];
  const reader = transport.incoming[Symbol.asyncIterator]();
  for (;;) {
    const { value, done } = await reader.next();
    if (done === true) return { frames, closed: value };
    frames.push(value);
  }
}

/** Reads `count` frames; fails if the transport ends before. */
export async function readSome(transport: Transport, count: number): Promise<string[]> {
  const frames: string[] = [];
  const reader = transport.incoming[Symbol.asyncIterator]();
  while (frames.length < count) {
    const { value, done } = await reader.next();
    if (done === true) throw new Error(`ended with ${value.code} after ${frames.length} frames`);
    frames.push(value);
  }
  return frames;
}

/** Resolves when `read()` has given the same value for a while: the medium's buffers are full. */
async function standstill(read: () => number): Promise<number> {
  let last = read();
  for (let quiet = 0; quiet < 20; quiet += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (read() !== last) quiet = 0;
    last = read();
  }
  return last;
}

const numbered = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `{"n":${from + i}}`);

/** Declares the contract's tests for one kind of transport. */
export function describeTransport(
  name: string,
  makePair: () => Promise<TransportPair> | TransportPair,
  limits: TransportLimits = {},
): void {
  const directions = [
    { way: "a to b", sending: "a", receiving: "b" },
    { way: "b to a", sending: "b", receiving: "a" },
  ] as const;

  describe.each(directions)(`transport contract: ${name}, $way`, ({ sending, receiving }) => {
    let pair: TransportPair;
    let from: Transport;
    let to: Transport;

    beforeEach(async () => {
      pair = await makePair();
      from = pair[sending];
      to = pair[receiving];
    });

    afterEach(async () => {
      pair.drop();
      await pair.dispose?.();
    });

    const expectClosed = (closed: Closed, code: number, reason: string): void => {
      if (limits.noCodes === true) expect(closed.code).toBeTypeOf("number");
      else expect(closed).toEqual({ code, reason });
    };

    it("delivers frames whole and in order", async () => {
      void from.send(["one", "two"]);
      void from.send(["three"]);
      expect(await readSome(to, 3)).toEqual(["one", "two", "three"]);
    });

    it("keeps frames that came before anyone listened", async () => {
      void from.send(numbered(0, 50));
      void from.send(["last"]);
      await from.close();
      const { frames } = await readAll(to);
      expect(frames).toEqual([...numbered(0, 50), "last"]);
    });

    it("delivers 10,000 frames of one call and of many in order", async () => {
      const all = readAll(to);
      void from.send(numbered(0, 5_000));
      for (let n = 5_000; n < 10_000; n += 10) void from.send(numbered(n, 10));
      await from.send([]);
      void from.close();
      const { frames } = await all;
      expect(frames).toEqual(numbered(0, 10_000));
    });

    it("keeps the order of sends that do not wait for each other", async () => {
      const sends = numbered(0, 500).map((frame) => from.send([frame]));
      expect(await readSome(to, 500)).toEqual(numbered(0, 500));
      await Promise.all(sends);
    });

    it("delivers in both directions at once", async () => {
      const [there, back] = [readSome(to, 300), readSome(from, 300)];
      for (let n = 0; n < 300; n += 3) {
        void from.send(numbered(n, 3));
        void to.send(numbered(n, 3));
      }
      expect(await there).toEqual(numbered(0, 300));
      expect(await back).toEqual(numbered(0, 300));
    });

    it("never runs the reader within the call that sends", async () => {
      let ran = false;
      const read = readSome(to, 1).then(() => (ran = true));
      const sent = from.send(["x"]);
      expect(ran).toBe(false);
      await sent;
      await read;
    });

    it("sends nothing for an empty list", async () => {
      await from.send([]);
      const sent = [from.send(["x"]), from.send([])];
      expect(await readSome(to, 1)).toEqual(["x"]);
      await Promise.all(sent);
    });

    it("carries every character", async () => {
      const frames = [
        "é",
        "ÿ\u0080\u00a0",
        "日本語",
        "\u{1f600}\u{10ffff}",
        "a\u0000b",
        "\u2028\u2029",
        '"\\\\"',
        `${"x".repeat(125)}é`,
        "ü".repeat(40_000),
        "\u{1f680}".repeat(70_000),
      ];
      void from.send(["plain", ...frames, "plain"]);
      for (const frame of frames) void from.send([frame]);
      expect(await readSome(to, 2 * frames.length + 2)).toEqual([
        "plain",
        ...frames,
        "plain",
        ...frames,
      ]);
    });

    it("carries frames of every size at which a length changes its form", async () => {
      const sizes = [
        1, 2, 125, 126, 127, 128, 255, 256, 32_767, 32_768, 32_769, 65_535, 65_536, 131_073,
      ];
      const frames = sizes.map((size) => "abcdefghij".repeat(Math.ceil(size / 10)).slice(0, size));
      void from.send(frames);
      for (const frame of frames) void from.send([frame]);
      expect(await readSome(to, 2 * frames.length)).toEqual([...frames, ...frames]);
    });

    /** A medium that cannot stop its reader has no such promise to keep, and so no such test. */
    const whereReadingPauses = limits.cannotPause?.includes(receiving) ? () => {} : it;

    it("carries large frames between small ones", async () => {
      const large = "0123456789abcdef".repeat((limits.largestFrame ?? 1024 * 1024 - 16) / 16);
      const frames = ["s1", large, "s2", "s3", large, large, "s4"];
      void from.send(frames);
      expect(await readSome(to, frames.length)).toEqual(frames);
    });

    whereReadingPauses(
      "lets send wait while the peer does not read, and go on when it does",
      async () => {
        const frame = "x".repeat(64 * 1024 - 16);
        const total = 1_000;
        let settled = 0;
        const sending = (async () => {
          for (let i = 0; i < total; i += 1) {
            await from.send([frame]);
            settled += 1;
          }
          await from.close();
        })();
        const atStandstill = await standstill(() => settled);
        expect(atStandstill).toBeLessThan(total);
        const { frames } = await readAll(to);
        await sending;
        expect(frames).toHaveLength(total);
        expect(frames.every((received) => received === frame)).toBe(true);
      },
    );

    whereReadingPauses("lets go of a waiting send when the sender closes", async () => {
      const waiting: Promise<void>[] = [];
      for (let i = 0; i < 1_000; i += 1) waiting.push(from.send(["x".repeat(64 * 1024 - 16)]));
      const closed = from.close();
      await Promise.all(waiting);
      const { frames } = await readAll(to);
      expect(frames).toHaveLength(1_000);
      await closed;
    });

    it("lets go of a waiting send when the connection breaks", async () => {
      const waiting: Promise<void>[] = [];
      for (let i = 0; i < 500; i += 1) waiting.push(from.send(["x".repeat(64 * 1024 - 16)]));
      pair.drop();
      await Promise.all(waiting);
    });

    it("tells the peer the code and the reason of a close", async () => {
      const there = readAll(to);
      const here = readAll(from);
      await from.close(4009, "superseded");
      expectClosed((await there).closed, 4009, "superseded");
      expect((await here).closed).toEqual({ code: 4009, reason: "superseded" });
    });

    it("closes with 1000 when no code is given", async () => {
      await from.close();
      expectClosed((await readAll(to)).closed, 1000, "");
      expect((await readAll(from)).closed).toEqual({ code: 1000, reason: "" });
    });

    it("accepts any code and any reason to close with", async () => {
      await from.close(1006, "\u{1f600}".repeat(200));
      const { closed } = await readAll(to);
      if (limits.noCodes !== true) expect(closed.code).toBe(1000);
      expect("\u{1f600}".repeat(200).startsWith(closed.reason)).toBe(true);
    });

    it("delivers what was sent before the close", async () => {
      void from.send(numbered(0, 1_000));
      void from.close(4001, "done");
      const { frames, closed } = await readAll(to);
      expect(frames).toEqual(numbered(0, 1_000));
      expectClosed(closed, 4001, "done");
    });

    it("may be closed twice, and the first one counts", async () => {
      await Promise.all([from.close(4001, "first"), from.close(4002, "second")]);
      await from.close(4003, "third");
      expect((await readAll(from)).closed).toEqual({ code: 4001, reason: "first" });
      expectClosed((await readAll(to)).closed, 4001, "first");
    });

    it("may be closed from both ends at once", async () => {
      await Promise.all([from.close(4001, "here"), to.close(4002, "there")]);
      expect((await readAll(from)).closed).toEqual({ code: 4001, reason: "here" });
      expect([4001, 4002, 1000]).toContain((await readAll(to)).closed.code);
    });

    it("may be closed after the peer has closed", async () => {
      await from.close(4001, "first");
      const { closed } = await readAll(to);
      await to.close(4002, "second");
      expectClosed(closed, 4001, "first");
    });

    it("delivers nothing more after a local close, not even what the peer sent before its own", async () => {
      void from.send(numbered(0, 10));
      void from.close(4001, "first");
      expect(await readSome(to, 1)).toEqual(numbered(0, 1));
      await to.close();
      expect((await readAll(to)).frames).toEqual([]);
    });

    it("closes although neither end reads", async () => {
      void from.send(numbered(0, 100));
      void to.send(numbered(0, 100));
      await from.close(4001, "unread");
      expect(await readAll(from)).toEqual({ frames: [], closed: { code: 4001, reason: "unread" } });
    });

    it("drops what is sent after a close, and resolves", async () => {
      void from.send(["before"]);
      const closing = from.close();
      await from.send(["after"]);
      await closing;
      await from.send(["much later"]);
      expect((await readAll(to)).frames).toEqual(["before"]);
      await to.send(["to nobody"]);
    });

    it("ends with 1006 when the connection breaks", async () => {
      void from.send(["x"]);
      expect(await readSome(to, 1)).toEqual(["x"]);
      const ends = Promise.all([readAll(from), readAll(to)]);
      pair.drop();
      for (const { closed } of await ends) expect(closed.code).toBe(1006);
      await from.send(["to nobody"]);
      await from.close();
      await to.close();
    });

    it("gives the same end again to a reader that asks again", async () => {
      await from.close(4001, "over");
      const reader = from.incoming[Symbol.asyncIterator]();
      const end = { value: { code: 4001, reason: "over" }, done: true };
      expect(await reader.next()).toEqual(end);
      expect(await reader.next()).toEqual(end);
    });

    it("closes when the reader stops before the end", async () => {
      void from.send(["one", "two"]);
      for await (const frame of to.incoming) {
        expect(frame).toBe("one");
        break;
      }
      expectClosed((await readAll(from)).closed, 1000, "");
      await to.send(["to nobody"]);
    });

    it("lets a reader take what is already here without waiting", async () => {
      if (to.incoming.take === undefined) return;
      void from.send(["one", "two", "three"]);
      const frames = await readSome(to, 1);
      while (frames.length < 3) {
        const frame = to.incoming.take();
        frames.push(...(frame === undefined ? await readSome(to, 1) : [frame]));
      }
      expect(frames).toEqual(["one", "two", "three"]);
      expect(to.incoming.take()).toBeUndefined();
    });
  });
}

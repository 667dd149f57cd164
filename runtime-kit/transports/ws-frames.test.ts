import { Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import { textHeader, writeTextFrames } from "./ws-frames.js";

/** Collects what is written, as the network would see it, and how many writes it took. */
class Sink extends Duplex {
  readonly chunks: Buffer[] = [];
  batches = 0;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.batches += 1;
    this.chunks.push(chunk);
    done();
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.batches += 1;
    for (const { chunk } of chunks) this.chunks.push(chunk);
    done();
  }
}

/** What RFC 6455 §5.2 asks for, written plainly. */
function plainly(frames: readonly string[]): Buffer {
  return Buffer.concat(
    frames.flatMap((frame) => {
      const payload = Buffer.from(frame, "utf8");
      const header = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10);
      header[0] = 0x81;
      header[1] = payload.length < 126 ? payload.length : payload.length < 65_536 ? 126 : 127;
      if (header.length === 4) header.writeUInt16BE(payload.length, 2);
      if (header.length === 10) header.writeBigUInt64BE(BigInt(payload.length), 2);
      return [header, payload];
    }),
  );
}

async function written(frames: readonly string[]): Promise<Sink> {
  const sink = new Sink();
  await new Promise<void>((resolve) => writeTextFrames(sink, frames, resolve));
  return sink;
}

describe("writeTextFrames", () => {
  const sizes = [
    0, 1, 125, 126, 127, 128, 129, 255, 256, 257, 32_767, 32_768, 32_769, 65_535, 65_536, 70_000,
  ];
  const alphabets = ["a", "\u007f", "\u0080", "é", "ÿ", "Ā", "日", "\u{1f600}", "\ud800", "\u0081"];

  it("writes what the specification asks for, for every size and alphabet", async () => {
    for (const size of sizes) {
      for (const letter of alphabets) {
        const frame = letter.repeat(size);
        for (const frames of [
          [frame],
          ["", frame],
          [frame, "a"],
          ["a".repeat(200), frame, frame, "é"],
        ]) {
          const sink = await written(frames);
          expect(Buffer.concat(sink.chunks).equals(plainly(frames))).toBe(true);
        }
      }
    }
  });

  it("takes one write for a batch, whatever is in it", async () => {
    const small = Array.from({ length: 300 }, (_, i) => `{"n":${i}}`);
    expect((await written(small)).batches).toBe(1);
    expect((await written([...small, "é"])).batches).toBe(1);
    const mixed = [...small, "x".repeat(100_000), ...small, "é".repeat(50_000), "end"];
    const sink = await written(mixed);
    expect(sink.batches).toBe(1);
    expect(Buffer.concat(sink.chunks).equals(plainly(mixed))).toBe(true);
    const much = Array.from({ length: 4_000 }, (_, i) => `${i}`.padEnd(370, "x"));
    const parts = await written(much);
    expect(parts.batches).toBe(1);
    expect(parts.chunks.length).toBeGreaterThan(1);
    expect(Buffer.concat(parts.chunks).equals(plainly(much))).toBe(true);
  });
});

describe("a batch of ASCII", () => {
  it("goes out as strings, which the socket encodes while it copies", () => {
    for (const size of [0, 1, 127, 128, 255, 256, 383, 384, 32_767, 32_768, 40_000]) {
      const kinds: string[] = [];
      const sink = new Duplex({
        decodeStrings: false,
        write(chunk, encoding, done) {
          kinds.push(`${typeof chunk} ${encoding}`);
          done();
        },
      });
      const frame = "~".repeat(size);
      writeTextFrames(sink, [frame, "a", frame], () => undefined);
      expect(new Set(kinds)).toEqual(new Set(["string latin1"]));
    }
  });
});

describe("textHeader", () => {
  it("writes lengths of more than 32 bits", () => {
    expect(Buffer.from(textHeader(2 ** 32 + 5), "latin1")).toEqual(
      Buffer.from([0x81, 127, 0, 0, 0, 1, 0, 0, 0, 5]),
    );
    expect(Buffer.from(textHeader(0xfedc_ba98), "latin1")).toEqual(
      Buffer.from([0x81, 127, 0, 0, 0, 0, 0xfe, 0xdc, 0xba, 0x98]),
    );
  });
});

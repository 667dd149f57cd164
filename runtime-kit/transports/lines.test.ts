import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineSplitter } from "./lines.js";

/** Everything that comes out of these pieces. */
function linesOf(pieces: readonly Uint8Array[], limit = 1_000) {
  const splitter = new LineSplitter(limit);
  const lines: string[] = [];
  for (const piece of pieces) {
    const fault = splitter.push(Buffer.from(piece), (line) => lines.push(line));
    if (fault !== undefined) return { lines, fault, unfinished: splitter.unfinished };
  }
  return { lines, fault: undefined, unfinished: splitter.unfinished };
}

const TEXT = '{"a":"é"}\n{"b":"日本\u{1f600}"}\r\n\n \t\r\n{"c":"\u2028\u0000"}\n';
const LINES = ['{"a":"é"}', '{"b":"日本\u{1f600}"}', '{"c":"\u2028\u0000"}'];

describe("LineSplitter", () => {
  it("TRN-11 reads characters that arrive in pieces, wherever the cuts are", () => {
    const bytes = Buffer.from(TEXT);
    for (let one = 0; one <= bytes.length; one += 1) {
      for (let two = one; two <= bytes.length; two += 1) {
        const pieces = [bytes.subarray(0, one), bytes.subarray(one, two), bytes.subarray(two)];
        expect(linesOf(pieces)).toEqual({ lines: LINES, fault: undefined, unfinished: false });
      }
    }
    expect(linesOf([...bytes].map((byte) => Uint8Array.of(byte))).lines).toEqual(LINES);
  });

  it("gives the same lines whatever the pieces, as the whole text split", () => {
    const text = fc.array(fc.constantFrom("a", "é", "\u{1f680}", "\n", "\r", " ", "{}"));
    fc.assert(
      fc.property(text, fc.array(fc.nat(8)), (units, sizes) => {
        const whole = Buffer.from(`${units.join("")}\n`);
        const pieces: Uint8Array[] = [];
        let at = 0;
        for (const size of sizes) pieces.push(whole.subarray(at, (at += size)));
        pieces.push(whole.subarray(at));
        const wanted = whole
          .toString()
          .split("\n")
          .map((line) => line.replace(/\r$/, ""))
          .filter((line) => !/^[ \t\r]*$/.test(line));
        expect(linesOf(pieces).lines).toEqual(wanted);
      }),
    );
  });

  it("TRN-13 leaves out blank lines, and takes CRLF for a line's end", () => {
    expect(linesOf([Buffer.from("\n\r\n  \n{}\r\n\t\n")]).lines).toEqual(["{}"]);
  });

  it("drops the byte order mark that some platforms write first", () => {
    expect(linesOf([Buffer.from("\ufeff{}\n")]).lines).toEqual(["{}"]);
  });

  it("TRN-14 takes a line of the limit, and not one byte more", () => {
    const line = "x".repeat(100);
    for (const end of ["\n", "\r\n"]) {
      expect(linesOf([Buffer.from(`${line}${end}`)], 100)).toMatchObject({ lines: [line] });
      for (const pieces of [[`${line}x${end}`], [line, `x${end}`], [`${line}x`, end]]) {
        const { lines, fault } = linesOf(
          pieces.map((piece) => Buffer.from(piece)),
          100,
        );
        expect([lines, fault]).toEqual([[], "too-long"]);
      }
    }
  });

  it("refuses a line that never ends before it has held more than the limit", () => {
    const splitter = new LineSplitter(1_000);
    let taken = 0;
    while (splitter.push(Buffer.alloc(100, "x"), () => undefined) === undefined) taken += 100;
    expect(taken).toBe(1_000);
  });

  it.each([
    ["a lone continuation", [0x80]],
    ["a character cut short", [0xe2, 0x82]],
    ["an overlong form", [0xc0, 0xaf]],
    ["a surrogate", [0xed, 0xa0, 0x80]],
    ["beyond Unicode", [0xf4, 0x90, 0x80, 0x80]],
  ])("tells of what is not UTF-8: %s", (_what, bytes) => {
    const pieces = [Buffer.from("{}\n"), Uint8Array.from([0x22, ...bytes, 0x22, 0x0a])];
    expect(linesOf(pieces)).toMatchObject({ lines: ["{}"], fault: "not-utf8" });
  });
});

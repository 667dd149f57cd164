import { describe, expect, it } from "vitest";
import { base64Bytes, base64Length } from "./base64.js";
import { addChunk, createAssembly, resultProblem, takeBytes, takeWhole } from "./chunks.js";

type Data = readonly [data: string, encoding?: "utf8" | "base64"];

function chunk(seq: number, data: string, more = true, encoding: "utf8" | "base64" = "utf8") {
  return { result_id: "res_1", chunk_seq: seq, data, encoding, more };
}

function assemble(...data: readonly Data[]) {
  const assembly = createAssembly("res_1");
  data.forEach(([text, encoding], at) => {
    const verdict = addChunk(assembly, chunk(at, text, at < data.length - 1, encoding));
    expect(verdict).toEqual({ ok: true, repeated: false });
  });
  return assembly;
}

describe("a streamed result", () => {
  it("is a string when every chunk is text", () => {
    const assembly = assemble(["Grü"], ["ße "], ["\u{1f600}"]);
    expect(assembly.bytes).toBe(12);
    expect(resultProblem(assembly, 12)).toBeUndefined();
    expect(takeWhole(assembly)).toBe("Grüße \u{1f600}");
  });

  it("is bytes when a chunk is base64", () => {
    const assembly = assemble(["AAEC", "base64"], ["/w==", "base64"]);
    expect(resultProblem(assembly, 4)).toBeUndefined();
    expect(takeWhole(assembly)).toEqual(new Uint8Array([0, 1, 2, 255]));
    expect(takeWhole(assemble(["A"], ["/w==", "base64"]))).toEqual(new Uint8Array([65, 255]));
  });

  it("joins a character that two chunks share, in text and in bytes", () => {
    const [high, low] = ["\ud83d", "\ude00"];
    const assembly = assemble([`a${high}`], [`${low}b`]);
    expect(assembly.bytes).toBe(6);
    expect(takeWhole(assembly)).toBe("a\u{1f600}b");
    const bytes = takeBytes(assemble([`a${high}`], [`${low}b`]));
    expect(Buffer.concat(bytes).toString()).toBe("a\u{1f600}b");
  });

  it("hands out bytes as they come, each once", () => {
    const assembly = createAssembly("res_1");
    addChunk(assembly, chunk(0, "one"));
    expect(takeBytes(assembly)).toEqual([new TextEncoder().encode("one")]);
    expect(takeBytes(assembly)).toEqual([]);
    addChunk(assembly, chunk(1, "two", false));
    expect(takeBytes(assembly)).toEqual([new TextEncoder().encode("two")]);
    expect(assembly.bytes).toBe(6);
  });

  it("refuses what is out of order, foreign, after the end, or no base64", () => {
    const assembly = createAssembly("res_1");
    expect(addChunk(assembly, chunk(1, "x"))).toMatchObject({ ok: false });
    expect(addChunk(assembly, { ...chunk(0, "x"), result_id: "res_2" })).toMatchObject({
      ok: false,
    });
    expect(addChunk(assembly, chunk(0, "*", true, "base64"))).toMatchObject({ ok: false });
    expect(assembly.next).toBe(0);
    addChunk(assembly, chunk(0, "x", false));
    expect(addChunk(assembly, chunk(1, "y"))).toMatchObject({ ok: false });
    expect(addChunk(assembly, chunk(0, "x", false))).toEqual({ ok: true, repeated: true });
    expect(takeWhole(assembly)).toBe("x");
  });

  it("is bounded, and compared with the size that the terminal names", () => {
    const small = createAssembly("res_1", { maxBytes: 4 });
    expect(addChunk(small, chunk(0, "four"))).toMatchObject({ ok: true });
    expect(addChunk(small, chunk(1, "5"))).toEqual({
      ok: false,
      problem: "the result exceeds 4 bytes",
    });
    expect(resultProblem(small, 4)).toMatch("promised more");
    expect(resultProblem(assemble(["abc"]), 4)).toMatch("result_size says 4");
    expect(resultProblem(assemble(["abc"]), undefined)).toBeUndefined();
  });
});

describe("base64", () => {
  it("reads what Node writes, of every length, padded or not", () => {
    for (let length = 0; length < 70; length++) {
      const bytes = new Uint8Array(length).map((_, at) => (at * 37 + length) & 255);
      const text = Buffer.from(bytes).toString("base64");
      for (const form of [text, text.replaceAll("=", "")]) {
        expect(base64Length(form)).toBe(length);
        expect(base64Bytes(form)).toEqual(bytes);
      }
    }
  });

  it("refuses other alphabets and impossible lengths", () => {
    for (const text of ["A", "AA=A", "A===", "AB-_", "AA\nA", "ÿÿÿÿ", "AA="]) {
      expect(base64Length(text)).toBeUndefined();
    }
  });
});

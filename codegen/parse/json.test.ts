import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nearest, pointerKey, pointerKeys, readJson, valueOf } from "./json.js";

const problem = (text: string): string | undefined => {
  const [first] = readJson(text).problems;
  return first && `${first.offset} ${first.message}`;
};

describe("readJson", () => {
  it("reads what JSON.parse reads, to the same value", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), fc.nat(3), (text, indent) => {
        const spaced = JSON.stringify(JSON.parse(text), null, indent);
        const { node, problems } = readJson(spaced);
        expect(problems).toEqual([]);
        expect(node && valueOf(node)).toEqual(JSON.parse(spaced));
      }),
    );
  });

  it("refuses what JSON.parse refuses", () => {
    const pieces = [
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"a"',
      "1",
      "-",
      "01",
      "1.",
      "1e-5",
      "null",
      "nul",
      " ",
      "\\",
      '"',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 8 }), (parts) => {
        const text = parts.join("");
        let strict = true;
        try {
          JSON.parse(text);
        } catch {
          strict = false;
        }
        expect(readJson(text).node !== undefined).toBe(strict);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['{ "a": 1, }', "10 a comma before the closing brace"],
    ["[1 2]", '3 expected "," between items, found "2"'],
    ["{ 'a': 1 }", "2 expected a key in quotes, found a single quote"],
    ['{ "a": 1 // b\n}', '9 expected "," between members, found a comment, which JSON has not'],
    ["", "0 expected a value, found the end"],
    ['["a]', "1 this string never ends"],
    ['"\\x"', '1 "\\x" is no JSON escape'],
    ["1e999", "0 this number is too large"],
    ["0x10", "0 this is no JSON number"],
    ['"a\nb"', "2 a control character or line end inside a string must be escaped"],
    ["undefined", '0 expected a value, found "undefined"'],
    ["[".repeat(300), "201 nested deeper than 200"],
  ])("says where and why it cannot read %j", (text, expected) => {
    expect(problem(text)).toBe(expected);
  });

  it("reports a key said twice, and goes on", () => {
    const { node, problems } = readJson('{ "a": 1, "b": { "c": 1, "c": 2 }, "a": 3 }');
    expect(problems.map(({ kind, offset }) => [kind, offset])).toEqual([
      ["duplicate-key", 25],
      ["duplicate-key", 35],
    ]);
    expect(node && valueOf(node)).toEqual({ a: 3, b: { c: 2 } });
  });

  it("takes __proto__ for a key", () => {
    const { node } = readJson('{ "__proto__": { "polluted": true } }');
    const value = node && (valueOf(node) as object);
    expect(Object.keys(value ?? {})).toEqual(["__proto__"]);
    expect(value && "polluted" in value).toBe(false);
  });

  it("finds the place of a value, or of its nearest ancestor", () => {
    const { node } = readJson('{ "a": [ 1, { "b/c": 2 } ] }');
    if (node === undefined) throw new Error("unreadable");
    expect(nearest(node, ["a", "1", "b/c"]).start).toBe(21);
    expect(nearest(node, ["a", "1", "d", "e"]).start).toBe(12);
    expect(nearest(node, []).start).toBe(0);
  });

  it("splits pointers as RFC 6901 says", () => {
    expect(pointerKeys("/a~1b/~0/")).toEqual(["a/b", "~", ""]);
    expect(pointerKeys("")).toEqual([]);
    expect(pointerKey("a/~b")).toBe("a~1~0b");
  });
});

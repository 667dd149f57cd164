import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeFault, flawOf, parseJson } from "./json-text.js";

function fault(text: string): string {
  const parsed = parseJson(text);
  return parsed.ok ? "no fault" : describeFault(parsed.fault);
}

describe("parseJson", () => {
  it("gives the value", () => {
    expect(parseJson(' {"a":[1,true,null,"x"]} ')).toEqual({
      ok: true,
      value: { a: [1, true, null, "x"] },
    });
  });

  it.each([
    ["", "the text ends too early at line 1, column 1 (position 0)"],
    ["\ufeff{}", "a byte order mark, which JSON has none of, at line 1, column 1 (position 0)"],
    ["hello", 'unexpected "h" at line 1, column 1 (position 0)'],
    ['{"a":1,}', 'unexpected "}" at line 1, column 8 (position 7)'],
    ['{"a" 1}', 'unexpected "1" at line 1, column 6 (position 5)'],
    ["{a:1}", 'unexpected "a" at line 1, column 2 (position 1)'],
    ["[1,2", "the text ends too early at line 1, column 5 (position 4)"],
    ["[1 2]", 'unexpected "2" at line 1, column 4 (position 3)'],
    ["{}x", 'unexpected "x" at line 1, column 3 (position 2)'],
    ['{\n  "a": tru\n}', 'unexpected "t" at line 2, column 8 (position 9)'],
    ['"a\nb"', 'unexpected "\\n" at line 1, column 3 (position 2)'],
    ['"\\x"', 'unexpected "\\\\" at line 1, column 2 (position 1)'],
    ["01", 'unexpected "1" at line 1, column 2 (position 1)'],
    ["[😀]", 'unexpected "😀" at line 1, column 2 (position 1)'],
  ])("says where %j goes wrong", (text, words) => {
    expect(fault(text)).toBe(words);
  });

  it("finds a stray character wherever it stands", () => {
    const numbers = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: "small" }, fc.nat(), fc.array(tie("value"))),
    })).value;
    fc.assert(
      fc.property(numbers, fc.nat(), (value, at) => {
        const text = JSON.stringify(value);
        const position = at % (text.length + 1);
        const parsed = parseJson(`${text.slice(0, position)}@${text.slice(position)}`);
        expect(parsed).toMatchObject({ ok: false, fault: { position } });
      }),
    );
  });

  it("takes whatever JSON.parse takes, and survives what is nested beyond reason", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(text)).toMatchObject({ ok: true });
      }),
    );
    expect(parseJson("[".repeat(100_000))).toMatchObject({ ok: false });
  });
});

describe("flawOf", () => {
  it.each([
    ['{"a":9007199254740993}', "/a", "9007199254740993 is an integer beyond 2^53 - 1"],
    ["-9007199254740992", "", "-9007199254740992 is an integer beyond"],
    ['[1,{"x/y~":[1e999]}]', "/1/x~1y~0/0", "1e999 is larger than a number can be"],
    ["[-1e999]", "/0", "-1e999 is larger"],
    ["[1e-999]", "/0", "1e-999 is smaller"],
    ['{"a":{"b":1, "b" :2}}', "/a/b", "stands there twice"],
    ['{"a":1,"\\u0061":2}', "/a", "stands there twice"],
    ['{"a":[{}],"a":1e999}', "/a", "stands there twice"],
    [`[${"9".repeat(1000)}]`, "/0", "…"],
  ])("ENC-05 finds in %s what would be changed", (text, pointer, words) => {
    expect(flawOf(text)).toEqual({ pointer, text: expect.stringContaining(words) as string });
  });

  it.each([
    '{"a":{"a":[1,1,{"a":2}]},"b":{"a":"9007199254740993"}}',
    "[9007199254740991,-9007199254740991,0,-0,0e5,0.0,1e22,0.1,1e-300,1.5]",
    '["1e999","{\\"a\\":1}"]',
    "null",
  ])("finds nothing in %s", (text) => {
    expect(flawOf(text)).toBeUndefined();
  });

  it("finds nothing in what JSON.stringify writes of small numbers", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        const exact = !/\d{16}/.test(text);
        if (exact) expect(flawOf(text)).toBeUndefined();
      }),
    );
  });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeFault, parseJson } from "./json-text.js";

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

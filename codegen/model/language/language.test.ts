import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readAbnf } from "../../parse/abnf.js";
import { fromGrammar } from "./grammar.js";
import { fromPattern } from "./pattern.js";
import { createWorkshop, difference, Unsupported, type Lengths } from "./regular.js";

function compare(grammar: string, pattern: string, lengths?: Lengths) {
  const shop = createWorkshop();
  const { rules } = readAbnf(grammar);
  const left = fromGrammar(shop, rules, rules[0]?.name ?? "");
  return difference(shop, left, fromPattern(shop, pattern), lengths);
}

describe("grammar against pattern", () => {
  it.each([
    ["a = 1*DIGIT", "^[0-9]+$"],
    ["a = 1*DIGIT", "^\\d\\d*$"],
    ['a = b [ "@" b ]\nb = 1*%x61-7A', "^[a-z]+(?:@[a-z]+)?$"],
    ['a = "x" / "yy"', "^(?:[xX]|[yY]{2})$"],
    ['a = %s"x" / %s"yy"', "^(x|yy)$"],
    ["a = 32( %x30-39 / %x61-66 )", "^[0-9a-f]{32}$"],
    ["a = 1*3DIGIT", "^\\d(?:\\d(?:\\d)?)?$"],
    ["a = %x61\na =/ %x62", "^(?:b|a)$"],
    ['a = *VCHAR "." *VCHAR', "^[!-~]*\\.[!-~]*$"],
    ["a = *%x00-10FFFF", "^[\\s\\S]*$"],
    ["a = *%x00-10FFFF", "x|(?:)"],
    ["a = %x61 %x62 / %x63", "^ab$|^c$"],
  ])("%s is %s", (grammar, pattern) => {
    expect(compare(grammar, pattern)).toBeUndefined();
  });

  it.each([
    ["a = 1*DIGIT", "^[0-9]*$", { text: "", side: "right" }],
    ["a = *DIGIT", "^[0-9]+$", { text: "", side: "left" }],
    ['a = "x"', "^x$", { text: "X", side: "left" }],
    ["a = %x61-7A", "^[a-y]$", { text: "z", side: "left" }],
    ["a = %x61", "^a", { text: "a\u0000", side: "right" }],
    ["a = 3%x61", "^a{2,3}$", { text: "aa", side: "right" }],
    ["a = %x61", "^[^b-z]$", { text: "\u0000", side: "right" }],
  ])("%s is not %s", (grammar, pattern, expected) => {
    expect(compare(grammar, pattern)).toEqual(expected);
  });

  it("cuts the pattern to the lengths of the schema", () => {
    expect(compare("a = 1*128%x61", "^a+$", { min: 0, max: 128 })).toBeUndefined();
    expect(compare("a = 1*128%x61", "^a+$", { min: 0, max: 127 })?.text).toHaveLength(128);
    expect(compare("a = 2*%x61", "^a*$", { min: 2, max: undefined })).toBeUndefined();
  });

  it.each([
    ['a = "(" [ a ] ")"', "^x$"],
    ["a = <any>", "^x$"],
    ["a = b", "^x$"],
    ["a = %x61", "^(?=a)a$"],
    ["a = %x61", "^(a)\\1$"],
    ["a = %x61", "^a\\b$"],
    ["a = %x61", "^a{5000}$"],
  ])("says that it cannot compare %s with %s", (grammar, pattern) => {
    expect(() => compare(grammar, pattern)).toThrow(Unsupported);
  });
});

describe("languages of patterns", () => {
  const atom = fc.constantFrom(
    "a",
    "b",
    "[ab]",
    "[^a]",
    ".",
    "\\d",
    "(?:a|b)",
    "(ab)",
    "\\.",
    "[a-c1-3]",
  );
  const quantifier = fc.constantFrom("", "", "*", "+", "?", "{2}", "{1,}", "{0,2}");
  const branch = fc
    .array(
      fc.tuple(atom, quantifier).map((parts) => parts.join("")),
      { maxLength: 4 },
    )
    .map((parts) => parts.join(""));
  const pattern = fc.tuple(branch, branch).map(([one, other]) => `^(?:${one}|${other})$`);

  it("accept what RegExp accepts", () => {
    fc.assert(
      fc.property(
        pattern,
        fc.string({ unit: fc.constantFrom(..."ab1.\n"), maxLength: 6 }),
        (source, text) => {
          const shop = createWorkshop();
          let state = fromPattern(shop, source);
          for (const character of text)
            state = shop.derivative(state, character.codePointAt(0) ?? 0);
          expect(state.nullable).toBe(new RegExp(source, "u").test(text));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("differ by a string that only one of them accepts", () => {
    fc.assert(
      fc.property(pattern, pattern, (one, other) => {
        const shop = createWorkshop();
        const found = difference(shop, fromPattern(shop, one), fromPattern(shop, other));
        if (found === undefined) return;
        expect(new RegExp(one, "u").test(found.text)).toBe(found.side === "left");
        expect(new RegExp(other, "u").test(found.text)).toBe(found.side === "right");
      }),
      { numRuns: 300 },
    );
  });
});

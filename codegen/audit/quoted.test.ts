import { expect, it } from "vitest";
import { quoted } from "./quoted.js";

it.each([
  ["a Cyrillic letter in a Latin word", "b\u0430r", String.raw`"b\u0430r"`],
  ["a word of Cyrillic letters alone", "\u0441\u043e", String.raw`"\u0441\u043e"`],
  ["a Greek letter", "\u03bfne", String.raw`"\u03bfne"`],
  [
    "letters of other widths, or of mathematics",
    "\uff41\u{1d41a}",
    String.raw`"\uff41\ud835\udc1a"`,
  ],
  ["Latin letters that look like others", "\u0131s \u0251", String.raw`"\u0131s \u0251"`],
  ["letters that are numbers", "\u2160\u217c\u2179", String.raw`"\u2160\u217c\u2179"`],
  ["a letter that looks like a bar", "a\u01c0b", String.raw`"a\u01c0b"`],
  [
    "marks of other widths, or of Greek",
    "a\uff1ab\uff1d\uff40c\u037e",
    String.raw`"a\uff1ab\uff1d\uff40c\u037e"`,
  ],
  ["what nobody sees", "a\u200bb\u00adc\u202ed\u2060", String.raw`"a\u200bb\u00adc\u202ed\u2060"`],
  ["a space of another kind", "a\u00a0b\u3164c", String.raw`"a\u00a0b\u3164c"`],
  ["an accent of its own", "cafe\u0301", String.raw`"cafe\u0301"`],
  [
    "hyphens, and marks that look like others",
    "a\u2011b \u22121 2\u20443",
    String.raw`"a\u2011b \u22121 2\u20443"`,
  ],
  ["what JSON escapes", 'say "a"\tor \\', String.raw`"say \"a\"\tor \\"`],
])("shows %s for what it is", (_, text, expected) => {
  expect(quoted(text)).toBe(expected);
});

it("leaves what can be told by the eye as it is, and says where it is cut", () => {
  const text = "§7.6 — café, naïve: C → R “x” … ✓ 任务 1–2 ≤ 3";
  expect(quoted(text)).toBe(`"${text}"`);
  expect(quoted("abcdef", 4)).toBe('"abc…"');
  // Half of a character is none.
  expect(quoted("ab\u{1f600}cd", 4)).toBe('"ab…"');
});

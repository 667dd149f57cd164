import { describe, expect, it } from "vitest";
import { readAbnf } from "../../parse/abnf.js";
import { toAutomaton } from "./automaton.js";
import type { Automaton } from "./automaton.js";
import { fromGrammar } from "./grammar.js";
import { fromPattern } from "./pattern.js";
import { createWorkshop } from "./regular.js";

const ofPattern = (pattern: string): Automaton => {
  const shop = createWorkshop();
  return toAutomaton(shop, fromPattern(shop, pattern));
};

/** Reads a string as the format describes it. */
function takes({ accept, edges }: Automaton, text: string): boolean {
  let state = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const edge = edges.find(
      ([from, first, last]) => from === state && first <= code && code <= last,
    );
    if (edge === undefined) return false;
    state = edge[3];
  }
  return accept.includes(state);
}

/** All texts of up to so many of these characters. */
function texts(characters: readonly string[], length: number): string[] {
  if (length === 0) return [""];
  const shorter = texts(characters, length - 1);
  return [...new Set(shorter.flatMap((text) => [text, ...characters.map((one) => text + one)]))];
}

describe("an automaton", () => {
  it.each(["^a*b+$", "^(a|ab)(b|)$", "a", "^[^a]{2,3}$", "^(?:aa)*$", "^b?(ab)*a?$", "^.$"])(
    "takes what the expression %s takes",
    (pattern) => {
      const automaton = ofPattern(pattern);
      const expression = new RegExp(pattern, "u");
      for (const text of texts(["a", "b", "\n"], 6)) {
        expect(takes(automaton, text), JSON.stringify(text)).toBe(expression.test(text));
      }
    },
  );

  it("has no more states than it needs, numbered as a reader meets them", () => {
    expect(ofPattern("^(?:ab|ab|cb)$")).toEqual({
      accept: [2],
      edges: [
        [0, 97, 97, 1],
        [0, 99, 99, 1],
        [1, 98, 98, 2],
      ],
    });
    const { accept, edges } = ofPattern("^(a|b)*(a|b)$");
    expect({ accept, edges }).toEqual({
      accept: [1],
      edges: [
        [0, 97, 98, 1],
        [1, 97, 98, 1],
      ],
    });
  });

  it("has no halves of characters", () => {
    expect(ofPattern("^[^]$".replace("[^]", "[\\u0000-\\u{10ffff}]")).edges).toEqual([
      [0, 0, 0xd7ff, 1],
      [0, 0xe000, 0x10ffff, 1],
    ]);
  });

  it("takes nothing where nothing is, and only the empty text where that is all", () => {
    const shop = createWorkshop();
    expect(toAutomaton(shop, shop.nothing)).toEqual({ accept: [], edges: [] });
    expect(toAutomaton(shop, shop.empty)).toEqual({ accept: [0], edges: [] });
  });

  it("is made of the rules of a grammar", () => {
    const { rules } = readAbnf('name = 1*ALPHA [ "@" 1*2DIGIT ]');
    const shop = createWorkshop();
    const automaton = toAutomaton(shop, fromGrammar(shop, rules, "name"));
    for (const text of ["a", "aZ@1", "b@12"]) expect(takes(automaton, text), text).toBe(true);
    for (const text of ["", "@1", "a@", "a@123", "a1"]) expect(takes(automaton, text)).toBe(false);
  });
});

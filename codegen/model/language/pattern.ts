import {
  LAST_CHARACTER,
  Unsupported,
  type Ranges,
  type Regular,
  type Workshop,
} from "./regular.js";

const CLASSES: Readonly<Record<string, Ranges>> = {
  d: [[0x30, 0x39]],
  w: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x5f, 0x5f],
    [0x61, 0x7a],
  ],
  s: [
    [0x09, 0x0d],
    [0x20, 0x20],
    [0xa0, 0xa0],
    [0x1680, 0x1680],
    [0x2000, 0x200a],
    [0x2028, 0x2029],
    [0x202f, 0x202f],
    [0x205f, 0x205f],
    [0x3000, 0x3000],
    [0xfeff, 0xfeff],
  ],
};
const LINE_ENDS: Ranges = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];
const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, "0": 0 };

/**
 * The language of a JSON Schema `pattern` (ECMA-262, flag `u`, not anchored by itself).
 *
 * @throws Unsupported for look-around, back references and anchors in the middle
 */
export function fromPattern(shop: Workshop, pattern: string): Regular {
  const characters = [...pattern];
  const anything = shop.star(shop.set([[0, LAST_CHARACTER]]));
  let at = 0;

  const take = (character: string): boolean => {
    if (characters[at] !== character) return false;
    at += 1;
    return true;
  };
  const takePattern = (expression: RegExp): RegExpExecArray | undefined => {
    const found = expression.exec(characters.slice(at, at + 40).join("")) ?? undefined;
    if (found !== undefined) at += [...found[0]].length;
    return found;
  };

  const alternation = (top: boolean): Regular => {
    const items = [branch(top)];
    while (take("|")) items.push(branch(top));
    return shop.choice(...items);
  };

  const branch = (top: boolean): Regular => {
    const parts: Regular[] = [];
    const begins = top && take("^");
    let ends = false;
    while (at < characters.length && characters[at] !== "|" && characters[at] !== ")") {
      if (top && characters[at] === "$" && [undefined, "|"].includes(characters[at + 1])) {
        at += 1;
        ends = true;
        break;
      }
      parts.push(quantified());
    }
    if (!top) return shop.sequence(...parts);
    return shop.sequence(begins ? shop.empty : anything, ...parts, ends ? shop.empty : anything);
  };

  const quantified = (): Regular => {
    const of = atom();
    const sign = takePattern(/^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/);
    if (sign === undefined) return of;
    const [text, low, comma, high] = sign;
    if (text.startsWith("*")) return shop.star(of);
    if (text.startsWith("+")) return shop.repeat(of, 1, undefined);
    if (text.startsWith("?")) return shop.repeat(of, 0, 1);
    const max = comma === undefined ? Number(low) : high === "" ? undefined : Number(high);
    return shop.repeat(of, Number(low), max);
  };

  const atom = (): Regular => {
    if (take("(")) {
      if (take("?") && !take(":") && takePattern(/^<[A-Za-z_]\w*>/) === undefined) {
        throw new Unsupported("look-around");
      }
      const inner = alternation(false);
      if (!take(")")) throw new Unsupported("an open group");
      return inner;
    }
    if (take("[")) return shop.set(characterClass());
    if (take(".")) return shop.set(complement(LINE_ENDS));
    if (take("\\")) return shop.set(escape());
    const character = characters[at] ?? "";
    if (/^[\^$*+?{}]?$/.test(character)) throw new Unsupported(`"${character}" here`);
    at += 1;
    return shop.set(single(character.codePointAt(0) ?? 0));
  };

  const escape = (): Ranges => {
    const character = characters[at] ?? "";
    at += 1;
    const known = CLASSES[character.toLowerCase()];
    if (known !== undefined)
      return character === character.toLowerCase() ? known : complement(known);
    if (character === "x" || character === "u") {
      const digits = takePattern(character === "x" ? /^(..)/ : /^(?:\{([0-9A-Fa-f]+)\}|(....))/);
      return single(Number.parseInt(digits?.[1] ?? digits?.[2] ?? "", 16));
    }
    const control = CONTROLS[character];
    if (control !== undefined) return single(control);
    if (/^[A-Za-z1-9]?$/.test(character)) throw new Unsupported(`\\${character}`);
    return single(character.codePointAt(0) ?? 0);
  };

  const characterClass = (): Ranges => {
    const negated = take("^");
    const ranges: (readonly [number, number])[] = [];
    while (!take("]")) {
      if (at >= characters.length) throw new Unsupported("an open class");
      const from = classAtom();
      const only = from[0];
      if (characters[at] === "-" && characters[at + 1] !== "]" && from.length === 1 && only) {
        at += 1;
        ranges.push([only[0], classAtom()[0]?.[1] ?? only[1]]);
      } else ranges.push(...from);
    }
    return negated ? complement(ranges) : ranges;
  };

  const classAtom = (): Ranges => {
    if (take("\\")) return escape();
    const character = characters[at] ?? "";
    at += 1;
    return single(character.codePointAt(0) ?? 0);
  };

  const result = alternation(true);
  if (at < characters.length) throw new Unsupported("an unmatched parenthesis");
  return result;
}

function single(character: number): Ranges {
  return [[character, character]];
}

function complement(ranges: Ranges): Ranges {
  const result: (readonly [number, number])[] = [];
  let next = 0;
  for (const [from, to] of [...ranges].sort((one, other) => one[0] - other[0])) {
    if (from > next) result.push([next, from - 1]);
    next = Math.max(next, to + 1);
  }
  if (next <= LAST_CHARACTER) result.push([next, LAST_CHARACTER]);
  return result;
}

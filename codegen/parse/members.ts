import { remembered } from "../memo.js";

/** What stands between the braces of a trace: JSON but for bare names, `$CAPTURES`, and a comma that may trail. */

/** A value of a trace. A capture `$J` is `{ "$": "J" }`. */
export type Member =
  null | boolean | number | string | readonly Member[] | { readonly [name: string]: Member };

const TOKEN =
  /\s*(?:(?<text>"(?:[^"\\]|\\.)*")|(?<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\$(?<capture>[A-Za-z]\w*)|(?<name>[A-Za-z_]\w*)|(?<sign>[{}[\]:,]))/y;

interface Token {
  readonly text?: string;
  readonly number?: string;
  readonly capture?: string;
  readonly name?: string;
  readonly sign?: string;
}

const WORDS: ReadonlyMap<string, Member> = new Map<string, Member>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

/** What is no list of members, and why. */
class Unreadable extends Error {}

/**
 * Reads `{ name: value, … }`; nothing at all is no members.
 *
 * @returns the members, or in words what is wrong
 */
export const readMembers = remembered((text: string): Readonly<Record<string, Member>> | string => {
  if (text.trim() === "") return {};
  try {
    const value = read(tokensOf(text));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Readonly<Record<string, Member>>;
    }
    return "the members stand in { }";
  } catch (error) {
    if (error instanceof Unreadable || error instanceof SyntaxError) return error.message;
    throw error;
  }
});

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < end;) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(text);
    if (found === null) throw new Unreadable(`"${text.slice(at).trim().slice(0, 20)}" is no value`);
    tokens.push({ ...found.groups });
  }
  return tokens;
}

function read(tokens: readonly Token[]): Member {
  let at = 0;
  const take = (sign: string): boolean => {
    if (tokens[at]?.sign !== sign) return false;
    at += 1;
    return true;
  };
  const value = (): Member => {
    const token = tokens[at];
    if (take("{")) return object();
    if (take("[")) return list();
    at += 1;
    if (token?.text !== undefined) return JSON.parse(token.text) as string;
    if (token?.number !== undefined) return Number(token.number);
    if (token?.capture !== undefined) return { $: token.capture };
    const word = WORDS.get(token?.name ?? "");
    if (word === undefined) throw new Unreadable(`${told(token)} is no value`);
    return word;
  };
  const object = (): Member => {
    const members: [string, Member][] = [];
    while (!take("}")) {
      const token = tokens[at++];
      const name =
        token?.name ?? (token?.text === undefined ? "" : (JSON.parse(token.text) as string));
      if (name === "" || !take(":")) throw new Unreadable(`${told(token)} names no member`);
      if (members.some(([other]) => other === name)) throw new Unreadable(`${name} stands twice`);
      members.push([name, value()]);
      if (!take(",") && tokens[at]?.sign !== "}") throw new Unreadable(`${name} lacks its end`);
    }
    return Object.fromEntries(members);
  };
  const list = (): Member => {
    const items: Member[] = [];
    while (!take("]")) {
      items.push(value());
      if (!take(",") && tokens[at]?.sign !== "]") throw new Unreadable("a list lacks its end");
    }
    return items;
  };
  const whole = value();
  if (at < tokens.length) throw new Unreadable(`${told(tokens[at])} is out of place`);
  return whole;
}

function told(token: Token | undefined): string {
  const text = token && (token.text ?? token.number ?? token.name ?? token.sign ?? token.capture);
  return text === undefined ? "the end" : `"${text}"`;
}

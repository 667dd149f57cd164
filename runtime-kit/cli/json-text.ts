/** JSON that a person typed: the value, or the place where it goes wrong, which `JSON.parse` rarely says. */

import { escapePointer } from "../wire/json.js";
import { clip } from "./text.js";

/** What is wrong with a text, and where. */
export interface JsonFault {
  /** In UTF-16 units from the beginning. */
  readonly position: number;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** What stands there, in words. */
  readonly found: string;
}

export type ParsedJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly fault: JsonFault };

/** Parses a text, or says where it stops being JSON. */
export function parseJson(text: string): ParsedJson {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    return { ok: false, fault: locate(text, faultAt(text)) };
  }
}

/** The fault in words. */
export function describeFault({ found, line, column, position }: JsonFault): string {
  return `${found} at line ${line}, column ${column} (position ${position})`;
}

/** Nothing deeper is looked at: the runtime refuses what nests deeper than 64 anyway. */
const DEEPEST = 512;

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
// eslint-disable-next-line no-control-regex -- JSON forbids control characters in strings
const CHARACTERS = /(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;

/** A text that is JSON, and whose value is not what stands in it. */
export interface JsonFlaw {
  /** The JSON pointer (RFC 6901) of the value; empty for the whole text. */
  readonly pointer: string;
  /** What would become of it, and what to do. */
  readonly text: string;
}

/**
 * The first value of a JSON text that would silently be another one: `JSON.parse` rounds, makes `1e999` infinite and
 * `1e-999` nothing, and takes the last of two members of one name.
 */
export function flawOf(text: string): JsonFlaw | undefined {
  return scan(text).flaw;
}

/** Where the longest text that could still become JSON ends. */
function faultAt(text: string): number {
  return scan(text).end;
}

function scan(text: string): { readonly end: number; readonly flaw: JsonFlaw | undefined } {
  let at = 0;
  let flaw: JsonFlaw | undefined;
  const path: string[] = [];

  function skip(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found === "" ? undefined : found;
  }

  function mark(character: string): boolean {
    skip(SPACE);
    if (text[at] !== character) return false;
    at += 1;
    return true;
  }

  /** The text of a string, escapes resolved. */
  function string(): string | undefined {
    if (!mark('"')) return undefined;
    const from = at;
    skip(CHARACTERS);
    if (text[at] !== '"') return undefined;
    const inner = text.slice(from, at);
    at += 1;
    return inner.includes("\\") ? (JSON.parse(`"${inner}"`) as string) : inner;
  }

  function list(end: string, item: () => boolean): boolean {
    if (mark(end)) return true;
    do {
      if (!item()) return false;
    } while (mark(","));
    return mark(end);
  }

  function within(token: string, depth: number): boolean {
    path.push(token);
    const good = value(depth);
    path.pop();
    return good;
  }

  function members(depth: number): boolean {
    const names = new Set<string>();
    return list("}", () => {
      const name = string();
      if (name === undefined || !mark(":")) return false;
      if (names.has(name)) found([...path, name], TWICE);
      names.add(name);
      return within(name, depth);
    });
  }

  function items(depth: number): boolean {
    let index = 0;
    return list("]", () => within(String(index++), depth));
  }

  function number(): boolean {
    const literal = skip(NUMBER);
    const problem = literal === undefined ? undefined : changed(literal);
    if (problem !== undefined) found(path, `${clip(literal!, 40)} ${problem}`);
    return literal !== undefined;
  }

  function value(depth: number): boolean {
    skip(SPACE);
    if (depth > DEEPEST) return false;
    if (text[at] === '"') return string() !== undefined;
    if (mark("{")) return members(depth + 1);
    if (mark("[")) return items(depth + 1);
    return skip(WORD) !== undefined || number();
  }

  function found(where: readonly string[], what: string): void {
    flaw ??= { pointer: where.map((token) => `/${escapePointer(token)}`).join(""), text: what };
  }

  if (value(0)) skip(SPACE);
  return { end: at, flaw };
}

const TWICE = "stands there twice, and only one of the two would be sent: take one out";

/** What becomes of a number that is not sent as it stands. ENC-05 */
function changed(literal: string): string | undefined {
  const value = Number(literal);
  if (!Number.isFinite(value)) return "is larger than a number can be: send it as a string";
  if (value === 0 && /^[^eE]*[1-9]/.test(literal)) {
    return "is smaller than a number can be: send it as a string";
  }
  if (/[.eE]/.test(literal) || Number.isSafeInteger(value)) return undefined;
  return "is an integer beyond 2^53 - 1, and would be rounded: send it as a string";
}

/** Invisible, and put before texts by some editors. */
const BYTE_ORDER_MARK = 0xfeff;

function locate(text: string, position: number): JsonFault {
  const before = text.slice(0, position);
  const lineStart = before.lastIndexOf("\n") + 1;
  const character = text.codePointAt(position);
  const found =
    character === undefined
      ? "the text ends too early"
      : character === BYTE_ORDER_MARK
        ? "a byte order mark, which JSON has none of,"
        : `unexpected ${JSON.stringify(String.fromCodePoint(character))}`;
  return {
    position,
    line: before.split("\n").length,
    column: position - lineStart + 1,
    found,
  };
}

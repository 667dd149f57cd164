/** JSON that a person typed: the value, or the place where it goes wrong, which `JSON.parse` rarely says. */

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

/** Where the longest text that could still become JSON ends. */
function faultAt(text: string): number {
  let at = 0;

  function skip(pattern: RegExp): boolean {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found !== undefined && found !== "";
  }

  function mark(character: string): boolean {
    skip(SPACE);
    if (text[at] !== character) return false;
    at += 1;
    return true;
  }

  function string(): boolean {
    if (!mark('"')) return false;
    skip(CHARACTERS);
    if (text[at] !== '"') return false;
    at += 1;
    return true;
  }

  function list(end: string, item: () => boolean): boolean {
    if (mark(end)) return true;
    do {
      if (!item()) return false;
    } while (mark(","));
    return mark(end);
  }

  function value(depth: number): boolean {
    skip(SPACE);
    if (depth > DEEPEST) return false;
    if (text[at] === '"') return string();
    if (mark("{")) return list("}", () => string() && mark(":") && value(depth + 1));
    if (mark("[")) return list("]", () => value(depth + 1));
    return skip(WORD) || skip(NUMBER);
  }

  if (value(0)) skip(SPACE);
  return at;
}

function locate(text: string, position: number): JsonFault {
  const before = text.slice(0, position);
  const lineStart = before.lastIndexOf("\n") + 1;
  const character = text.codePointAt(position);
  const found =
    character === undefined
      ? "the text ends too early"
      : `unexpected ${JSON.stringify(String.fromCodePoint(character))}`;
  return {
    position,
    line: before.split("\n").length,
    column: position - lineStart + 1,
    found,
  };
}

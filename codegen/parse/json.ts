/** Strict JSON (RFC 8259) with the offset of every value, so that a finding can point into a fence. */

interface JsonMember {
  readonly key: string;
  /** Offset of the key's opening quote. */
  readonly keyStart: number;
  readonly node: JsonNode;
}

export type JsonNode = { readonly start: number; readonly end: number } & (
  | { readonly type: "object"; readonly members: readonly JsonMember[] }
  | { readonly type: "array"; readonly items: readonly JsonNode[] }
  | { readonly type: "scalar"; readonly value: string | number | boolean | null }
);

export interface JsonProblem {
  readonly kind: "syntax" | "duplicate-key";
  readonly offset: number;
  readonly message: string;
}

/** Deeper than any message may be (the limit on the wire is 64), shallow enough for the stack. */
const MAX_DEPTH = 200;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const PLAIN = /[ !#-[\]-\u{10ffff}]*/uy;
const SPACE = /[ \t\n\r]*/y;
const LITERAL = /true|false|null/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

class Unreadable extends Error {
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

/** Reads one JSON value. Never throws: what cannot be read is a problem, and leaves no node. */
export function readJson(text: string): {
  readonly node: JsonNode | undefined;
  readonly problems: readonly JsonProblem[];
} {
  const problems: JsonProblem[] = [];
  let at = 0;

  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const fail = (message: string, offset = at): never => {
    throw new Unreadable(offset, message);
  };
  const expect = (character: string, where: string): void => {
    if (text[at] !== character) fail(`expected "${character}" ${where}, found ${found(text, at)}`);
    at += 1;
  };

  const string = (): string => {
    const start = at;
    at += 1;
    let value = "";
    for (;;) {
      value += match(PLAIN) ?? "";
      const next = text[at];
      if (next === '"') {
        at += 1;
        return value;
      }
      if (next === undefined) fail("this string never ends", start);
      if (next !== "\\") fail("a control character or line end inside a string must be escaped");
      const escape = text[at + 1] ?? "";
      if (escape === "u") {
        const digits = text.slice(at + 2, at + 6);
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) fail("\\u needs four hexadecimal digits");
        value += String.fromCharCode(Number.parseInt(digits, 16));
        at += 6;
      } else {
        value += ESCAPES[escape] ?? fail(`"\\${escape}" is no JSON escape`);
        at += 2;
      }
    }
  };

  const value = (depth: number): JsonNode => {
    if (depth > MAX_DEPTH) fail(`nested deeper than ${MAX_DEPTH}`);
    const start = at;
    const first = text[at];
    if (first === "{") return object(start, depth);
    if (first === "[") return array(start, depth);
    if (first === '"') {
      const content = string();
      return { type: "scalar", value: content, start, end: at };
    }
    const literal = match(LITERAL);
    if (literal !== undefined) {
      const content = literal === "null" ? null : literal === "true";
      return { type: "scalar", value: content, start, end: at };
    }
    const digits = match(NUMBER);
    if (digits === undefined) return fail(`expected a value, found ${found(text, at)}`);
    if (/[\w.+-]/.test(text[at] ?? "")) fail("this is no JSON number", start);
    if (!Number.isFinite(Number(digits))) fail("this number is too large", start);
    return { type: "scalar", value: Number(digits), start, end: at };
  };

  const object = (start: number, depth: number): JsonNode => {
    const members: JsonMember[] = [];
    const seen = new Set<string>();
    at += 1;
    match(SPACE);
    while (text[at] !== "}" || members.length > 0) {
      if (text[at] === "}") fail("a comma before the closing brace");
      if (text[at] !== '"') fail(`expected a key in quotes, found ${found(text, at)}`);
      const keyStart = at;
      const key = string();
      if (seen.has(key)) {
        const message = `"${key}" is said twice in one object`;
        problems.push({ kind: "duplicate-key", offset: keyStart, message });
      }
      seen.add(key);
      match(SPACE);
      expect(":", "after the key");
      match(SPACE);
      members.push({ key, keyStart, node: value(depth + 1) });
      match(SPACE);
      if (text[at] === "}") break;
      expect(",", "between members");
      match(SPACE);
    }
    at += 1;
    return { type: "object", members, start, end: at };
  };

  const array = (start: number, depth: number): JsonNode => {
    const items: JsonNode[] = [];
    at += 1;
    match(SPACE);
    while (text[at] !== "]" || items.length > 0) {
      if (text[at] === "]") fail("a comma before the closing bracket");
      items.push(value(depth + 1));
      match(SPACE);
      if (text[at] === "]") break;
      expect(",", "between items");
      match(SPACE);
    }
    at += 1;
    return { type: "array", items, start, end: at };
  };

  try {
    match(SPACE);
    const node = value(0);
    match(SPACE);
    if (at < text.length) fail(`expected the end, found ${found(text, at)}`);
    return { node, problems };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    problems.push({ kind: "syntax", offset: error.offset, message: error.message });
    return { node: undefined, problems };
  }
}

/** The plain value of a node. Of a key said twice the last one counts; `__proto__` is a key like any other. */
export function valueOf(node: JsonNode): unknown {
  if (node.type === "scalar") return node.value;
  if (node.type === "array") return node.items.map(valueOf);
  const result: Record<string, unknown> = {};
  for (const { key, node: member } of node.members) {
    const value = valueOf(member);
    if (key !== "__proto__") result[key] = value;
    else {
      const own = { value, enumerable: true, configurable: true, writable: true };
      Object.defineProperty(result, key, own);
    }
  }
  return result;
}

/** The member or item that a key names, if there is one. */
export function childOf(node: JsonNode | undefined, key: string): JsonNode | undefined {
  if (node?.type === "object") return node.members.findLast((member) => member.key === key)?.node;
  if (node?.type === "array" && /^\d+$/.test(key)) return node.items[Number(key)];
  return undefined;
}

/** The node at a path; where the path leaves the text, the last node that exists on the way. */
export function nearest(root: JsonNode, path: readonly string[]): JsonNode {
  let node = root;
  for (const key of path) {
    const next = childOf(node, key);
    if (next === undefined) return node;
    node = next;
  }
  return node;
}

/** Splits a JSON pointer (RFC 6901) into its keys. */
export function pointerKeys(pointer: string): string[] {
  if (pointer === "") return [];
  return pointer
    .slice(1)
    .split("/")
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** A key as it stands in a JSON pointer. */
export function pointerKey(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

function found(text: string, at: number): string {
  if (at >= text.length) return "the end";
  if (/^\/[/*]/.test(text.slice(at, at + 2))) return "a comment, which JSON has not";
  if (text[at] === "'") return "a single quote";
  const word = /^[\w$]+|^./su.exec(text.slice(at, at + 20))?.[0] ?? "";
  return `"${word}"`;
}

/**
 * JSON as drafts print it: with comments, `{ ... }`, `<integer>`, `31_457_280`, members without braces, names without
 * quotes. Nothing is rewritten first. Each place that is no JSON is a deviation with its offset; what cannot be read
 * even so is a problem. The same notation stands in sequences (`{ kind: status }`) and in tables (`{ text, unit? }`).
 */

import type { Deviation, DeviationKind, LooseMember, LooseNode, LooseReading } from "./loose.js";

/** As deep as the strict reader goes. */
const MAX_DEPTH = 200;
const SPACE = /[\s\uFEFF]+/y;
const COMMENT = /\/\/[^\n]*|\/\*[^]*?\*\/|#(?= )[^\n]*/y;
const ELLIPSIS = /\.{2,}|…/y;
const NUMBER =
  /[+-]?(?:0[xX][\da-fA-F]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?)(?![\w.])/y;
const STRICT_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const WORD =
  /[\p{L}\p{N}_$@*][\p{L}\p{N}_$@*/+-]*(?:[.:][\p{L}\p{N}_$@*][\p{L}\p{N}_$@*/+-]*)*(?:\[\])*/uy;
const KEY = /[\p{L}\p{N}_$@*-]+(?:\.[\p{L}\p{N}_$@*-]+)*(?:\[\])?/uy;
const ANGLE = /<[^<>\n]*>/y;
const ROUND = /\([^()\n]*\)/y;
const PLAIN = { '"': /[^"\\\n]*/y, "'": /[^'\\\n]*/y, "`": /[^`\\\n]*/y } as const;
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
/** Words that say what stands here, not what it is. */
const TYPE_WORD =
  /^(?:string|str|number|float|decimal|integer|int|uint|boolean|bool|object|map|array|list|any|json|null|uuid|ulid|timestamp|datetime)(?:\[\])*$/i;

class Unreadable extends Error {
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Reads the values of a text; of a `prefix` the first one only, whatever stands behind it. Never throws; takes time in
 * proportion to the length.
 */
export function readLoosely(text: string, { prefix = false } = {}): LooseReading {
  const deviations: Deviation[] = [];
  let at = 0;

  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const deviate = (kind: DeviationKind, offset = at): void => {
    deviations.push({ kind, offset });
  };
  const fail = (message: string, offset = at): never => {
    throw new Unreadable(offset, message);
  };
  const skip = (): void => {
    for (;;) {
      match(SPACE);
      const start = at;
      if (match(COMMENT) === undefined) return;
      deviate("comment", start);
    }
  };

  const string = (quote: keyof typeof PLAIN): string => {
    const start = at;
    if (quote !== '"') deviate("other-quotes");
    at += 1;
    let value = "";
    for (;;) {
      value += match(PLAIN[quote]) ?? "";
      const next = text[at];
      if (next === undefined) fail("this string never ends", start);
      if (next === quote) {
        at += 1;
        return value;
      }
      if (next === "\n") {
        deviate("line-end-in-string");
        value += next;
        at += 1;
        continue;
      }
      const escape = text[at + 1] ?? "";
      const digits = /^u([0-9a-fA-F]{4})/.exec(text.slice(at + 1, at + 6))?.[1];
      if (digits !== undefined) value += String.fromCharCode(Number.parseInt(digits, 16));
      else if (Object.hasOwn(ESCAPES, escape)) value += ESCAPES[escape];
      else {
        deviate("unknown-escape");
        value += escape;
      }
      at += digits === undefined ? 2 : 6;
    }
  };

  const value = (depth: number): LooseNode => {
    const start = at;
    const options = [single(depth)];
    for (;;) {
      const end = at;
      skip();
      if (text[at] !== "|") {
        const [only] = options;
        return options.length === 1 && only !== undefined
          ? only
          : { type: "choice", options, start, end };
      }
      deviate("alternative");
      at += 1;
      skip();
      options.push(single(depth));
    }
  };

  const single = (depth: number): LooseNode => {
    if (depth > MAX_DEPTH) fail(`nested deeper than ${MAX_DEPTH}`);
    const start = at;
    const first = text[at];
    if (first === "{") return object(depth);
    if (first === "[") return array(depth);
    if (first === '"' || first === "'" || first === "`") {
      return { type: "scalar", value: string(first), start, end: at };
    }
    if (match(ELLIPSIS) !== undefined) {
      deviate("ellipsis", start);
      return { type: "unknown", text: "...", start, end: at };
    }
    const number = match(NUMBER);
    if (number !== undefined) {
      if (!STRICT_NUMBER.test(number)) deviate("number-form", start);
      return { type: "scalar", value: Number(number.replaceAll("_", "")), start, end: at };
    }
    const placeholder = match(ANGLE) ?? match(ROUND);
    if (placeholder !== undefined) {
      deviate("placeholder", start);
      return { type: "unknown", text: placeholder.slice(1, -1).trim(), start, end: at };
    }
    const word = match(WORD);
    if (word === undefined) return fail(`expected a value, found ${found(text, at)}`);
    if (word === "true" || word === "false" || word === "null") {
      return { type: "scalar", value: word === "null" ? null : word === "true", start, end: at };
    }
    const named = TYPE_WORD.test(word) || word.startsWith("$");
    deviate(named ? "placeholder" : "bare-word", start);
    if (named && text[at] === "?") at += 1;
    if (named) return { type: "unknown", text: word, start, end: at };
    return { type: "scalar", value: word, start, end: at };
  };

  /** Members up to the closing brace, or to the end of a fragment. */
  const members = (depth: number, close: "}" | undefined) => {
    const read: LooseMember[] = [];
    const seen = new Set<string>();
    let open = false;
    /** Whether a comma, or the beginning, stands before this place. */
    let separated = true;
    let comma: number | undefined;
    let alternative = false;
    for (;;) {
      skip();
      const next = text[at];
      if (next === close || next === undefined) {
        if (separated && comma !== undefined) deviate("spare-comma", comma);
        if (next === undefined && close !== undefined) deviate("unclosed");
        return { members: read, open };
      }
      if (next === "," || next === ";") {
        if (separated && read.length > 0) deviate("spare-comma");
        else if (next === ";") deviate("other-separator");
        else comma = at;
        separated = true;
        at += 1;
        continue;
      }
      if (next === "|") {
        deviate("alternative");
        at += 1;
        alternative = true;
        separated = true;
        const last = read.pop();
        if (last !== undefined) read.push({ ...last, optional: true });
        continue;
      }
      if (!separated) deviate("missing-comma");
      const start = at;
      if (
        match(ELLIPSIS) !== undefined ||
        match(ANGLE) !== undefined ||
        match(ROUND) !== undefined
      ) {
        deviate(/[<(]/.test(text[start] ?? "") ? "placeholder" : "ellipsis", start);
        open = true;
        separated = false;
        continue;
      }
      const member = memberAt(depth, alternative);
      if (seen.has(member.key)) deviate("duplicate-key", start);
      seen.add(member.key);
      read.push(member);
      alternative = false;
      separated = false;
    }
  };

  const memberAt = (depth: number, alternative: boolean): LooseMember => {
    const start = at;
    const quote = text[at];
    let key: string | undefined;
    if (quote === '"' || quote === "'" || quote === "`") key = string(quote);
    else {
      key = match(KEY);
      if (key === undefined) return fail(`expected a name, found ${found(text, at)}`);
      deviate("bare-key", start);
    }
    let optional = alternative;
    if (text[at] === "?") {
      deviate("optional-mark");
      optional = true;
      at += 1;
    }
    skip();
    const mark = text[at];
    if (mark === ":" || mark === "=") {
      if (mark === "=") deviate("other-separator");
      at += mark === "=" && text[at + 1] === ">" ? 2 : 1;
      skip();
      return { key, start, optional, node: value(depth + 1) };
    }
    if (mark !== undefined && !",;}|".includes(mark)) {
      fail(`expected ":" after the name, found ${found(text, at)}`);
    }
    deviate("no-value", start);
    return { key, start, optional, node: { type: "unknown", text: "", start, end: at } };
  };

  const object = (depth: number): LooseNode => {
    const start = at;
    at += 1;
    const before = deviations.length;
    const inside = members(depth, "}");
    at = Math.min(at + 1, text.length);
    // A comment alone in its braces, `{ /* effective lease */ }`, stands for members.
    const open = inside.open || (inside.members.length === 0 && deviations.length > before);
    return { type: "object", members: inside.members, open, start, end: at };
  };

  const array = (depth: number): LooseNode => {
    const start = at;
    const items: LooseNode[] = [];
    let open = false;
    let separated = true;
    let comma: number | undefined;
    at += 1;
    for (;;) {
      skip();
      const next = text[at];
      if (next === "]" || next === undefined) {
        if (separated && comma !== undefined) deviate("spare-comma", comma);
        if (next === undefined) deviate("unclosed");
        at = Math.min(at + 1, text.length);
        return { type: "array", items, open, start, end: at };
      }
      if (next === ",") {
        if (separated) deviate("spare-comma");
        else comma = at;
        separated = true;
        at += 1;
        continue;
      }
      if (!separated) deviate("missing-comma");
      const place = at;
      if (match(ELLIPSIS) !== undefined) {
        deviate("ellipsis", place);
        open = true;
      } else items.push(value(depth + 1));
      separated = false;
    }
  };

  const values: LooseNode[] = [];
  try {
    skip();
    if (startsFragment(text, at)) {
      const start = at;
      deviate("fragment");
      const inside = members(0, undefined);
      values.push({ type: "object", ...inside, start, end: at });
    }
    while (at < text.length && !(prefix && values.length > 0)) {
      if (values.length > 0) deviate("several-values");
      if (!/[{["'`\d.…+-]|true|false|null/y.test(text.slice(at, at + 5))) {
        fail(`expected an object or a list, found ${found(text, at)}`);
      }
      values.push(prefix ? single(0) : value(0));
      if (!prefix) skip();
      if (!prefix && text[at] === ",") {
        deviate("spare-comma");
        at += 1;
        skip();
      }
    }
    if (values.length === 0) fail("there is nothing here");
    return { values, deviations, problem: undefined, end: at };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const { offset, message } = error;
    return { values: [], deviations, problem: { offset, message }, end: offset };
  }
}

/** Whether members stand here without the braces around them. */
function startsFragment(text: string, at: number): boolean {
  const fragment = /(?:"[^"\n]*"|'[^'\n]*'|[\p{L}_$][\p{L}\p{N}_$.-]*\??)\s*[:=](?!=)/uy;
  fragment.lastIndex = at;
  return fragment.test(text);
}

function found(text: string, at: number): string {
  if (at >= text.length) return "the end";
  return JSON.stringify(/^\S{1,20}/u.exec(text.slice(at, at + 40))?.[0] ?? text[at]);
}

import { remembered } from "../memo.js";

/** ABNF as of RFC 5234, with the case-sensitive strings of RFC 7405. */

export type AbnfExpression =
  | { readonly kind: "alternation"; readonly items: readonly AbnfExpression[] }
  | { readonly kind: "concatenation"; readonly items: readonly AbnfExpression[] }
  | {
      readonly kind: "repetition";
      readonly min: number;
      /** `undefined` without bound. */
      readonly max: number | undefined;
      readonly of: AbnfExpression;
    }
  | { readonly kind: "reference"; readonly name: string; readonly offset: number }
  | { readonly kind: "string"; readonly text: string; readonly caseSensitive: boolean }
  | { readonly kind: "range"; readonly from: number; readonly to: number }
  | { readonly kind: "prose"; readonly text: string };

export interface AbnfRule {
  readonly name: string;
  /** As written, comments removed, white space folded. */
  readonly text: string;
  /** `=/` adds alternatives to a rule that exists. */
  readonly incremental: boolean;
  readonly expression: AbnfExpression;
  readonly offset: number;
}

export interface AbnfProblem {
  readonly offset: number;
  readonly message: string;
}

const MAX_DEPTH = 100;
const START = /^[ \t]*([A-Za-z][A-Za-z0-9-]*)[ \t]*(=\/?)/;
const BASES: Readonly<Record<string, readonly [number, string]>> = {
  x: [16, "[0-9A-Fa-f]+"],
  d: [10, "[0-9]+"],
  b: [2, "[01]+"],
};

/** The core rules of RFC 5234, appendix B.1, as ABNF. */
export const coreRules = `ALPHA = %x41-5A / %x61-7A
BIT = %x30-31
CHAR = %x01-7F
CR = %x0D
CRLF = CR LF
CTL = %x00-1F / %x7F
DIGIT = %x30-39
DQUOTE = %x22
HEXDIG = DIGIT / "A" / "B" / "C" / "D" / "E" / "F"
HTAB = %x09
LF = %x0A
LWSP = *(WSP / CRLF WSP)
OCTET = %x00-FF
SP = %x20
VCHAR = %x21-7E
WSP = SP / HTAB`;

class Unreadable extends Error {
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

interface AbnfGrammar {
  readonly rules: readonly AbnfRule[];
  readonly problems: readonly AbnfProblem[];
}

/**
 * Reads the rules of a grammar, once for all that is asked of them. Never throws: a rule that cannot be read is a
 * problem.
 */
export const readAbnf = remembered((text: string): AbnfGrammar => {
  const rules: AbnfRule[] = [];
  const problems: AbnfProblem[] = [];
  for (const chunk of splitRules(text, problems)) {
    try {
      rules.push(readRule(chunk.text, chunk.offset));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      problems.push({ offset: error.offset, message: error.message });
    }
  }
  return { rules, problems };
});

/** The names that an expression refers to, with their offsets. */
export function referencesOf(expression: AbnfExpression): { name: string; offset: number }[] {
  if (expression.kind === "reference") return [expression];
  if (expression.kind === "repetition") return referencesOf(expression.of);
  if ("items" in expression) return expression.items.flatMap(referencesOf);
  return [];
}

/** Blanks out comments, so that offsets stay, and cuts before each line that starts a rule. */
function splitRules(text: string, problems: AbnfProblem[]): { text: string; offset: number }[] {
  const bare = text.replace(/"[^"\n]*"|<[^>\n]*>|;[^\n]*/g, (piece) =>
    piece.startsWith(";") ? " ".repeat(piece.length) : piece,
  );
  const chunks: { text: string; offset: number }[] = [];
  const lines = bare.split("\n");
  const indents = lines.flatMap((line) => (START.test(line) ? [line.search(/\S/)] : []));
  const indent = Math.min(...indents);
  let offset = 0;
  for (const line of lines) {
    const last = chunks.at(-1);
    if (START.test(line) && line.search(/\S/) === indent) chunks.push({ text: line, offset });
    else if (last !== undefined) last.text += `\n${line}`;
    else if (line.trim() !== "") {
      problems.push({ offset: offset + line.search(/\S/), message: "a rule starts with `name =`" });
    }
    offset += line.length + 1;
  }
  return chunks;
}

function readRule(chunk: string, base: number): AbnfRule {
  const start = START.exec(chunk);
  const name = start?.[1] ?? "";
  let at = start?.[0].length ?? 0;
  const body = chunk.slice(at);

  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    const sticky = new RegExp(pattern.source, "y");
    sticky.lastIndex = at;
    const found = sticky.exec(chunk) ?? undefined;
    if (found !== undefined) at += found[0].length;
    return found;
  };
  const fail = (message: string): never => {
    throw new Unreadable(base + at, message);
  };
  const space = (): unknown => take(/\s*/);

  const alternation = (depth: number): AbnfExpression => {
    if (depth > MAX_DEPTH) fail(`nested deeper than ${MAX_DEPTH}`);
    const items = [concatenation(depth)];
    while (take(/\s*\/\s*/)) items.push(concatenation(depth));
    return items.length === 1 && items[0] ? items[0] : { kind: "alternation", items };
  };

  const concatenation = (depth: number): AbnfExpression => {
    space();
    const items = [repetition(depth)];
    for (;;) {
      space();
      if (at >= chunk.length || /[/)\]]/.test(chunk[at] ?? "")) break;
      items.push(repetition(depth));
    }
    return items.length === 1 && items[0] ? items[0] : { kind: "concatenation", items };
  };

  const repetition = (depth: number): AbnfExpression => {
    const count = take(/(\d*)\*(\d*)|(\d+)/);
    const of = element(depth);
    if (count === undefined) return of;
    const [, low = "", high = "", exact] = count;
    if (exact !== undefined) return { kind: "repetition", min: +exact, max: +exact, of };
    return { kind: "repetition", min: +low, max: high === "" ? undefined : +high, of };
  };

  const element = (depth: number): AbnfExpression => {
    const offset = base + at;
    const reference = take(/[A-Za-z][A-Za-z0-9-]*/);
    if (reference) return { kind: "reference", name: reference[0], offset };
    if (take(/\(/)) {
      const of = alternation(depth + 1);
      space();
      return take(/\)/) ? of : fail('a group lacks its ")"');
    }
    if (take(/\[/)) {
      const of = alternation(depth + 1);
      space();
      return take(/\]/)
        ? { kind: "repetition", min: 0, max: 1, of }
        : fail('an option lacks its "]"');
    }
    const string = take(/(%[sSiI])?"([^"\n]*)"/);
    if (string) {
      const caseSensitive = string[1]?.toLowerCase() === "%s";
      return { kind: "string", text: string[2] ?? "", caseSensitive };
    }
    const prose = take(/<([^>\n]*)>/);
    if (prose) return { kind: "prose", text: prose[1] ?? "" };
    return number() ?? fail(`expected an element, found "${chunk.slice(at).split(/\s/)[0] ?? ""}"`);
  };

  const number = (): AbnfExpression | undefined => {
    const [radix, digits] = BASES[take(/%([xXdDbB])/)?.[1]?.toLowerCase() ?? ""] ?? [];
    if (radix === undefined || digits === undefined) return undefined;
    const one = (): number => {
      const value = Number.parseInt(
        take(new RegExp(digits))?.[0] ?? fail("a number is missing"),
        radix,
      );
      return value <= 0x10ffff ? value : fail("there is no such character");
    };
    const from = one();
    if (take(/-/)) return { kind: "range", from, to: one() };
    const items: AbnfExpression[] = [{ kind: "range", from, to: from }];
    while (take(/\./)) {
      const next = one();
      items.push({ kind: "range", from: next, to: next });
    }
    return items.length === 1 ? items[0] : { kind: "concatenation", items };
  };

  const expression = alternation(0);
  space();
  if (at < chunk.length) fail(`"${chunk.slice(at, at + 1)}" is out of place`);
  return {
    name,
    text: body.replace(/\s+/g, " ").trim(),
    incremental: start?.[2] === "=/",
    expression,
    offset: base + chunk.search(/\S/),
  };
}

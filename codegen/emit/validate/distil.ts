import type { JsonSchema } from "../../model/schema.js";
import { DATE_TIME } from "./compile.js";
import { listNames } from "./pointers.js";
import { stop } from "./stop.js";
import { tighten } from "./tighten.js";

/** A validator's text without what its callers never ask for, and the helpers that it calls. */
export interface Distilled {
  /** Constants of the module: patterns. */
  readonly constants: readonly string[];
  /** Statements of the function's body; the last one returns. */
  readonly body: readonly string[];
  /** Names to import from `support.ts`, sorted. */
  readonly helpers: readonly string[];
  /** Names of other validators that it calls, sorted. */
  readonly calls: readonly string[];
}

const ERROR =
  /^const err\d+ = \{instancePath(?::(.+?))?,schemaPath:"(?:[^"\\]|\\.)*",keyword:"(\w+)",params:\{(.*)\}(?:,propertyName:\w+)?\};$/;
const SILENT_ERROR = /^const err\d+ = \{\};$/;

/**
 * ajv writes for every error an object with five members and six lines that put it on a list. Here
 * each becomes one call, `errors += report(found, "/agent", "type", "string")`, which makes the object
 * only if somebody asked (`found`). Three quarters of the text go, and every allocation with them. What
 * ajv does for every error, this does for the first, or for as many as anybody reads (`stop`).
 * Throws when it meets a form that it does not know: a silent half of a validator would be worse.
 */
export function distil(source: string, schema: JsonSchema): Distilled {
  const lines = source
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const start = lines.findIndex((line) => line.startsWith("function validate"));
  const names = new Map<string, string>();
  const constants = lines.slice(1, start).flatMap((line) => constant(line, names));
  const text = stop(tighten(shorten(body(lines.slice(start + 1)), schema, names)));
  const whole = [...constants, ...text].join("\n");
  const rest = /\b(?:vErrors|schemaPath|instancePath|require|validate\d+|schema\d+|func\d+)\b/.exec(
    whole.replace(/"(?:[^"\\]|\\.)*"/g, '""'),
  );
  if (rest !== null) throw new Error(`cannot distil a validator: "${rest[0]}" is left in it`);
  const helpers = HELPERS.filter((helper) => new RegExp(`\\b${helper}\\b`).test(whole));
  const calls = [...new Set(whole.match(/\bvalidate[A-Z]\w*/g) ?? [])].sort();
  return { constants, body: text, helpers, calls };
}

const HELPERS = [
  "MOST",
  "dateTime",
  "equal",
  "isObject",
  "lengthOf",
  "nested",
  "optional",
  "report",
  "required",
  "rewind",
  "text",
];

/** What ajv imports, and what `support.ts` has in its place. */
const RUNTIME: ReadonlyMap<string, string> = new Map([
  ["ucs2length", "lengthOf"],
  ["equal", "equal"],
]);

/** Lines before the function: the export, the schema, patterns, formats, helpers. */
function constant(line: string, names: Map<string, string>): string[] {
  if (line.startsWith("export const ") || /^const schema\d+ = /.test(line)) return [];
  const helper = /^const (func\d+) = require\("ajv\/dist\/runtime\/(\w+)"\)\.default;$/.exec(line);
  const ours = RUNTIME.get(helper?.[2] ?? "");
  if (helper?.[1] !== undefined && ours !== undefined) {
    names.set(helper[1], ours);
    return [];
  }
  const pattern = /^const (pattern\d+) = new RegExp\((".*"), "u"\);$/.exec(line);
  if (pattern?.[2] !== undefined) {
    const expression = new RegExp(JSON.parse(pattern[2]) as string, "u");
    return [`const ${pattern[1]} = ${String(expression)};`];
  }
  const format = /^const (formats\d+) = (\/.*\/\w*);$/.exec(line);
  if (format?.[1] !== undefined && format[2] === String(DATE_TIME)) {
    names.set(format[1], "dateTime");
    return [];
  }
  throw new Error(`cannot distil a validator: it needs "${line.slice(0, 80)}"`);
}

/** Replaces what stands on more than one line. */
function body(lines: readonly string[]): string[] {
  const result: string[] = [];
  let pattern: string | undefined;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? "";
    pattern = /\b(pattern\d+)\.test\(/.exec(line)?.[1] ?? pattern;
    if (line.startsWith("/*# sourceURL") || line === "let vErrors = null;") continue;
    if (/^validate\d+\.errors = vErrors;$/.test(line)) continue;
    if (line === "}" && i === lines.length - 1) continue;
    if (SILENT_ERROR.test(line) || ERROR.test(line)) {
      result.push(SILENT_ERROR.test(line) ? "errors += 1;" : call(line, pattern));
      i += expect(lines, i + 1, [
        /^if\(vErrors === null\)\{$/,
        /^vErrors = \[err\d+\];$/,
        /^\}$/,
        /^else \{$/,
        /^vErrors\.push\(err\d+\);$/,
        /^\}$/,
        /^errors\+\+;$/,
      ]);
    } else if (line === "if(vErrors !== null){") {
      const mark = /^if\((\w+)\)\{$/.exec(lines[i + 1] ?? "")?.[1] ?? "";
      result.push(`rewind(found, ${mark});`);
      i += expect(lines, i + 1, [
        /^if\(\w+\)\{$/,
        /^vErrors\.length = \w+;$/,
        /^\}$/,
        /^else \{$/,
        /^vErrors = null;$/,
        /^\}$/,
        /^\}$/,
      ]);
    } else {
      result.push(line);
    }
  }
  return result;
}

function expect(lines: readonly string[], from: number, forms: readonly RegExp[]): number {
  forms.forEach((form, offset) => {
    const line = lines[from + offset] ?? "";
    if (!form.test(line)) throw new Error(`cannot distil a validator: "${line}" is unexpected`);
  });
  return forms.length;
}

/** `params` has one member that matters, its last; the comparison of a limit follows from the keyword. */
function call(line: string, pattern: string | undefined): string {
  const [, path, keyword = "", params = ""] = ERROR.exec(line) ?? [];
  const where = path === undefined ? `""` : path.replace(/^instancePath\+/, "");
  const value =
    keyword === "uniqueItems"
      ? undefined
      : keyword === "pattern" && pattern !== undefined
        ? `${pattern}.source`
        : /^(?:comparison: "[<>=]+", )?\w+: (.+)$/.exec(params)?.[1];
  const words = [where, JSON.stringify(keyword), ...(value === undefined ? [] : [value])];
  return `errors += report(found, ${words.join(", ")});`;
}

const SUBJECT = String.raw`([\w.[\]"]+)`;

/** ajv's tests of numbers, strict ones: neither holds for NaN, which bounds need not ask about then. */
const FINITE = new RegExp(String.raw`\(typeof ${SUBJECT} == "number"\) && \(isFinite\(\1\)\)`, "g");
const INTEGER = new RegExp(
  String.raw`\(\(typeof ${SUBJECT} == "number"\) && \(!\(\1 % 1\) && !isNaN\(\1\)\)\) && \(isFinite\(\1\)\)`,
  "g",
);

/** Replaces what stands within a line. */
function shorten(
  lines: readonly string[],
  schema: JsonSchema,
  names: ReadonlyMap<string, string>,
): string[] {
  return lines.map((line) => {
    let text = line;
    for (const [from, to] of names) text = text.replaceAll(new RegExp(`\\b${from}\\b`, "g"), to);
    const plain = text
      .replace(/\binstancePath\+/g, "")
      .replace(/\binstancePath\b/g, '""')
      .replace(/([\w.[\]]+) && typeof \1 == "object" && !Array\.isArray\(\1\)/g, "isObject($1)")
      .replace(INTEGER, "Number.isInteger($1)")
      .replace(FINITE, "Number.isFinite($1)")
      .replace(/^if\((\w+ [<>]=? \S+) \|\| isNaN\(\w+\)\)\{$/, "if($1){")
      .replace(/lengthOf\((\w+(?:\.\w+)*)\) < 1\)/g, "$1.length < 1)")
      .replace(/lengthOf\((\w+(?:\.\w+)*)\) > (\d+)\)/g, "$1.length > $2 && lengthOf($1) > $2)")
      .replace(/\bschema\d+((?:\.\w+|\["(?:[^"\\]|\\.)*"\]|\[\d+\])+)/g, (_, path: string) =>
        JSON.stringify(valueAt(schema, path)),
      );
    return plain.startsWith("errors += ") ? listNames(plain) : plain;
  });
}

/** Value of a property path as JavaScript writes it: `.properties["cost.budget"].enum`. */
function valueAt(schema: JsonSchema, path: string): unknown {
  let value: unknown = schema;
  for (const [, bare, quoted, index] of path.matchAll(
    /\.(\w+)|\[("(?:[^"\\]|\\.)*")\]|\[(\d+)\]/g,
  )) {
    const key = bare ?? (quoted === undefined ? index : (JSON.parse(quoted) as string));
    value = (value as Record<string, unknown>)[key ?? ""];
  }
  if (value === undefined) throw new Error(`cannot distil a validator: nothing at schema${path}`);
  return value;
}

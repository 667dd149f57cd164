import { bodyType, payloadType } from "./emit/declared.js";
import { camel } from "./emit/names.js";
import { symbols } from "./emit/symbols.js";
import type { Model, Position } from "./model/types.js";

/** A file of the output, in which something changed. */
export interface Place {
  readonly path: string;
  /** What the whole file was made from, where that is one symbol. */
  readonly from?: Position | undefined;
  readonly lines: readonly string[];
}

/** Finds the line of the spec that a change of the output comes from. */
export interface Locator {
  /**
   * The nearest symbol at or above a line (0-based) counts, narrowed to the member of its schema that
   * the changed lines name. Line 1 where there is none.
   */
  find(place: Place, index: number, changed: readonly string[]): Position;
}

type Read = (line: string, lines: readonly string[], index: number) => Position | undefined;

/** `spec` is the text that the model was read from. */
export function createLocator(model: Model, spec: string): Locator {
  const text = spec.split("\n");
  const start: Position = { file: model.file, line: 1, column: 1 };
  const types = typePositions(model);
  const keys = new Map(symbols(model).map(({ key, position }) => [key, position]));
  for (const { name, position } of model.limits) keys.set(`limit:${camel(name)}`, position);

  const readers: Readonly<Record<string, Read>> = {
    "messages.ts": (line) => types.get(/^export (?:interface|type) (\w+)/.exec(line)?.[1] ?? ""),
    "ids.ts": (line) => types.get(/^export type (\w+) = Id</.exec(line)?.[1] ?? ""),
    "provenance.json": (line) => keys.get(/^ *"([^"]+)": /.exec(line)?.[1] ?? ""),
    "errors.ts": (line) => keys.get(`error:${entry(line)}`),
    "features.ts": (line) => keys.get(`feature:${entry(line) || cased(line)}`),
    "namespaces.ts": (line) => keys.get(`namespace:${entry(line)}`),
    "requirements.ts": (line) => keys.get(`requirement:${entry(line)}`),
    "lifecycle.ts": (line, lines, index) => keys.get(transition(line, lines, index)),
    "constants.ts": (line, lines, index) => {
      const kind = GROUPS.get(enclosing(lines, index, /^export const (\w+) = /) ?? "") ?? "";
      const value = /^ {2}\w+: "([^"]+)"/.exec(line)?.[1];
      return keys.get(`${kind}:${value ?? entry(line)}`);
    },
  };
  const anyWord: Read = (line) => {
    const word = /"([\w.]+)"/.exec(line)?.[1] ?? "";
    return keys.get(`message:${word}`) ?? keys.get(`kind:${word}`);
  };

  return {
    find({ path, from, lines }, index, changed) {
      const read = readers[path] ?? anyWord;
      const at = beyondComment(lines, index);
      const symbol = from ?? nearest(lines, at, read);
      if (symbol === undefined) return start;
      const shaped = from !== undefined || path === "messages.ts";
      return shaped ? narrow(symbol, text, [...changed, lines[at] ?? ""]) : symbol;
    },
  };
}

/** Group of `constants.ts` → kind of symbol. */
const GROUPS: ReadonlyMap<string, string> = new Map([
  ["MessageType", "message"],
  ["ErrorCode", "error"],
  ["Feature", "feature"],
  ["EventKind", "kind"],
  ["Namespace", "namespace"],
  ["Limits", "limit"],
]);

/** Type → its schema. */
function typePositions(model: Model): Map<string, Position> {
  return new Map([
    ["Envelope", model.envelope.position],
    ...model.definitions.map((it) => [it.name, it.schema.position] as const),
    ...model.messages.map((it) => [payloadType(it.type), it.schema.position] as const),
    ...model.kinds.map((it) => [bodyType(it.kind), it.schema.position] as const),
  ]);
}

/** Name of the member of a table that begins on a line: `  NOT_NOW: {`. */
function entry(line: string): string {
  const match = /^ {2}(?:"([^"]+)"|(\w+)): /.exec(line);
  return match?.[1] ?? match?.[2] ?? "";
}

function cased(line: string): string {
  return /^ +return "([^"]+)";/.exec(line)?.[1] ?? "";
}

function transition(line: string, lines: readonly string[], index: number): string {
  const subject = enclosing(lines, index, /^export const (\w+)Lifecycle/) ?? "job";
  const [, from, to, on] = /from: "([^"]+)", to: "([^"]+)", on: "([^"]+)"/.exec(line) ?? [];
  return `transition:${subject}/${from ?? ""}/${on ?? ""}/${to ?? ""}`;
}

function enclosing(lines: readonly string[], index: number, form: RegExp): string | undefined {
  for (let i = index; i >= 0; i--) {
    const found = form.exec(lines[i] ?? "")?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}

function nearest(lines: readonly string[], index: number, read: Read): Position | undefined {
  for (let i = index; i >= 0; i--) {
    const found = read(lines[i] ?? "", lines, i);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A comment belongs to what follows it. */
function beyondComment(lines: readonly string[], index: number): number {
  let i = index;
  while (/^ *(\/\*\*| \*)/.test(lines[i] ?? "") && i < lines.length - 1) i += 1;
  return i;
}

/** The line of a schema block that names a member which the changed lines speak of. */
function narrow(block: Position, text: readonly string[], changed: readonly string[]): Position {
  const end = text.findIndex((line, i) => i >= block.line && /^\s*```/.test(line));
  const body = text.slice(block.line, end === -1 ? text.length : end);
  for (const name of changed.flatMap(members)) {
    const found = body.findIndex((line) => line.includes(`"${name}":`));
    if (found !== -1) return { file: block.file, line: block.line + found + 1, column: 1 };
  }
  return block;
}

/** Words of a line that may be members: a pointer's last part, a property read or declared. */
function members(line: string): string[] {
  const names = line.matchAll(
    /"(?:[^"\s]*\/)?([\w.]+)"|\bdata\d*\.(\w+)|readonly "?([\w.]+)"?\??:/g,
  );
  return [...names]
    .map((match) => match[1] ?? match[2] ?? match[3] ?? "")
    .filter((it) => !WORDS.has(it));
}

/** Words of the validators' own, which are also keywords of the schemas. */
const WORDS = new Set([
  "",
  "required",
  "type",
  "string",
  "object",
  "array",
  "number",
  "integer",
  "pattern",
]);

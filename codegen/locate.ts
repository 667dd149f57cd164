import { bodyType, payloadType } from "./emit/declared.js";
import { camel } from "./emit/names.js";
import { messageName } from "./emit/schema.js";
import { symbols } from "./emit/symbols.js";
import type { Model, Position, Transition } from "./model/types.js";

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
   * As `file:line`. The nearest symbol at or above a line (0-based) counts, narrowed to the member of its
   * schema that the changed lines name; a link to a section comes from its heading, and the comment of a
   * type from the row that says what it means. Only the file where nothing is to be named.
   */
  find(place: Place, index: number, changed: readonly string[]): string;
}

type Read = (line: string, lines: readonly string[], index: number) => Position | undefined;

/** `spec` is the text that the model was read from. */
export function createLocator(model: Model, spec: string): Locator {
  const text = spec.split("\n");
  const types = typePositions(model);
  const meanings = meaningPositions(model);
  const sections = new Map(model.sections.map(({ number, position }) => [number, position]));
  const keys = new Map(symbols(model).map(({ key, position }) => [key, position]));
  for (const { name, position } of model.limits) keys.set(`limit:${camel(name)}`, position);

  const named = (word: string): Position | undefined =>
    keys.get(`message:${word}`) ?? keys.get(`kind:${word}`) ?? keys.get(`definition:${word}`);
  const anyWord: Read = (line) => named(/"([\w.]+)"/.exec(line)?.[1] ?? "");
  // A whole message is declared by its row: `JobSubmitMessage`.
  const wholes = new Map(
    model.messages.map(({ type, position }) => [messageName(type), position] as const),
  );
  const shape: Read = (line) => {
    const name = /^ {4}"?([A-Z]\w*)"?: ?\{?$/.exec(line)?.[1] ?? "";
    return types.get(name) ?? wholes.get(name);
  };
  const schemaOf = (word: string): Position | undefined =>
    keys.get(`schema:${word}`) ?? keys.get(`definition:${word}`);
  const fixture: Read = (line) => schemaOf(/"of":"([^"]+)"/.exec(line)?.[1] ?? "");

  const readers: Readonly<Record<string, Read>> = {
    "messages.ts": (line) => types.get(DECLARED.exec(line)?.[1] ?? ""),
    "schema.json": shape,
    "asyncapi.yaml": (line, ...rest) =>
      shape(line, ...rest) ?? named(/^ {4}(?:title: )?([\w.]+):?$/.exec(line)?.[1] ?? ""),
    "reference.md": (line) => referenceRow(line, keys),
    "ids.ts": (line) => types.get(/^export type (\w+) = Id</.exec(line)?.[1] ?? ""),
    "provenance.json": (line) => keys.get(/^ *"([^"]+)": /.exec(line)?.[1] ?? ""),
    "errors.ts": (line) => keys.get(`error:${entry(line)}`),
    "features.ts": (line) => keys.get(`feature:${entry(line) || cased(line)}`),
    "namespaces.ts": (line) => keys.get(`namespace:${entry(line)}`),
    "requirements.ts": (line) => keys.get(`requirement:${entry(line)}`),
    "constants.ts": (line, lines, index) => {
      const kind = GROUPS.get(enclosing(lines, index, /^export const (\w+) = /) ?? "") ?? "";
      const value = /^ {2}\w+: "([^"]+)"/.exec(line)?.[1];
      return keys.get(`${kind}:${value ?? entry(line)}`);
    },
  };

  return {
    find({ path, from, lines }, index, changed) {
      const linked = changed.map((line) => sections.get(linkIn(line))).find(Boolean);
      const find = (): Position | undefined => {
        if (changed.length > 0 && onlyLinks(changed)) return linked;
        const at = beyondComment(lines, index);
        const name = DECLARED.exec(lines[at] ?? "")?.[1] ?? "";
        if (at !== index && path === "messages.ts" && meanings.has(name)) return meanings.get(name);
        if (path === "lifecycle.ts") return stateOf(model, lines, index, changed);
        const read = path.startsWith("fixtures/") ? fixture : (readers[path] ?? anyWord);
        const symbol = from ?? nearest(lines, at, read);
        const shaped = from !== undefined || path.startsWith("fixtures/") || SHAPED.has(path);
        const around = NESTED.has(path) ? ancestors(lines, at) : [...changed, lines[at] ?? ""];
        const spoken = path.startsWith("fixtures/") ? changed.map(pointerIn) : around;
        return symbol && shaped ? narrow(symbol, text, spoken) : symbol;
      };
      const found = find();
      return found === undefined ? model.file : `${found.file}:${found.line}`;
    },
  };
}

/** Files that hold schemas as such, in which a line is about the member that it stands below. */
const NESTED = new Set(["schema.json", "asyncapi.yaml"]);
/** Files whose symbols are schemas: a member of one has a line of its own. */
const SHAPED = new Set(["messages.ts", ...NESTED]);

/** Tables of `reference.md` → kind of symbol; a heading of a shape bears the name as its anchor. */
const REFERENCE_KINDS = ["error", "feature", "namespace", "limit", "message", "kind"];

function referenceRow(line: string, keys: ReadonlyMap<string, Position>): Position | undefined {
  const anchor = /^(?:### .+ |\| )<a id="(?:kind-)?([^"]+)">/.exec(line)?.[1];
  if (anchor !== undefined) {
    return (
      keys.get(`requirement:${anchor}`) ??
      keys.get(`schema:${anchor}`) ??
      keys.get(`definition:${anchor}`)
    );
  }
  const word = /^\| \[?`([^`]+)`/.exec(line)?.[1] ?? "";
  return REFERENCE_KINDS.map((kind) => keys.get(`${kind}:${word}`)).find(Boolean);
}

const DECLARED = /^export (?:interface|type) (\w+)/;
/** The line of a comment that links to a section. */
const SEE = /^ *\* @see \S+ §([\w.]+)$/;
/** The last link to a section in a line: that of the row, where the prose has others. */
const LINK = /.*§([\d.]*\d)/;

function linkIn(line: string): string {
  return (SEE.exec(line) ?? LINK.exec(line))?.[1] ?? "";
}

/** Whether nothing but anchors differs: every line is a link, or is there twice once they are gone. */
function onlyLinks(changed: readonly string[]): boolean {
  if (changed.every((line) => SEE.test(line))) return true;
  if (!changed.every((line) => LINK.test(line))) return false;
  const bare = changed.map((line) => line.replace(/#[\w-]+/g, "")).sort();
  return bare.length % 2 === 0 && bare.every((line, i) => line === bare[i ^ 1]);
}

/** Names of the members that a line stands in, the nearest first, as `"name"`. */
function ancestors(lines: readonly string[], at: number): string[] {
  const names: string[] = [];
  let depth = Infinity;
  for (let i = at; i >= 0 && depth > 0; i--) {
    const [, indent = "", name] = /^( *)"?([\w.]+)"?:(?: [[{]| .*)?$/.exec(lines[i] ?? "") ?? [];
    if (name === undefined || indent.length >= depth) continue;
    depth = indent.length;
    names.push(`"${name}"`);
  }
  // A keyword is no member, unless it stands where members are declared.
  return names.filter((name, i) => names[i + 1] === '"properties"' && name !== '"properties"');
}

/** The places in a fixture's name, the deepest first: `"agent" "payload"`. */
function pointerIn(line: string): string {
  const pointer = /"id":"[^/#"]*\/([^#"]*)#/.exec(line)?.[1] ?? "";
  return pointer
    .split("/")
    .map((name) => `"${name}"`)
    .toReversed()
    .join(" ");
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

/** Type → the row whose meaning is its comment. */
function meaningPositions(model: Model): Map<string, Position> {
  return new Map([
    ...model.messages.map((it) => [payloadType(it.type), it.position] as const),
    ...model.kinds.map((it) => [bodyType(it.kind), it.position] as const),
  ]);
}

/**
 * The row of a state: that of the transition which changed, or else the one with most of the states and
 * events that are on one side of the change only: the first of its machine, if there are none.
 */
function stateOf(
  model: Model,
  lines: readonly string[],
  index: number,
  changed: readonly string[],
): Position | undefined {
  const subject = enclosing(
    lines,
    index,
    /^export (?:const|type|function) (?:next)?(job|session|Job|Session)/,
  );
  const machine = model.machines.find((it) => it.subject === subject?.toLowerCase());
  const rows = machine?.transitions ?? [];
  const [, from, to, on] = TRANSITION.exec(lines[index] ?? "") ?? [];
  const exact = rows.find((row) => row.from === from && row.to === to && row.on === on);
  if (exact !== undefined && from !== undefined) return exact.position;
  const words = changed.flatMap((line) => [...line.matchAll(/"(\w+)"/g)].map((it) => it[1] ?? ""));
  const odd = new Set(words.filter((word) => words.filter((it) => it === word).length % 2 === 1));
  const hits = (row: Transition): number =>
    [row.from ?? "", row.to, row.on].filter((word) => odd.has(word)).length;
  return rows.toSorted((a, b) => hits(b) - hits(a))[0]?.position;
}

const TRANSITION = /from: "([^"]+)", to: "([^"]+)", on: "([^"]+)"/;

/** Name of the member of a table that begins on a line: `  NOT_NOW: {`. */
function entry(line: string): string {
  const match = /^ {2}(?:"([^"]+)"|(\w+)): /.exec(line);
  return match?.[1] ?? match?.[2] ?? "";
}

function cased(line: string): string {
  return /^ +return "([^"]+)";/.exec(line)?.[1] ?? "";
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

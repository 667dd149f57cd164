/** Items of lists and rows of tables that begin with a name and then say something of it. */
import type { FactKind } from "./facts.js";
import { plainText } from "./page.js";
import type { Span, TableBlock } from "./page.js";
import { typeWords } from "./shapes.js";
import { couldBe, FIELD } from "./words.js";
import type { Names } from "./words.js";

export type Category = FactKind;

/** A name, or several in one place, and what is said of it. */
export interface Entry {
  readonly names: readonly string[];
  readonly line: number;
  /** Everything but the name. */
  readonly rest: readonly Span[];
  readonly types: readonly string[];
  readonly required: boolean | undefined;
}

/** The column of a table that holds names, and what they are names of. */
interface NameColumn {
  readonly column: number;
  readonly category: Category;
}

const NAME = /^[\w.?[\]-]+$/;
/** Between two names of one item. */
const AND = /^\s*(?:\/|,|and|or)\s*$/;
/** Between a name and what is said of it. */
const SEPARATED = /^\s*(?:[:—–(=]|-\s)/;
/** `(string, REQUIRED)`, with brackets inside perhaps. */
const IN_BRACKETS = /^\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)/;
/** `: string — …`, `– number of seconds`: the words up to the next mark. */
const UP_TO_A_MARK = /^\s*[:—–-]?\s*([^.:—–]{0,60})/;
/** A type alone between marks: `: string, …`. Prose that happens to say "list" does not count. */
const TYPE_ALONE = /^\s*[:—–-]?\s*`?([a-z]+(?:\[\])?)`?\s*[,;(—–]/;
const CONDITION = /\b(?:on|after|when|where|unless|if|for|in)\b/i;

/** An item that begins with a name; undefined for any other. */
export function itemEntry(spans: readonly Span[]): Entry | undefined {
  const names: string[] = [];
  let at = 0;
  for (const span of spans) {
    const name = span.text.trim().replace(/:$/, "");
    if ((span.code || span.strong) && NAME.test(name)) names.push(name);
    else if (names.length === 0 || !AND.test(span.text)) break;
    at += 1;
  }
  const rest = spans.slice(at);
  const [next] = rest;
  const colon = spans[at - 1]?.text.trim().endsWith(":") ?? false;
  const separated = colon || next === undefined || (!next.code && SEPARATED.test(next.text));
  if (names.length === 0 || !separated) return undefined;
  const written = plainText(rest);
  const inBrackets = IN_BRACKETS.exec(written)?.[1];
  const head = inBrackets ?? UP_TO_A_MARK.exec(written)?.[1] ?? "";
  const types = typeWords(inBrackets ?? TYPE_ALONE.exec(written)?.[1] ?? "");
  return { names, line: spans[0]?.line ?? 1, rest, types, required: presence(head) };
}

/** What "string, REQUIRED" says; nothing where it depends: "REQUIRED on `job.event`". */
function presence(head: string): boolean | undefined {
  const said = /\b(required|optional|mandatory)\b/i.exec(head);
  if (said === null) return undefined;
  const required = said[1]?.toLowerCase() !== "optional";
  return required && CONDITION.test(head.slice(said.index)) ? undefined : required;
}

/** What headers call the column of names; "name" alone says nothing, and "type" is often that of a field. */
const COLUMNS: readonly (readonly [Category | undefined, RegExp])[] = [
  ["error", /^(?:error )?codes?$|^errors?$/],
  ["kind", /^(?:event )?kinds?$|^events?$/],
  ["namespace", /^(?:capability )?namespaces?$|^capabilit(?:y|ies)$/],
  ["feature", /^(?:feature )?flags?$|^features?$/],
  ["message", /^messages?(?: types?)?$/],
  ["field", /^(?:field|property|member|parameter|attribute)s?(?: name)?$/],
  [undefined, /^(?:name|key)s?$/],
  ["message", /^types?$/],
];

/** Finds the column of names by its header, or else by what stands in it; `categoryOf` tells names by themselves. */
export function columnOf(
  { header, rows }: TableBlock,
  names: Names,
  categoryOf: (found: readonly string[]) => Category | undefined,
): NameColumn | undefined {
  const inColumn = (column: number): string[] =>
    rows.flatMap(({ cells }) => cellNames(cells[column] ?? []));
  for (const [said, pattern] of COLUMNS) {
    const column = header.findIndex((word) => pattern.test(word));
    if (column < 0) continue;
    const found = inColumn(column);
    const category = said ?? categoryOf(found);
    // A table of properties with a name here and there compares something; it declares nothing.
    const fits = category === undefined ? [] : found.filter((name) => fitsIn(category, name));
    if (category !== undefined && fits.length * 2 > rows.length) return { column, category };
  }
  const width = Math.max(0, ...rows.map(({ cells }) => cells.length));
  for (let column = 0; column < width; column += 1) {
    const found = inColumn(column);
    const known = found.filter(
      (name) => names.known(name).length > 0 || names.byForm(name) !== undefined,
    );
    const category =
      known.length > 1 && known.length * 2 > rows.length ? categoryOf(found) : undefined;
    if (category !== undefined) return { column, category };
  }
  return undefined;
}

function fitsIn(category: Category, name: string): boolean {
  return category === "field" ? FIELD.test(name) : couldBe(category, name);
}

/** The rows of a table that have a name. */
export function tableEntries(
  { header, rows }: TableBlock,
  { column, category }: NameColumn,
): Entry[] {
  const typed = header.findIndex((word, index) => index !== column && /\btypes?\b/.test(word));
  const asked = header.findIndex((word) =>
    /\b(?:required|presence|req|optional|mandatory)\b/.test(word),
  );
  const optional = /optional/.test(header[asked] ?? "");
  return rows.flatMap(({ cells, line }): Entry[] => {
    const names = cellNames(cells[column] ?? []).filter((name) => fitsIn(category, name));
    if (names.length === 0) return [];
    const types = typeWords(cells[typed]?.map(({ text }) => text).join("") ?? "");
    const said = yesOrNo(plainText(cells[asked] ?? []), optional);
    const rest = cells.flatMap((cell, index) => (index === column ? [] : cell));
    return [{ names, line, rest, types, required: said }];
  });
}

/** What a cell says; under "Optional?" a plain yes means no. */
function yesOrNo(cell: string, optional: boolean): boolean | undefined {
  if (/^(?:required|must|mandatory)\b/i.test(cell)) return true;
  if (/^(?:optional|may)\b/i.test(cell)) return false;
  if (/^(?:yes|true|y)\b|^✓/i.test(cell)) return !optional;
  return /^(?:no|false|n)\b/i.test(cell) ? optional : undefined;
}

/** What a row is about: the names in the first of its cells that has any. */
export function tableNames(cells: readonly (readonly Span[])[]): string[] {
  return cells.map(cellNames).find((names) => names.length > 0) ?? [];
}

/** The names in a cell: its code spans, or its text if that is one word. */
function cellNames(cell: readonly Span[]): string[] {
  const code = cell.filter((span) => span.code).map(({ text }) => text);
  const whole = cell.map(({ text }) => text).join("");
  const found = code.length > 0 ? code : [whole.replaceAll("*", "").trim()];
  return found.filter((name) => NAME.test(name));
}

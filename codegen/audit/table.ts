/**
 * Tables cell by cell from their source. A pipe in a code span separates nothing here, so that a row which Markdown cuts
 * in two, `{ result | error }`, is whole; a row with too many or too few cells is read as it stands.
 */
import type { Span } from "./page.js";

export interface LooseRow {
  readonly cells: readonly (readonly Span[])[];
  readonly line: number;
}

export interface LooseTable {
  /** Without Markdown, in lower case. Empty where the table has no header. */
  readonly header: readonly string[];
  readonly rows: readonly LooseRow[];
  readonly line: number;
  /** The lines whose count of cells is not that of the header, its row of dashes among them. */
  readonly uneven: readonly number[];
}

const DASHES = /^:?-+:?$/;

/** A paragraph that was meant to be a table. */
export function isLostTable(lines: readonly string[]): boolean {
  const piped = lines.filter((line) => /^\s*\|/.test(line));
  return piped.length > 1 && piped.length === lines.length;
}

/** Reads lines of `| a | b |`. */
export function readTableLines(lines: readonly string[], first: number): LooseTable {
  const rows: LooseRow[] = [];
  let header: readonly string[] = [];
  const uneven: number[] = [];
  for (const [index, text] of lines.entries()) {
    const line = first + index;
    const cells = splitRow(text);
    if (cells.length > 0 && cells.every((cell) => cell === "" || DASHES.test(cell))) {
      const above = rows.length === 1 ? rows.pop() : undefined;
      if (above !== undefined) header = above.cells.map(headerText);
      if (above !== undefined && cells.length !== header.length) uneven.push(line);
    } else rows.push({ cells: cells.map((cell) => cellSpans(cell, line)), line });
  }
  return { header, rows, line: first, uneven: [...uneven, ...unevenLines(header, rows)] };
}

/** The lines of rows that are wider or narrower than their header. */
export function unevenLines(header: readonly string[], rows: readonly LooseRow[]): number[] {
  return rows.flatMap(({ cells, line }) =>
    header.length > 0 && cells.length !== header.length ? [line] : [],
  );
}

/** The words of a header's cell. */
export function headerText(cell: readonly Span[]): string {
  const text = cell.map((span) => span.text).join("");
  return text.replaceAll(/[*_]/g, "").trim().toLowerCase();
}

/** The cells of a row, trimmed. */
function splitRow(line: string): string[] {
  const text = line.replace(/^[\s>]*/, "");
  const cells: string[] = [];
  let cell = "";
  let ticks = "";
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === "\\" && text[at + 1] === "|") {
      cell += "|";
      at += 1;
    } else if (character === "`") {
      const run = /^`+/.exec(text.slice(at))?.[0] ?? "";
      if (ticks === "" && text.includes(run, at + run.length)) ticks = run;
      else if (ticks === run) ticks = "";
      cell += run;
      at += run.length - 1;
    } else if (character === "|" && ticks === "") {
      cells.push(cell.trim());
      cell = "";
    } else cell += character;
  }
  cells.push(cell.trim());
  if (cells[0] === "") cells.shift();
  if (cells.at(-1) === "") cells.pop();
  return cells;
}

/** Prose and code of a cell; emphasis stays as written. */
function cellSpans(cell: string, line: number): Span[] {
  const spans: Span[] = [];
  let at = 0;
  const add = (text: string, code: boolean): void => {
    if (text !== "") spans.push({ text, code, strong: false, line });
  };
  while (at < cell.length) {
    const open = cell.indexOf("`", at);
    const run = open < 0 ? "" : (/^`+/.exec(cell.slice(open))?.[0] ?? "");
    const close = open < 0 ? -1 : cell.indexOf(run, open + run.length);
    if (close < 0) break;
    add(cell.slice(at, open), false);
    add(cell.slice(open + run.length, close).trim(), true);
    at = close + run.length;
  }
  add(cell.slice(at), false);
  return spans;
}

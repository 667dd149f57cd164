import { toString } from "mdast-util-to-string";
import type { Paragraph, Table, TableCell } from "mdast";
import type { Position } from "../model/types.js";
import { tableHeaders, type CellFact, type RowFact, type TableKind } from "./facts.js";
import { quote, type Report } from "./report.js";
import type { Source } from "./source.js";

const DELIMITER_ROW = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

/**
 * The rows of a table, without header. A row with more or fewer cells than the header, whose
 * content Markdown drops or moves without a word, is reported and left out.
 */
export function readRows(table: Table, source: Source, report: Report): RowFact[] {
  const [header, ...rows] = table.children;
  const width = header?.children.length ?? 0;
  const result: RowFact[] = [];
  for (const row of rows) {
    const position = source.at(contentStart(source, row.position?.start.offset ?? 0));
    if (row.children.length === width) {
      result.push({ position, cells: row.children.map((cell) => readCell(cell, source)) });
      continue;
    }
    const count = `${row.children.length} ${row.children.length === 1 ? "cell" : "cells"}`;
    report(
      "malformed-table",
      position,
      `this row has ${count} under a header of ${width}, and Markdown drops the difference silently`,
      "give it one cell per column; write a pipe inside a cell as \\|, and end a table with a blank line",
    );
  }
  return result;
}

/** The cells of the header row, without Markdown. */
export function headerOf(table: Table): string[] {
  return (table.children[0]?.children ?? []).map((cell) => toString(cell).trim());
}

/** The kind whose header a table bears, if any. */
export function kindOfHeader(header: readonly string[]): TableKind | undefined {
  const kinds = Object.keys(tableHeaders) as TableKind[];
  return kinds.find((kind) => tableHeaders[kind].join("|") === header.join("|"));
}

/** Reports a paragraph that was meant to be a table. True if it is one. */
export function checkForLostTable(paragraph: Paragraph, source: Source, report: Report): boolean {
  const first = paragraph.position?.start.line ?? 1;
  const last = paragraph.position?.end.line ?? first;
  const lines = source.lines.slice(first - 1, last);
  const delimiter = lines.findIndex((line) => line.includes("|") && DELIMITER_ROW.test(line));
  const row = lines.findIndex((line) => /^\s*\|.*\|\s*$/.test(line));
  if (delimiter < 0 && row < 0) return false;
  const header = lines[delimiter - 1];
  const message =
    header === undefined
      ? "this looks like a table without a header and its row of dashes, so Markdown takes it for text"
      : `the header has ${cellCount(header)} cells and the row of dashes ${cellCount(lines[delimiter] ?? "")}, so Markdown takes the table for text`;
  const line = first + (header === undefined ? Math.max(row, 0) : delimiter);
  const column = (source.lines[line - 1]?.search(/\S/) ?? 0) + 1;
  report(
    "malformed-table",
    { file: source.path, line, column },
    message,
    "give header and dashes the same number of cells",
  );
  return true;
}

/** Checks a header against the fixed one of its kind. */
export function checkHeader(
  kind: TableKind,
  header: readonly string[],
  position: Position,
  report: Report,
): boolean {
  const expected = tableHeaders[kind];
  if (expected.join("|") === header.join("|")) return true;
  report(
    "malformed-table",
    position,
    `the header of this ${kind} table is ${quote(header.join(" | "))}`,
    `write: ${expected.join(" | ")}`,
  );
  return false;
}

function readCell(cell: TableCell, source: Source): CellFact {
  const start = cell.children[0]?.position?.start.offset;
  const end = cell.children.at(-1)?.position?.end.offset;
  const text = start === undefined ? "" : source.text.slice(start, end);
  const words = cell.children.flatMap((child) =>
    child.type === "inlineCode" ? [child.value] : [],
  );
  return {
    source: text.replaceAll("\\|", "|").trim(),
    plain: toString(cell).replace(/\s+/g, " ").trim(),
    words,
    onlyWords: cell.children.every(
      (child) =>
        child.type === "inlineCode" || (child.type === "text" && /^[\s,]*$/.test(child.value)),
    ),
    position: source.at(start ?? contentStart(source, cell.position?.start.offset ?? 0)),
  };
}

/** Skips the pipe and the space that a row or cell begins with. */
function contentStart(source: Source, offset: number): number {
  return offset + (/^\|?[ \t]*/.exec(source.text.slice(offset, offset + 200))?.[0].length ?? 0);
}

function cellCount(line: string): number {
  const inner = line
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "");
  return inner.split(/(?<!\\)\|/).length;
}

import type { Position } from "../model/types.js";

/** Largest file that is read, in bytes: four times the spec of today. */
export const MAX_BYTES = 1_048_576;
/** Longest line outside of fences, in characters. */
const MAX_LINE = 4_000;
/** Most lines without a blank one between them: rows of a table, items of a list. */
const MAX_RUN = 2_000;
/** Longest paragraph, in characters. */
const MAX_PARAGRAPH = 10_000;
/** Largest block of HTML, in characters: nothing in it is Markdown, so that it takes no more time than its length. */
const MAX_HTML = 100_000;
/** Most rows of all tables together. */
const MAX_ROWS = 5_000;
/** Most opening brackets in a line: each may begin a link. */
const MAX_BRACKETS = 500;
/** Widest indent with its marks of quotations and lists, in columns: each level takes two or more. */
const MAX_INDENT = 60;

const MARKS = /^(?:[ \t]|>|(?:[-*+]|\d{1,9}[.)])(?=[ \t]|$))*/;
const FENCE = /^(`{3,}|~{3,})/;
/** What begins a block of HTML wherever it stands in a line's first column, and what ends it (CommonMark 4.6, 1 to 6). */
const HTML: readonly (readonly [begins: RegExp, ends: RegExp])[] = [
  [/^<(?:pre|script|style|textarea)(?=[\s>]|$)/i, /<\/(?:pre|script|style|textarea)>/i],
  [/^<!--/, /-->/],
  [/^<\?/, /\?>/],
  [/^<![a-z]/i, />/],
  [/^<!\[CDATA\[/, /\]\]>/],
  [
    /^<\/?(?:center|details|div|dl|li|ol|p|section|table|tbody|td|tfoot|th|thead|tr|ul)(?=[\s>]|\/>|$)/i,
    /^\s*$/,
  ],
];

/** Why a text is given up before Markdown sees it. */
export interface Excess {
  readonly position: Position;
  readonly message: string;
  readonly fix: string;
}

/** A file that is larger than any spec. */
export function tooLarge(file: string): Excess {
  return {
    position: { file, line: 1, column: 1 },
    message: `the file is larger than ${MAX_BYTES} bytes`,
    fix: "see whether something else has been written into it; a spec of that size has to be split",
  };
}

/**
 * What would keep the Markdown parser busy for minutes: the time that it takes grows faster than the
 * length of lines, paragraphs and tables, and with the depth of lists. The insides of fences do not
 * count, they are not parsed.
 */
export function findExcess(file: string, lines: readonly string[]): Excess | undefined {
  let fence = "";
  let run = 0;
  let paragraph = 0;
  let rows = 0;
  let html: RegExp | undefined;
  for (const [index, line] of lines.entries()) {
    const excess = (column: number, message: string, fix: string): Excess => ({
      position: { file, line: index + 1, column },
      message,
      fix,
    });
    const marks = MARKS.exec(line.slice(0, MAX_LINE))?.[0] ?? "";
    const text = line.slice(marks.length);
    const mark = FENCE.exec(text)?.[1];
    if (fence !== "") {
      if (mark !== undefined && mark.startsWith(fence) && /^[`~]+\s*$/.test(text)) fence = "";
      continue;
    }
    const begun = html === undefined && HTML.find(([begins]) => begins.test(line));
    if (begun) [html, paragraph] = [begun[1], 0];
    if (html !== undefined) {
      paragraph += line.length;
      if (paragraph > MAX_HTML) {
        const message = `a block of HTML of more than ${MAX_HTML} characters`;
        return excess(1, message, "make it two");
      }
      if (html.test(line)) [html, paragraph, run] = [undefined, 0, 0];
      continue;
    }
    if (width(marks) > MAX_INDENT) {
      const message = `lists or quotations are nested more than ${MAX_INDENT / 2} deep`;
      return excess(1, message, "nest them less");
    }
    if (line.length > MAX_LINE) {
      return excess(MAX_LINE + 1, `the line is ${line.length} characters long`, "break the line");
    }
    if (mark !== undefined) fence = mark;
    if (text.split("[", MAX_BRACKETS + 2).length > MAX_BRACKETS + 1) {
      return excess(1, `the line has more than ${MAX_BRACKETS} opening brackets`, "break the line");
    }
    if (text.startsWith("|")) rows += 1;
    if (rows > MAX_ROWS) {
      return excess(1, `the tables have more than ${MAX_ROWS} rows`, "split the file");
    }
    run = text === "" || mark !== undefined ? 0 : run + 1;
    if (run > MAX_RUN) {
      const message = `a table, list or paragraph of more than ${MAX_RUN} lines`;
      return excess(1, message, "split it with a blank line, and a table with a header of its own");
    }
    const fresh = run === 0 || /^[|#]/.test(text) || /\S/.test(marks);
    paragraph = (fresh ? 0 : paragraph) + text.length;
    if (paragraph > MAX_PARAGRAPH) {
      const message = `a paragraph of more than ${MAX_PARAGRAPH} characters`;
      return excess(1, message, "split it with a blank line");
    }
  }
  return undefined;
}

/** Columns, a tab being four. */
function width(marks: string): number {
  return marks.replaceAll("\t", "    ").length;
}

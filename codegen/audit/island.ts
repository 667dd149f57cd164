/** HTML inside a draft: its tables and its text. Read by a scanner of tags; nothing of it is ever rendered. */
import { fingerprint } from "./facts.js";
import { piecesOfHtml } from "./hidden.js";
import type { Visibility } from "./hidden.js";
import type { Span } from "./page.js";
import { headerText, unevenLines } from "./table.js";
import type { LooseRow, LooseTable } from "./table.js";

/** A picture as it is written: what it says nobody can read here. */
export interface Picture {
  readonly text: string;
  readonly line: number;
}

interface Island {
  readonly tables: readonly LooseTable[];
  readonly texts: readonly (readonly Span[])[];
  readonly pictures: readonly Picture[];
  /** Whether it has nothing to say: comments, anchors, line breaks. A picture may say much that nobody can read here. */
  readonly silent: boolean;
}

const CODE = new Set(["code", "tt", "kbd"]);
/** Elements that end a paragraph. */
const BLOCK = new Set([
  "p",
  "div",
  "li",
  "br",
  "h1",
  "h2",
  "h3",
  "h4",
  "dt",
  "dd",
  "summary",
  "details",
  "table",
]);
/** Elements that show nothing beside the text in them. */
const SILENT = new Set(
  "a b em i hr small span strong sub sup u ul ol dl dd center section thead tbody tfoot tr td th".split(
    " ",
  ),
);
const PICTURES = new Set(["img", "image", "embed", "input"]);
/** In these, but for the cells, no text stands. */
const TABLE = new Set("table thead tbody tfoot tr td th caption".split(" "));
const ENTITIES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    amp: "&",
    lt: "<",
    gt: ">",
    quot: '"',
    apos: "'",
    nbsp: " ",
  }),
);

/** Whether a tag opens or closes what is struck out: that says otherwise than its words do, and is marked like `~~`. */
export function strikesOut(tag: string): boolean {
  return /^<\/?(?:del|s|strike)(?=[\s/>])/i.test(tag);
}

/** Whether a tag of this name shows a picture, or what is none but says as little. */
export function isPicture(name: string): boolean {
  return PICTURES.has(name);
}

/** What stands in a text for a picture: which one it is. The words that are to be read in its stead are none of the text. */
export function pictureMark({ text, line }: Picture): Span {
  return { text: `[picture ${fingerprint(text)}]`, code: false, strong: false, line };
}

/** Reads a block of HTML that begins at a line, as far as it is shown. */
export function readIsland(html: string, first: number, visibility: Visibility): Island {
  const tables: LooseTable[] = [];
  const texts: Span[][] = [];
  const pictures: Picture[] = [];
  const marks = new Set<Span>();
  let spans: Span[] = [];
  let rows: { cells: Span[][]; line: number; head: boolean }[] | undefined;
  let inCell = false;
  let code = false;
  let line = first;
  let silent = true;

  const flush = (): void => {
    const row = rows?.at(-1);
    if (row !== undefined && row.cells.length > 0) row.cells[row.cells.length - 1]?.push(...spans);
    else if (spans.some((span) => span.text.trim() !== "" && !marks.has(span))) texts.push(spans);
    spans = [];
  };
  const closeTable = (): void => {
    if (rows === undefined) return;
    const [top, ...rest] = rows;
    const header = top?.head ? top.cells.map(headerText) : [];
    const body: LooseRow[] = top?.head ? rest : rows;
    tables.push({
      header,
      rows: body,
      line: rows[0]?.line ?? first,
      uneven: unevenLines(header, body),
    });
    rows = undefined;
  };
  const tag = (name: string, closes: boolean): void => {
    if (!closes && !SILENT.has(name) && !BLOCK.has(name) && !CODE.has(name)) silent = false;
    if (CODE.has(name)) code = !closes;
    if (TABLE.has(name)) inCell = !closes && (name === "td" || name === "th");
    if (name === "table") {
      flush();
      if (closes) closeTable();
      else rows = [];
    } else if (rows !== undefined && (name === "tr" || name === "td" || name === "th")) {
      flush();
      if (name === "tr" && !closes) rows.push({ cells: [], line, head: false });
      const row = rows.at(-1);
      if (row !== undefined && name !== "tr" && !closes) {
        row.cells.push([]);
        row.head ||= name === "th";
      }
    } else if (BLOCK.has(name)) flush();
  };

  const addMark = (name: string, text: string): void => {
    const span = { text, code: false, strong: false, line };
    // What is no part of a line, or of a cell, says for itself that it is there.
    const apart = BLOCK.has(name) || TABLE.has(name) || (rows !== undefined && !inCell);
    if (apart) flush();
    if (apart) texts.push([span]);
    else spans.push(span);
  };

  for (const piece of piecesOfHtml(html)) {
    const { whole, name, closes } = piece;
    if (name !== undefined) {
      const mark = visibility.tag(piece);
      if (mark !== undefined) addMark(name, mark);
      if (!visibility.hidden()) {
        tag(name, closes);
        if (strikesOut(whole)) spans.push({ text: "~~", code: false, strong: false, line });
        if (isPicture(name) && mark === undefined) {
          const picture = { text: whole, line };
          pictures.push(picture);
          const span = pictureMark(picture);
          marks.add(span);
          spans.push(span);
        }
      }
    } else if (!/^<[!?]/.test(whole) && !visibility.hidden()) {
      const text = whole.replaceAll(
        /&(\w+);/g,
        (entity, word: string) => ENTITIES.get(word) ?? entity,
      );
      const folded = text.replaceAll(/\s+/g, " ");
      if (folded !== " " || spans.length > 0)
        spans.push({ text: folded, code, strong: false, line });
    }
    line += whole.split("\n").length - 1;
  }
  flush();
  closeTable();
  return { tables, texts, pictures, silent };
}

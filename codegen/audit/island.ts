/** HTML inside a draft: its tables and its text. Read by a scanner of tags; nothing of it is ever rendered. */
import type { Span } from "./page.js";
import { headerText, unevenLines } from "./table.js";
import type { LooseRow, LooseTable } from "./table.js";

interface Island {
  readonly tables: readonly LooseTable[];
  readonly texts: readonly (readonly Span[])[];
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

/** Reads a block of HTML that begins at a line. */
export function readIsland(html: string, first: number): Island {
  const tables: LooseTable[] = [];
  const texts: Span[][] = [];
  let spans: Span[] = [];
  let rows: { cells: Span[][]; line: number; head: boolean }[] | undefined;
  let code = false;
  let line = first;
  let silent = true;

  const flush = (): void => {
    const row = rows?.at(-1);
    if (row !== undefined && row.cells.length > 0) row.cells[row.cells.length - 1]?.push(...spans);
    else if (spans.some(({ text }) => text.trim() !== "")) texts.push(spans);
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
    if (!SILENT.has(name) && !BLOCK.has(name) && !CODE.has(name)) silent = false;
    if (CODE.has(name)) code = !closes;
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

  for (const piece of html.matchAll(
    /<!--[^]*?-->|<(\/?)([A-Za-z][\w-]*)(?:[^<>"']|"[^"]*"|'[^']*')*>|[^<]+|</g,
  )) {
    const [whole, slash, name] = piece;
    if (name !== undefined) {
      tag(name.toLowerCase(), slash === "/");
      if (strikesOut(whole)) spans.push({ text: "~~", code: false, strong: false, line });
    } else if (!whole.startsWith("<!--")) {
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
  return { tables, texts, silent };
}

/** A draft as a list of blocks in the order of the text, whatever its formatting: the parser of Markdown decides what is what. */
import type { Code, Nodes, Parents } from "mdast";
import { readTitle } from "../parse/heading.js";
import { createSource } from "../parse/source.js";
import type { Source } from "../parse/source.js";
import { parseMarkdown } from "../parse/syntax.js";
import { createVisibility, piecesOfHtml } from "./hidden.js";
import type { Visibility } from "./hidden.js";
import { isPicture, pictureMark, readIsland, strikesOut } from "./island.js";
import type { Picture } from "./island.js";
import { isLostTable, readTableLines } from "./table.js";
import type { LooseTable } from "./table.js";

export interface Section {
  /** "7.1"; "" where headings have no numbers. */
  readonly number: string;
  readonly title: string;
  readonly line: number;
  /** Whether it says that it is as another draft has it, so that silence in it removes nothing. */
  inherited: boolean;
}

/** A piece of a paragraph: prose, or a code span. */
export interface Span {
  readonly text: string;
  readonly code: boolean;
  readonly strong: boolean;
  readonly line: number;
}

interface Placed {
  readonly line: number;
  readonly section: Section;
}

export interface TextBlock extends Placed {
  readonly type: "text";
  readonly spans: readonly Span[];
  /** Set for an item of a list. */
  readonly item: boolean;
  /** Of an item that is numbered: which one it is. */
  readonly ordinal: number | undefined;
  /** The paragraph above, if it ends in a colon: what an item continues. */
  readonly lead: readonly Span[];
  /** Of an item: the paragraph that its list follows, or the item that its list is part of. */
  readonly below: readonly Span[];
}

export interface TableBlock extends Placed, LooseTable {
  readonly type: "table";
  /** The paragraph that it follows. */
  readonly below: readonly Span[];
}

export interface FenceBlock extends Placed {
  readonly type: "fence";
  readonly language: string;
  readonly text: string;
  /** The line of its first character of content. */
  readonly first: number;
}

/** HTML in which nothing could be read, pictures and comments left out. */
interface HtmlBlock extends Placed {
  readonly type: "html";
  readonly text: string;
}

export type Block = TextBlock | TableBlock | FenceBlock | HtmlBlock;

export interface Page {
  readonly source: Source;
  readonly sections: readonly Section[];
  readonly blocks: readonly Block[];
}

/** What is known of a text before it is read: of items by the list that they are in, and of others nothing. */
type InList = Pick<TextBlock, "item" | "lead" | "below" | "ordinal">;
const ALONE: InList = { item: false, lead: [], below: [], ordinal: undefined };

const BREAK = "\n";

/** How a section says that it repeats another document. */
const INHERITED =
  /\bunchanged\b|^\W*(?:same as|identical to|as in|see) (?:the )?(?:v?\d|draft|version|previous)/i;

/** Markdown -> blocks. Throws what the parser throws. */
export function readPage(path: string, text: string): Page {
  // Line ends are white space: however a file has them, it says the same.
  const source = createSource(path, text.replace(/\r\n?/g, "\n"));
  const start: Section = { number: "", title: "", line: 1, inherited: false };
  const sections = [start];
  const blocks: Block[] = [];
  const visibility = createVisibility();
  let section = start;

  const lineOf = (node: Nodes): number => node.position?.start.line ?? 1;
  const linesOf = (node: Nodes): readonly string[] =>
    source.lines.slice(lineOf(node) - 1, node.position?.end.line);

  const addText = (spans: readonly Span[], line: number, inList = ALONE) => {
    const plain = plainText(spans);
    if (plain.trim() === "") return;
    if (INHERITED.test(plain)) section.inherited = true;
    blocks.push({ type: "text", spans, line, section, ...(inList.item ? inList : ALONE) });
  };

  const addPictures = (pictures: readonly Picture[]): void => {
    for (const { text, line } of pictures) blocks.push({ type: "html", text, line, section });
  };

  const addTable = (node: Nodes, below: readonly Span[]): void => {
    const table = readTableLines(linesOf(node), lineOf(node));
    blocks.push({ type: "table", ...table, line: lineOf(node), section, below });
    // Its cells are read as they are written: nothing in them is hidden.
    addPictures(spansOf(node, source, createVisibility()).pictures);
  };

  const addFence = (node: Code): void => {
    const fenced = /^[\s>]*(?:`{3,}|~{3,})/.test(source.lines[lineOf(node) - 1] ?? "");
    blocks.push({
      type: "fence",
      language: (node.lang ?? "").toLowerCase(),
      text: node.value,
      first: lineOf(node) + (fenced ? 1 : 0),
      line: lineOf(node),
      section,
    });
  };

  const addHtml = (node: Nodes, value: string, below: readonly Span[]): void => {
    const line = lineOf(node);
    const island = readIsland(value, line, visibility);
    for (const table of island.tables) blocks.push({ type: "table", ...table, section, below });
    for (const spans of island.texts) addText(spans, spans[0]?.line ?? line);
    const empty = island.tables.length === 0 && island.texts.length === 0;
    if (empty && !island.silent) blocks.push({ type: "html", text: value, line, section });
    if (!empty) addPictures(island.pictures);
  };

  const walk = (parent: Parents, inList: InList): void => {
    let { lead, below } = inList;
    for (const node of parent.children) {
      const depth = node.type === "html" ? 0 : visibility.begin();
      const hidden = visibility.hidden();
      switch (node.type) {
        case "heading": {
          const { spans, pictures } = spansOf(node, source, visibility);
          visibility.end(depth, "paragraph");
          if (hidden && plainText(spans).trim() === "") break;
          const said = spans.filter((span) => !isStrike(span));
          const { number = "", title: words } = readTitle(said.map(({ text }) => text).join(""));
          const title = said.length < spans.length ? `~~${words}~~` : words;
          section = { number, title, line: lineOf(node), inherited: false };
          sections.push(section);
          [lead, below] = [[], []];
          // A name that stands in a title alone is said there.
          if (spans.some(({ code }) => code)) addText(spans, lineOf(node));
          addPictures(pictures);
          break;
        }
        case "paragraph": {
          if (isLostTable(linesOf(node)) && !hidden) {
            addTable(node, below);
            break;
          }
          const { spans, pictures } = spansOf(node, source, visibility);
          visibility.end(depth, "paragraph");
          addText(spans, lineOf(node), inList);
          addPictures(pictures);
          [lead, below] = [plainText(spans).trimEnd().endsWith(":") ? spans : [], spans];
          break;
        }
        case "table":
          if (!hidden) addTable(node, below);
          break;
        case "code":
          if (!hidden) addFence(node);
          break;
        case "html":
          addHtml(node, node.value, below);
          break;
        case "list":
          for (const [index, child] of node.children.entries()) {
            const ordinal = node.ordered === true ? index + 1 : undefined;
            walk(child, { item: true, lead, below, ordinal });
            visibility.end(depth, "container");
          }
          break;
        default:
          if ("children" in node) walk(node, { ...inList, lead, below, ordinal: undefined });
          visibility.end(depth, "container");
      }
    }
  };
  walk(parseMarkdown(source.text), ALONE);
  return { source, sections, blocks };
}

/** Prose and code as one text, code in backticks so that it is still told apart. */
export function plainText(spans: readonly Span[]): string {
  return spans.map(({ text, code }) => (code ? `\`${text}\`` : text)).join("");
}

function isStrike({ text, code }: Span): boolean {
  return text === "~~" && !code;
}

/** What a node shows, piece by piece, and the pictures in it. */
function spansOf(
  root: Nodes,
  source: Source,
  visibility: Visibility,
): { spans: Span[]; pictures: Picture[] } {
  const spans: Span[] = [];
  const pictures: Picture[] = [];
  let broken = false;
  const visit = (node: Nodes, strong: boolean): void => {
    const { start, end } = node.position ?? {};
    const line = start?.line ?? 1;
    const add = (text: string, code = false): void => {
      if (visibility.hidden()) return;
      const [last, span] = [spans.at(-1), { text, code, strong, line }];
      const plain = last !== undefined && ![last, span].some((it) => it.code || isStrike(it));
      // Whether a line ends in two blanks is a matter of form: its text goes on.
      if (plain && last.strong === strong && (text === BREAK || broken)) {
        spans[spans.length - 1] = { ...last, text: last.text + text };
      } else spans.push(span);
      broken = text === BREAK;
    };
    const addPicture = (text: string): void => {
      if (visibility.hidden()) return;
      pictures.push({ text, line });
      spans.push(pictureMark({ text, line }));
    };
    if (node.type === "inlineCode") add(node.value, true);
    else if (node.type === "text") add(node.value);
    else if (node.type === "break") add(BREAK);
    else if (node.type === "image" || node.type === "imageReference") {
      addPicture(source.text.slice(start?.offset, end?.offset));
    } else if (node.type === "html") {
      for (const piece of piecesOfHtml(node.value)) {
        const { whole, name } = piece;
        // Tags within a line: `<code>` is rare enough there; what it holds stays prose.
        const mark = name === undefined ? undefined : visibility.tag(piece);
        if (mark !== undefined) spans.push({ text: mark, code: false, strong, line });
        else if (name !== undefined && isPicture(name)) addPicture(whole);
        else if (strikesOut(whole)) add("~~");
        // A browser ends a comment sooner than Markdown does, and shows the rest.
        else if (name === undefined && !/^<[!?]/.test(whole)) add(whole);
      }
    } else if (node.type === "delete") {
      // What is struck out says nothing, and that it is struck out says much: it stays, and stays marked.
      add("~~");
      for (const child of node.children) visit(child, strong);
      add("~~");
    } else if ("children" in node) {
      for (const child of node.children) visit(child, strong || node.type === "strong");
    }
  };
  visit(root, false);
  return { spans, pictures };
}

/**
 * The words of a draft, passage by passage, each with its fingerprint: headings, paragraphs, rows, items and fences. Facts
 * are what we understand of a draft; whatever is said besides, a default, the meaning of a code, the value in an example,
 * is held by these, so that no word of it changes unseen.
 */
import { itemEntry, tableNames } from "./entries.js";
import { fingerprint } from "./facts.js";
import { readContent } from "./fence.js";
import { plainText } from "./page.js";
import type { Block, Page, Section, Span } from "./page.js";
import { quoted } from "./quoted.js";
import { readSentences } from "./sentence.js";

export interface Passage {
  /**
   * Where it stands, what it is and what it is about, in names only: `§7.6 item history`, `§12 row INTERNAL_ERROR`. A section
   * without a number goes by the fingerprint of its heading: `#152a225b352c64ea prose`; what stands above all headings is `unnumbered`.
   */
  readonly label: string;
  readonly text: string;
  readonly line: number;
  readonly hash: string;
  /** The fingerprint of the heading above it, if there is one: that stays where a section gets another number, or none. */
  readonly heading: string | undefined;
  /**
   * Of an item or a row, the fingerprint of what says what it is one of: the paragraph above its list or table with the
   * header of that, or the item that its list is part of.
   */
  readonly list: string | undefined;
  /** The normative sentences in it, which have fingerprints of their own. */
  readonly sentences: readonly string[];
}

interface Piece {
  readonly what: string;
  readonly names: readonly string[];
  readonly text: string;
  readonly line: number;
  readonly section: Section;
  readonly list?: string;
  readonly sentences?: readonly string[];
}

/** What a label says of what stands above all headings. */
export const ABOVE_ALL = "unnumbered";

/** Everything that a page says, in its order. */
export function readPassages(page: Page): Passage[] {
  const nameList = createNames();
  const pieces = [
    ...page.sections.slice(1).map(headingPiece),
    ...page.blocks.flatMap((block) => blockPieces(block, nameList)),
  ];
  const seen = new Map<string, number>();
  const headings = new Map<Section, string>();
  return pieces
    .sort((a, b) => a.line - b.line)
    .flatMap(({ what, names, text, line, section, list, sentences = [] }): Passage[] => {
      const said = text.replace(/\s+/g, " ").trim();
      if (said === "") return [];
      // Of two that read the same, each counts: one of them may go.
      const once = passageHash(what, said);
      const nth = (seen.get(once) ?? 0) + 1;
      seen.set(once, nth);
      const hash = passageHash(what, said, nth);
      if (what === "heading") headings.set(section, hash);
      const heading = headings.get(section);
      const unnumbered = heading === undefined ? ABOVE_ALL : `#${heading}`;
      const where = section.number === "" ? unnumbered : `§${section.number}`;
      const label = [where, what, names.join(", ")].join(" ").trim();
      return [{ label, text: said, line, hash, heading, list, sentences }];
    });
}

/** The fingerprint of what a passage is and says, where it is the nth one that says so: "Wait" a second time is not "Wait 2". */
export function passageHash(what: string, said: string, nth = 1): string {
  return fingerprint(nth === 1 ? `${what} ${said}` : `${nth} ${what} ${said}`);
}

/** The section that a label begins with: `§7.6`, `#152a225b352c64ea` or `unnumbered`. */
export function sectionOf(label: string): string {
  return label.split(" ", 1)[0] ?? "";
}

/** Whether a label is that of a heading, and not that of an item that is called so. */
export function isHeading(label: string): boolean {
  return /^\S+ heading$/.test(label);
}

/** Labels for people: a section without a number by its title, where one of these passages is its heading. */
export function readableLabels(passages: readonly Passage[]): (label: string) => string {
  const headings = passages.filter(({ hash, heading }) => hash === heading);
  const titles = new Map(headings.map(({ hash, text }) => [`#${hash}`, quoted(text, 40)]));
  return (label) => label.replace(/^#\w+/, (section) => titles.get(section) ?? section);
}

function headingPiece(section: Section): Piece {
  return { what: "heading", names: [], text: section.title, line: section.line, section };
}

function blockPieces(block: Block, nameList: NameList): Piece[] {
  const { section, line } = block;
  const hashes = (spans: readonly Span[]): string[] =>
    readSentences(spans, { section }).map(({ hash }) => hash);
  switch (block.type) {
    case "table": {
      const header = block.header.join(" | ");
      const rows = block.rows.map(({ cells, line: at }): Piece => ({
        what: "row",
        names: tableNames(cells),
        // Empty cells at the end are a matter of form.
        text: cells
          .map(plainText)
          .join(" | ")
          .replace(/[\s|]+$/, ""),
        line: at,
        section,
        list: nameList(section, block, `${plainText(block.below)} ${header}`),
        sentences: cells.flatMap(hashes),
      }));
      return [{ what: "header", names: [], text: header, line, section }, ...rows];
    }
    case "fence": {
      const { kind } = readContent(block.language, block.text);
      const type = /"type"\s*:\s*"([\w.-]+)"/.exec(block.text)?.[1];
      const names = kind === "json" && type !== undefined ? [type] : [];
      return [{ what: kind === "other" ? "fence" : kind, names, text: block.text, line, section }];
    }
    case "html":
      return [{ what: "html", names: [], text: block.text, line, section }];
    case "text": {
      const { spans, item, ordinal } = block;
      // A name in a title makes a block of the title too.
      if (!item && line === section.line && section.title !== "") return [];
      const names = item ? (itemEntry(spans)?.names ?? []) : [];
      const what = item ? "item" : "prose";
      // A step that changes places with another is another step.
      const text = [ordinal === undefined ? "" : `${ordinal}.`, plainText(spans)].join(" ");
      const list = item ? { list: nameList(section, block.below, plainText(block.below)) } : {};
      return [{ what, names, text, line, section, ...list, sentences: hashes(spans) }];
    }
  }
}

/** Names a list or a table of a section, told apart by `one`, by its words. */
type NameList = (section: Section, one: object, words: string) => string;

/** Of several with the same words in one section, each has a name of its own. */
function createNames(): NameList {
  const seen = new Map<Section, Map<string, object[]>>();
  return (section, one, words) => {
    const own = seen.get(section) ?? new Map<string, object[]>();
    const alike = own.get(words) ?? [];
    seen.set(section, own.set(words, alike));
    if (!alike.includes(one)) alike.push(one);
    return passageHash("list", words, alike.indexOf(one) + 1);
  };
}

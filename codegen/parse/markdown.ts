import type { Code, Heading, Html, ListItem, Nodes, Paragraph, Parents, Table } from "mdast";
import type { Diagnostic, Position } from "../model/types.js";
import { findExcess, MAX_BYTES, tooLarge } from "./caps.js";
import { isDirective, readDirective } from "./directive.js";
import type { Facts, TableKind, WordFact } from "./facts.js";
import { createFenceMap, readRole } from "./fence.js";
import { anchorOf, readHeading } from "./heading.js";
import { normativeKeywords } from "./keywords.js";
import { createReport, quote } from "./report.js";
import { readRequirement } from "./requirement.js";
import { reportInvisible } from "./invisible.js";
import { createSource } from "./source.js";
import { parseMarkdown } from "./syntax.js";
import { checkForLostTable, checkHeader, headerOf, kindOfHeader, readRows } from "./table.js";

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

/** How the text of a node is to be read. */
interface Where {
  /** Keywords do not count here. */
  readonly informative: boolean;
  /** Keywords belong to a requirement. */
  readonly requirement: boolean;
  readonly cell: WordFact["cell"];
}

/** A table directive, waiting for the table below it. */
interface Announced {
  readonly kind: TableKind;
  readonly subject: string;
  readonly position: Position;
}

/**
 * Markdown -> facts. Never throws: what cannot be read is a finding, and the rest is read all the
 * same.
 *
 * @param path name of the file for positions
 */
export function parseSpec(path: string, text: string): { facts: Facts; diagnostics: Diagnostic[] } {
  const large = text.length > MAX_BYTES;
  const source = createSource(path, large ? "" : text);
  const { diagnostics, report } = createReport();
  reportInvisible(source, report);
  const tentative = new Set<string>();
  const facts: Mutable<Facts> = {
    source,
    readable: true,
    title: undefined,
    headings: [],
    tables: [],
    fences: [],
    requirements: [],
    gates: [],
    anchors: [],
    words: [],
    citations: [],
    tentative,
  };
  let section = "";
  let depth = 1;
  /** Depth of the heading whose section is informative. */
  let informativeDepth: number | undefined;
  let saysOrder = false;
  let gates: { readonly depth: number; readonly feature: string }[] = [];

  const start = (node: Nodes): Position => source.at(node.position?.start.offset ?? 0);
  const sourceOf = (node: Nodes): string =>
    source.text.slice(node.position?.start.offset ?? 0, node.position?.end.offset ?? 0);

  /** Reads text, code spans, links and anchors inside a block. */
  const inspect = (node: Nodes, where: Where): void => {
    if (node.type === "inlineCode") {
      const word = { text: node.value, position: start(node), section, cell: where.cell };
      facts.words.push(word);
    } else if (node.type === "text") inspectText(node, where);
    else if (node.type === "html") inspectHtml(node);
    else if ((node.type === "link" || node.type === "definition") && node.url.startsWith("#")) {
      const target = decode(node.url.slice(1));
      facts.citations.push({ kind: "anchor", target, position: start(node), section });
    }
    if ("children" in node) for (const child of node.children) inspect(child, where);
  };

  const inspectText = (node: Nodes, where: Where): void => {
    const written = sourceOf(node);
    const offset = node.position?.start.offset ?? 0;
    for (const match of written.matchAll(/§\s?(\d+(?:\.\d+)*)|\b(W-\d{2})\b/g)) {
      const position = source.at(offset + match.index);
      const before = source.text.slice(
        Math.max(0, offset + match.index - 40),
        offset + match.index,
      );
      if (match[2] !== undefined) {
        facts.citations.push({ kind: "ruling", target: match[2], position, section });
      } else if (match[1] !== undefined && !isForeign(before)) {
        facts.citations.push({ kind: "section", target: match[1], position, section });
      }
    }
    if (where.informative || where.requirement) return;
    for (const { keyword, offset: at } of normativeKeywords(written)) {
      report(
        "must-outside-requirement",
        source.at(offset + at),
        `${keyword} stands outside a requirement`,
        "make it a list item `- **ID-01** The runtime MUST …`, or put <!-- arcp:informative --> above",
      );
    }
  };

  const inspectHtml = (node: Html): void => {
    const anchor = anchorOf(node.value);
    if (anchor !== undefined) facts.anchors.push({ anchor, position: start(node), section });
    if (!isDirective(node.value)) return;
    const fix = "put it alone on its line, with a blank line above";
    report("unknown-directive", start(node), "a directive inside text has no effect", fix);
  };

  const heading = (node: Heading, informative: boolean): void => {
    const { number, title } = readHeading(node);
    depth = node.depth;
    gates = gates.filter((gate) => gate.depth < depth);
    if (informativeDepth !== undefined && depth <= informativeDepth) informativeDepth = undefined;
    if (informative) informativeDepth ??= depth;
    const position = start(node);
    if (depth === 1 && facts.title === undefined) facts.title = title;
    else if (number !== undefined) section = number;
    const before = facts.anchors.length;
    const quiet = informativeDepth !== undefined;
    inspect(node, { informative: quiet, requirement: false, cell: undefined });
    const anchor = facts.anchors[before]?.anchor;
    facts.headings.push({ depth, number, title, anchor, position, section });
  };

  const fence = (node: Code): void => {
    const position = start(node);
    const role = readRole(node, position, report);
    if (role === undefined) return;
    facts.fences.push({
      role,
      text: node.value,
      position,
      section,
      at: createFenceMap(node, source),
    });
  };

  const table = (node: Table, announced: Announced | undefined, informative: boolean): void => {
    const header = headerOf(node);
    const position = start(node);
    const lines = [node.position?.start.line ?? 1, node.position?.end.line ?? 1] as const;
    const seen = diagnostics.length;
    const rows = readRows(node, source, report);
    let kind = announced?.kind;
    if (announced !== undefined) {
      const { kind: named, subject, position: directive } = announced;
      const usable = checkHeader(named, header, position, report);
      const kept = usable || named === "fields" ? rows : [];
      const read = { kind: named, subject, directive, rows: kept, lines, position, section };
      facts.tables.push({ ...read, lines: [...lines] });
    } else {
      kind = kindOfHeader(header);
      if (kind !== undefined) {
        const fix = `write <!-- arcp:${kind}${kind === "fields" || kind === "states" ? " NAME" : ""} --> above`;
        const message = `a table with the header of ${kind} and no directive is not read`;
        report("malformed-table", position, message, fix);
      }
    }
    for (const row of node.children) {
      const first = row.children[0]?.children.find((child) => child.type === "inlineCode");
      for (const [column, cell] of row.children.entries()) {
        const place = kind && { kind, column, row: first?.value };
        inspect(cell, { informative, requirement: false, cell: place });
      }
    }
    if (diagnostics.slice(seen).some(({ rule }) => rule === "malformed-table")) remember(node);
  };

  const remember = (node: Nodes): void => {
    if (node.type === "inlineCode") tentative.add(node.value);
    if ("children" in node) for (const child of node.children) remember(child);
    if (node.type === "text") {
      for (const word of node.value.matchAll(/[\w.-]+/g)) tentative.add(word[0]);
    }
  };

  const paragraph = (node: Paragraph, where: Where): boolean => {
    const lost = checkForLostTable(node, source, report);
    if (lost) remember(node);
    inspect(node, where);
    return lost;
  };

  /** What the order of drafts is read from (`model/succession.ts`) has to stand where that looks. */
  const replaces = (position: Position): void => {
    const fix = "put it below the title, once";
    if (depth > 1) report("unknown-directive", position, "arcp:replaces stands in a section", fix);
    else if (saysOrder) report("unknown-directive", position, "a second arcp:replaces", fix);
    saysOrder = true;
  };

  const listItem = (node: ListItem, where: Where): void => {
    const item = readRequirement(node);
    if (item === undefined || where.requirement) {
      if (item !== undefined) {
        const message = `${item.id} stands inside another requirement`;
        report(
          "requirement-malformed",
          start(item.strong),
          message,
          "give it a list item of its own",
        );
      }
      blocks(node, where);
      return;
    }
    const { id, sentence, keywords } = item;
    const position = start(item.strong);
    if (item.wellFormed) {
      const feature = gates.at(-1)?.feature;
      facts.requirements.push({ id, sentence, keywords, feature, position, section });
    } else {
      const fix = "write capitals, a hyphen and two digits: **SUB-02**";
      report("requirement-malformed", position, `${quote(id)} is no requirement id`, fix);
    }
    blocks(node, { ...where, requirement: true });
  };

  /** Walks the blocks of a container. Directives act on the block that follows them. */
  const blocks = (parent: Parents, outer: Where): void => {
    let announced: Announced | undefined;
    let informative = false;
    const giveUp = (): void => {
      if (announced === undefined) return;
      const { kind, subject, position } = announced;
      announced = undefined;
      if (kind === "fields") {
        const written = { kind, subject, directive: position, rows: [], lines: undefined };
        facts.tables.push({ ...written, position, section });
        return;
      }
      const message = `no table follows arcp:${kind}`;
      report("malformed-table", position, message, "put the table directly below the directive");
    };
    for (const node of parent.children) {
      if (node.type === "html" && isDirective(node.value)) {
        giveUp();
        const position = start(node);
        const directive = readDirective(node, position, report);
        if (directive?.order === "table") announced = { ...directive, position };
        if (directive?.order === "informative") informative = true;
        if (directive?.order === "gated") {
          const { feature } = directive;
          gates = [...gates.filter((gate) => gate.depth < depth), { depth, feature }];
          facts.gates.push({ feature, position, section });
        }
        if (directive?.order === "replaces") replaces(position);
        continue;
      }
      const quiet = outer.informative || informative || informativeDepth !== undefined;
      const where: Where = { ...outer, informative: quiet };
      if (node.type === "table") {
        table(node, announced, quiet);
        announced = undefined;
      } else if (node.type === "paragraph") {
        // A table that Markdown lost has been reported; the directive above it needs no word more.
        if (paragraph(node, where)) announced = undefined;
      }
      giveUp();
      if (node.type === "heading") heading(node, informative);
      else if (node.type === "code") fence(node);
      else if (node.type === "listItem") listItem(node, where);
      else if (node.type !== "table" && node.type !== "paragraph") {
        if ("children" in node) blocks(node, where);
        else inspect(node, where);
      }
      informative = false;
    }
    giveUp();
  };

  const excess = large ? tooLarge(path) : findExcess(path, source.lines);
  if (excess !== undefined) {
    facts.readable = false;
    report("unreadable-spec", excess.position, excess.message, excess.fix);
    return { facts, diagnostics };
  }
  try {
    const outer = { informative: false, requirement: false, cell: undefined };
    blocks(parseMarkdown(source.text), outer);
  } catch (error) {
    // The parser recurses, and throws on what is nested absurdly deep.
    const reason = error instanceof Error ? error.message : "unknown reason";
    const message = `the Markdown parser gave up: ${reason}`;
    facts.readable = false;
    report("unreadable-spec", source.at(0), message, "look for a great many nested marks");
  }
  return { facts, diagnostics };
}

/** Whether a § belongs to another document, by the words before it. */
function isForeign(before: string): boolean {
  return /(?:RFC\s*\d+|\bdrafts?\b[\s\w.-]*|\bv\d[\d.]*)[\s,(]*$/i.test(before);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

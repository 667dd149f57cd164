import type { Node, Root, RootContent } from "mdast";
import { loadRemark } from "../packages.js";
import { piecesOf } from "./pieces.js";

/** What a processor keeps for `remark-gfm`, as far as it matters here. */
interface Extensions {
  readonly micromarkExtensions?: object[];
  fromMarkdownExtensions?: readonly unknown[];
}

let parse: ((text: string) => Root) | undefined;

/** Pieces as they were read, by their text: the parser takes most of the time of a change. */
const known = new Map<string, RootContent[]>();
/** Of three revisions, some hundred each, there is room for a good many edits. */
const MOST_KNOWN = 4096;

/** Markdown with the tables of GitHub → its tree. Throws what the parser throws. */
export function parseMarkdown(text: string): Root {
  const root: Root = { type: "root", children: [] };
  let [line, offset] = [0, 0];
  const { pieces, definitions } = piecesOf(text);
  for (const piece of pieces) {
    const by = { line, offset };
    root.children.push(...parsed(piece, definitions).map((node) => moved(node, by)));
    line += piece.split("\n").length - 1;
    offset += piece.length;
  }
  return root;
}

/** The blocks of a piece, with the definitions of the whole text in force. */
function parsed(piece: string, definitions: string): RootContent[] {
  parse ??= createParser();
  const text = definitions === "" ? piece : `${piece}\n\n${definitions}`;
  const blocks =
    known.get(text) ??
    parse(text).children.filter(({ position }) => position!.start.offset! < piece.length);
  const [oldest] = known.keys();
  if (known.size === MOST_KNOWN && oldest !== undefined) known.delete(oldest);
  known.set(text, blocks);
  return blocks;
}

interface Offset {
  readonly line: number;
  readonly offset: number;
}

/** A node as it stands so much further down. The one that is given is kept, and so stays as it is. */
function moved<N extends Node>(node: N, by: Offset): N {
  const { position } = node;
  const placed = {
    ...node,
    ...(position && {
      position: { start: point(position.start, by), end: point(position.end, by) },
    }),
  };
  if (!("children" in node)) return placed;
  return { ...placed, children: (node.children as Node[]).map((child) => moved(child, by)) };
}

type Point = NonNullable<Node["position"]>["start"];

function point({ line, column, offset = 0 }: Point, by: Offset): Point {
  return { line: line + by.line, column, offset: offset + by.offset };
}

function createParser(): (text: string) => Root {
  const { remark, gfm } = loadRemark();
  const processor = remark()
    .use(gfm)
    .use(function () {
      const data = this.data() as Extensions;
      data.micromarkExtensions?.push({ disable: { null: LITERAL_LINKS } });
      data.fromMarkdownExtensions = withoutTransforms(data.fromMarkdownExtensions ?? []);
    })
    .freeze();
  return (text) => processor.parse(text);
}

/**
 * Links without brackets mean nothing here, and looking for them takes a tenth of the time. Their
 * transform also makes pieces of text without a position.
 */
const LITERAL_LINKS = ["wwwAutolink", "protocolAutolink", "emailAutolink"];

function withoutTransforms(extensions: readonly unknown[]): unknown[] {
  return extensions.map((extension) => {
    if (Array.isArray(extension)) return withoutTransforms(extension);
    const { transforms: _transforms, ...rest } = extension as Record<string, unknown>;
    return rest;
  });
}

import { toString } from "mdast-util-to-string";
import type { BlockContent, DefinitionContent, ListItem, Strong } from "mdast";
import { normativeKeywords } from "./keywords.js";

const ID = /^[A-Z]{2,6}-\d{2,3}$/;
const NEARLY_ID = /^[A-Za-z]{2,8}[-_ ]?\d+[.:]?$/;

/** A list item that is, or wants to be, a requirement. */
export interface RequirementItem {
  readonly id: string;
  /** False for an id such as `SUB-2` or `sub-02`. */
  readonly wellFormed: boolean;
  readonly strong: Strong;
  readonly sentence: string;
  readonly keywords: readonly string[];
}

/** Reads a list item that starts with a bold id; undefined for any other item. */
export function readRequirement(item: ListItem): RequirementItem | undefined {
  const paragraph = item.children[0];
  const strong = paragraph?.type === "paragraph" ? paragraph.children[0] : undefined;
  if (strong?.type !== "strong") return undefined;
  const id = toString(strong).trim();
  const keywords = item.children.flatMap(keywordsOf);
  const wellFormed = ID.test(id);
  if (!wellFormed && !(NEARLY_ID.test(id) && keywords.length > 0)) return undefined;
  const text = item.children
    .filter((child) => child.type === "paragraph" || child.type === "list")
    .map((child) => toString(child, { includeHtml: false, includeImageAlt: false }))
    .join(" ");
  const sentence = text.replace(/\s+/g, " ").trim().slice(id.length).trim();
  return { id, wellFormed, strong, sentence, keywords };
}

function keywordsOf(block: BlockContent | DefinitionContent): string[] {
  if (block.type !== "paragraph" && block.type !== "list") return [];
  return withoutCode(block);
}

/** Keywords in text, not in code spans: `MAY` in backticks is a word, not an order. */
function withoutCode(node: { type: string }): string[] {
  if (node.type === "text" && "value" in node) {
    return normativeKeywords(String(node.value)).map(({ keyword }) => keyword);
  }
  if (!("children" in node) || !Array.isArray(node.children)) return [];
  return (node.children as { type: string }[]).flatMap(withoutCode);
}

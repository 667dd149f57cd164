import { toString } from "mdast-util-to-string";
import type { Heading } from "mdast";

const NUMBERED = /^(?<number>(?:\d+|[A-Z](?=\.))(?:\.\d+)*)\.?\s+(?<title>\S.*)$/s;

/** The number and the title of a heading, its anchor left out. */
export function readHeading(heading: Heading): { number: string | undefined; title: string } {
  return readTitle(toString(heading, { includeHtml: false }));
}

/** The number and the title in the words of a heading. */
export function readTitle(words: string): { number: string | undefined; title: string } {
  const text = words.replace(/\s+/g, " ").trim();
  const groups = NUMBERED.exec(text)?.groups;
  return { number: groups?.["number"], title: groups?.["title"] ?? text };
}

/** The name that an `<a id="…">` gives to its place. */
export function anchorOf(html: string): string | undefined {
  return /^<a\s+(?:id|name)\s*=\s*(?:"([^"]*)"|'([^']*)')/.exec(html)?.slice(1).find(Boolean);
}

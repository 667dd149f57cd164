import { describe, expect, it } from "vitest";
import { findExcess, MAX_BYTES } from "./caps.js";
import { parseSpec } from "./markdown.js";

/** The findings of a text, and whether they came without any work of the parser. */
function findings(text: string): string[] {
  const { facts, diagnostics } = parseSpec("a.md", text);
  if (diagnostics.length > 0) expect(facts.readable).toBe(false);
  return diagnostics.map(
    ({ rule, position, message, fix }) =>
      `${rule} ${position.line}:${position.column} ${message}${fix === "" ? " NO FIX" : ""}`,
  );
}
const table = (rows: number): string => `| a | b |\n| - | - |\n${"| `c` | d |\n".repeat(rows)}`;
const htmlTable = (rows: number): string =>
  `<table>\n${`  <tr><td>${"word ".repeat(18)}</td></tr>\n`.repeat(rows)}</table>\n`;
/** Three lines that are too much for one paragraph. */
const WIDE = `${"**a*".repeat(900)}\n`.repeat(3);
const nest = (levels: number, mark = "- a"): string =>
  Array.from({ length: levels }, (_, level) => "  ".repeat(level) + mark).join("\n");

describe("what is too much for the parser", () => {
  it.each([
    ["a large file", "word\n\n".repeat(10_000_000), `1:1 the file is larger than ${MAX_BYTES}`],
    ["a large line", "a".repeat(50_000_000), `1:1 the file is larger than ${MAX_BYTES}`],
    [
      "a long table",
      `x\n\n${table(60_000)}`,
      "2003:1 a table, list or paragraph of more than 2000",
    ],
    ["a long line", `x\n${"**a*".repeat(2_000)}`, "2:4001 the line is 8000 characters long"],
    ["a long paragraph", "**a*\n".repeat(3_000), "2001:1 a table, list or paragraph"],
    ["a wide paragraph", `${"**a*".repeat(900)}\n`.repeat(9), "3:1 a paragraph of more than 10000"],
    ["a deep list", nest(900), "31:1 lists or quotations are nested more than 30 deep"],
    ["a deeper list", nest(1_500), `1:1 the file is larger than ${MAX_BYTES}`],
    ["a deep list, spaced", nest(200).replaceAll("\n", "\n\n"), "61:1 lists or quotations are"],
    ["deep quotations", "> ".repeat(200), "1:1 lists or quotations are nested more than 30 deep"],
    ["deep lists on a line", "- ".repeat(200), "1:1 lists or quotations are nested more than 30"],
    ["many tables", `${table(1_200)}\n`.repeat(5), "5005:1 the tables have more than 5000 rows"],
    ["many brackets", `x\n${"[".repeat(501)}`, "2:1 the line has more than 500 opening brackets"],
    ["a large table of HTML", htmlTable(1_000), "911:1 a block of HTML of more than 100000"],
    ["a paragraph behind HTML", `${htmlTable(9)}\n${WIDE}`, "15:1 a paragraph of more than 10000"],
    ["a paragraph behind a comment", `<!--\n<p>\n-->\n${WIDE}`, "6:1 a paragraph of more than"],
    ["a paragraph that names a tag", `a\n<b>\n${WIDE}`, "5:1 a paragraph of more than 10000"],
    ["a table behind an open fence's end", `~~~\n~~~\n${table(3_000)}`, "2003:1 a table"],
  ])("%s is a finding at its place", (_, text, expected) => {
    const found = findings(text);
    expect(found).toHaveLength(1);
    expect(found[0]?.startsWith(`unreadable-spec ${expected}`), found[0]).toBe(true);
  });

  it.each([
    ["a table of 1,900 rows", table(1_900)],
    ["several tables", `${table(900)}\n`.repeat(4)],
    ["five hundred brackets", "[".repeat(500)],
    ["brackets in a fence", `\`\`\`\n${"[".repeat(2_000)}\n\`\`\`\n`],
    ["twenty levels", nest(20)],
    ["a table of HTML of 700 rows", htmlTable(700)],
    ["a table of HTML on one line", htmlTable(200).replaceAll("\n", " ")],
    ["a table of HTML and a paragraph", `${htmlTable(200)}\nword\n`],
    ["a long list of paragraphs", `${"- word word word word\n".repeat(900)}`],
    ["a fence, long, wide and indented", `\`\`\`\n${`${" ".repeat(90)}x\n`.repeat(2_500)}\`\`\`\n`],
    ["a fence in a fence", `\`\`\`\`\n\`\`\`\n${"x\n".repeat(2_500)}\`\`\`\`\n`],
    ["a fence of one line", `\`\`\`\n${"x".repeat(20_000)}\n\`\`\`\n`],
  ])("%s is not", (_, text) => {
    expect(findExcess("a.md", text.split("\n"))).toBeUndefined();
  });
});

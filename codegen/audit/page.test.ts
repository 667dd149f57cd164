import { describe, expect, it } from "vitest";
import { plainText, readPage } from "./page.js";
import type { Block, Span } from "./page.js";

const blocks = (text: string): readonly Block[] => readPage("d.md", text).blocks;
const cells = (row: readonly (readonly Span[])[]): string[] => row.map((cell) => plainText(cell));
const tables = (text: string) =>
  blocks(text).flatMap((block) =>
    block.type === "table"
      ? [
          {
            header: block.header,
            rows: block.rows.map((row) => cells(row.cells)),
            uneven: block.uneven,
            line: block.line,
          },
        ]
      : [],
  );

describe("a page", () => {
  it("knows sections by any heading, and which of them repeat another document", () => {
    const { sections } = readPage(
      "d.md",
      "Title\n=====\n\nOne\n---\n\n(Unchanged from v1.0 §3.)\n\n## 2.1. Two\n\nText that changes.\n\n### Three\n\n(See v1.0 §4.)\n",
    );
    expect(
      sections.slice(1).map(({ number, title, inherited }) => [number, title, inherited]),
    ).toEqual([
      ["", "Title", false],
      ["", "One", true],
      ["2.1", "Two", false],
      ["", "Three", true],
    ]);
  });

  it("reads the same whether lines end in blanks or not", () => {
    const text = "An object with `a`, `b`,\n`c`, and **two\nmore**: one\nand `d`\nor\n~~e~~\n";
    const spans = (written: string) =>
      blocks(written).map((block) => (block.type === "text" ? block.spans : []));
    expect(spans(text.replaceAll("\n", "  \n"))).toEqual(spans(text));
  });

  it("gives items the paragraph that they continue", () => {
    const found = blocks("The runtime:\n\n- MAY do `a`.\n- MUST do b.\n\nAlone.\n\n- no lead\n");
    expect(
      found.map((block) =>
        block.type === "text" ? [plainText(block.spans), block.item, plainText(block.lead)] : [],
      ),
    ).toEqual([
      ["The runtime:", false, ""],
      ["MAY do `a`.", true, "The runtime:"],
      ["MUST do b.", true, "The runtime:"],
      ["Alone.", false, ""],
      ["no lead", true, ""],
    ]);
  });

  it("knows the first line of content of fences with marks, of tildes, and by indent", () => {
    const found = blocks("```json\n{}\n```\n\n~~~\nx\n~~~\n\n    y\n");
    expect(
      found.map((block) =>
        block.type === "fence" ? [block.language, block.text, block.first] : [],
      ),
    ).toEqual([
      ["json", "{}", 2],
      ["", "x", 6],
      ["", "y", 9],
    ]);
  });
});

describe("tables", () => {
  it("reads cells whole that Markdown cuts at a pipe in code", () => {
    expect(tables("| kind | body |\n|-|-|\n| `a` | `{ x | y }` |\n| `b` | c \\| d |\n")).toEqual([
      {
        header: ["kind", "body"],
        rows: [
          ["`a`", "`{ x | y }`"],
          ["`b`", "c | d"],
        ],
        uneven: [],
        line: 1,
      },
    ]);
  });

  it("reads a table that Markdown takes for text, and says where it is broken", () => {
    expect(tables("x\n\n| Code | Meaning |\n| --- | --- | --- |\n| `A_B` | c |\n")).toEqual([
      { header: ["code", "meaning"], rows: [["`A_B`", "c"]], uneven: [4], line: 3 },
    ]);
  });

  it("reads rows that are too short and too long as they stand", () => {
    expect(tables("| A | B |\n| - | - |\n| 1 |\n| 1 | 2 | 3 |\n")).toEqual([
      { header: ["a", "b"], rows: [["1"], ["1", "2", "3"]], uneven: [3, 4], line: 1 },
    ]);
  });

  it("reads tables of HTML", () => {
    const html =
      "<table>\n<tr><th>Code</th><th>When</th></tr>\n<tr><td><code>A_B</code></td><td>a &lt; b</td></tr>\n</table>\n";
    expect(tables(html)).toEqual([
      { header: ["code", "when"], rows: [["`A_B`", "a < b"]], uneven: [], line: 2 },
    ]);
    const long = `<tr><td>${"word ".repeat(20)}</td></tr>\n`.repeat(800);
    expect(tables(`<table>\n${long}</table>\n`)[0]?.rows).toHaveLength(800);
  });
});

describe("islands of HTML", () => {
  it("gives the text of an island, and passes on what shows without saying", () => {
    const found = blocks(
      '<div>A peer MUST <code>x</code>.</div>\n\n<a id="here"></a>\n\n<!-- no -->\n\n<img src="s.svg">\n',
    );
    expect(
      found.map((block) => (block.type === "text" ? plainText(block.spans) : block.type)),
    ).toEqual(["A peer MUST `x`.", "html"]);
  });

  it.each([
    ["![NOT](x.png)", "![NOT](x.png)"],
    ["![NOT][x]", "![NOT][x]"],
    ['<img alt="NOT" src="x.png">', '<img alt="NOT" src="x.png">'],
    ['<input value="NOT">', '<input value="NOT">'],
  ])("lists a picture within a text, and takes no word of it for text: %s", (picture, listed) => {
    const read = (text: string) =>
      blocks(text).map((block) =>
        block.type === "text"
          ? plainText(block.spans)
          : block.type === "html"
            ? `html ${block.text}`
            : block.type,
      );
    const definition = "\n\n[x]: x.png\n";
    const inText = ["A [picture] B", `html ${listed}`];
    const said = (text: string) =>
      read(`${text}${definition}`).map((it) => it.replace(/\[picture [0-9a-f]{16}\]/, "[picture]"));
    expect(said(`A ${picture} B`)).toEqual(inText);
    expect(said(`- A **${picture}** B`)).toEqual(inText);
    if (picture.startsWith("<")) expect(said(`<p>A ${picture} B</p>`)).toEqual(inText);
    expect(said(`| a |\n| - |\n| ${picture} |`)).toEqual(["table", `html ${listed}`]);
    const titled = readPage("d.md", `## 2. A ${picture}${definition}`);
    expect(titled.sections[1]).toMatchObject({
      number: "2",
      title: expect.stringMatching(/^A \[picture [0-9a-f]{16}\]$/),
    });
    expect(titled.blocks.map(({ type }) => type)).toEqual(["html"]);
  });
});

import { describe, expect, it } from "vitest";
import { plainText, readPage } from "./page.js";
import { readPassages } from "./passages.js";

/** What is read of a text: its passages, and the pictures and the like that are listed. */
const said = (text: string): string[] =>
  readPassages(readPage("d.md", text)).map(({ label, text: words }) =>
    label.endsWith(" heading") ? `# ${words}` : words,
  );
const marked = (name: string): string => `A [hidden: ${name}] B`;

/** Without a box, or showing something else than what stands in them, by the rendering section of HTML. */
const NEVER_SHOWN =
  `template script style title noscript dialog datalist rp iframe object audio video canvas select option textarea head
   noembed noframes meter progress svg math`.split(/\s+/);

describe("what HTML hides", () => {
  it.each(NEVER_SHOWN)("is gone from a line, and marked: <%s>", (name) => {
    expect(said(`A <${name}>NOT</${name}> B`)).toEqual([marked(name)]);
    expect(said(`A <${name.toUpperCase()} class="x">NOT</${name.toUpperCase()} > B`)).toEqual([
      marked(name),
    ]);
    expect(said(`<div>A <${name}>NOT</${name}> B</div>`).join(" ")).toBe(marked(name));
  });

  it.each([
    "hidden",
    'hidden=""',
    "hidden=until-found",
    'title="a > b" hidden',
    "\nHIDDEN",
    "popover",
    'popover="manual"',
    'style="display:none"',
    "style='color: red; DISPLAY : none !important'",
    "style=visibility:hidden",
    'style="font-size:0px"',
    'style="opacity: 0.00"',
    String.raw`style="d\69splay:none"`,
    'style="dis&#112;lay:none"',
    'style="display/**/:none"',
  ])("is what an attribute says it of: %s", (attribute) => {
    expect(said(`A <span ${attribute}>*NOT* \`x\` ~~y~~</span> B`)).toEqual([marked("span")]);
    expect(said(`<p>A <b ${attribute}>NOT</b> B</p>`)).toEqual([marked("b")]);
  });

  it.each(['title="hidden"', "data-hidden", "hiddenish", 'style="opacity:0.5;font-size:10px"'])(
    "is not what only looks like it: %s",
    (attribute) => expect(said(`A <span ${attribute}>NOT</span> B`)).toEqual(["A NOT B"]),
  );

  it("is gone with all that stands in it, over any number of blocks", () => {
    const section =
      "## 2. Two\n\nNOT\n\n- NOT\n\n> NOT\n\n| NOT |\n| - |\n| NOT |\n\n```\nNOT\n```\n";
    for (const name of ["div", "section", "template", "dialog", "details hidden"]) {
      const open = name === "div" || name === "section" ? `${name} hidden` : name;
      const [tag = ""] = name.split(" ");
      expect(said(`# 1. One\n\nA\n\n<${open}>\n\n${section}\n</${tag}>\n\nB\n`)).toEqual([
        "# One",
        "A",
        `[hidden: ${tag}]`,
        "B",
      ]);
    }
  });

  it("is gone from headings, of which the number may be part", () => {
    expect(said("## 2. A <b hidden>NOT</b> B")).toEqual(["# A [hidden: b] B"]);
    expect(readPage("d.md", "## <b hidden>2.</b> A").sections[1]?.number).toBe("");
  });

  it("is gone from tables of HTML, by row, by cell and in a cell", () => {
    const rows = (text: string) =>
      readPage(
        "d.md",
        `<table>\n<tr><td>A</td><td>x</td></tr>\n${text}\n</table>\n`,
      ).blocks.flatMap((block) =>
        block.type === "table"
          ? block.rows.map(({ cells }) => cells.map(plainText).join("|").trim())
          : block.type === "text"
            ? [plainText(block.spans)]
            : [],
      );
    const row = "<tr><td>B</td><td>NOT</td></tr>";
    expect(rows(row.replace("<tr", "<tr hidden"))).toEqual(["A|x", "[hidden: tr]"]);
    expect(rows(row.replace("<tr", "<tr hidden") + "<tr><td>C")).toEqual([
      "A|x",
      "C",
      "[hidden: tr]",
    ]);
    expect(rows(`<template>${row}</template>`)).toEqual(["A|x", "[hidden: template]"]);
    expect(rows(`<tbody style="display:none">${row}</tbody>`)).toEqual(["A|x", "[hidden: tbody]"]);
    expect(rows("<tr><td>B<td hidden>NOT<td>C</tr>")).toEqual(["A|x", "B|C", "[hidden: td]"]);
    expect(rows("<tr><td>B <i hidden>NOT</i></td></tr>")).toEqual(["A|x", "B [hidden: i]"]);
  });

  it("reaches to where a browser ends it", () => {
    // Phrasing ends with its paragraph, what ends a paragraph or holds raw text goes on.
    expect(said("A <span hidden>NOT\n\nB")).toEqual(["A [hidden: span]", "B"]);
    for (const name of ["div hidden", "template", "script", "b hidden"])
      expect(said(`A <${name}>NOT\n\nNOT\n\n# NOT`)).toEqual([`A [hidden: ${name.split(" ")[0]}]`]);
    expect(said("- A <div hidden>NOT\n- B\n")).toEqual(["A [hidden: div]", "B"]);
    // A tag in raw text is none; one that ends what is around ends what is in it.
    expect(said("A <textarea></b><i hidden></textarea> B")).toEqual([marked("textarea")]);
    expect(said("<div>A<p hidden>NOT</div>\n\nB")).toEqual(["A", "[hidden: p]", "B"]);
    expect(said("<p hidden>NOT\n\nB")).toEqual(["[hidden: p]", "B"]);
    expect(said("<ul><li hidden>NOT<li>B</ul>")).toEqual(["[hidden: li]", "B"]);
    expect(said("A <svg/> B")).toEqual([marked("svg")]);
    expect(said("A <template></div>NOT</template> B")).toEqual([marked("template")]);
  });

  it("is not what a browser shows behind a comment that Markdown ends later", () => {
    expect(said("A <!-- x --!> NOT --> B")).toEqual(["A NOT --> B"]);
    expect(said("A <!-- NOT --> B <?NOT?> C <![CDATA[NOT]]> D")).toEqual(["A B C D"]);
    expect(said("<div>A <!--> NOT --> B</div>")).toEqual(["A NOT --> B"]);
  });

  it("is what is folded not, but it is said that a reader has to open it", () => {
    const text = (open: string) => `<details${open}><summary>S</summary>\n\nA\n\n</details>\n`;
    expect(said(text(""))).toEqual(["[folded: details]", "S", "A"]);
    expect(said(text(" open"))).toEqual(["S", "A"]);
    expect(said("<dialog open>A</dialog>")).toEqual(["A"]);
  });

  it("is found in time in proportion to the length, however deep it is nested", () => {
    expect(said(`${"<div>".repeat(150_000)}<i hidden>NOT</i> B`)).toEqual(["[hidden: i] B"]);
    expect(said(`<div>${"<!a".repeat(150_000)}`)).toHaveLength(1);
  });
});

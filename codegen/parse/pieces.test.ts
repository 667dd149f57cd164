import { readFileSync, readdirSync } from "node:fs";
import fc from "fast-check";
import { remark } from "remark";
import gfm from "remark-gfm";
import { describe, expect, it } from "vitest";
import { piecesOf } from "./pieces.js";
import { parseMarkdown } from "./syntax.js";

const parser = remark().use(gfm);

/** The tree of a text, with places, as the parser makes it of the whole. */
const whole = (text: string) => parser.parse(text).children;
const inPieces = (text: string) => parseMarkdown(text).children;

const specs = readdirSync("spec").filter((name) => name.endsWith(".md"));

describe("pieces of Markdown", () => {
  it("cuts in front of headings, outside of fences", () => {
    const text = "# a\n\ntext\n\n## b\n\n```sh\n\n## not\n```\n\n### c\n";
    const pieces = ["# a\n\ntext\n\n", "## b\n\n```sh\n\n## not\n```\n\n", "### c\n"];
    expect(piecesOf(text)).toEqual({ pieces, definitions: "" });
  });

  it("takes the definitions of links along", () => {
    const text = "[a]\n\n## b\n\n[a]: /x\n[b]: /y\n";
    const pieces = ["[a]\n\n", "## b\n\n[a]: /x\n[b]: /y\n"];
    expect(piecesOf(text)).toEqual({ pieces, definitions: "[a]: /x\n[b]: /y" });
    expect(inPieces(text)).toEqual(whole(text));
  });

  it.each([
    ["a definition within a list", "- [a]: /b\n\n## c\n"],
    ["a definition of two lines", "[a]:\n/b\n\n## c\n"],
    ["what looks like a definition within a paragraph", "text\n[a]: /b\n\n## c\n"],
    ["a footnote", "[^a]: text\n\n## c\n"],
    ["a fence that stays open", "## b\n\n```\n\n## c\n"],
    ["a comment of several lines", "<!-- a\n\n## b\n\n-->\n"],
    ["text that keeps its form", "<pre>\n\n## b\n\n</pre>\n"],
    ["a fence within a list", "- ```\n\n## b\n\n```\n\n## c\n"],
    ["a fence within HTML", "<div>\n```\n</div>\n\n## b\n\n```\n"],
    ["a fence that is none", "``` a`b\n\n## b\n\n```\n"],
    ["an indented fence", "- a\n\n  ```\n\n## b\n\n```\n\n## c\n"],
    ["other ends of lines", "a\r\n\r\n## b\r\n"],
    ["HTML below a list at its end", "[a]: /b\n\n## c\n\n1. one\n</pre>"],
    ["the same, and no heading", "[a]: /b\n1. one\n</pre>\n"],
  ])("leaves a text with %s whole", (_, text) => {
    expect(piecesOf(text)).toEqual({ pieces: [text], definitions: "" });
  });

  it.each(specs)("reads spec/%s as the parser reads the whole", (name) => {
    const text = readFileSync(`spec/${name}`, "utf8");
    expect(inPieces(text)).toEqual(whole(text));
    if (name.startsWith("draft")) expect(piecesOf(text).pieces.length).toBeGreaterThan(20);
  });

  it("means the same as the whole, whatever stands in it", () => {
    const line = fc.constantFrom(
      ...["", "", "", "# a", "## b", "text", "- item", "  more", "> quoted", "1. one", "    code"],
      ...["```", "```js", "~~~", "````", " ```", "- ```", "> ```", "``` a`b", "a ``` b"],
      ...[
        "<!-- a -->",
        "<!-- a",
        "-->",
        "<div>",
        "</div>",
        "<pre>",
        "</pre>",
        "`<!--`",
        "<!-- a --> <!--",
      ],
      ...[
        "| a | b |",
        "| - | - |",
        "[a]: /b",
        "[a]",
        "[^1]: note",
        "***",
        "---",
        "===",
        "\\",
        "`a",
      ],
      ...[
        "#",
        "#hash",
        " ## c",
        "\t## d",
        "## e ##",
        "<a id='x'>",
        "<?x",
        "<!X",
        "&lt;",
        "~~~ ~~~",
      ],
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 24 }), (lines) => {
        const text = lines.join("\n");
        expect(piecesOf(text).pieces.join("")).toBe(text);
        expect(inPieces(text)).toEqual(whole(text));
      }),
      { numRuns: 3000 },
    );
  });
});

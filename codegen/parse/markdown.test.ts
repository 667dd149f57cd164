import { describe, expect, it } from "vitest";
import { parseSpec } from "./markdown.js";

/** Parses lines; findings come back as `rule line:column`. */
function parse(...lines: readonly string[]) {
  const { facts, diagnostics } = parseSpec("a.md", lines.join("\n"));
  const findings = diagnostics.map(
    ({ rule, position }) => `${rule} ${position.line}:${position.column}`,
  );
  return { facts, findings, diagnostics };
}
const LIMITS = [
  "<!-- arcp:limits -->",
  "",
  "| Limit | Value | Unit | Meaning |",
  "| - | - | - | - |",
];

const roleOf = (invalid: string) =>
  parse(`\`\`\`json example of=A id=a invalid=${invalid}`, "{}", "```").facts.fences[0]?.role;

describe("headings", () => {
  it("have number, title, anchor and section", () => {
    const { facts } = parse(
      "# T 1.1",
      "",
      '## 3. A `b` c <a id="abc"></a>',
      "",
      "### 3.1 D",
      "",
      "## Free",
    );
    expect(facts.title).toBe("T 1.1");
    expect(facts.headings.slice(1)).toMatchObject([
      { depth: 2, number: "3", title: "A b c", anchor: "abc", section: "3" },
      { depth: 3, number: "3.1", title: "D", anchor: undefined, section: "3.1" },
      { depth: 2, number: undefined, title: "Free", section: "3.1" },
    ]);
  });
});

describe("tables", () => {
  it("have cells with source, words and positions", () => {
    const { facts, findings } = parse(...LIMITS, "| `a` | 1_0 | s | *a* \\| `b` |");
    expect(findings).toEqual([]);
    const [row] = facts.tables[0]?.rows ?? [];
    expect(facts.tables[0]).toMatchObject({ kind: "limits", lines: [3, 5], section: "" });
    expect(row?.cells[0]).toMatchObject({
      words: ["a"],
      onlyWords: true,
      position: { line: 5, column: 3 },
    });
    expect(row?.cells[3]).toMatchObject({ source: "*a* | `b`", plain: "a | b", onlyWords: false });
  });

  it.each([
    ["a cell too many", [...LIMITS, "| `a` | 1 | s | m | x |"], "malformed-table 5:3"],
    ["a cell too few", [...LIMITS, "| `a` | 1 | s |"], "malformed-table 5:3"],
    [
      "text that runs into it",
      [...LIMITS, "| `a` | 1 | s | m |", "And so on."],
      "malformed-table 6:1",
    ],
    [
      "dashes that do not fit the header",
      [...LIMITS.slice(0, 3), "| - | - |", "| `a` | 1 | s | m |"],
      "malformed-table 4:1",
    ],
    ["no dashes", [...LIMITS.slice(0, 3), "| `a` | 1 | s | m |"], "malformed-table 3:1"],
    [
      "another header",
      ["<!-- arcp:limits -->", "| Limit | Value |", "| - | - |", "| `a` | 1 |"],
      "malformed-table 2:1",
    ],
    ["no directive", LIMITS.slice(2), "malformed-table 1:1"],
    ["no table", ["<!-- arcp:limits -->", "", "Text."], "malformed-table 1:1"],
    ["no table at the end", ["Text.", "", "<!-- arcp:limits -->"], "malformed-table 3:1"],
    [
      "text between",
      ["<!-- arcp:limits -->", "", "Text.", "", ...LIMITS.slice(2)],
      "malformed-table 1:1",
    ],
  ])("with %s are reported", (_, lines, expected) => {
    expect(parse(...lines).findings[0]).toBe(expected);
  });

  it("that cannot be read leave their words as possible names", () => {
    const { facts } = parse(...LIMITS, "| `a` | 1 | s | m | x |", "| `b` | 1 | s | m |");
    expect([...facts.tentative]).toEqual(expect.arrayContaining(["a", "b"]));
  });

  it("of fields may be missing, until they are written", () => {
    const { facts, findings } = parse("<!-- arcp:fields A -->", "", "Text.");
    expect(findings).toEqual([]);
    expect(facts.tables).toMatchObject([{ kind: "fields", subject: "A", lines: undefined }]);
  });

  it("of other people are none of our business", () => {
    expect(parse("| a | b |", "| - | - |", "| 1 | 2 |").findings).toEqual([]);
  });
});

describe("directives", () => {
  it.each([
    "<!-- arcp:limit -->",
    "<!-- arcp:limits job -->",
    "<!-- arcp:states -->",
    "<!-- arcp:gated -->",
    "<!-- arcp:replaces -->",
    "<!-- arcp:replaces 1.0 -->\n\n<!-- arcp:replaces 1.0 -->",
    "## 1. Section\n\n<!-- arcp:replaces 1.0 -->",
    "<!-- arcp: limits -->",
    "<!-- ARCP:limits -->",
    "<!-- arcp:informative --> and text",
    "Text with <!-- arcp:informative --> inside.",
  ])("%s is unknown", (text) => {
    const { diagnostics } = parse(text);
    expect(diagnostics.map(({ rule }) => rule)).toEqual(["unknown-directive"]);
  });

  it("other comments are left alone", () => {
    expect(parse("<!-- prettier-ignore -->").findings).toEqual([]);
  });
});

describe("fences", () => {
  it("carry roles, and positions through lists and quotations", () => {
    const { facts } = parse(
      "- item",
      "",
      "  ```json schema of=A",
      '  { "a":',
      "    1 }",
      "  ```",
      "",
      "> ```json example of=B id=b-1 req=X-01,X-02",
      "> {}",
      "> ```",
    );
    expect(facts.fences.map(({ role }) => role)).toEqual([
      { kind: "schema", of: "A" },
      { kind: "example", of: "B", id: "b-1", invalid: undefined, requirements: ["X-01", "X-02"] },
    ]);
    const [schema, example] = facts.fences;
    expect(schema?.at(0)).toEqual({ file: "a.md", line: 4, column: 3 });
    expect(schema?.at(schema.text.indexOf("1"))).toEqual({ file: "a.md", line: 5, column: 5 });
    expect(example?.at(1)).toEqual({ file: "a.md", line: 9, column: 4 });
  });

  it("declare where an example fails", () => {
    expect(roleOf('"/a/b~1c required"')).toMatchObject({
      invalid: { pointer: "/a/b~1c", keyword: "required" },
    });
    expect(roleOf('"type"')).toMatchObject({ invalid: { pointer: "", keyword: "type" } });
  });

  it.each([
    "json",
    "json shema of=A",
    "json of=A schema",
    "json schema",
    "json schema of=",
    "json schema of=A id=b",
    "json example of=A",
    "json example of=A id=Not_Kebab",
    'json example of=A id=a invalid="payload required"',
    'json example of=A id=a invalid="/a required" nonsense',
    "json schema example of=A id=a",
    "json5 example of=A id=a",
    "abnf",
    "trace",
  ])("%s has no role", (info) => {
    const { facts, findings } = parse("", `\`\`\`${info}`, "{}", "```");
    expect(findings).toEqual(["fence-without-role 2:1"]);
    expect(facts.fences).toEqual([]);
  });

  it("in other languages, and those that say so, are left alone", () => {
    expect(
      parse("```ts", "MUST", "```", "", "```json ignore", "{", "```", "", "```", "```").findings,
    ).toEqual([]);
  });
});

describe("requirements", () => {
  it("are list items with a bold id", () => {
    const { facts, findings } = parse(
      "* **AB-01** The `client` MUST",
      "  NOT *ever* go. (W-02)",
      "* Not one.",
    );
    expect(findings).toEqual([]);
    expect(facts.requirements).toMatchObject([
      {
        id: "AB-01",
        sentence: "The client MUST NOT ever go. (W-02)",
        keywords: ["MUST NOT"],
        position: { line: 1, column: 3 },
      },
    ]);
    expect(facts.citations).toMatchObject([
      { kind: "ruling", target: "W-02", position: { line: 2, column: 19 } },
    ]);
  });

  it("belong to the feature of their section", () => {
    const { facts } = parse(
      "## 1. A",
      "<!-- arcp:gated x -->",
      "- **AB-01** MUST",
      "### 1.1. B",
      "- **AB-02** MUST",
      "### 1.2. C",
      "<!-- arcp:gated y -->",
      "- **AB-03** MUST",
      "## 2. D",
      "- **AB-04** MUST",
    );
    expect(facts.requirements.map(({ id, feature }) => [id, feature])).toEqual([
      ["AB-01", "x"],
      ["AB-02", "x"],
      ["AB-03", "y"],
      ["AB-04", undefined],
    ]);
  });

  it.each([
    ["- **SUB-1** The client MUST go.", "requirement-malformed 1:3"],
    ["- **sub-01** The client MUST go.", "requirement-malformed 1:3"],
    [
      "- **SUB-01** The client MUST go.\n  - **SUB-02** The client MUST stay.",
      "requirement-malformed 2:5",
    ],
    ["**SUB-01** The client MUST go.", "must-outside-requirement 1:23"],
    ["A client SHALL NOT go.", "must-outside-requirement 1:10"],
    ["> It is\n> RECOMMENDED.", "must-outside-requirement 2:3"],
    ["| a |\n| - |\n| MAY |", "must-outside-requirement 3:3"],
    ["## 1.  You MUST", "must-outside-requirement 1:12"],
  ])("%j is reported", (text, expected) => {
    expect(parse(text).findings).toEqual([expected]);
  });

  it.each([
    "The word `MUST` in code, must in lower case, MAYBE.",
    "- **UTF-8** is an encoding.",
    "<!-- arcp:informative -->\n\nMUST\n",
    "<!-- arcp:informative -->\n\n- MUST\n- MAY",
    "<!-- arcp:informative -->\n\n## 1. A\n\nMUST\n\n### 1.1. B\n\nMUST",
    "[MUST]: https://example.org",
  ])("%j is not", (text) => {
    expect(parse(text).findings).toEqual([]);
  });

  it("end to be informative with the block, or with the section", () => {
    expect(parse("<!-- arcp:informative -->", "", "MUST", "", "MUST").findings).toHaveLength(1);
    expect(
      parse("<!-- arcp:informative -->", "", "## 1. A", "", "MUST", "", "## 2. B", "", "MUST")
        .findings,
    ).toEqual(["must-outside-requirement 9:1"]);
  });
});

describe("citations", () => {
  it("are links to anchors and section signs, those of other documents left out", () => {
    const { facts } = parse("[a](#x) §7.1, § 8; RFC 9110 §5.6, draft 1.0 §3, [b](other.md#y)");
    expect(facts.citations.map(({ kind, target }) => `${kind} ${target}`)).toEqual([
      "anchor x",
      "section 7.1",
      "section 8",
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { formatDiagnostics, sortDiagnostics } from "./diagnostics.js";
import type { Diagnostic } from "./types.js";

const finding = (line: number, column: number, rule = "invalid-json"): Diagnostic => ({
  rule,
  position: { file: "spec/a,b.md", line, column },
  message: "100 %\nwrong",
  fix: "mend it",
});

describe("diagnostics", () => {
  it("stand in the order of the text, each once", () => {
    const list = [
      finding(10, 1),
      finding(9, 2),
      finding(9, 1),
      finding(9, 2),
      finding(9, 1, "a-rule"),
    ];
    const places = sortDiagnostics(list).map(
      ({ rule, position }) => `${position.line}:${position.column} ${rule}`,
    );
    expect(places).toEqual([
      "9:1 a-rule",
      "9:1 invalid-json",
      "9:2 invalid-json",
      "10:1 invalid-json",
    ]);
  });

  it("print as text, JSON and annotations", () => {
    const list = [{ ...finding(3, 7), message: "is wrong" }];
    expect(formatDiagnostics(list, "text")).toBe(
      "invalid-json spec/a,b.md:3:7 is wrong (mend it)\n",
    );
    expect(JSON.parse(formatDiagnostics(list, "json"))).toEqual([
      {
        rule: "invalid-json",
        file: "spec/a,b.md",
        line: 3,
        column: 7,
        message: "is wrong",
        fix: "mend it",
      },
    ]);
    expect(formatDiagnostics([finding(3, 7)], "github")).toBe(
      "::error file=spec/a%2Cb.md,line=3,col=7,title=invalid-json::100 %25%0Awrong (mend it)\n",
    );
    const wide = {
      ...finding(3, 7),
      position: { ...finding(3, 7).position, end: { line: 4, column: 2 } },
    };
    expect(JSON.parse(formatDiagnostics([wide], "json"))).toMatchObject([
      { line: 3, column: 7, endLine: 4, endColumn: 2 },
    ]);
    expect(formatDiagnostics([wide], "github")).toContain(
      ",line=3,col=7,endLine=4,endColumn=2,title=invalid-json::",
    );
    expect(
      ["text", "json", "github"].map((format) => formatDiagnostics([], format as "text")),
    ).toEqual(["", "[]\n", ""]);
  });
});

import { describe, expect, it } from "vitest";
import { readContent } from "./fence.js";
import { looseValue } from "./loose.js";

const steps = (text: string) => {
  const content = readContent("", text);
  if (content.kind !== "trace") return content.kind;
  return content.steps.map(({ type, line, node, unread }) => [
    type,
    line,
    node && looseValue(node),
    unread,
  ]);
};

describe("what a fence holds", () => {
  it.each([
    ["JSON by its label", "json", "not at all", "json"],
    ["JSON without a label", "", '{ "a": 1 }', "json"],
    ["a fragment", "", '"a": 1', "json"],
    ["JSON behind a comment", "js", "// sent first\n{ a: 1 }", "json"],
    ["a grammar by its mark", "", "agent ::= name | name version", "grammar"],
    ["a grammar by its label", "abnf", "agent = 1*ALPHA", "grammar"],
    ["an assignment", "python", "agent = make()", "other"],
    ["a command", "sh", "arcp submit > out.txt", "other"],
    ["prose", "", "Internet-Draft    Somebody", "other"],
  ])("%s", (_, language, text, kind) => {
    expect(readContent(language, text).kind).toBe(kind);
  });

  it("names rules with their lines", () => {
    expect(readContent("", "<a> ::= b\n  | c\n\nb-2 ::= 'x'\n")).toEqual({
      kind: "grammar",
      rules: [
        { name: "a", line: 0, text: "b | c" },
        { name: "b-2", line: 3, text: "'x'" },
      ],
    });
  });

  it.each([
    ["a comment behind it", "a = b ; it's one", "b"],
    ["a comment from the first column on", "a = b\n; the next\n  / c\n;and more", "b / c"],
    ["a literal that looks like one", `a = "x ;y" 'x ;"y' <x ;y> ; "it"`, `"x ;y" 'x ;"y' <x ;y>`],
    ["the end of a rule", "a = b;", "b;"],
  ])("leaves comments out of a rule, and nothing else: %s", (_, rule, text) => {
    const next = { name: "c", line: rule.split("\n").length, text: "d" };
    expect(readContent("abnf", `${rule}\nc = d`)).toEqual({
      kind: "grammar",
      rules: [{ name: "a", line: 0, text }, next],
    });
  });
});

describe("steps of a sequence", () => {
  it.each([
    "C → R:  job.submit { a: 1 }",
    "C > R  job.submit { a: 1 }",
    "R  → C2: job.submit  { a: 1 }",
    "Client->>Runtime: job.submit { a: 1 }",
    "  Client-->>The Runtime:job.submit { a: 1 }",
    "C -> R: job.submit[seq=4..9] { a: 1 }  ← and a remark",
    "→ job.submit { a: 1 }",
    "C <- R: job.submit (a=1)",
  ])("%s", (line) => {
    expect(steps(line)).toEqual([["job.submit", 0, { a: 1 }, false]]);
  });

  it("go on below, and end at the next; what is no step is none", () => {
    const text =
      "*** a pause ***\nC → R: job.submit { a: 1,\n   b: [2] }\n(... later ...)\nR → C: job.event (40 of them)\nR → C: job.error { & }\n";
    expect(steps(text)).toEqual([
      ["job.submit", 1, { a: 1, b: [2] }, false],
      ["job.event", 4, undefined, false],
      ["job.error", 5, undefined, true],
    ]);
  });
});

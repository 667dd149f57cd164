import { describe, expect, it } from "vitest";
import { difference } from "./compare.js";

const ID = "job_01M830W3SED392F0HAHGEESWPX";

describe("difference", () => {
  it("takes any value for a placeholder", () => {
    const expected = "at <url>\n<id> in <n> ms\n";
    expect(difference(expected, `at ws://127.0.0.1:7777/arcp\n${ID} in 12 ms\n`)).toBeUndefined();
  });

  it("does not take a placeholder for anything at all", () => {
    expect(difference("<id>", "job_1")).toContain("line 1");
    expect(difference("<n> ms", "some ms")).toContain("line 1");
    expect(difference("<url>", "ws://example.com:80/arcp")).toContain("line 1");
  });

  it("takes every other character for itself", () => {
    expect(difference("a.b (c) [d] $", "a.b (c) [d] $")).toBeUndefined();
    expect(difference("a.b", "axb")).toContain("expected: a.b");
    expect(difference("<what>", "<what>")).toBeUndefined();
  });

  it("says where the first difference is, also when a side is shorter", () => {
    expect(difference("a\nb\n", "a\nc\n")).toBe("line 2\n  expected: b\n  but got:  c");
    expect(difference("a\nb\n", "a\n")).toContain("but got:  (the end)");
    expect(difference("a\n", "a\nb\n")).toContain("expected: (the end)");
  });
});

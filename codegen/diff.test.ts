import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatHunk, hunks } from "./diff.js";

function diff(before: string, after: string, context?: number): string {
  return hunks(before, after, context)
    .map((hunk) => formatHunk(hunk, ""))
    .join("\n");
}

/** Applies hunks as `patch` would: every line that a hunk names has to be there. */
function patch(before: string, after: string): string {
  const old = before.split("\n");
  const result: string[] = [];
  let line = 0;
  for (const hunk of hunks(before, after)) {
    while (line < hunk.oldStart - 1) result.push(old[line++] ?? "");
    expect(result.length).toBe(hunk.newStart - 1);
    for (const { sign, text } of hunk.lines) {
      if (sign !== "+") expect(old[line++]).toBe(text);
      if (sign !== "-") result.push(text);
    }
  }
  return [...result, ...old.slice(line)].join("\n");
}

const many = (word: string): string => Array.from({ length: 5_000 }, (_, i) => word + i).join("\n");

describe("hunks", () => {
  it("show what changed with three lines around it", () => {
    const before = "1\n2\n3\n4\n5\n6\n7\n8\n9";
    expect(diff(before, before.replace("5", "five"))).toBe(
      ["@@ -2,7 +2,7 @@", " 2", " 3", " 4", "-5", "+five", " 6", " 7", " 8"].join("\n"),
    );
  });

  it("join changes that are near and part those that are far", () => {
    const lines = Array.from({ length: 40 }, (_, i) => `line ${i}`);
    const text = lines.join("\n");
    expect(hunks(text, text.replace("line 10", "x").replace("line 16", "y"))).toHaveLength(1);
    const apart = hunks(text, text.replace("line 10", "x").replace("line 18", "y"));
    expect(apart.map(({ newStart, lines: shown }) => [newStart, shown.length])).toEqual([
      [8, 8],
      [16, 8],
    ]);
  });

  it("are none for equal texts", () => {
    expect(hunks("a\nb", "a\nb")).toEqual([]);
  });

  it("turn any text into any other", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", "c", ""), { maxLength: 60 })
      .map((it) => it.join("\n"));
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(patch(before, after)).toBe(after);
      }),
    );
  });

  it("give up on the shortest script, not on the answer, for texts without a common line", () => {
    expect(patch(many("a"), many("b"))).toBe(many("b"));
  });
});

import { describe, expect, it } from "vitest";
import { passageDifferences } from "./changed.js";
import { accept } from "./held.js";
import { readPage } from "./page.js";
import { readPassages } from "./passages.js";

/** A draft by its headings, each with the paragraphs below it. */
type Draft = readonly (readonly [heading: string, ...paragraphs: string[]])[];

const read = (draft: Draft) => {
  const lines = draft.flatMap(([heading, ...below]) => [`## ${heading}`, ...below]);
  return readPassages(readPage("new.md", `${lines.join("\n\n")}\n`));
};

/** What is told of a draft, once another one was accepted, without the words of its passages. */
function told(before: Draft, now: Draft): string[] {
  const input = { file: "new.md", held: accept(read(before), [], "read"), heldFile: "p.json" };
  return passageDifferences(read(now), new Set(), input).map(
    ({ rule, message }) => `${rule}: ${message.split(/ was not| changed| when this/)[0]}`,
  );
}

const [P, Q, R] = ["Ten at most.", "None before noon.", "All of them."];

describe("a passage that moved", () => {
  it.each(["3", "7"])("is told where a new section took it, numbered %s", (number) => {
    const now = [`${number} Drafts of jobs`, P] as const;
    expect(
      told(
        [
          ["3 Errors", P, Q],
          ["4 Rest", R],
        ],
        [now, ["4 Errors", Q], ["5 Rest", R]],
      ),
    ).toEqual([
      `unread-passage: §${number} heading`,
      `moved-passage: §${number} prose stood in §3 (§4 now)`,
    ]);
  });

  it("is told where an item that is called heading went at the same time", () => {
    const item = "- `heading` (OPTIONAL): The title.";
    expect(
      told(
        [
          ["3 Errors", P, Q, item],
          ["4 Rest", R],
        ],
        [
          ["3 Errors", Q],
          ["4 Rest", R],
          ["5 More", P],
        ],
      ),
    ).toEqual([
      "unread-passage: §5 heading",
      "moved-passage: §5 prose stood in §3",
      "gone-passage: it stood in the draft that was accepted, and is gone: §3 item heading",
    ]);
  });
});

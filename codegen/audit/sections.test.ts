import { describe, expect, it } from "vitest";
import { passageDifferences } from "./changed.js";
import { accept } from "./held.js";
import { readPage } from "./page.js";
import { readPassages } from "./passages.js";

/** A draft by its headings, "" above all of them, each with the paragraphs below it. */
type Draft = readonly (readonly [heading: string, ...paragraphs: string[]])[];

const read = (draft: Draft) => {
  const lines = draft.flatMap(([heading, ...below]) =>
    heading === "" ? below : [`## ${heading}`, ...below],
  );
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

  it("is told where it went from a section that is gone, and from above all of them", () => {
    expect(
      told(
        [
          ["3 Errors", P, Q],
          ["4 Rest", R],
        ],
        [["4 Rest", R, P, Q]],
      ),
    ).toEqual([
      "moved-passage: §4 prose, §4 prose stood in §3",
      "gone-passage: it stood in the draft that was accepted, and is gone: §3 heading",
    ]);
    expect(
      told(
        [
          ["", P],
          ["4 Rest", R],
        ],
        [
          ["3 Errors", P],
          ["4 Rest", R],
        ],
      ),
    ).toEqual(["unread-passage: §3 heading", "moved-passage: §3 prose stood in unnumbered"]);
  });
});

describe("a section with another title", () => {
  it("is that of which most stands below it, and what went elsewhere moved", () => {
    const before: Draft = [["3 Errors", P, Q, R]];
    expect(
      told(before, [
        ["3 Failures", R],
        ["4 Faults", P, Q],
      ]),
    ).toEqual([
      "unread-passage: §3 heading",
      "changed-passage: §4 heading",
      "moved-passage: §3 prose stood in §3 (§4 now)",
    ]);
    expect(
      told(before, [
        ["8 Faults", P, Q],
        ["9 Failures", R],
      ]),
    ).toEqual([
      "changed-passage: §8 heading",
      "unread-passage: §9 heading",
      "moved-passage: §9 prose stood in §3 (§8 now)",
    ]);
  });
});

describe("sections that share a title", () => {
  const before: Draft = [["3 Jobs"], ["4 Notes", P], ["5 Leases"], ["6 Notes", Q]];
  const bare = (draft: Draft): Draft =>
    draft.map(([heading, ...below]) => [heading.slice(2), ...below]);

  it("are the same with one more above them, or with one less", () => {
    const more: Draft = [["2 Notes", R], ["3 Jobs"], ["4 Notes", P], ["5 Leases"], ["6 Notes", Q]];
    expect(told(before, more)).toEqual(["unread-passage: §2 prose", "unread-passage: §6 heading"]);
    expect(told(bare(before), bare(more))).toEqual([
      'unread-passage: "Notes" prose',
      'unread-passage: "Notes" heading',
    ]);
    expect(told(more, before).map((line) => line.split(":")[0])).toEqual([
      "gone-passage",
      "gone-passage",
    ]);
    expect(told(bare(more), bare(before)).map((line) => line.split(":")[0])).toEqual([
      "gone-passage",
      "gone-passage",
    ]);
  });

  it("are the same with other numbers, where most of it stands below these", () => {
    const [three, four, six] = [
      ["4 Notes", "Some.", P],
      ["6 Notes", Q],
      ["8 Notes", R],
    ] as const;
    const now: Draft = [
      ["4 Notes", "New."],
      ["6 Notes", P],
      ["8 Notes", Q],
      ["9 Notes", "Other."],
    ];
    expect(told([three, four, six], now).filter((line) => line.startsWith("moved"))).toEqual([]);
  });

  it("are told from each other: what stands in another one moved", () => {
    const now: Draft = [["3 Jobs"], ["4 Notes", Q], ["5 Leases"], ["6 Notes", P]];
    expect(told(before, now)).toEqual([
      "moved-passage: §4 prose stood in §6",
      "moved-passage: §6 prose stood in §4",
    ]);
    expect(told(bare(before), bare(now))).toEqual([
      'moved-passage: "Notes" prose stood in "Notes"',
      'moved-passage: "Notes" prose stood in "Notes"',
    ]);
    // Though nothing else of them is left.
    for (const [one, other, line] of [
      [P, "New.", "§6 prose stood in §4"],
      ["New.", Q, "§4 prose stood in §6"],
    ] as const) {
      const all = told(before, [["3 Jobs"], ["4 Notes", other], ["5 Leases"], ["6 Notes", one]]);
      expect(all.filter((it) => it.startsWith("moved"))).toEqual([`moved-passage: ${line}`]);
    }
  });

  it("are no sections whose title ends with a number", () => {
    const steps: Draft = [
      ["3 Step", P],
      ["4 Step 2", Q],
    ];
    expect(told(steps, [["3 Step", P, Q], ["4 Step 2"]])).toEqual([
      "moved-passage: §3 prose stood in §4",
    ]);
    expect(told(steps, [["3 Step", Q, R], ["4 Step 2"]])).toEqual([
      "changed-passage: §3 prose",
      "moved-passage: §3 prose stood in §4",
    ]);
  });
});

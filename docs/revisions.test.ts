/** The tables of docs/revisions.md say what is generated of each draft. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as draft02 from "../generated/draft-02/index.js";
import * as draft021 from "../generated/draft-02.1/index.js";
import * as draft11 from "../generated/draft-1.1/index.js";

const page = readFileSync(new URL("./revisions.md", import.meta.url), "utf8");
const drafts = [draft02, draft021, draft11] as const;

/** Cells of the rows below a heading, without the head of the table. */
function tableBelow(heading: string): string[][] {
  const [, below = ""] = page.split(`## ${heading}\n`);
  const [section = ""] = below.split("\n## ");
  const rows = section.split("\n").filter((line) => line.startsWith("|"));
  const cells = rows.map((row) => row.split("|").slice(1, -1));
  return cells.slice(2).map((row) => row.map((cell) => cell.trim()));
}

it.each([
  ["Messages", "MessageType"],
  ["Kinds of events", "EventKind"],
  ["Features", "Feature"],
  ["Lease namespaces", "Namespace"],
  ["Error codes", "ErrorCode"],
] as const)("%s", (heading, vocabulary) => {
  const words = drafts.map((draft): readonly string[] => Object.values(draft[vocabulary]));
  const all = [...new Set(words.toReversed().flat())];
  const row = (word: string) => [
    `\`${word}\``,
    ...words.map((own) => (own.includes(word) ? "yes" : "")),
  ];
  expect(tableBelow(heading)).toEqual(all.map(row));
});

const requirements = drafts.map(
  (draft) => draft.requirements as Readonly<Record<string, { readonly sentence: string }>>,
);
const [, , current = {}] = requirements;

it("Requirements", () => {
  const older = requirements.slice(0, -1).map((own) => Object.keys(own));
  const shared = older.map((own) => own.filter((id) => Object.hasOwn(current, id)).length);
  expect(tableBelow("Requirements")).toEqual([
    ["as in 1.1", ...shared.map(String)],
    ["only there", ...older.map((own, i) => String(own.length - (shared[i] ?? 0)))],
  ]);
});

it("says the same under the same id: reword it in every revision, or give the older ones a number from 101 on", () => {
  const plain = (sentence: string) => sentence.replace(/ \((?:W-\d+|G\d)\)$/, "");
  for (const own of requirements.slice(0, -1)) {
    for (const [id, { sentence }] of Object.entries(own)) {
      const now = current[id]?.sentence;
      expect(now === undefined, `${id} is 1.1's`).toBe(Number(id.split("-")[1]) > 100);
      if (now !== undefined) expect(sentence, id).toBe(plain(now));
    }
  }
});

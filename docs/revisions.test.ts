/** docs/revisions.md says what is in spec/: its tables are written from there, and the rest names each draft. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { main } from "../codegen/main.js";
import { readModel, readRevisions } from "../codegen/revisions.js";

const page = readFileSync("docs/revisions.md", "utf8");
const revisions = await readRevisions(".");
const names = revisions.map(({ name }) => name);

it("has the tables that spec:fmt writes", async () => {
  let said = "";
  const say = (text: string): void => void (said += text);
  await main(["fmt", "--check"], { root: ".", out: say, err: say });
  expect(said).toBe("");
});

it("has a row for each draft, in their order, and a column of what the tables do not show", () => {
  const drafts = page.split("\n").filter((line) => /^\| \S+ +\|.*spec\/draft-arcp-/.test(line));
  expect(drafts.map((line) => line.split("|")[1]?.trim())).toEqual(names);
  const [, below = ""] = page.split("What those that are written from the drafts do not show:\n\n");
  const head = below.split("\n")[0]?.split("|").slice(2, -1);
  expect(head?.map((cell) => cell.trim())).toEqual(names);
});

it("the guide to the spec lists each draft", () => {
  const guide = readFileSync("spec/README.md", "utf8");
  const listed = [...guide.matchAll(/^\| `draft-arcp-(\d[\d.]*)\.md`/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual(names.toSorted());
});

it("numbers from 101 on are of drafts that were written down after 1.1", async () => {
  const models = await Promise.all(revisions.map((one) => readModel(".", one)));
  const [first, second, ...later] = models.map(({ model }) => model?.requirements ?? []);
  const numbers = (some: typeof later) => some.flat().map(({ id }) => Number(id.split("-")[1]));
  expect(Math.max(...numbers([first ?? [], second ?? []]))).toBeGreaterThan(100);
  expect(Math.max(...numbers(later))).toBeLessThan(101);
});

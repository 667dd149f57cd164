/** The walk names commands, findings and words that there are. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { orderSummaries, ruleSummaries, textSummaries } from "../codegen/model/rules/ids.js";
import { CHANGES, TOOLS } from "../scripts/exercise/changes.js";

const page = readFileSync("docs/revising-the-spec.md", "utf8");
const cells = (form: RegExp) => [...page.matchAll(form)].map(([, cell = ""]) => cell);

it("its commands are scripts of the package", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const named = new Set(cells(/npm run (?:--silent )?([\w:-]+)/g));
  expect([...named].filter((name) => scripts[name] === undefined)).toEqual([]);
  expect(named).toContain("spec:new-revision");
});

it("its findings are rules of the lint, and its words those of the trace", () => {
  const rules = Object.keys({ ...ruleSummaries, ...orderSummaries, ...textSummaries });
  expect(cells(/^\| `([a-z]+-[a-z]+)` +\|/gm).filter((rule) => !rules.includes(rule))).toEqual([]);
  const trace = readFileSync("scripts/requirements/main.ts", "utf8");
  const words = cells(/^\| `(open|lost|unsaid|stale)` +\|/gm);
  expect(words.filter((word) => trace.includes(`\`${word}: `))).toEqual([
    "open",
    "lost",
    "unsaid",
    "stale",
  ]);
});

it("its table has the changes and the tools of the exercise", () => {
  const [, table = ""] = /```text\n( +lint .*?)```/s.exec(page) ?? [];
  const [head = "", ...rows] = table.trimEnd().split("\n");
  expect(head.trim().split(/ +/)).toEqual(TOOLS);
  expect(rows.map((row) => row.slice(0, 36).trim())).toEqual(CHANGES.map(({ what }) => what));
});

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { readModel, readRevisions } from "../revisions.js";
import { withTables } from "./page.js";

/** The page as it was of these, whatever came after them. */
const revisions = (await readRevisions(".")).slice(0, 3);
const models = (await Promise.all(revisions.map((one) => readModel(".", one)))).flatMap(
  ({ model }) => model ?? [],
);
const page = withTables(readFileSync("docs/revisions.md", "utf8"), models);

it("writes what the drafts decide, and nothing besides", () => {
  const spoilt = page
    .replace(/^\| `session\.resume`.*\n/m, "")
    .replace("| `progress`     |     | yes ", "| `progress`     | yes | yes ")
    .replace(/^(\| only there .*)\d/m, "$17");
  expect(spoilt.split("\n").length).toBe(page.split("\n").length - 1);
  expect(withTables(spoilt, models)).toBe(page);
});

it("writes the tables that the page says it writes, and no other", () => {
  const spoilt = page.replaceAll(/(?<=\n)\|[^\n]*\n(?!\|)/g, "");
  const [above = "", below = ""] = page.split("\n## Messages\n");
  expect(above).toContain("writes the tables from [Messages](#messages) on");
  expect(above.split("\n| ---")).toHaveLength(4);
  expect(below.split("\n| ---")).toHaveLength(7);
  const [left = "", written] = withTables(spoilt, models).split("\n## Messages\n");
  expect(written).toBe(below);
  // One row less in each of the three above.
  expect(above.split("\n").length - left.split("\n").length).toBe(3);
});

it("gives a new draft a column, and leaves a page alone that has no such tables", () => {
  const [newest] = models.slice(-1);
  const next = { ...newest!, revision: "1.2", errors: [{ ...newest!.errors[0]!, code: "NEW" }] };
  const text = withTables(page, [...models, next]);
  expect(text).toMatch(/^\| `NEW` +\| +\| +\| +\| yes \|$/m);
  expect(text).toMatch(/^\| as in 1\.2 +\| 93 +\| 195 +\| \d+ +\|$/m);
  expect(withTables("# A page\n", models)).toBe("# A page\n");
});

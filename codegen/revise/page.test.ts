import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readModel, readRevisions } from "../revisions.js";
import { formatPage, withTables } from "./page.js";

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

it("is not written of a draft with findings: one that is cut short lacks nothing that was cut off", async () => {
  const root = await mkdtemp(join(tmpdir(), "arcp-page-"));
  try {
    await mkdir(join(root, "docs"));
    await writeFile(join(root, "docs/revisions.md"), page);
    const said: string[] = [];
    const at = { root, out: said.push.bind(said), err: (text: string) => void said.push(text) };
    const short = revisions.map((one) =>
      one.newest ? { ...one, spec: { ...one.spec, text: one.spec.text.slice(0, 100_000) } } : one,
    );
    expect(await formatPage(at, short, false)).toBe(false);
    expect(said).toEqual([
      expect.stringMatching(/left as it is, since spec\/draft-arcp-1\.1\.md has findings/),
    ]);
    expect(await readFile(join(root, "docs/revisions.md"), "utf8")).toBe(page);
  } finally {
    await rm(root, { recursive: true });
  }
});

import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { knownAsText, suites } from "./suites.js";
import { pairTable, replaced, testTable } from "./table.js";

it("shows what passed, failed, cannot pass and was not run", () => {
  const counts = new Map([
    ["a", { passed: 3, failed: 0, cannot: 0 }],
    ["b", { passed: 1, failed: 2, cannot: 1 }],
  ]);
  expect(testTable([{ platform: "Node 1", counts }], ["a", "b", "c"])).toBe(
    [
      "| tests passed | a | b                         | c |",
      "| ------------ | - | ------------------------- | - |",
      "| Node 1       | 3 | 1, **2 failed**, 1 cannot | – |",
    ].join("\n"),
  );
});

it("shows which pairs work, for each entry of the package", () => {
  const pair = { runtime: "R", client: "C", entry: "arcp", problem: undefined };
  const table = pairTable([pair, { ...pair, entry: "arcp/client", problem: "it hangs" }]);
  expect(table.split("\n")[2]).toMatch(/^\| R +\| yes, \*\*no\*\* \|$/);
});

it("replaces what stands between its comments, and nothing else", () => {
  const document = "a\n<!-- x -->\nold\n<!-- /x -->\nb";
  expect(replaced(document, "x", "new")).toBe("a\n<!-- x -->\n\nnew\n\n<!-- /x -->\nb");
  expect(() => replaced(document, "y", "new")).toThrow("there is no <!-- y -->");
});

it("docs/platforms.md says what a platform cannot, and has every suite in its table", async () => {
  const page = await readFile(new URL("../../docs/platforms.md", import.meta.url), "utf8");
  expect(page).toContain(knownAsText());
  for (const { name } of suites) expect(page).toContain(name);
});

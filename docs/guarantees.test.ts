import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "./guide.test-helper.js";

const page = readFileSync(join(root, "docs/guarantees.md"), "utf8");
const titles = [...page.matchAll(/“([^”]+)”/g)].map(([, title = ""]) =>
  title.replaceAll(/\s+/g, " "),
);

it("every test that a guarantee names is there", () => {
  const tests = readdirSync(join(root, "runtime-kit/runtime"))
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => readFileSync(join(root, "runtime-kit/runtime", name), "utf8"))
    .join("\n");
  expect(titles.length).toBeGreaterThan(10);
  expect(titles.filter((title) => !tests.includes(`"${title}"`))).toEqual([]);
});

it("each of the six is held by something", () => {
  const parts = page.split(/^\*\*G/m).slice(1);
  expect(parts.map((part) => part[0])).toEqual(["1", "2", "3", "4", "5", "6"]);
  expect(parts.filter((part) => !part.includes("“"))).toEqual([]);
});

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "./guide.test-helper.js";

const page = readFileSync(join(root, "docs/guarantees.md"), "utf8");
const titles = [...page.matchAll(/“([^”]+)”/g)].map(([, title = ""]) =>
  title.replaceAll(/\s+/g, " "),
);

it("every test that a guarantee names is there", () => {
  const tests = ["runtime", "stores", "cli"]
    .map((room) => join(root, "runtime-kit", room))
    .flatMap((room) =>
      readdirSync(room, { recursive: true, encoding: "utf8" }).map((name) => join(room, name)),
    )
    .filter((path) => /\.test(-helper)?\.ts$/.test(path))
    .map((path) => readFileSync(path, "utf8"))
    .join("\n");
  expect(titles.length).toBeGreaterThan(10);
  expect(titles.filter((title) => !tests.includes(`"${title}"`))).toEqual([]);
});

it("each of the six is held by something", () => {
  const parts = page.split(/^\*\*G/m).slice(1);
  expect(parts.map((part) => part[0])).toEqual(["1", "2", "3", "4", "5", "6"]);
  expect(parts.filter((part) => !part.includes("“"))).toEqual([]);
});

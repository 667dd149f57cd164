import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { readRevisions } from "../revisions.js";
import { withDrafts } from "./exports.js";

const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as {
  readonly exports: Record<string, unknown>;
};

it("package.json exports what there is of each draft", async () => {
  const drafts = (await readRevisions(".")).map(({ name }) => name);
  expect(JSON.stringify(withDrafts(exports, drafts), null, 2)).toBe(
    JSON.stringify(exports, null, 2),
  );
});

it("a new draft takes the lasting names, and the one before it gets names of its own", () => {
  const next = withDrafts(exports, ["02", "1.1", "1.2"]);
  expect(next).toMatchObject({
    ".": exports["."],
    "./generated": { default: "./dist/generated/current/index.js" },
    "./generated/draft-1.1": { types: "./dist/generated/draft-1.1/index.d.ts" },
    "./generated/draft-1.1/fixtures/*": "./generated/draft-1.1/fixtures/*",
    "./schema.json": "./generated/draft-1.2/schema.json",
  });
  expect(Object.keys(next)).not.toContain("./generated/draft-1.2");
  expect(Object.keys(next)).not.toContain("./generated/draft-02.1");
});

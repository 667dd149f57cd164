import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { ownSize, sizeOf } from "../size.js";

const folder = fileURLToPath(new URL("../../generated/draft-1.1/", import.meta.url));

describe("what generated/ weighs", () => {
  it("is at most 14 KB gzipped for every validator together", async () => {
    expect((await sizeOf(`${folder}validate/index.ts`)).gzipped).toBeLessThanOrEqual(14 * 1024);
  });

  it("is at most 2 KB minified for any one validator", async () => {
    const shared = new Set(["index.ts", "problems.ts"]);
    const names = (await readdir(`${folder}validate`)).filter((name) => !shared.has(name));
    const sizes = await Promise.all(names.map((name) => ownSize(`${folder}validate/${name}`)));
    const heavy = names.filter((_, index) => (sizes[index] ?? Infinity) > 2 * 1024);
    expect(heavy, "split a definition off: it gets a file of its own").toEqual([]);
  });

  it("is nothing for the types", async () => {
    expect((await sizeOf(`${folder}messages.ts`)).minified).toBeLessThanOrEqual(1);
  });

  it("drags no other validator along with one", async () => {
    const alone = await sizeOf(`${folder}index.ts`, "validateSessionPing");
    expect(alone.minified).toBeLessThanOrEqual(2 * 1024);
    expect(alone.minified).toBeLessThan((await sizeOf(`${folder}validate/index.ts`)).minified / 10);
  });
});

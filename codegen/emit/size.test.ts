import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { DRAFT } from "../../generated/current/constants.js";
import { main } from "../main.js";
import { sizeOf } from "../size.js";
import { isHeavy, weigh } from "../sizes.js";
import type { Weight } from "../sizes.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = `${root}generated/draft-${DRAFT}/`;
let weights: readonly Weight[];

beforeAll(async () => {
  weights = await weigh(folder);
});

const of = (what: string): Weight => {
  const found = weights.find((it) => it.what === what);
  if (found === undefined) throw new Error(`nothing weighs ${what}`);
  return found;
};

describe("what generated/ weighs", () => {
  it("is within its budgets: split a definition off a validator that is not", () => {
    expect(weights.filter(isHeavy)).toEqual([]);
    expect(of("all validators").budget).toEqual({ of: "gzipped", bytes: 14 * 1024 });
    expect(of("validate/job-submit.ts").budget).toEqual({ of: "own", bytes: 2 * 1024 });
    expect(of("types (messages.ts)").minified).toBeLessThanOrEqual(1);
  });

  it("is told when it is not", () => {
    const budget = { of: "gzipped", bytes: 100 } as const;
    expect(isHeavy({ what: "a", minified: 300, gzipped: 101, budget })).toBe(true);
    expect(isHeavy({ what: "a", minified: 300, gzipped: 100, budget })).toBe(false);
    expect(
      isHeavy({
        what: "a",
        minified: 300,
        gzipped: 100,
        own: 101,
        budget: { ...budget, of: "own" },
      }),
    ).toBe(true);
  });

  it("drags no other validator along with one", async () => {
    const alone = await sizeOf(`${folder}index.ts`, "validateSessionPing");
    expect(alone.minified).toBeLessThanOrEqual(2 * 1024);
    expect(alone.minified).toBeLessThan(of("all validators").minified / 10);
  });

  it("is printed as a table", async () => {
    let out = "";
    const code = await main(["size"], {
      root,
      out: (text) => (out += text),
      err: (text) => (out += text),
    });
    expect(code).toBe(0);
    expect(out).toMatch(/^all validators +\d+ +\d+ +gzipped ≤ 14336$/m);
    expect(out).toMatch(/^validate\/job-submit\.ts +\d+ +\d+ +\d+ +alone ≤ 2048$/m);
  });
});

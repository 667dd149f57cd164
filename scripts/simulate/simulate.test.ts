/** The simulation itself: a seed is a run, bugs are found, and what is planted has its place. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUGS } from "./bugs.js";
import { bundle } from "./bundle.js";
import { runSeeds } from "./pool.js";
import { shrink } from "./shrink.js";
import { simulate } from "./simulation.js";
import { trace } from "./trace.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "arcp-simulate-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the simulation", () => {
  it("makes the same history of the same seed, to the last byte", async () => {
    for (let seed = 1; seed <= 4; seed += 1) {
      const [first, second] = [await simulate(seed), await simulate(seed)];
      expect(second.history).toEqual(first.history);
      expect(second.steps).toBe(first.steps);
    }
  });

  it("makes another one of another, and of one whose faults are left out", async () => {
    const struck = await firstStruck();
    const without = await simulate(struck.seed, []);
    expect(without.struck).toEqual([]);
    expect(without.history).not.toEqual(struck.history);
    expect((await simulate(struck.seed + 1)).history).not.toEqual(struck.history);
  });

  it("finds nothing wrong, whatever goes wrong around the core", async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const { violations } = await simulate(seed);
      expect(violations, `npm run simulate -- --seed ${seed}`).toEqual([]);
    }
  });

  it("can be read", async () => {
    const outcome = await firstStruck();
    const text = trace(outcome).join("\n");
    for (const { fault } of outcome.struck) expect(text).toContain(`FAULT ${fault.number}`);
    expect(text).toContain("-> session.hello");
    expect(text).toContain("runtime, life 0: listens");
  });

  it("finds a planted bug, and leaves out what it does not take", async () => {
    const bug = BUGS.find(({ name }) => name === "a job ends twice")!;
    const file = join(folder, "bug.mjs");
    await bundle(file, bug);
    const { failures } = await runSeeds(file, { from: 1, to: 50, first: true });
    expect(failures[0]?.violations.map(({ kind }) => kind)).toContain("double terminal");
    expect((await shrink(file, failures[0]!)).faults).toEqual([]);
  });

  it("has a place for each bug in the sources as they are", () => {
    for (const { name, file, from, to } of BUGS) {
      const parts = readFileSync(join(import.meta.dirname, "../..", file), "utf8").split(from);
      expect(parts, name).toHaveLength(2);
      expect(to).not.toBe(from);
    }
  });

  it("refuses a bug whose place is not there any more", async () => {
    const bug = { ...BUGS[0]!, from: "there is no such text" };
    await expect(bundle(join(folder, "none.mjs"), bug)).rejects.toThrow("has to find its place");
  });
});

async function firstStruck() {
  for (let seed = 1; ; seed += 1) {
    const outcome = await simulate(seed);
    if (outcome.struck.length > 1) return outcome;
  }
}

import { describe, expect, it } from "vitest";
import { runtimeChecks } from "../checks/index.js";
import { soundChecks } from "../main.js";
import { mutants } from "../mutants/index.js";
import { check, type CheckDefinition } from "./check.js";
import { register, type RegistryError } from "./registry.js";

const known = {
  requirements: new Set(["SUB-01"]),
  mutants: new Set(["no-id"]),
  frozen: [],
};

const good: CheckDefinition = {
  id: "runtime/7.1/some-words",
  requirements: ["SUB-01"],
  level: "MUST",
  basis: "explicit",
  needs: { rung: "R0" },
  mutants: ["no-id"],
};

function problems(...definitions: CheckDefinition[]): readonly string[] {
  try {
    register(
      definitions.map((d) => check(d, async () => {})),
      known,
    );
    return [];
  } catch (error) {
    return (error as RegistryError).problems;
  }
}

describe("registry", () => {
  it("takes what is sound", () => {
    expect(problems(good)).toEqual([]);
  });

  it("refuses a requirement that the revision does not have", () => {
    const bad = { ...good, requirements: ["SUB-99" as "SUB-01"] } as const;
    expect(problems(bad)).toEqual([
      "runtime/7.1/some-words: no requirement SUB-99 in this revision",
    ]);
  });

  it("refuses an id that is used twice, or not of the form", () => {
    expect(problems(good, good)).toEqual(["runtime/7.1/some-words: this id is used twice"]);
    expect(problems({ ...good, id: "runtime/7.1/Some_Words" })[0]).toContain("not of the form");
  });

  it("refuses a check that no mutant can fail", () => {
    const without = { ...good, mutants: [] as unknown as readonly [string] };
    expect(problems(without)).toEqual(["runtime/7.1/some-words: no mutant can fail it"]);
    expect(problems({ ...good, mutants: ["unheard-of"] })[0]).toContain("no mutant is called");
  });

  it("refuses connections that cannot be had", () => {
    const needs = (more: Partial<CheckDefinition["needs"]>) =>
      problems({ ...good, needs: { rung: "R0", ...more } });
    expect(needs({ connections: "together" })).toEqual([]);
    expect(needs({ rung: "R1" })[0]).toContain("two principals meet in one runtime only");
    expect(needs({ second: true, connections: "apart" })[0]).toContain("two principals");
    expect(needs({ carrier: "stdio", connections: "together" })[0]).toContain("over stdio");
  });

  it("refuses to lose an id that was published, and to be empty", () => {
    const checks = [check(good, async () => {})];
    expect(() => register(checks, { ...known, frozen: ["runtime/4/gone"] })).toThrow(/is gone/);
    expect(() => register([], known)).toThrow(/no check at all/);
  });
});

describe("the checks of the suite", () => {
  it("are sound, and every mutant has one name and is named by a check", () => {
    expect(soundChecks()).toHaveLength(runtimeChecks.length);
    const names = mutants.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const named = new Set(runtimeChecks.flatMap((c) => [...c.mutants]));
    expect(names.filter((name) => !named.has(name))).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { covers, isSubset, matches } from "./plain.js";

describe("leases as they stand on the wire", () => {
  it("says what a pattern covers", () => {
    expect(matches("fs.read", "/src/**", "/src/a/../b.ts")).toBe(true);
    expect(matches("fs.read", "/src/**", "/src/../etc")).toBe(false);
    expect(matches("fs.read", "/src/**", "/src/%2e%2e/etc")).toBe(false);
    expect(matches("net.fetch", "https://*.example.com/**", "https://A.example.com/x?q")).toBe(
      true,
    );
    expect(matches("tool.call", "search.*", "search.web")).toBe(true);
    const namespaces = { "x-vendor.acme.gpu": "name" } as const;
    expect(matches("x-vendor.acme.gpu", "a*", "a100", { namespaces })).toBe(true);
  });

  it("says what a pattern covers of another (SUBSET-03)", () => {
    expect(covers("tool.call", "search.*", "search.web")).toBe(true);
    expect(covers("fs.read", "/src/*.ts", "/src/*")).toBe(false);
  });

  it("holds a lease to another, with its budget (SUBSET-01, SUBSET-05)", () => {
    const parent = { "tool.call": ["**"], "cost.budget": ["USD:0.1", "USD:0.2"] };
    expect(isSubset({ "tool.call": ["a"], "cost.budget": ["USD:0.3"] }, parent).ok).toBe(true);
    expect(isSubset({ "cost.budget": ["USD:0.30001"] }, parent)).toEqual({
      ok: false,
      namespace: "cost.budget",
      pattern: "USD:0.30001",
      reason: "the parent's budget has less USD than 0.30001",
    });
    expect(isSubset({ "cost.budget": ["EUR:0.1"] }, parent).ok).toBe(false);
    expect(isSubset({ "cost.budget": ["EUR:7"] }, { "tool.call": [] }).ok).toBe(true);
    expect(isSubset({ "fs.read": ["/a"] }, parent)).toMatchObject({ namespace: "fs.read" });
  });

  it.each([
    ["a pattern that is none", "fs.read", "src"],
    ["a namespace that nobody knows", "fs.eat", "/src"],
  ])("throws for %s", (_, namespace, pattern) => {
    expect(() => matches(namespace as "fs.read", pattern, "/a")).toThrow(TypeError);
  });

  it("say what was left out, where no compiler does", () => {
    expect(() => (matches as (...args: string[]) => unknown)("fs.read", "/a")).toThrow(
      "matches takes namespace, pattern, target: target must be a string; got undefined",
    );
    expect(() => covers("fs.read", "/a", 5 as never)).toThrow("inner must be a string; got a num");
  });
});

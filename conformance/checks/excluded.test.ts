import { describe, expect, it } from "vitest";
import { requirements } from "../../generated/current/requirements.js";
import { exclusionReasons, exclusions } from "./excluded.js";
import { runtimeChecks } from "./index.js";

/** What binds a runtime. */
const binding = Object.entries(requirements)
  .filter(([, { side }]) => side === "runtime" || side === "both")
  .map(([id]) => id);
const checked = new Set<string>(runtimeChecks.flatMap((check) => check.requirements));
const ids: readonly string[] = exclusions.map(({ id }) => id);

describe("every requirement of runtimes", () => {
  it("is spoken for by a check, or excluded", () => {
    const known = new Set([...checked, ...ids]);
    expect(binding.filter((id) => !known.has(id))).toEqual([]);
  });
});

describe("an exclusion", () => {
  it("is of a requirement that no check speaks for", () => {
    expect(ids.filter((id) => checked.has(id))).toEqual([]);
  });

  it("is of a requirement that binds runtimes", () => {
    expect(ids.filter((id) => !binding.includes(id))).toEqual([]);
  });

  it("stands once", () => {
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });

  it("has a reason that is known, and a sentence", () => {
    for (const { id, reason, because } of exclusions) {
      expect(Object.keys(exclusionReasons), id).toContain(reason);
      expect(because.length, id).toBeGreaterThan(12);
    }
  });

  it("as a permission is of a MAY, and every MAY without a check is one", () => {
    const level = (id: keyof typeof requirements) => requirements[id].level;
    const permits = exclusions.filter(({ reason }) => reason === "permits");
    expect(permits.filter(({ id }) => level(id) !== "MAY")).toEqual([]);
    const others = exclusions.filter(({ reason }) => reason !== "permits");
    expect(others.filter(({ id }) => level(id) === "MAY")).toEqual([]);
  });
});

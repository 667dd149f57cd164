import { describe, expect, it } from "vitest";
import { formatLock, hashOf, lockOf, parseLock } from "./lock.js";

describe("the requirement lock", () => {
  it("does not count white space, and counts everything else", () => {
    expect(hashOf("The client MUST  go.\n")).toBe(hashOf("The client MUST go."));
    expect(hashOf("The client must go.")).not.toBe(hashOf("The client MUST go."));
    expect(hashOf("a")).toMatch(/^[0-9a-f]{16}$/);
  });

  it("is written in the order of the requirements and read back", () => {
    const requirements = [
      { id: "SUB-02", sentence: "b" },
      { id: "SUB-01", sentence: "a" },
      { id: "SUB-02", sentence: "again" },
    ];
    const text = formatLock(requirements);
    expect(text).toBe(`{\n  "SUB-02": "${hashOf("b")}",\n  "SUB-01": "${hashOf("a")}"\n}\n`);
    expect(parseLock(text)).toEqual(lockOf(requirements));
  });

  it("is empty when blank, and refused when it is something else", () => {
    expect(parseLock(" \n")).toEqual({});
    for (const text of ["[]", "null", "{", '{ "SUB-01": 1 }', '{ "SUB-01": "short" }']) {
      expect(parseLock(text)).toBeUndefined();
    }
  });
});

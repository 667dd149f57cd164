import { describe, expect, it } from "vitest";
import type { Rung } from "./check.js";
import { conclude, type Result, type Verdict } from "./verdict.js";

function results(...verdicts: (Verdict | Rung)[]): Result[] {
  return verdicts.map((verdict, i) => {
    const missing = verdict.startsWith("R") ? { missing: verdict as Rung } : {};
    const shown = verdict.startsWith("R") ? "not-run" : (verdict as Verdict);
    const check = {} as Result["check"];
    const rest = { check, notes: [], byTime: false, attempts: 1, ms: 0, log: [] };
    return { id: `runtime/0/${i}`, verdict: shown, ...missing, ...rest };
  });
}

describe("the result of a run", () => {
  it("is CONFORMANT when all that applies passed", () => {
    const all = conclude(results("pass", "not-applicable", "pass-nonstrict", "info"));
    expect(all).toMatchObject({ words: "CONFORMANT", exit: 0 });
  });

  it("is partial for want of a rung, and names how far it came", () => {
    expect(conclude(results("pass", "R2")).words).toBe("CONFORMANT (partial, up to R1)");
    expect(conclude(results("pass", "R3")).words).toBe("CONFORMANT (partial, up to R2)");
    expect(conclude(results("pass", "R1", "R2")).words).toBe("CONFORMANT (partial, up to R0)");
  });

  it("is INCOMPLETE for want of a rung that was asked for", () => {
    const some = results("pass", "R2");
    expect(conclude(some, { need: "R1" })).toMatchObject({ exit: 0 });
    expect(conclude(some, { need: "R2" })).toEqual({
      overall: "INCOMPLETE",
      words: "INCOMPLETE (R2 was asked for and is not provided)",
      exit: 3,
    });
    expect(conclude(results("pass", "R1"), { need: "R2" })).toMatchObject({ exit: 3 });
    expect(conclude(results("fail", "R2"), { need: "R2" })).toMatchObject({ exit: 1 });
  });

  it("is NOT CONFORMANT after one failure, INCOMPLETE for what stayed open", () => {
    expect(conclude(results("pass", "fail", "flaky"))).toMatchObject({ exit: 1 });
    expect(conclude(results("pass", "inconclusive"))).toMatchObject({
      overall: "INCOMPLETE",
      exit: 3,
    });
    expect(conclude(results("pass", "flaky"))).toMatchObject({ overall: "INCOMPLETE", exit: 3 });
  });

  it("blames the harness for its own errors and for a run without checks", () => {
    expect(conclude(results("fail", "error"))).toMatchObject({ overall: "HARNESS ERROR", exit: 4 });
    expect(conclude(results("not-applicable", "R2"))).toMatchObject({ exit: 4 });
    expect(conclude([])).toMatchObject({ exit: 4 });
  });

  it("counts SHOULDs under strict only", () => {
    const some = results("pass", "pass-nonstrict");
    expect([conclude(some).exit, conclude(some, { strict: true }).exit]).toEqual([0, 5]);
  });
});

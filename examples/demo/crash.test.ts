import { describe, expect, it } from "vitest";
import { problemsOfCrash } from "./crash.js";
import type { Crash } from "./crash.js";

const GOOD: Crash = {
  seen: [1, 2, 3],
  told: "went down",
  report: "report",
  sameSession: true,
  gaps: 0,
  kept: 1,
  ms: 1,
};

describe("problemsOfCrash", () => {
  it("is content with a crash that lost nothing", () => {
    expect(problemsOfCrash(GOOD, "report")).toEqual([]);
  });

  it.each<[string, Partial<Crash>, string]>([
    ["an event is missing", { seen: [1, 3] }, "event 3 was read where event 2 belongs"],
    ["the session is another one", { sameSession: false }, "another one"],
    ["there was a gap", { gaps: 1 }, "1 gaps"],
    ["what had ended is gone", { kept: 0 }, "not listed any more"],
    ["the report is another one", { report: "other" }, "another one than before"],
  ])("notices when %s", (_, change, problem) => {
    expect(problemsOfCrash({ ...GOOD, ...change }, "report").join()).toContain(problem);
  });
});

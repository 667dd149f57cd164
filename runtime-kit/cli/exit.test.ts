import { describe, expect, it } from "vitest";
import { ErrorCode } from "../../generated/current/index.js";
import { Exit, exitHelp, exitOfConnection, exitOfEnd, exitOfRefusal, meanings } from "./exit.js";

const codes = Object.values(ErrorCode);

describe("exit codes", () => {
  it("know every code of the revision, refused and ended", () => {
    expect(codes).toHaveLength(15);
    for (const code of codes) {
      expect(Object.keys(meanings)).toContain(String(exitOfRefusal(code)));
      expect(Object.keys(meanings)).toContain(String(exitOfEnd(code)));
    }
  });

  it("are those of the table", () => {
    const refusals = codes.map((code) => [code, exitOfRefusal(code)]);
    expect(Object.fromEntries(refusals)).toEqual({
      PERMISSION_DENIED: 6,
      LEASE_SUBSET_VIOLATION: 6,
      JOB_NOT_FOUND: 9,
      DUPLICATE_KEY: 2,
      AGENT_NOT_AVAILABLE: 9,
      AGENT_VERSION_NOT_AVAILABLE: 9,
      CANCELLED: 7,
      TIMEOUT: 8,
      RESUME_WINDOW_EXPIRED: 10,
      HEARTBEAT_LOST: 4,
      LEASE_EXPIRED: 6,
      BUDGET_EXHAUSTED: 6,
      INVALID_REQUEST: 2,
      UNAUTHENTICATED: 3,
      INTERNAL_ERROR: 1,
    });
    expect(["CANCELLED", "TIMEOUT", "BUDGET_EXHAUSTED", "INTERNAL_ERROR"].map(exitOfEnd)).toEqual([
      7, 8, 6, 5,
    ]);
    expect(exitOfRefusal("A_CODE_OF_TOMORROW")).toBe(Exit.Unexpected);
    expect(exitOfEnd("A_CODE_OF_TOMORROW")).toBe(Exit.JobError);
  });

  it("never let what ended look like what was cut off", () => {
    const ended = new Set<number>(codes.map(exitOfEnd));
    const cutOff = (
      [
        "UNREACHABLE",
        "REFUSED",
        "CLOSED",
        "SUPERSEDED",
        "HEARTBEAT_LOST",
        "PROTOCOL",
        "OUTCOME_UNKNOWN",
        "GAP",
      ] as const
    ).map(exitOfConnection);
    expect([...ended].toSorted()).toEqual([5, 6, 7, 8]);
    expect(cutOff).toEqual([4, 4, 4, 4, 4, 1, 4, 10]);
    expect(cutOff.some((exit) => ended.has(exit))).toBe(false);
  });

  it("stand in the help", () => {
    for (const [code, words] of Object.entries(meanings)) {
      expect(exitHelp()).toContain(`${code}  ${words}`);
    }
  });
});

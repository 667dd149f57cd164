import { describe, expect, it } from "vitest";
import { limitsOf, statedLimits } from "./limits.js";

describe("ENC-17: the limits of a welcome", () => {
  it("are silent where they are those of the draft", () => {
    expect(statedLimits(limitsOf())).toEqual({});
  });

  it("name what differs, in the draft's units", () => {
    const limits = limitsOf({ cancelGraceMs: 1000, resumeWindowMs: 5000, retentionMs: 7_200_000 });
    expect(statedLimits(limits)).toEqual({
      cancel_grace_ms: 1000,
      resume_window_sec: 5,
      retention_hours: 2,
    });
  });

  it("state no number for what has no bound", () => {
    expect(statedLimits(limitsOf({ cancelGraceMs: Infinity }))).toEqual({});
  });
});

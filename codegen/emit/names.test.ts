import { describe, expect, it } from "vitest";
import { doc, wrap } from "./docs.js";
import { camel, dashed, identifiers, pascal, property } from "./names.js";
import { sampleModel } from "./testing.js";

describe("names", () => {
  it.each([
    ["session.list_jobs", "SessionListJobs", "sessionListJobs", "session-list-jobs"],
    ["PERMISSION_DENIED", "PermissionDenied", "permissionDenied", "permission-denied"],
    ["cost.budget", "CostBudget", "costBudget", "cost-budget"],
    ["max_frame_bytes", "MaxFrameBytes", "maxFrameBytes", "max-frame-bytes"],
    ["JobId", "JobId", "jobId", "jobid"],
  ])("%s", (name, type, value, file) => {
    expect([pascal(name), camel(name), dashed(name)]).toEqual([type, value, file]);
  });

  it("are quoted where JavaScript wants them quoted", () => {
    expect([property("heartbeat"), property("cost.budget")]).toEqual([
      "heartbeat",
      '"cost.budget"',
    ]);
  });

  it("never share an identifier", () => {
    expect(() => identifiers(["a.b", "a_b"], pascal)).toThrow(
      /"a_b" and "a.b" would both be called AB/,
    );
  });
});

describe("doc comments", () => {
  it("are folded, closed by nothing inside of them, and lead to the section", () => {
    const text = doc(sampleModel(), `Ends */ here. @once ${"word ".repeat(30)}`, "2", "  ");
    expect(text.split("*/")).toHaveLength(2);
    expect(text).toContain("`@`once");
    expect(text).toContain("  * @see spec/draft-arcp-9.9.md#things §2\n");
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });

  it("keep a word that is longer than a line whole", () => {
    expect(wrap(`a ${"x".repeat(120)} b`)).toEqual(["a", "x".repeat(120), "b"]);
  });
});

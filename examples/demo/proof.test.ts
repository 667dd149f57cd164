import { describe, expect, it } from "vitest";
import type { Story } from "./job.js";
import { problemsOf, repeated } from "./proof.js";

const GOOD: Story = {
  report: "report",
  seen: [1, 2, 3, 4],
  wire: [
    [1, 2],
    [3, 4, 5],
  ],
  wireSize: 100,
  calls: 1,
  refused: ["no"],
  chunks: 2,
  chunkBytes: 6,
  resumed: 1,
  gaps: 0,
  sameSession: true,
  ms: 1,
};

describe("problemsOf", () => {
  it("is content with a run in which every number was read once, in order", () => {
    expect(problemsOf(GOOD)).toEqual([]);
  });

  it.each<[string, Partial<Story>, string]>([
    ["an event is missing", { seen: [1, 2, 4] }, "event 4 was read where event 3 belongs"],
    ["an event came twice", { seen: [1, 2, 2, 3, 4] }, "event 2 was read where event 3 belongs"],
    ["two changed places", { seen: [1, 3, 2, 4] }, "event 3 was read where event 2 belongs"],
    ["the last ones are missing", { seen: [1, 2, 3] }, "the job's end is number 5"],
    ["nothing was cut", { resumed: 0 }, "resumed 0 times"],
    ["the session is another one", { sameSession: false }, "not once"],
    ["there was a gap", { gaps: 1 }, "1 gaps"],
    ["there was one connection", { wire: [[1, 2, 3, 4, 5]] }, "1 connections"],
    ["nothing was refused", { refused: [] }, "nothing was refused"],
    ["the result was not streamed", { chunks: 1 }, "1 chunk"],
    ["a part of the result is missing", { chunkBytes: 5 }, "its chunks 5"],
  ])("notices when %s", (_, change, problem) => {
    expect(problemsOf({ ...GOOD, ...change }).join()).toContain(problem);
  });
});

describe("repeated", () => {
  it("counts what a second connection brought again", () => {
    expect(repeated(GOOD.wire)).toBe(0);
    expect(
      repeated([
        [1, 2, 3],
        [2, 3, 4],
      ]),
    ).toBe(2);
  });
});

import { describe, expect, it } from "vitest";
import type { Gap } from "../client/index.js";
import { ConnectionError } from "../wire/errors.js";
import { listenersOf } from "./view.js";

function told(gap: Partial<Gap>): string[] {
  const notices: string[] = [];
  const sessionId = "sess_1" as Gap["sessionId"];
  listenersOf((text) => notices.push(text)).gap?.({
    reason: "forgotten",
    sessionId,
    lastSeq: 4,
    jobs: [],
    ...gap,
  });
  return notices;
}

describe("the news of a gap", () => {
  it("names the numbers that a runtime left out", () => {
    expect(told({ reason: "missing", nextSeq: 8 })).toEqual([
      "events 5 to 7 were lost: the runtime left them out",
    ]);
  });

  it("is left to the command where its job was cut off, so that it is told once", () => {
    const error = new ConnectionError("GAP", "it is gone");
    expect(told({ jobs: ["job_1" as Gap["jobs"][number]], error })).toEqual([]);
    expect(told({ error })).toEqual(["connected again, in a new session"]);
  });

  it("says what a program would do in words of the shell", () => {
    const notices: string[] = [];
    const { warning } = listenersOf((text) => notices.push(text));
    warning?.(new Error("look with client.jobs()"));
    expect(notices).toEqual(["look with `arcp jobs`"]);
  });
});

describe("a warning that repeats itself", () => {
  it("is told once, with a count now and then", () => {
    const notices: string[] = [];
    const { warning } = listenersOf((text) => notices.push(text));
    for (let i = 0; i < 32; i++) warning?.(new Error("bad"));
    for (const text of ["other", "bad", "bad"]) warning?.(new Error(text));
    expect(notices).toEqual(["bad", "bad (10 times by now)", "other", "bad"]);
  });
});

import { describe, expect, it } from "vitest";
import { thrownAt } from "./place.js";

function withStack(...frames: readonly string[]): Error {
  return Object.assign(new Error("x"), { stack: ["Error: x", ...frames].join("\n") });
}

describe("thrownAt", () => {
  it.each([
    ["    at run (file:///a/b.mjs?arcp-reload=12:3:4)", { file: "/a/b.mjs", line: 3, column: 4 }],
    ["    at file:///a/b.mjs:3:4", { file: "/a/b.mjs", line: 3, column: 4 }],
    ["    at async run (/a/b c.ts:3:4)", { file: "/a/b c.ts", line: 3, column: 4 }],
    ["file:///a/b.mjs:7", { file: "/a/b.mjs", line: 7 }],
    ["    at f (C:\\a\\b.js:3:4)", { file: "C:\\a\\b.js", line: 3, column: 4 }],
    ["    at f (node:internal/modules/esm/utils:346:16)", undefined],
    ["    at f (/a/node_modules/p/i.js:1:1)", undefined],
    [`    at f (${import.meta.url}:1:1)`, undefined],
  ])("reads the frame %s", (frame, place) => {
    expect(thrownAt(withStack(frame))).toEqual(place);
  });

  it("takes the first frame that is the user's", () => {
    const frames = ["at f (node:fs:1:1)", "at g (/p/node_modules/x.js:2:2)", "at h (/p/h.js:3:3)"];
    expect(thrownAt(withStack(...frames, "at i (/p/i.js:4:4)"))).toMatchObject({ file: "/p/h.js" });
    expect(thrownAt("no error")).toBeUndefined();
  });
});

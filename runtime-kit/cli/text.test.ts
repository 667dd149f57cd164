import { describe, expect, it } from "vitest";
import { clip, manyLines, oneLine, table } from "./text.js";

describe("text from elsewhere", () => {
  it("cannot steer a terminal or forge a line", () => {
    expect(oneLine("a\u001b[2Jb\r\nc\td\u009be\u202ef\u2028g\u0000")).toBe(
      "a\\x1b[2Jb\\r\\nc\\td\\x9be\\u202ef\\u2028g\\x00",
    );
    expect(oneLine("Zürich 日本 😀")).toBe("Zürich 日本 😀");
  });

  it("keeps its lines where they belong", () => {
    expect(manyLines("a\n\tb\r\u001b]0;x\u0007")).toBe("a\n\tb\\r\\x1b]0;x\\x07");
  });

  it("is cut by characters", () => {
    expect(clip("😀😀😀", 3)).toBe("😀😀😀");
    expect(clip("😀😀😀😀", 3)).toBe("😀😀…");
  });

  it("stands in columns", () => {
    expect(
      table([
        ["A", "LONG"],
        ["bbb", "c"],
      ]),
    ).toEqual(["A    LONG", "bbb  c"]);
  });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matches, type Pattern } from "./glob.js";
import { canonicalName, parseNamePattern } from "./names.js";
import {
  canonicalPath,
  lexicalPath,
  literalPrefix,
  parsePathPattern,
  withPrefix,
} from "./paths.js";

function pattern(text: string): Pattern {
  const parsed = parsePathPattern(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.reason}`);
  return parsed.pattern;
}

const paths: readonly [given: string, canonical: string][] = [
  ["/", "/"],
  ["//", "/"],
  ["/a", "/a"],
  ["/a/", "/a"],
  ["//a///b//", "/a/b"],
  ["/a/./b/.", "/a/b"],
  ["/a/../b", "/b"],
  ["/a/b/../../c", "/c"],
  ["/..", "/"],
  ["/../../etc/passwd", "/etc/passwd"],
  ["/workspace/../etc/passwd", "/etc/passwd"],
  ["/workspace/x/../../workspace-evil", "/workspace-evil"],
  ["/a/.../b", "/a/.../b"],
  ["/a/..b/.c", "/a/..b/.c"],
  ["/e\u0301", "/é"],
  ["/\u212a", "/K"],
  ["/a%20b", "/a%20b"],
  ["/%252e%252e/x", "/%252e%252e/x"],
  ["/．．/x", "/．．/x"],
  ["/a\u200db😀", "/a\u200db😀"],
];

const refused: readonly [given: string, because: RegExp][] = [
  ["", /absolute/],
  ["a/b", /absolute/],
  ["./a", /absolute/],
  ["~/a", /absolute/],
  ["C:/a", /absolute/],
  ["file:///a", /absolute/],
  ["/a/%2e%2e/b", /encoded/],
  ["/a/%2E./b", /encoded/],
  ["/a%2fb", /encoded/],
  ["/a%2Fb", /encoded/],
  ["/a%5cb", /encoded/],
  ["/a%5Cb", /encoded/],
  // Composing must not hide what the file system would still see.
  ["/a/%2e\u0301", /encoded/],
  ["/a\\..\\b", /backslash/],
  ["/a\0", /control/],
  ["/a\nb", /control/],
  ["/a\x7f", /control/],
  ["/a\x9b", /control/],
  ["/a\ud800", /surrogate/],
  ["/\udc00\ud800", /surrogate/],
  [`/${"a".repeat(4096)}`, /4096/],
];

describe("canonical paths (GLOB-09)", () => {
  it.each(paths)("%s is %s", (given, canonical) => {
    expect(canonicalPath(given)).toEqual({ ok: true, text: canonical });
    expect(lexicalPath(given)).toMatchObject({ ok: true });
  });

  it.each(refused)("refuses %j", (given, because) => {
    for (const read of [canonicalPath, lexicalPath, parsePathPattern]) {
      expect(read(given)).toEqual({ ok: false, reason: expect.stringMatching(because) });
    }
  });

  it("keeps the spelling of letters where the file system may care", () => {
    expect(lexicalPath("/./e\u0301")).toEqual({ ok: true, text: "/e\u0301" });
  });

  it("is its own fixed point, and never has a dot segment, whatever it is given", () => {
    const piece = fc.oneof(
      fc.constantFrom("/", "..", ".", "//", "%2e", "a", "\u0301", "*", "**", "\0", "\\"),
      fc.string({ unit: "binary", maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const result = canonicalPath(`/${pieces.join("")}`);
        if (!result.ok) return;
        expect(canonicalPath(result.text)).toEqual(result);
        expect(result.text).toMatch(/^\/(?:[^/]+(?:\/[^/]+)*)?$/u);
        expect(result.text.split("/").filter((part) => part === "." || part === "..")).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("patterns of paths", () => {
  it("are canonicalised as targets are, but never contain `..`", () => {
    expect(parsePathPattern("//a/./e\u0301//**/")).toEqual({ ok: true, pattern: "/a/é/**" });
    expect(parsePathPattern("/a/../b")).toMatchObject({ ok: false, reason: /`\.\.`/ });
    expect(parsePathPattern("/a/*/..")).toMatchObject({ ok: false });
    expect(parsePathPattern("**/a")).toMatchObject({ ok: false, reason: /absolute/ });
  });

  it.each([
    ["/tmp/work/**", "/tmp/work"],
    ["/tmp/w*k/**", "/tmp"],
    ["/tmp/a/*.ts", "/tmp/a"],
    ["/tmp/a.ts", "/tmp/a.ts"],
    ["/**", "/"],
    ["/*", "/"],
    ["/x*", "/"],
    ["/", "/"],
  ])("%s has the literal prefix %s", (text, prefix) => {
    expect(literalPrefix(pattern(text))).toBe(prefix);
  });

  it.each([
    ["/tmp/w/**", "/private/tmp/w", "/private/tmp/w/**"],
    ["/tmp/w*/x", "/private/tmp", "/private/tmp/w*/x"],
    ["/tmp/a.ts", "/private/tmp/a.ts", "/private/tmp/a.ts"],
    ["/**", "/", "/**"],
    ["/x*", "/", "/x*"],
    ["/", "/", "/"],
    ["/all/**", "/", "/**"],
    ["/home/**", "/e\u0301/home", "/é/home/**"],
  ])("%s in %s is %s", (text, real, moved) => {
    expect(withPrefix(pattern(text), real)).toEqual({ ok: true, pattern: moved });
  });

  it("keeps its meaning when its prefix is moved", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", "*", "a*", "**"), { minLength: 1, maxLength: 5 })
      .map((parts) => `/${parts.join("/")}`);
    const tail = fc.array(fc.constantFrom("a", "b", "ab"), { maxLength: 5 });
    fc.assert(
      fc.property(text, tail, (written, words) => {
        const original = pattern(written);
        const prefix = literalPrefix(original);
        const moved = withPrefix(original, "/real/place");
        const under = (root: string): string =>
          [root === "/" ? "" : root, ...words].join("/") || "/";
        expect(moved.ok && matches(moved.pattern, under("/real/place"))).toBe(
          matches(original, under(prefix)),
        );
      }),
    );
  });

  it.each(["/a*b", "/a\\b", "/a\nb", "not/absolute"])("cannot be moved to %j", (real) => {
    expect(withPrefix(pattern("/tmp/**"), real).ok).toBe(false);
  });
});

describe("names", () => {
  it("are taken as they are, in NFC", () => {
    expect(canonicalName("mcp:github/create_issue")).toMatchObject({ ok: true });
    expect(canonicalName("humanq.ask")).toEqual({ ok: true, text: "humanq.ask" });
    expect(canonicalName("e\u0301")).toEqual({ ok: true, text: "é" });
    expect(parseNamePattern("search.*")).toEqual({ ok: true, pattern: "search.*" });
    expect(parseNamePattern("a**")).toMatchObject({ ok: false });
  });

  it.each(["", "a/../b", "..", "./a", "a\nb", "a\\b", "a%2e", "\ud800", "a".repeat(4097)])(
    "refuses %j",
    (name) => {
      expect(canonicalName(name).ok).toBe(false);
      expect(parseNamePattern(name).ok).toBe(false);
    },
  );
});

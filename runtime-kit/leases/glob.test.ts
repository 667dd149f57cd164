import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Limits } from "../../generated/current/constants.js";
import { isOverlong, matches, parsePattern, type Pattern } from "./glob.js";
import { searchWords } from "./plan.js";
import { slowMatch } from "./slow-match.test-helper.js";

function pattern(text: string): Pattern {
  const parsed = parsePattern(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.reason}`);
  return parsed.pattern;
}

const vectors: readonly [pattern: string, target: string, covered: boolean][] = [
  ["/workspace/**", "/workspace", true],
  ["/workspace/**", "/workspace/a", true],
  ["/workspace/**", "/workspace/a/b/c.ts", true],
  ["/workspace/**", "/workspace-evil", false],
  ["/workspace/**", "/workspace-evil/a", false],
  ["/workspace/**", "/other/workspace/a", false],
  ["/workspace/*", "/workspace/a", true],
  ["/workspace/*", "/workspace/a/b", false],
  ["/workspace/*", "/workspace", false],
  ["/workspace", "/workspace", true],
  ["/workspace", "/workspace/a", false],
  ["/workspace", "/workspac", false],
  ["//**", "/", false],
  ["//**", "//", true],
  ["//**", "//a", true],
  ["/**", "/", true],
  ["/w/*.ts", "/w/a.ts", true],
  ["/w/*.ts", "/w/.ts", true],
  ["/w/*.ts", "/w/a.tsx", false],
  ["/w/*.ts", "/w/a/b.ts", false],
  ["/w/**/*.ts", "/w/b.ts", true],
  ["/w/**/*.ts", "/w/a/b/c.ts", true],
  ["/w/**/*.ts", "/wa/b.ts", false],
  ["/**/src/**", "/src", true],
  ["/**/src/**", "/a/src/b", true],
  ["/**/src/**", "/a/srcs/b", false],
  ["/**/a/**/b", "/a/b", true],
  ["/**/a/**/b", "/x/a/y/z/b", true],
  ["/**/a/**/b", "/b/a", false],
  ["/**/**/**/x", "/x", true],
  ["/**", "/", true],
  ["/**", "/etc/passwd", true],
  ["/*", "/", false],
  ["/*", "/etc", true],
  ["/", "/", true],
  ["/", "/a", false],
  // Nothing but the star is special.
  ["/w/?", "/w/a", false],
  ["/w/?", "/w/?", true],
  ["/w/[ab]", "/w/a", false],
  ["/w/[ab]", "/w/[ab]", true],
  ["/w/{a,b}", "/w/a", false],
  ["/w/{a,b}", "/w/{a,b}", true],
  ["/w/!a", "/w/b", false],
  ["/w/a.b", "/w/axb", false],
  ["/w/(a|b)+$", "/w/a", false],
  // Names.
  ["humanq.*", "humanq.ask", true],
  ["humanq.*", "humanq.", true],
  ["humanq.*", "humanq", false],
  ["humanq.*", "humanq.a.b", true],
  ["humanq.*", "humanq.a/b", false],
  ["search.*", "research.web", false],
  ["mcp:github/*", "mcp:github/create_issue", true],
  ["mcp:github/*", "mcp:github", false],
  ["mcp:github/*", "mcp:githubx/create", false],
  ["mcp:*/read", "mcp:github/read", true],
  ["**", "anything/at/all", true],
  ["*", "anything", true],
  ["*", "any/thing", false],
  ["**", "", false],
  // Odd but well-formed text.
  ["/w/*", "/w/😀", true],
  ["/w/*😀*", "/w/a😀b", true],
  ["/w/*😁", "/w/😀", false],
  ["/w/é*", "/w/été", true],
  ["/w/**/ﬁ", "/w/fi", false],
];

describe("the pattern language (GLOB-01 to GLOB-05)", () => {
  it.each(vectors)("%s on %s: %s", (text, target, covered) => {
    expect(matches(pattern(text), target)).toBe(covered);
    expect(slowMatch(text, target)).toBe(covered);
  });

  it.each(["/a**", "/**a", "/a/**b/c", "/***", "a**b", "****"])("refuses %s", (text) => {
    expect(parsePattern(text)).toMatchObject({
      ok: false,
      reason: expect.stringContaining("`**`"),
    });
  });

  it("refuses the empty pattern, and one that is longer than the limit in characters", () => {
    expect(parsePattern("").ok).toBe(false);
    expect(parsePattern("a".repeat(Limits.maxPatternLength)).ok).toBe(true);
    expect(parsePattern("a".repeat(Limits.maxPatternLength + 1)).ok).toBe(false);
    expect(parsePattern("😀".repeat(Limits.maxPatternLength)).ok).toBe(true);
    expect(parsePattern("😀".repeat(Limits.maxPatternLength + 1)).ok).toBe(false);
    expect(isOverlong("😀a", 2)).toBe(false);
    expect(isOverlong("abc", 2)).toBe(true);
  });

  it("agrees with the slow matcher on everything small", () => {
    const piece = fc.constantFrom("a", "b", "*", "/", "/**", "/*", "a*", "**/", "aa", "😀");
    const texts = fc.array(piece, { minLength: 1, maxLength: 9 }).map((pieces) => pieces.join(""));
    const word = fc.constantFrom("a", "b", "aa", "ab", "/", "/a", "/b", "😀");
    const targets = fc.array(word, { maxLength: 8 }).map((words) => words.join(""));
    fc.assert(
      fc.property(texts, targets, (text, target) => {
        const parsed = parsePattern(text);
        if (!parsed.ok) return;
        expect([text, target, matches(parsed.pattern, target)]).toEqual([
          text,
          target,
          slowMatch(text, target),
        ]);
      }),
      { numRuns: 4000 },
    );
  });

  it("agrees with the slow matcher where the states need many words", () => {
    const part = fc.constantFrom(
      "/aaaaaaaaaaaa",
      "/*",
      "/aaaaaa*aaaaaa",
      "/**",
      "/bbbbbbbbbbbbbbbbb",
    );
    const paths = fc.constantFrom("/aaaaaaaaaaaa", "/aaaaaaaaaaaaa", "/bbbbbbbbbbbbbbbbb", "/c");
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 2, maxLength: 9 }),
        fc.array(paths, { minLength: 1, maxLength: 9 }),
        (parts, words) => {
          const [text, target] = [parts.join(""), words.join("")];
          expect([text, target, matches(pattern(text), target)]).toEqual([
            text,
            target,
            slowMatch(text, target),
          ]);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe("a match across the borders of words", () => {
  const shapes: readonly [pattern: string, targets: readonly string[]][] = [
    ["*b", ["b", "bb", "xb", "x", "x/b"]],
    ["*/**", ["", "x", "x/y", "/x"]],
    ["*/**/c", ["/c", "x/c", "x/y/c", "x/yc", "c"]],
    ["/**/c*", ["/c", "/x/cc", "/xc", "c", "/x/y"]],
    ["/**/*", ["/x", "/x/y", "", "x"]],
  ];

  it.each(shapes)("of any length in front of %s", (shape, targets) => {
    for (let length = 1; length < 70; length++) {
      const front = `/${"a".repeat(length)}`;
      for (const target of targets) {
        const [text, path] = [`${front}${shape}`, `${front}${target}`];
        // A second wildcard in front keeps the short cuts away.
        for (const glob of [text, `/*${text.slice(1)}`, `/**${text}`]) {
          expect([glob, path, matches(pattern(glob), path)]).toEqual([
            glob,
            path,
            slowMatch(glob, path),
          ]);
        }
      }
    }
  });
});

/** Work of one match that fails, in characters looked at. */
function work(text: string, target: string): number {
  const tally = { steps: 0 };
  expect(matches(pattern(text), target, tally)).toBe(false);
  return tally.steps;
}

describe("the time of a match (GLOB-12)", () => {
  const hostile: readonly [name: string, pattern: (n: number) => string, word: string][] = [
    ["a*a*…b*a", (n) => `/${"a*".repeat(n)}b*a`, "a"],
    ["*aaa…b*a", (n) => `/*${"a".repeat(2 * n)}b*a`, "a"],
    ["*baaa…*a", (n) => `/*b${"a".repeat(2 * n)}*a`, "a"],
    ["*/*/…b*a", (n) => `/${"*/".repeat(n)}b*a`, "a/a"],
    ["**/a*a*…b*/**", (n) => `/**/${"a*".repeat(n)}b*/**`, "aaaaaaa/"],
    ["**/a/a/…b/**", (n) => `/**${"/a".repeat(n)}/b/**`, "a/"],
    ["**/a/a/**/…b/**", (n) => `/**${"/a/a/**".repeat(n / 4)}/b/**`, "a/"],
    ["**/a*/**/…b/**", (n) => `/**${"/a*/**".repeat(n / 4)}/b/**`, "a/"],
    ["**/a/…b/*a", (n) => `/**${"/a".repeat(n)}/b/*a`, "a/"],
  ];

  it.each(hostile)("%s grows with the target, and not with the pattern", (_name, text, word) => {
    const target = (size: number): string => `/${word.repeat(size / word.length)}a`;
    expect([...text(240)].length).toBeLessThanOrEqual(Limits.maxPatternLength);
    expect(searchWords(text(240))).toBe(0);
    const [small, large] = [work(text(60), target(1024)), work(text(60), target(4088))];
    expect(large).toBeLessThan(4.4 * small + 100);
    // Each character is looked at by the end of its segment, and at most twice by a text.
    expect(large).toBeLessThan(4 * 4096);
    expect(work(text(240), target(4088))).toBeLessThan(4 * 4096);
  });

  it("is words times characters where a `*` stands in several segments between two `**`", () => {
    const wild = (n: number): string => `/**/a*${"/a".repeat(n)}/b/**`;
    expect(searchWords("/**/pack-*/src/**/*.ts")).toBe(1);
    const [small, large] = [wild(60), wild(240)];
    expect(searchWords(large)).toBe(16);
    const target = `/${"a/".repeat(2044)}a`;
    expect(work(small, target)).toBeLessThan(searchWords(small) * 4096 + 4096);
    expect(work(large, target)).toBeLessThan(searchWords(large) * 4096 + 4096);
  });

  it("stays the same however many other patterns were matched in between", () => {
    for (let round = 0; round < 2; round++) {
      for (let at = 0; at < 600; at++) {
        const text = `/${String(at).padStart(4, "0")}*${"x".repeat(480)}*y`;
        const target = `/${String(at).padStart(4, "0")}${"x".repeat(480)}y`;
        expect(matches(pattern(text), target)).toBe(true);
        expect(matches(pattern(text), target.replace("x", ""))).toBe(false);
      }
    }
  });
});

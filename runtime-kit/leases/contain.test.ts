import fc from "fast-check";
import { DFA, JS, NFA, isDisjointWith } from "refa";
import { describe, expect, it } from "vitest";
import { MAX_EFFORT, contains } from "./contain.js";
import { matches, parsePattern, type Pattern } from "./glob.js";

function pattern(text: string): Pattern {
  const parsed = parsePattern(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.reason}`);
  return parsed.pattern;
}

const covers = (outer: string, inner: string): boolean | undefined =>
  contains(pattern(outer), pattern(inner));

describe("patterns within patterns (SUBSET-03)", () => {
  it.each([
    ["/src/*.ts", "/src/a.ts"],
    ["/src/**", "/src/*.ts"],
    ["/src/**", "/src"],
    ["/src/**", "/src/**/test/*"],
    ["/**", "/src/*"],
    ["/**", "/"],
    ["/**", "/**/a"],
    ["**", "a/*/b"],
    ["**", "**/a"],
    ["*", "search.*"],
    ["search.*", "search.web"],
    ["search.*", "search.*.deep"],
    ["*a*", "*ba*"],
    ["*a*b*", "*ab*"],
    ["/**/*.ts", "/src/**/*.ts"],
    ["/**/*.ts", "/a.ts"],
    ["/*/**", "/a/b"],
    ["/a*/**/b", "/a/b"],
    ["mcp:*/read", "mcp:github/read"],
    ["a/**/b/**", "a/b/**"],
    ["**/a", "a"],
  ])("%s covers %s", (outer, inner) => {
    expect(covers(outer, inner)).toBe(true);
  });

  it.each([
    ["/src/*.ts", "/src/*"],
    ["/src/*.ts", "/src/a/b.ts"],
    ["/src/*", "/src/**"],
    ["/src/**", "/src-evil/a"],
    ["/src/**", "/src*/a"],
    ["/src", "/src/**"],
    ["//**", "/"],
    ["search.*", "search"],
    ["search.*", "*"],
    ["*", "a/b"],
    ["*", "**"],
    ["/*/**", "/**"],
    ["*ab*", "*a*b*"],
    ["a*a", "a*"],
    ["a*a", "a"],
    ["/**/a", "/**"],
    ["/a/**/b", "/a/**"],
  ])("%s does not cover %s", (outer, inner) => {
    expect(covers(outer, inner)).toBe(false);
  });
});

/** Many different patterns, short enough that some lie within others. */
function pool(size: number): readonly Pattern[] {
  const piece = fc.constantFrom("a", "b", "ab", "*", "/", "/*/", "/**/", "/**/");
  const text = fc.array(piece, { minLength: 1, maxLength: 7 }).map((pieces) => {
    const joined = pieces.join("").replaceAll(/\/\/+/g, "/");
    return joined.length % 2 === 0 ? joined : joined.replace(/(.)\/$/, "$1");
  });
  const found = new Set<Pattern>();
  for (const one of fc.sample(text, 40 * size)) {
    const parsed = parsePattern(one);
    if (parsed.ok) found.add(parsed.pattern);
    if (found.size === size) break;
  }
  return [...found];
}

function* pairsOf(patterns: readonly Pattern[]): Generator<[outer: Pattern, inner: Pattern]> {
  for (const outer of patterns) for (const inner of patterns) yield [outer, inner];
}

/** All targets of up to so many characters. */
function targets(length: number): string[] {
  let last = [""];
  const all: string[] = [];
  for (let size = 1; size <= length; size++) {
    last = last.flatMap((text) => ["a", "b", "c", "/"].map((next) => text + next));
    all.push(...last);
  }
  return all;
}

describe("against slower opinions", () => {
  it("is right about every target of up to six characters, for 100,000 pairs (SUBSET-03)", () => {
    const patterns = pool(320);
    const all = targets(6);
    const matched = new Map(
      patterns.map((one) => [one, all.map((target) => (matches(one, target) ? 1 : 0))]),
    );
    let covered = 0;
    const wrong: string[] = [];
    for (const [outer, inner] of pairsOf(patterns)) {
      if (contains(outer, inner) !== true) continue;
      covered += 1;
      const around = matched.get(outer)!;
      const missed = matched.get(inner)!.findIndex((is, at) => is > around[at]!);
      if (missed >= 0) wrong.push(`${outer} covers ${inner}, but not ${all[missed]}`);
    }
    expect(wrong).toEqual([]);
    expect(patterns.length ** 2).toBeGreaterThan(100_000);
    expect(covered).toBeGreaterThan(1000);
  });

  it("agrees with a library of automata in both directions, for 10,000 pairs (SUBSET-04)", () => {
    const patterns = pool(100);
    const around = new Map(patterns.map((one) => [one, complementOf(one)]));
    const within = new Map(patterns.map((one) => [one, languageOf(one)]));
    const other: string[] = [];
    let covered = 0;
    for (const [outer, inner] of pairsOf(patterns)) {
      const expected = isDisjointWith(within.get(inner)!, around.get(outer)!);
      if (expected) covered += 1;
      if (contains(outer, inner) !== expected) other.push(`${outer} covers ${inner}: ${expected}`);
    }
    // What is true is proven for each of them: no pattern of this size comes near to the bounds.
    expect(other).toEqual([]);
    expect(covered).toBeGreaterThan(150);
  });
});

describe("a child that was made from its parent", () => {
  const segment = fc.constantFrom("src", "a*", "*", "*.ts", "*a*b", "**");
  const narrower = fc.constantFrom("", "x", "*", "ab", "*y*");
  const deeper = fc.array(fc.constantFrom("src", "x", "*", "a*b", "**"), { maxLength: 3 });

  it("is proven to lie within it, but where that takes too long (SUBSET-04)", () => {
    let tried = 0;
    let undecided = 0;
    const parents = fc.array(segment, { minLength: 1, maxLength: 24, size: "max" });
    fc.assert(
      fc.property(
        parents,
        fc.infiniteStream(narrower),
        fc.infiniteStream(deeper),
        (parts, n, d) => {
          const made = parts.flatMap((part) => {
            if (part === "**") return d.next().value as string[];
            return [part.replaceAll("*", () => n.next().value as string).replaceAll(/\*+/g, "*")];
          });
          const [outer, inner] = [`/w/${parts.join("/")}`, `/w/${made.join("/")}`];
          const answer = covers(outer, inner);
          expect([outer, inner, answer]).not.toContain(false);
          tried += 1;
          if (answer === undefined) undecided += 1;
        },
      ),
      { numRuns: 3000 },
    );
    expect(undecided / tried).toBeLessThan(0.01);
  });
});

describe("what a proof may cost (SUBSET-04)", () => {
  const work = (outer: string, inner: string): readonly [boolean | undefined, number] => {
    const effort = { steps: 0 };
    const answer = contains(pattern(outer), pattern(inner), effort);
    return [answer, effort.steps];
  };

  it.each<[string, string, string, boolean | undefined]>([
    ["a star in every place", `/${"*a".repeat(200)}*`, `/${"*ab".repeat(130)}*`, false],
    ["stars that fit", `/*${"a*".repeat(120)}`, `/*${"ab*".repeat(130)}`, true],
    ["many segments", `/**${"/a*/**".repeat(60)}`, `/**${"/ab/**".repeat(60)}`, true],
    ["what is far behind", `**/a/${"*/".repeat(20)}**`, "**/a/**", false],
    ["all ways to come back", `**/a/${"*/".repeat(20)}**`, `${"**/a/".repeat(20)}*/b/c`, undefined],
  ])("is small for %s", (_, outer, inner, answer) => {
    const [found, steps] = work(outer, inner);
    expect(found).toBe(answer);
    expect(steps).toBeLessThan(MAX_EFFORT / 4);
  });

  it("grows no further than its bound", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("a", "*", "**", "*a", "a*"), {
          minLength: 2,
          maxLength: 200,
          size: "max",
        }),
        fc.array(fc.constantFrom("a", "b", "*", "**", "**"), {
          minLength: 2,
          maxLength: 200,
          size: "max",
        }),
        (outer, inner) => {
          const texts = [outer, inner].map((parts) =>
            parts.join("/").slice(0, 510).replace(/\*+$/, "*"),
          );
          // What is undecided ends with the segments of one pattern compared with one more of the other.
          expect(work(texts[0]!, texts[1]!)[1]).toBeLessThan(MAX_EFFORT + 4 * 512);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("is refused once what went before has cost too much", () => {
    const effort = { steps: MAX_EFFORT };
    expect(contains(pattern("/**"), pattern("/a"), effort)).toBe(undefined);
    expect(contains(pattern("/a"), pattern("/a"), effort)).toBe(true);
  });
});

/** The language by its definition, as a regular expression over segments with a slash in front. */
function languageOf(text: string): NFA {
  if (text === "/") return expression("/");
  const parts = `/${text}`.split(/(\/\*\*|\*)/).map((part) => {
    if (part === "/**") return "(?:/[^/]*)*";
    return part === "*" ? "[^/]*" : part;
  });
  // No target is without segments.
  return NFA.fromIntersection(expression(parts.join("")), expression("/[^]*"));
}

function complementOf(text: string): DFA {
  const language = DFA.fromFA(languageOf(text));
  language.complement();
  return language;
}

function expression(source: string): NFA {
  const { expression: tree, maxCharacter } = JS.Parser.fromLiteral({ source, flags: "" }).parse();
  return NFA.fromRegex(tree, { maxCharacter });
}

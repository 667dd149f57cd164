import fc from "fast-check";
import { DFA, JS, NFA, isDisjointWith } from "refa";
import { describe, expect, it } from "vitest";
import { EFFORT, contains } from "./contain.js";
import { matches, parsePattern, type Pattern } from "./glob.js";
import { compileLease, type CompiledLease } from "./lease.js";
import { isSubset } from "./subset.js";

function pattern(text: string): Pattern {
  const parsed = parsePattern(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.reason}`);
  return parsed.pattern;
}

const covers = (outer: string, inner: string): boolean | undefined =>
  contains(pattern(outer), pattern(inner));

const served = ["fs.read", "tool.call", "net.fetch", "model.use", "cost.budget"];
const vendors = { "x-vendor.acme.gpu": "name" } as const;

function lease(request: Readonly<Record<string, readonly string[]>>): CompiledLease {
  const compiled = compileLease(request, { served, vendors });
  if (!compiled.ok) throw new Error(compiled.fault.message);
  return compiled.lease;
}

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

const texts = fc
  .array(fc.constantFrom("a", "b", "*", "/", "/**/"), { minLength: 1, maxLength: 9 })
  .map((parts) => {
    const text = parts.join("").replaceAll(/\/+/g, "/");
    return text.replaceAll(/[^/]*\*\*+[^/]*/g, "**").replaceAll(/^\*\*\/\*\*/g, "**");
  })
  .filter((text) => parsePattern(text).ok);
const pairs = fc.tuple(texts, texts);

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
  it("is right about every target of up to six characters (SUBSET-03, SUBSET-04)", () => {
    const all = targets(6);
    let covered = 0;
    fc.assert(
      fc.property(pairs, ([outer, inner]) => {
        if (covers(outer, inner) !== true) return;
        covered += 1;
        const missed = all.find(
          (text) => matches(pattern(inner), text) && !matches(pattern(outer), text),
        );
        expect(missed).toBeUndefined();
      }),
      { numRuns: 3000 },
    );
    expect(covered).toBeGreaterThan(100);
  });

  it("agrees with a library of automata, in both directions", () => {
    let covered = 0;
    fc.assert(
      fc.property(pairs, ([outer, inner]) => {
        const expected = containsSlowly(outer, inner);
        if (expected) covered += 1;
        expect(covers(outer, inner)).toBe(expected);
      }),
      { numRuns: 3000 },
    );
    expect(covered).toBeGreaterThan(100);
  });
});

describe("what a proof may cost (SUBSET-04)", () => {
  const stars = (text: string, times: number): string => `/${text.repeat(times)}`;

  it.each([
    ["many stars", `${stars("*a", 200)}*`, `${stars("*ab", 130)}*`],
    ["many stars of two letters", `${stars("*a*b", 100)}*`, `${stars("*b*a", 100)}*`],
    ["many segments", "/**/a*b/**/c*".repeat(20), `${"/**/a*bb/**/c*".repeat(20)}/**`],
    ["a long way back", `/*a${"?".repeat(20)}*`, "/*b*a*"],
  ])("is bounded for %s", (_, outer, inner) => {
    const effort = { left: EFFORT };
    const answer = contains(pattern(outer), pattern(inner), effort);
    if (answer === true) expect(containsSlowly(outer, inner)).toBe(true);
    expect(EFFORT - effort.left).toBeLessThan(EFFORT + 1000);
  });

  it("is bounded for a whole lease, and then nothing is proven", () => {
    const many = (text: (at: number) => string) =>
      lease({ "tool.call": Array.from({ length: 255 }, (_, at) => text(at)) });
    const parent = many((at) => `*${"*a*b".repeat(50).slice(1)}${at}*`);
    const child = many((at) => `*${"*ab*b".repeat(50).slice(1)}${at}*x`);
    const found = isSubset(child, parent);
    expect(found).toMatchObject({ ok: false, namespace: "tool.call" });
    expect(found).toMatchObject({ reason: expect.stringContaining("cannot be proven") });
  });

  it("proves leases of patterns as people write them, however many", () => {
    const folders = Array.from({ length: 250 }, (_, at) => `/work/project-${at}/src/**/*.ts`);
    const parent = lease({ "fs.read": folders.map((one) => one.replace("src/**/*.ts", "**")) });
    expect(isSubset(lease({ "fs.read": folders }), parent)).toEqual({ ok: true });
  });
});

describe("leases within leases", () => {
  const parent = lease({
    "fs.read": ["/src/**", "/etc/hosts"],
    "tool.call": ["search.*"],
    "net.fetch": ["https://*.example.com/api/**"],
    "cost.budget": ["USD:5"],
    "x-vendor.acme.gpu": ["a100/*"],
  });

  it("counts an equal lease, and one that grants nothing (SUBSET-02)", () => {
    expect(isSubset(parent, parent)).toEqual({ ok: true });
    expect(isSubset(lease({}), parent)).toEqual({ ok: true });
    expect(isSubset(lease({ "model.use": [] }), parent)).toEqual({ ok: true });
  });

  it.each<Readonly<Record<string, readonly string[]>>>([
    { "fs.read": ["/src/a/*.ts", "/etc/hosts"] },
    { "tool.call": ["search.web"] },
    { "net.fetch": ["https://a.example.com/api/v1/*"] },
    { "x-vendor.acme.gpu": ["a100/7"] },
    // Counted, and not matched: `countersOf` has its own rules.
    { "cost.budget": ["EUR:7"] },
  ])("%j lies within", (request) => {
    expect(isSubset(lease(request), parent)).toEqual({ ok: true });
  });

  it.each<[Readonly<Record<string, readonly string[]>>, RegExp]>([
    [{ "fs.read": ["/src/a", "/etc/*"] }, /no pattern .* covers fs.read "\/etc\/\*"/],
    [{ "model.use": ["*"] }, /grants no model.use/],
    [{ "tool.call": ["search"] }, /covers tool.call "search"/],
    [{ "net.fetch": ["http://a.example.com/api/**"] }, /covers net.fetch/],
    [{ "net.fetch": ["https://example.com/api/**"] }, /covers net.fetch/],
    [{ "net.fetch": ["https://a.example.com:8443/api/**"] }, /covers net.fetch/],
    [{ "net.fetch": ["https://a.example.com/**"] }, /covers net.fetch/],
    [{ "x-vendor.acme.gpu": ["**"] }, /covers x-vendor.acme.gpu/],
  ])("%j does not", (request, reason) => {
    const found = isSubset(lease(request), parent);
    expect(found).toMatchObject({ ok: false, reason: expect.stringMatching(reason) });
  });

  it("takes no union of patterns for one that covers (SUBSET-03)", () => {
    const both = lease({ "tool.call": ["a*", "b*"] });
    expect(isSubset(lease({ "tool.call": ["a*", "b*"] }), both).ok).toBe(true);
    expect(isSubset(lease({ "tool.call": ["*"] }), both).ok).toBe(false);
  });

  it("takes no vendor's namespace of another kind for the same", () => {
    const kinds = { "x-vendor.acme.gpu": "path" } as const;
    const compiled = compileLease({ "x-vendor.acme.gpu": ["/**"] }, { served, vendors: kinds });
    if (!compiled.ok) throw new Error(compiled.fault.message);
    expect(isSubset(compiled.lease, compiled.lease).ok).toBe(true);
    expect(isSubset(compiled.lease, lease({ "x-vendor.acme.gpu": ["**"] })).ok).toBe(false);
  });
});

/** What `contains` says, by the definition of the language as a regular expression, and by determining automata. */
function containsSlowly(outer: string, inner: string): boolean {
  const around = DFA.fromFA(languageOf(outer));
  around.complement();
  // No target is empty.
  const within = NFA.fromIntersection(languageOf(inner), expression("/[^]*"));
  return isDisjointWith(within, around);
}

function languageOf(text: string): NFA {
  if (text === "/") return expression("/");
  const parts = `/${text}`.split(/(\/\*\*|\*)/).map((part) => {
    if (part === "/**") return "(?:/[^/]*)*";
    return part === "*" ? "[^/]*" : part.replaceAll(/[^a-z0-9/]/g, "\\$&");
  });
  return expression(parts.join(""));
}

function expression(source: string): NFA {
  const { expression: tree, maxCharacter } = JS.Parser.fromLiteral({ source, flags: "" }).parse();
  return NFA.fromRegex(tree, { maxCharacter });
}

import { describe, expect, it } from "vitest";
import { asksForHelp, asksForJson, refusalAsJson } from "./called.js";
import { helpOf } from "./help.js";
import { UsageError, among, choice, flag, positive, text, texts, whole } from "./options.js";
import { readArguments } from "./read.js";
import type { Usage } from "./read.js";

const options = {
  small: flag("is quick"),
  seed: whole("S", "the seed; one by chance without it", 0),
  cycles: whole("N", "how many; 50 without it"),
  minutes: positive("N", "for how long at most"),
  format: choice(["text", "json"], "how it is printed"),
  only: texts("TEXT", "those with it in their names; may be given several times"),
  target: text("NAME", "one of them", among("target", ["wire", "leases"])),
};
const words = { form: "OLD NEW", about: "two of them", least: 2, most: 2 };
const usage = {
  name: "npm run it",
  about: "Does it, in a paragraph that is longer than a line of a terminal, ".repeat(2).trim(),
  options,
  words,
  exits: { 0: "done", 1: "found something" },
} satisfies Usage;
const { words: _, ...without } = usage;

describe("arguments", () => {
  it("are read, each as what it is", () => {
    const args = ["a", "--small", "--seed", "0", "--cycles=7", "--minutes", "0.5", "b"];
    const more = ["--only", "x", "--only=--y", "--target", "wire", "--format", "json"];
    expect(readArguments(usage, [...args, ...more])).toEqual({
      values: {
        ...{ small: true, seed: 0, cycles: 7, minutes: 0.5 },
        ...{ only: ["x", "--y"], target: "wire", format: "json" },
      },
      words: ["a", "b"],
    });
  });

  it("are nothing where nothing is given; behind -- all are words", () => {
    expect(readArguments(usage, ["--", "--small", "--"])).toEqual({
      values: { small: false, only: [] },
      words: ["--small", "--"],
    });
  });

  it.each<readonly [args: readonly string[], said: string]>([
    [["--smal"], "there is no option --smal"],
    [["--a\nb\u001b[2Jc"], "there is no option --a b [2Jc"],
    [["--no-small"], "there is no option --no-small"],
    [["-s"], "there is no option -s"],
    [["--constructor"], "there is no option --constructor"],
    [["--small=1"], "--small takes no value"],
    [["--seed"], "--seed: S is missing"],
    [["--seed", "--small"], "--seed: S is missing"],
    [["--seed", ""], "--seed: S is empty"],
    [["--seed="], "--seed: S is empty"],
    [["--seed", "1", "--seed", "1"], "--seed is given twice"],
    [["--seed", "abc"], '--seed: a whole number from 0 up, not "abc"'],
    [["--seed", "-1"], '--seed: a whole number from 0 up, not "-1"'],
    [["--seed", "1.5"], '--seed: a whole number from 0 up, not "1.5"'],
    [["--seed", "1e3"], '--seed: a whole number from 0 up, not "1e3"'],
    [["--seed", "9".repeat(17)], `--seed: a whole number from 0 up, not "${"9".repeat(17)}"`],
    [["--cycles", "0"], '--cycles: a whole number from 1 up, not "0"'],
    [["--minutes", "0"], '--minutes: a number above 0, not "0"'],
    [["--minutes", "Infinity"], '--minutes: a number above 0, not "Infinity"'],
    [["--format", "xml"], '--format: one of text, json, not "xml"'],
    [["--target", "wir"], '--target: there is no target "wir"; there is wire, leases'],
    [["x"], 'the argument "x" is not expected'],
    [[""], 'the argument "" is not expected'],
  ])("%j are refused in one line", (args, said) => {
    expect(() => readArguments(without, args)).toThrow(said);
    expect(said).not.toContain("\n");
  });

  it.each<readonly [args: readonly string[], said: string]>([
    [[], "no argument is given: OLD NEW is expected"],
    [["a"], '"a" is the last one: OLD NEW is expected'],
    [["a", ""], "an argument is empty: OLD NEW is expected"],
    [["a", "b", "c"], 'the argument "c" is one too many: OLD NEW is expected'],
    [["a", "-1"], "there is no option -1"],
  ])("the words %j are refused", (args, said) => {
    expect(() => readArguments(usage, args)).toThrow(said);
  });
});

it("the usage names all, in lines that a terminal holds", () => {
  const lines = helpOf(usage).split("\n");
  expect(lines[0]).toBe("usage: npm run it -- OLD NEW [OPTION ...]");
  expect(lines).toContain("  OLD NEW             two of them");
  expect(lines).toContain("  --format text|json  how it is printed");
  expect(lines).toContain("  --help              this text");
  expect(lines.slice(-4)).toEqual(["  0  done", "  1  found something", "  2  a wrong call", ""]);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  expect(helpOf({ name: "npm run it", about: "Does it.", options: {} })).toMatch(
    /^usage: npm run it\n\nDoes it\.\n/,
  );
});

it("what means nothing together is refused once each of it is read", () => {
  const together: Usage<typeof options>["together"] = ({
    values: { small, seed },
    words: [word],
  }) => {
    if (small && (seed === 0 || word === "a")) throw new UsageError("--small is quick");
  };
  const wary = { ...usage, together };
  for (const args of [
    ["--small", "--seed", "0", "b", "c"],
    ["--small", "a", "b"],
  ])
    expect(() => readArguments(wary, args)).toThrow("--small is quick");
  expect(() => readArguments(wary, ["--small", "a", "b", "--seed", "x"])).toThrow(/^--seed: /);
  expect(readArguments(wary, ["--small", "b", "a"])).toMatchObject({ words: ["b", "a"] });
});

it("help is asked for with --help and -h, before --", () => {
  for (const args of [["--help"], ["-h"], ["--nonsense", "x", "--help"]])
    expect(asksForHelp(args)).toBe(true);
  for (const args of [[], ["help"], ["--", "--help"]]) expect(asksForHelp(args)).toBe(false);
});

it("JSON is asked for by what the script has for that, whatever else is wrong", () => {
  const json = { ...without, options: { json: flag("as JSON") } };
  expect(asksForJson(json, ["--nonsense", "--json"])).toBe(true);
  expect(asksForJson(usage, ["--json"])).toBe(false);
  for (const args of [["x", "--format", "json"], ["--format=json"]]) {
    expect(asksForJson(usage, args)).toBe(true);
    expect(asksForJson(json, args)).toBe(false);
  }
  expect(asksForJson(usage, ["--format", "text", "json"])).toBe(false);
  expect(refusalAsJson(2, "why")).toBe('{"exit":2,"error":"why","findings":[]}\n');
});

import { describe, expect, it } from "vitest";
import { readLoosely } from "./lenient.js";
import { looseValue } from "./loose.js";

/** The value of a text, the places it leaves open, and its deviations as `kind@offset`. */
function read(text: string) {
  const { values, deviations, problem } = readLoosely(text);
  const open: string[] = [];
  const [value] = values.map((node) => looseValue(node, open));
  return {
    value,
    open,
    deviations: deviations.map(({ kind, offset }) => `${kind}@${offset}`),
    problem,
  };
}

describe("a tolerant reader of JSON", () => {
  it("reads strict JSON without a deviation", () => {
    const text = '{"a": [1, -2.5e3, "x\\u0041\\n", true, false, null], "b": {}, "c": []}';
    const { value, open, deviations, problem } = read(text);
    expect(value).toEqual(JSON.parse(text));
    expect([open, deviations, problem]).toEqual([[], [], undefined]);
  });

  it.each([
    ["line comment", '{ "a": 1 // one\n }', { a: 1 }, [], ["comment@9"]],
    ["block comment", '{ /* x */ "a": 1 }', { a: 1 }, [], ["comment@2"]],
    ["comment that stands for members", '{ "a": { /* all */ } }', { a: {} }, ["/a"], ["comment@9"]],
    ["ellipsis for members", '{ "a": { ... } }', { a: {} }, ["/a"], ["ellipsis@9"]],
    ["ellipsis beside members", '{ "a": 1, ... }', { a: 1 }, [""], ["ellipsis@10"]],
    ["ellipsis of one character", '{ "a": … }', { a: null }, ["/a"], ["ellipsis@7"]],
    ["ellipsis in a list", '{ "a": ["x", ...] }', { a: ["x"] }, ["/a"], ["ellipsis@13"]],
    ["placeholder", '{ "a": <integer, if any> }', { a: null }, ["/a"], ["placeholder@7"]],
    ["placeholder in round brackets", '{ "a": (later) }', { a: null }, ["/a"], ["placeholder@7"]],
    ["placeholder that is a type", '{ "a": string }', { a: null }, ["/a"], ["placeholder@7"]],
    ["abbreviated text", '{ "a": "sess_..." }', { a: "sess_..." }, ["/a"], []],
    ["digits in groups", '{ "a": 31_457_280 }', { a: 31_457_280 }, [], ["number-form@7"]],
    [
      "number of another form",
      "[+1, .5, 0x10]",
      [1, 0.5, 16],
      [],
      ["number-form@1", "number-form@5", "number-form@9"],
    ],
    ["spare comma", '{ "a": [1, 2,], }', { a: [1, 2] }, [], ["spare-comma@12", "spare-comma@14"]],
    ["missing comma", '{ "a": 1 "b": 2 }', { a: 1, b: 2 }, [], ["missing-comma@9"]],
    ["single quotes", "{ 'a': 'x' }", { a: "x" }, [], ["other-quotes@2", "other-quotes@7"]],
    [
      "names without quotes",
      "{ net.fetch: [ok] }",
      { "net.fetch": ["ok"] },
      [],
      ["bare-key@2", "bare-word@14"],
    ],
    [
      "equals signs",
      "{ a=1; b=2 }",
      { a: 1, b: 2 },
      [],
      ["bare-key@2", "other-separator@3", "other-separator@5", "bare-key@7", "other-separator@8"],
    ],
    ["fragment", '"a": { "b": 1 },\n"c": 2', { a: { b: 1 }, c: 2 }, [], ["fragment@0"]],
    [
      "shape",
      "{ text, unit?, a | b }",
      { text: null, unit: null, a: null, b: null },
      ["/text", "/unit", "/a", "/b"],
      undefined,
    ],
    ["choice", '{ "a": "x" | "y" }', { a: "x" }, ["/a"], ["alternative@11"]],
    ["name said twice", '{ "a": 1, "a": 2 }', { a: 2 }, [], ["duplicate-key@10"]],
    ["end left out", '{ "a": [1', { a: [1] }, [], ["unclosed@9", "unclosed@9"]],
    ["line end in a string", '"a\nb"', "a\nb", [], ["line-end-in-string@2"]],
    ["unknown escape", '"\\d"', "d", [], ["unknown-escape@1"]],
  ])("%s", (_, text, value, open, deviations) => {
    const found = read(text);
    expect(found.problem).toBeUndefined();
    expect(found.value).toEqual(value);
    expect(found.open).toEqual(open);
    if (deviations !== undefined) expect(found.deviations).toEqual(deviations);
  });

  it("notes every comma that separates nothing", () => {
    expect(read('{ "a": 1,, "b": [,1] }').deviations).toEqual(["spare-comma@9", "spare-comma@17"]);
  });

  it("reads several values, and says so", () => {
    const { values, deviations } = readLoosely('{ "a": 1 }\n{ "b": 2 }');
    expect(values.map((node) => looseValue(node))).toEqual([{ a: 1 }, { b: 2 }]);
    expect(deviations).toEqual([{ kind: "several-values", offset: 11 }]);
  });

  it("marks what is optional", () => {
    const [node] = readLoosely("{ a, b?, c | d }").values;
    const members = node?.type === "object" ? node.members : [];
    expect(members.map(({ key, optional }) => [key, optional])).toEqual([
      ["a", false],
      ["b", true],
      ["c", true],
      ["d", true],
    ]);
  });

  it("reads a prefix and leaves what follows alone", () => {
    const { values, end } = readLoosely("{ a: 1 }   ← and a remark", { prefix: true });
    expect(values.map((node) => looseValue(node))).toEqual([{ a: 1 }]);
    expect(end).toBe(8);
  });

  it.each([
    ["prose", "this is not JSON", 0, 'expected an object or a list, found "this"'],
    ["nothing", " // only a comment\n", 19, "there is nothing here"],
    ["a string without end", '{ "a": "x }', 7, "this string never ends"],
    [
      "a name without value or comma",
      '{ "a" "b" }',
      6,
      'expected ":" after the name, found "\\"b\\""',
    ],
    ["a mark that means nothing", '{ "a": 1, & }', 10, 'expected a name, found "&"'],
    ["a value that is none", '{ "a": & }', 7, 'expected a value, found "&"'],
    ["a bracket that closes nothing", "{ } ]", 4, 'expected an object or a list, found "]"'],
    ["a great depth", "[".repeat(100_000), 201, "nested deeper than 200"],
  ])("%s is a problem", (_, text, offset, message) => {
    expect(readLoosely(text)).toMatchObject({ values: [], problem: { offset, message } });
  });

  it("never throws, takes JSON as JSON, and takes time in proportion", () => {
    for (const piece of ["{ a: <", "/* ", "[,", '"\\', "a|", "{}", "...", "(", "`"]) {
      expect(() => readLoosely(piece.repeat(20_000))).not.toThrow();
    }
  });

  it("keeps __proto__ a name like any other", () => {
    const { value } = read('{ "__proto__": { "a": 1 } }');
    expect(Object.keys(value as object)).toEqual(["__proto__"]);
  });
});

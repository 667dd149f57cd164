import { Ajv } from "ajv";
import * as fc from "fast-check";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { formats } from "../../model/formats.js";
import type { JsonSchema } from "../../model/schema.js";
import type { Artefact } from "../artefact.js";
import { load } from "../load.js";
import { SINK, sampleModel } from "../testing.js";
import { compile } from "./compile.js";
import { distil } from "./distil.js";
import { emitValidate } from "./emit.js";
import { CALL, inline } from "./inline.js";

interface Failure {
  readonly path: readonly (string | number)[];
  readonly keyword: string;
  readonly expected: unknown;
}
type Validator = (data: unknown, found?: Failure[]) => boolean;

const model = sampleModel();
let sink: Validator;
let files: Artefact[];

beforeAll(async () => {
  files = emitValidate(model);
  const exports = await load(files, "validate/kitchen-sink.ts");
  sink = exports["validateKitchenSink"] as Validator;
});

/** The names in a pointer of ajv's, as they stand in the value. */
function namesIn(pointer: string): string[] {
  const names = pointer.split("/").slice(1);
  return names.map((name) => name.replace(/~1/g, "/").replace(/~0/g, "~"));
}

/** A pointer. */
function pointerOf(names: Failure["path"]): string {
  return names.map((name) => `/${String(name).replace(/~/g, "~0").replace(/\//g, "~1")}`).join("");
}

/** ajv itself, over the schemas as they stand in the spec. */
function oracle(schema: JsonSchema): Validator {
  const ajv = new Ajv({ allErrors: true, strict: false, strictNumbers: true, formats });
  const $defs = Object.fromEntries(model.definitions.map((it) => [it.name, it.schema.schema]));
  const validate = ajv.compile({ ...schema, $defs });
  return (data, found) => {
    const good = validate(data);
    for (const { instancePath, keyword } of validate.errors ?? []) {
      found?.push({ path: namesIn(instancePath), keyword, expected: undefined });
    }
    return good;
  };
}

function findings(validator: Validator, value: unknown): string[] {
  const found: Failure[] = [];
  validator(value, found);
  return found.map(({ path, keyword }) => `${pointerOf(path)} ${keyword}`);
}

const bad: readonly (readonly [string, unknown, string, unknown])[] = [
  ["dotted.name/slash~tilde", 1, "/dotted.name~1slash~0tilde type", "string"],
  ["union", true, "/union type", ["string", "integer", "null"]],
  ["union", 1.5, "/union type", ["string", "integer", "null"]],
  ["enumeration", "b", "/enumeration enum", ["a", 1, null, `it's "quoted"`]],
  ["constant", { deep: [2] }, "/constant const", { deep: [1] }],
  ["date", "2026-13-01T00:00:00Z", "/date format", "date-time"],
  ["date", 5, "/date type", "string"],
  ["bounded", "a", "/bounded minLength", 2],
  ["bounded", "abcd", "/bounded maxLength", 3],
  ["number", -0.5, "/number minimum", 0],
  ["number", 11, "/number maximum", 10],
  ["number", -1, "/number exclusiveMinimum", -1],
  ["number", 9.5, "/number exclusiveMaximum", 9.5],
  ["number", "1", "/number type", "number"],
  ["number", Infinity, "/number type", "number"],
  ["integer", 1.5, "/integer type", "integer"],
  ["flag", 0, "/flag type", "boolean"],
  ["list", [], "/list minItems", 1],
  ["list", [1, 2, 3], "/list maxItems", 2],
  ["list", [1, "2"], "/list/1 type", "integer"],
  ["unique", ["a", "b", "a"], "/unique uniqueItems", undefined],
  ["map", {}, "/map minProperties", 1],
  ["map", { a: 1, b: 2, c: 3 }, "/map maxProperties", 2],
  ["map", { A: 1 }, "/map propertyNames", "A"],
  ["map", { "a/~": "" }, "/map/a~1~0 type", "number"],
  ["closed", { other: 1 }, "/closed additionalProperties", "other"],
  ["either", 5, "/either anyOf", undefined],
  ["exactly", 5, "/exactly oneOf", [0, 1]],
  ["both", {}, "/both required", "extra"],
  ["both", { code: 1, extra: 1 }, "/both/code type", "string"],
  ["never", "xyz", "/never not", undefined],
  [
    "tree",
    { name: "a", children: [{ name: "b", children: [{}] }] },
    "/tree/children/0/children/0 required",
    "name",
  ],
  ["choice", "a", "/choice minLength", 2],
];

/** The validator of one schema. */
async function only(schema: JsonSchema): Promise<Validator> {
  const [first] = model.messages.filter(({ type }) => type === "kitchen.sink");
  if (first === undefined) throw new Error("the sample has a kitchen sink");
  const messages = [{ ...first, schema: { ...first.schema, schema } }];
  const exports = await load(emitValidate({ ...model, messages }), "validate/kitchen-sink.ts");
  return exports["validateKitchenSink"] as Validator;
}

/** What a caller passes who does not ask why, and one who does. */
function silentAndAsked(): (Failure[] | undefined)[] {
  return [undefined, []];
}

/** A list that counts how often an element of it is read. */
function watched(items: readonly unknown[]) {
  let reads = 0;
  const list = new Proxy([...items], {
    get(target, name, receiver) {
      if (typeof name === "string" && /^\d+$/.test(name)) reads += 1;
      return Reflect.get(target, name, receiver) as unknown;
    },
  });
  return { list, reads: () => reads };
}

describe("a distilled validator", () => {
  it.each(bad)("refuses %s: %j with %s", (member, value, expected, asked) => {
    const found: Failure[] = [];
    expect(sink({ [member]: value })).toBe(false);
    expect(sink({ [member]: value }, found)).toBe(false);
    const wanted = found.find(({ path, keyword }) => `${pointerOf(path)} ${keyword}` === expected);
    expect(wanted, JSON.stringify(found)).toBeDefined();
    expect(wanted?.expected).toEqual(asked);
  });

  it("finds what ajv finds, in the same order, in any value", () => {
    const ajv = oracle(SINK);
    const leaf = fc.oneof(
      fc.constantFrom<unknown>(
        "a",
        "ab",
        "xyz",
        "abcd",
        "😀😀",
        "😀😀😀😀",
        null,
        true,
        0,
        1,
        5,
        1.5,
        -1,
        9.5,
        11,
        NaN,
        Infinity,
      ),
      fc.constantFrom<unknown>(
        "2026-11-23T10:00:00Z",
        { deep: [1] },
        { name: "n" },
        { extra: 1 },
        { code: 2 },
      ),
    );
    const value = fc.oneof(
      leaf,
      fc.array(leaf, { maxLength: 4 }),
      fc.dictionary(fc.constantFrom("name", "children", "only", "a", "B", "c/d", "extra"), leaf, {
        maxKeys: 3,
      }),
      fc.record({ name: fc.constant("t"), children: fc.array(fc.record({ name: leaf })) }),
    );
    const names = Object.keys(SINK.properties ?? {});
    const object = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 5 });
    fc.assert(
      fc.property(fc.oneof(object, leaf), (data) => {
        expect(sink(data)).toBe(ajv(data));
        expect(findings(sink, data)).toEqual(findings(ajv, data));
      }),
      { numRuns: 2_000 },
    );
  });

  it("stops noting findings long before a hostile message fills the memory", () => {
    const found: Failure[] = [];
    expect(sink({ list: Array.from({ length: 100_000 }, () => "x") }, found)).toBe(false);
    expect(found.length).toBe(64);
  });

  it("looks at nothing more once it has its verdict, or as many findings as anyone reads", () => {
    const seen: number[] = [];
    for (const found of silentAndAsked()) {
      const items = watched(Array.from({ length: 10_000 }, () => "x"));
      expect(sink({ list: items.list }, found)).toBe(false);
      seen.push(items.reads());
    }
    // `maxItems` is broken as well, so that one error is found before any element, and 63 in them.
    expect(seen).toEqual([0, 63]);
  });

  it.each([
    ["of a type", { type: "array", items: { type: "number" } }],
    ["of any type", { items: { type: "number" } }],
    ["of choices", { type: "array", items: { anyOf: [{ type: "number" }, { type: "boolean" }] } }],
  ] satisfies (readonly [string, JsonSchema])[])(
    "reads one wrong element of a list %s when nobody asked why",
    async (_, schema) => {
      const check = await only(schema);
      const items = watched(Array.from({ length: 10_000 }, () => "x"));
      expect(check(items.list)).toBe(false);
      expect(items.reads()).toBe(1);
      const found: Failure[] = [];
      expect(check(items.list, found)).toBe(false);
      expect(found).toHaveLength(64);
      expect(items.reads()).toBeLessThanOrEqual(65);
    },
  );

  it("leaves a branch of a choice once it is lost, and goes on with the next", async () => {
    const numbers: JsonSchema = { type: "array", items: { type: "number" } };
    const strings: JsonSchema = { type: "array", items: { type: "string" } };
    const map: JsonSchema = { type: "object", additionalProperties: { type: "null" } };
    const choose = await only({ anyOf: [map, numbers, strings] });
    for (const found of silentAndAsked()) {
      const good = watched(Array.from({ length: 10_000 }, () => "x"));
      expect(choose(good.list, found)).toBe(true);
      expect(found ?? []).toEqual([]);
      expect(good.reads()).toBe(10_000 + (found === undefined ? 1 : 64));
    }
    const lost = watched(Array.from({ length: 10_000 }, () => true));
    expect(choose(lost.list)).toBe(false);
    expect(lost.reads()).toBe(2);
    const found: Failure[] = [];
    expect(choose(Object.fromEntries(lost.list.map((it, key) => [key, it])), found)).toBe(false);
    expect(found).toHaveLength(64);
  });

  it.each([
    ["a map of lists", { additionalProperties: { type: "array", items: { type: "string" } } }],
    ["names of a pattern", { propertyNames: { pattern: "^a$" } }],
    ["names that are not there", { properties: { a: {} }, additionalProperties: false }],
    [
      "a map of maps of lists of choices",
      {
        additionalProperties: {
          additionalProperties: {
            items: { anyOf: [{ type: "string" }, { type: "array", items: { type: "null" } }] },
          },
        },
      },
    ],
  ] satisfies (readonly [string, JsonSchema])[])(
    "never copies or escapes a client's name: %s",
    async (_, schema) => {
      const check = await only({ type: "object", ...schema });
      const name = "~".repeat(4_096);
      const value = Object.fromEntries(
        Array.from({ length: 100 }, (__, index) => [`${name}${index}`, { [name]: [1, 2], b: [3] }]),
      );
      const escapes = vi.spyOn(String.prototype, "replace");
      try {
        const found: Failure[] = [];
        expect(check(value)).toBe(false);
        expect(check(value, found)).toBe(false);
        expect(found.length).toBe(64);
        expect(escapes.mock.contexts.filter((text) => String(text).length > 256)).toEqual([]);
      } finally {
        escapes.mockRestore();
      }
    },
  );

  it("forgets the findings of a branch that did not matter, and only those", () => {
    const found: Failure[] = [];
    sink({ flag: 1, either: { name: "a" }, exactly: 1 }, found);
    expect(found.map(({ path }) => pointerOf(path))).toEqual(["/flag"]);
  });

  it("has nothing of ajv, of packages or of code made from strings left in it", () => {
    for (const { path, text } of files) {
      expect(text, path).not.toMatch(/\brequire\(|\beval\b|new Function|vErrors|schemaPath/);
      for (const [, from] of text.matchAll(/from "([^"]+)"/g)) expect(from).toMatch(/^\.\.?\//);
    }
  });
});

describe("distil", () => {
  it("refuses what it does not understand, instead of leaving a half out", () => {
    const schema: JsonSchema = { type: "string", minLength: 2 };
    const source = compile(schema);
    expect(() => distil(source, schema)).not.toThrow();
    const odd = source.replace("errors++;", "errors += 2;");
    expect(() => distil(odd, schema)).toThrow(/cannot distil a validator: "errors \+= 2;"/);
    const foreign = source.replace("ucs2length", "re2");
    expect(() => distil(foreign, schema)).toThrow(/it needs "const func/);
  });

  it("says what it can in few words", () => {
    const schema: JsonSchema = {
      type: "object",
      required: ["a"],
      properties: {
        a: { type: "string", minLength: 1, maxLength: 9 },
        n: { type: "integer", minimum: 1 },
        f: { [CALL]: "Fault" },
      },
    };
    expect(distil(compile(schema), schema)).toMatchInlineSnapshot(`
      {
        "body": [
          "let errors = 0;",
          "if(isObject(data)){",
          "if(",
          "(errors += required(found, "", data.a, "a")) >= MOST ||",
          "(errors += optional(found, "/a", data.a, 1, 9)) >= MOST",
          ") return false;",
          "if(data.n !== undefined){",
          "let data1 = data.n;",
          "if(!(Number.isInteger(data1))){",
          "if((errors += report(found, "/n", "type", "integer")) >= MOST) return false;",
          "}",
          "if(Number.isFinite(data1)){",
          "if(data1 < 1){",
          "if((errors += report(found, "/n", "minimum", 1)) >= MOST) return false;",
          "}",
          "}",
          "}",
          "if(data.f !== undefined){",
          "if(!validateFault(data.f)){",
          "if((errors += nested(found, validateFault, data.f, "/f")) >= MOST) return false;",
          "}",
          "}",
          "}",
          "else {",
          "errors += report(found, "", "type", "object");",
          "}",
          "return errors === 0;",
        ],
        "calls": [
          "validateFault",
        ],
        "constants": [],
        "helpers": [
          "MOST",
          "isObject",
          "nested",
          "optional",
          "report",
          "required",
        ],
      }
    `);
  });

  it("gives the same text for a schema whatever was compiled before", () => {
    const schema = inline(model, SINK);
    const first = distil(compile(schema), schema);
    distil(compile({ type: "string", pattern: "z" }), { type: "string", pattern: "z" });
    expect(distil(compile(schema), schema)).toEqual(first);
  });
});

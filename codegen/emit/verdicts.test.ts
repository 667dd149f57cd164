import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import * as generated from "../../generated/draft-1.1/index.js";
import { formats } from "../model/formats.js";
import { readSpec } from "../model/read.js";
import type { JsonSchema } from "../model/schema.js";
import { validators } from "./validate/validators.js";

const path = `spec/draft-arcp-${generated.PROTOCOL_VERSION}.md`;
const url = new URL(`../../${path}`, import.meta.url);
const { model } = readSpec({ spec: { path, text: readFileSync(url, "utf8") } });
const $defs = Object.fromEntries(
  (model?.definitions ?? []).map((it) => [it.name, it.schema.schema]),
);
const all = model === undefined ? [] : validators(model);

type Check = (data: unknown, found?: generated.Failure[]) => boolean;

/** Values that break some keyword or other. */
const wrong = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0,
    1.5,
    2 ** 60,
    NaN,
    "",
    "x",
    "A b",
    [],
    {},
    [1],
    [null],
  ),
  fc.string({ minLength: 120, maxLength: 140 }),
  fc.array(fc.constantFrom<unknown>("a", 1, null, {}), { minLength: 60, maxLength: 80 }),
  fc.dictionary(
    fc.constantFrom("a", "~/", "__proto", "name"),
    fc.constantFrom<unknown>(1, "a", []),
  ),
);

/** Values near to a schema: most of them right, now and then one that is not. */
function near(schema: JsonSchema): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: right(schema), weight: 24 }, { arbitrary: wrong, weight: 1 });
}

function right(schema: JsonSchema): fc.Arbitrary<unknown> {
  const { $ref, anyOf, type } = schema;
  if ($ref !== undefined) return right($defs[$ref.slice("#/$defs/".length)] ?? {});
  if (anyOf !== undefined) return fc.oneof(...anyOf.map(near));
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const types = typeof type === "string" ? [type] : (type ?? ["string"]);
  return fc.oneof(...types.map((it) => ofType(it, schema)));
}

function ofType(type: string, schema: JsonSchema): fc.Arbitrary<unknown> {
  const { minimum = 0, maximum = 100, minLength = 0, maxLength = 12 } = schema;
  switch (type) {
    case "object": {
      const members = Object.entries(schema.properties ?? {}).map(([name, it]) => [name, near(it)]);
      const requiredKeys = fc.constantFrom(...[schema.required ?? [], []]);
      const record = Object.fromEntries(members) as Record<string, fc.Arbitrary<unknown>>;
      const rest = schema.additionalProperties;
      const map = fc.dictionary(
        fc.string({ maxLength: 4 }),
        near(typeof rest === "object" ? rest : {}),
      );
      return requiredKeys.chain((keys) =>
        fc
          .tuple(
            fc.record(record, { requiredKeys: [...keys] }),
            rest === undefined ? fc.constant({}) : map,
          )
          .map(([named, others]) => ({ ...others, ...named })),
      );
    }
    case "array":
      return fc.array(near(schema.items ?? {}), { maxLength: 4 });
    case "string":
      if (schema.format !== undefined) return fc.constant("2026-11-23T10:00:00Z");
      if (schema.pattern !== undefined) return fc.stringMatching(new RegExp(schema.pattern, "u"));
      return fc.string({ minLength, maxLength: Math.min(maxLength, 12) });
    case "integer":
      return fc.integer({ min: minimum, max: Math.min(maximum, 1000) });
    case "number":
      return fc.constantFrom(minimum + 1, maximum - 0.5);
    case "boolean":
      return fc.boolean();
    default:
      return fc.constant(null);
  }
}

describe("the generated validators", () => {
  it.each(all.map(({ name, schema }) => [name, schema.schema] as const))(
    "%s says of any value what ajv says, asked why or not",
    (name, schema) => {
      const ajv = new Ajv({ allErrors: true, strict: false, strictNumbers: true, formats });
      const oracle = ajv.compile({ ...schema, $defs });
      const check = (generated as unknown as Record<string, Check>)[name];
      if (check === undefined) throw new Error(`${name} is not generated`);
      const verdicts = new Set<boolean>();
      fc.assert(
        fc.property(near(schema), (value) => {
          const good = oracle(value);
          verdicts.add(good);
          const found: generated.Failure[] = [];
          expect(check(value)).toBe(good);
          expect(check(value, found)).toBe(good);
          expect(found.length === 0).toBe(good);
          expect(found.length).toBeLessThanOrEqual(64);
        }),
        { numRuns: 400 },
      );
      expect(verdicts).toEqual(new Set([true, false]));
    },
  );
});

/** A frame whose error stands `count` times below a name of twice as many tildes. */
function hostile(count: number): unknown {
  const lease_request = { ["~".repeat(2 * count)]: Array.from({ length: count }, () => 1) };
  return { arcp: "1.1", id: "z", type: "job.submit", payload: { agent: "echo", lease_request } };
}

/** Characters that validation escapes or cuts. */
function work(x: unknown): number {
  const spies = [vi.spyOn(String.prototype, "replace"), vi.spyOn(String.prototype, "split")];
  try {
    expect(generated.validateMessage(x).kind).toBe("invalid");
    const texts = spies.flatMap((spy) => spy.mock.contexts);
    return texts.reduce<number>((sum, text) => sum + String(text).length, 0);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

describe("a frame of nothing but errors below a long name", () => {
  it("costs no more to put into words when the name and the list are longer", () => {
    const small = work(hostile(1_000));
    expect(small).toBeGreaterThan(0);
    expect(work(hostile(4_000))).toBe(small);
    expect(work(hostile(16_000))).toBe(small);
  });

  it("is told of with pointers that someone could read, and what stands there", () => {
    const result = generated.validateMessage(hostile(16_000));
    const problems = result.kind === "invalid" ? result.problems : [];
    expect(problems).toHaveLength(8);
    for (const { path: pointer, message, actual, expected } of problems) {
      expect(pointer).toHaveLength(257);
      expect(pointer).toMatch(/^\/payload\/lease_request\/(?:~0)+~?…$/);
      expect(message.length).toBeLessThan(400);
      expect({ actual, expected }).toEqual({ actual: "integer", expected: "string" });
    }
  });

  it("leaves a pointer of up to 256 characters whole", () => {
    const start = "/payload/lease_request/";
    const pointerOf = (length: number): string | undefined => {
      const lease_request = { ["n".repeat(length)]: 1 };
      const payload = { agent: "echo", lease_request };
      const result = generated.validateMessage({
        arcp: "1.1",
        id: "z",
        type: "job.submit",
        payload,
      });
      return result.kind === "invalid" ? result.problems[0]?.path : undefined;
    };
    const room = 256 - start.length;
    expect(pointerOf(room)).toBe(start + "n".repeat(room));
    expect(pointerOf(room + 1)).toBe(`${start}${"n".repeat(room)}…`);
    expect(pointerOf(5_000)).toBe(`${start}${"n".repeat(room)}…`);
  });
});

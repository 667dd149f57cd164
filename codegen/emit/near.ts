import * as fc from "fast-check";
import type { JsonSchema } from "../model/schema.js";

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

/**
 * Makes values near to a schema: most of them right, now and then one that is not. References are
 * looked up in `defs`. For tests.
 */
export function createNear(
  defs: Readonly<Record<string, JsonSchema>>,
): (schema: JsonSchema) => fc.Arbitrary<unknown> {
  const near = (schema: JsonSchema): fc.Arbitrary<unknown> =>
    fc.oneof({ arbitrary: right(schema), weight: 24 }, { arbitrary: wrong, weight: 1 });

  const right = (schema: JsonSchema): fc.Arbitrary<unknown> => {
    const { $ref, anyOf, type } = schema;
    if ($ref !== undefined) return right(defs[$ref.slice("#/$defs/".length)] ?? {});
    if (anyOf !== undefined) return fc.oneof(...anyOf.map(near));
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
    const types = typeof type === "string" ? [type] : (type ?? ["string"]);
    return fc.oneof(...types.map((it) => ofType(it, schema)));
  };

  const ofType = (type: string, schema: JsonSchema): fc.Arbitrary<unknown> => {
    const { minimum = 0, maximum = 100, minLength = 0, maxLength = 12 } = schema;
    switch (type) {
      case "object":
        return object(schema);
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
  };

  const object = (schema: JsonSchema): fc.Arbitrary<unknown> => {
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
  };

  return near;
}

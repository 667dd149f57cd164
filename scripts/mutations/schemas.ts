/** Mutants of schemas: every word of one is taken away or turned round. */
import type { JsonSchema } from "../../codegen/model/schema.js";
import { isObject, subSchemas } from "../../codegen/model/subset.js";

/** A schema with one word changed. */
export interface SchemaMutant {
  /** Pointer of the changed word in the schema, and what was done to it: `/properties/agent required-not`. */
  readonly id: string;
  readonly what: string;
  readonly schema: JsonSchema;
}

type Change = readonly [name: string, what: string, changed: Record<string, unknown>];

/** All mutants of a schema, in the order of its text. */
export function schemaMutants(schema: JsonSchema): SchemaMutant[] {
  return [...subSchemas(schema)].flatMap(({ schema: sub, pointer }) =>
    [...changesOf(sub)].map(([name, what, changed]) => ({
      id: `${pointer} ${name}`.trim(),
      what,
      schema: replaced(schema, pointer, changed) as JsonSchema,
    })),
  );
}

function* changesOf(schema: JsonSchema): Generator<Change> {
  const without = (word: string): Record<string, unknown> => {
    const { [word]: _gone, ...rest } = schema;
    return rest;
  };
  const { required = [], properties = {} } = schema;
  for (const name of Object.keys(properties)) {
    if (required.includes(name)) {
      const fewer = required.filter((one) => one !== name);
      yield [`${name}-optional`, `${name} may be missing`, { ...schema, required: fewer }];
    } else {
      const more = [...required, name];
      yield [`${name}-required`, `${name} must be there`, { ...schema, required: more }];
    }
  }
  for (const word of ["type", "pattern", "format", "const"]) {
    if (word in schema) yield [`any-${word}`, `any ${word} will do`, without(word)];
  }
  for (const value of schema.enum ?? []) {
    const fewer = schema.enum!.filter((one) => one !== value);
    yield [`without-${String(value)}`, `${String(value)} is no value`, { ...schema, enum: fewer }];
  }
  if (schema.enum !== undefined) yield ["any-value", "any value will do", without("enum")];
  for (const [word, by] of BOUNDS) {
    const bound = schema[word];
    if (typeof bound !== "number") continue;
    yield [`without-${word}`, `there is no ${word}`, without(word)];
    yield [`${word}-tighter`, `${word} is ${bound + by}`, { ...schema, [word]: bound + by }];
  }
  if (isObject(schema.additionalProperties)) {
    yield ["any-further", "further members may be anything", without("additionalProperties")];
  }
}

/** Bounds, with the step that makes each tighter. */
const BOUNDS = [
  ["minLength", 1],
  ["maxLength", -1],
  ["minimum", 1],
  ["maximum", -1],
  ["exclusiveMinimum", 1],
  ["minItems", 1],
  ["maxItems", -1],
  ["maxProperties", -1],
] as const;

function replaced(value: unknown, pointer: string, by: unknown): unknown {
  if (pointer === "") return by;
  const [, head = "", ...rest] = pointer.split("/");
  const key = head.replaceAll("~1", "/").replaceAll("~0", "~");
  const below = rest.map((part) => `/${part}`).join("");
  if (Array.isArray(value)) {
    return value.map((item, at) => (String(at) === key ? replaced(item, below, by) : item));
  }
  const whole = value as Record<string, unknown>;
  return { ...whole, [key]: replaced(whole[key], below, by) };
}

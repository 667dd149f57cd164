import type { JsonSchema } from "../../model/schema.js";
import type { Definition, Model } from "../../model/types.js";
import { referenceName } from "../shapes.js";

/** Stands for a reference to a definition that has a validator of its own; holds its name. */
export const CALL = "x-arcp-call";

/** Words that do not validate; without them a schema that stays in the output is small. */
const SILENT = new Set(["description", "title", "examples", "deprecated", "$comment", "x-arcp-id"]);

/** Whether a definition is worth a file: objects and lists are, a string is checked on the spot. */
export function isShared(definition: Definition): boolean {
  const { type } = definition.schema.schema;
  return type === "object" || type === "array";
}

/**
 * Prepares a schema for a file of its own: a reference to an object becomes a call of that object's
 * validator, a reference to anything smaller the schema itself. A reference beside other keywords
 * holds together with them. Throws for a definition that does not exist, and for a string or a number
 * that is defined by itself.
 */
export function inline(
  model: Model,
  schema: JsonSchema,
  within: readonly string[] = [],
): JsonSchema {
  const own: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === "$ref" || SILENT.has(keyword)) continue;
    own[keyword] = inlineMember(model, keyword, value, within);
  }
  if (schema.$ref === undefined) return nullable(own);
  const target = resolve(model, referenceName(schema.$ref), within);
  return Object.keys(own).length === 0 ? target : { allOf: [target, own] };
}

/**
 * `anyOf` of a scalar and null is one type with two names: a third of the code, and a finding that names
 * both. Keywords of the scalar say nothing about null.
 */
function nullable(schema: JsonSchema): JsonSchema {
  const [scalar, none, ...more] = schema.anyOf ?? [];
  if (scalar === undefined || none === undefined || more.length > 0) return schema;
  if (Object.keys(none).join() !== "type" || none.type !== "null") return schema;
  const { type, ...rest } = scalar;
  const other = Object.keys(rest).some((keyword) => !OF_SCALARS.has(keyword));
  if (other || typeof type !== "string" || Object.keys(schema).length > 1) return schema;
  return { type: [type, "null"], ...rest };
}

const OF_SCALARS = new Set([
  "minLength",
  "maxLength",
  "pattern",
  "format",
  "minimum",
  "maximum",
  "exclusiveMinimum",
]);

function resolve(model: Model, name: string, within: readonly string[]): JsonSchema {
  const found = model.definitions.find((definition) => definition.name === name);
  if (found === undefined) throw new Error(`no definition is called ${name}`);
  if (isShared(found)) return { [CALL]: name };
  if (within.includes(name)) throw new Error(`definition ${name} contains itself`);
  return inline(model, found.schema.schema, [...within, name]);
}

function inlineMember(
  model: Model,
  keyword: string,
  value: unknown,
  within: readonly string[],
): unknown {
  switch (keyword) {
    case "properties":
    case "patternProperties":
      return Object.fromEntries(
        Object.entries(value as Record<string, JsonSchema>).map(([name, member]) => [
          name,
          inline(model, member, within),
        ]),
      );
    case "anyOf":
    case "oneOf":
    case "allOf":
      return (value as JsonSchema[]).map((branch) => inline(model, branch, within));
    case "items":
    case "not":
    case "if":
    case "then":
    case "else":
    case "propertyNames":
    case "additionalProperties":
      return typeof value === "object" ? inline(model, value as JsonSchema, within) : value;
    default:
      return value;
  }
}

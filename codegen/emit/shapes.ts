import type { JsonSchema } from "../model/schema.js";

/** A schema as json-schema-to-typescript reads it: with `tsType` for what is named elsewhere. */
export type TypeSchema = Readonly<Record<string, unknown>>;

/** Keywords that shape a type; the others only narrow values. */
const COMBINED = ["anyOf", "oneOf", "allOf"] as const;

/** The name that a `#/$defs/Name` reference points at. */
export function referenceName(ref: string): string {
  const match = /^#\/\$defs\/([^/]+)$/.exec(ref);
  if (match?.[1] === undefined) throw new Error(`"${ref}" is no reference to a definition`);
  return match[1];
}

/**
 * Rewrites a schema so that each reference becomes the bare name of its type. A `$ref` beside a
 * description would otherwise be taken for a second type and numbered (`Lease1`); and a schema without
 * any shape, for an object.
 */
export function typeSchema(schema: JsonSchema): TypeSchema {
  const description = schema.description === undefined ? {} : { description: schema.description };
  if (schema.$ref !== undefined) return { tsType: referenceName(schema.$ref), ...description };
  const result: Record<string, unknown> = { ...description };
  for (const keyword of COMBINED) {
    const shaped = (schema[keyword] ?? []).filter((branch) => shapes(branch, keyword));
    if (shaped.length > 0) result[keyword] = shaped.map(typeSchema);
  }
  if (schema.type !== undefined) result["type"] = schema.type;
  if (schema.enum !== undefined) result["enum"] = schema.enum;
  if (schema.const !== undefined) result["const"] = schema.const;
  if (schema.items !== undefined) result["items"] = typeSchema(schema.items);
  if (schema.properties !== undefined) {
    result["properties"] = Object.fromEntries(
      Object.entries(schema.properties).map(([name, member]) => [name, typeSchema(member)]),
    );
    result["required"] = schema.required ?? [];
  }
  const rest = schema.additionalProperties;
  if (typeof rest === "object") result["additionalProperties"] = typeSchema(rest);
  else if (schema.properties === undefined && hasType(schema, "object")) {
    result["additionalProperties"] = rest ?? true;
  }
  const empty = Object.keys(result).every((keyword) => keyword === "description");
  return empty ? { tsType: "unknown", ...description } : result;
}

/**
 * Whether a branch says more than which members are required, which no type of ours expresses. Beside
 * other branches that all hold, "some object" says nothing either.
 */
function shapes(schema: JsonSchema, within: (typeof COMBINED)[number]): boolean {
  const silent = ["required", "not"];
  if (within === "allOf" && schema.type === "object" && schema.properties === undefined) {
    silent.push("type");
  }
  return Object.keys(schema).some((keyword) => !silent.includes(keyword));
}

function hasType(schema: JsonSchema, type: string): boolean {
  return schema.type === type || (Array.isArray(schema.type) && schema.type.includes(type));
}

import { pointerKey } from "../parse/json.js";
import type { JsonSchema } from "./schema.js";

/** Keywords whose value is a schema, a list of schemas, or a map of schemas. */
const nested = {
  properties: "map",
  patternProperties: "map",
  items: "one",
  additionalProperties: "one",
  propertyNames: "one",
  not: "one",
  anyOf: "list",
  oneOf: "list",
  allOf: "list",
} as const;

const plainKeywords =
  "$ref $comment type title description deprecated required enum const pattern format minLength maxLength " +
  "minimum maximum exclusiveMinimum exclusiveMaximum minItems maxItems uniqueItems minProperties maxProperties";

/** The keywords that the generator reads. */
export const keywords: ReadonlySet<string> = new Set([
  ...plainKeywords.split(" "),
  ...Object.keys(nested),
]);

/** A schema within a schema. */
export interface SubSchema {
  readonly schema: JsonSchema;
  /** JSON pointer from the root of the block. */
  readonly pointer: string;
  /** Name, if it is the schema of a property. */
  readonly property: string | undefined;
}

/** Every schema in a schema, itself first, in the order of the text. */
export function* subSchemas(
  schema: unknown,
  pointer = "",
  property?: string,
): Generator<SubSchema, void> {
  if (!isObject(schema)) return;
  yield { schema, pointer, property };
  for (const [keyword, value] of Object.entries(schema)) {
    const shape = Object.hasOwn(nested, keyword)
      ? nested[keyword as keyof typeof nested]
      : undefined;
    const below = `${pointer}/${pointerKey(keyword)}`;
    if (shape === "one") yield* subSchemas(value, below);
    else if (shape === "list" && Array.isArray(value)) {
      for (const [index, item] of value.entries()) yield* subSchemas(item, `${below}/${index}`);
    } else if (shape === "map" && isObject(value)) {
      for (const [name, item] of Object.entries(value)) {
        const named = keyword === "properties" ? name : undefined;
        yield* subSchemas(item, `${below}/${pointerKey(name)}`, named);
      }
    }
  }
}

/** What a schema takes, without the words that explain it. What is no schema by its place is left as it is. */
export function withoutDescriptions(schema: JsonSchema): JsonSchema {
  const bare = (value: unknown): unknown => (isObject(value) ? withoutDescriptions(value) : value);
  const members = Object.entries(schema).flatMap(([keyword, value]: [string, unknown]) => {
    if (keyword === "description" && typeof value === "string") return [];
    const shape = Object.hasOwn(nested, keyword)
      ? nested[keyword as keyof typeof nested]
      : undefined;
    if (shape === "one") return [[keyword, bare(value)]];
    if (shape === "list" && Array.isArray(value)) return [[keyword, value.map(bare)]];
    if (shape === "map" && isObject(value)) {
      const inner = Object.entries(value).map(([name, item]) => [name, bare(item)]);
      return [[keyword, Object.fromEntries(inner)]];
    }
    return [[keyword, value]];
  });
  return Object.fromEntries(members) as JsonSchema;
}

/** The name in `#/$defs/NAME`; undefined for any other reference. */
export function referenceName(reference: unknown): string | undefined {
  if (typeof reference !== "string" || !reference.startsWith("#/$defs/")) return undefined;
  const name = reference.slice("#/$defs/".length);
  return /^[A-Za-z][\w.-]*$/.test(name) ? name : undefined;
}

/** True for what may be a schema object. */
export function isObject(value: unknown): value is JsonSchema & Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

import type { JsonSchema } from "../model/schema.js";
import { remembered } from "../memo.js";
import { loadSchemaTypes } from "../packages.js";
import { wrap } from "./docs.js";
import { polish } from "./polish.js";
import { typeSchema } from "./shapes.js";
import type { TypeSchema } from "./shapes.js";

/** A type to declare: its name, the schema of its values, and the inside of its doc comment. */
export interface Declaration {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly doc: string;
}

/**
 * Declares one exported type per schema, in order. Each is compiled alone, so that no type can rename another.
 */
export async function declareTypes(declarations: readonly Declaration[]): Promise<string> {
  const texts: string[] = [];
  for (const declaration of declarations) texts.push(await declare(declaration));
  return texts.join("\n\n");
}

const declare = remembered(async ({ name, schema, doc }: Declaration): Promise<string> => {
  const { compile } = loadSchemaTypes();
  const shaped = wrapped(typeSchema(schema));
  const text = await compile({ ...shaped, description: doc }, name, {
    additionalProperties: false,
    bannerComment: "",
    format: false,
    ignoreMinAndMaxItems: true,
  });
  return polish(text);
});

/** Descriptions become comments: folded, so that no line of the output is endless. */
function wrapped(schema: TypeSchema): TypeSchema {
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (key === "description" && typeof value === "string") return [key, wrap(value).join("\n")];
      if (key === "properties") return [key, mapValues(value as Record<string, TypeSchema>)];
      if (Array.isArray(value)) return [key, value.map(wrappedItem)];
      return [key, key === "const" ? value : wrappedItem(value)];
    }),
  );
}

function wrappedItem(value: unknown): unknown {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? wrapped(value as TypeSchema)
    : value;
}

function mapValues(members: Readonly<Record<string, TypeSchema>>): Record<string, TypeSchema> {
  return Object.fromEntries(Object.entries(members).map(([name, it]) => [name, wrapped(it)]));
}

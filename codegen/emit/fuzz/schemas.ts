import type { JsonSchema } from "../../model/schema.js";
import type { Model } from "../../model/types.js";
import { CALL, inline, isShared } from "../validate/inline.js";

/**
 * A schema as the validators read it: without prose, references to strings and numbers replaced by what they
 * refer to, and a choice of a scalar and null written as one type with two names.
 */
export function plain(model: Model, schema: JsonSchema): JsonSchema {
  return referring(inline(model, schema)) as JsonSchema;
}

/** The definitions that stay references, by name. */
export function sharedDefinitions(model: Model): Readonly<Record<string, JsonSchema>> {
  const shared = model.definitions.filter(isShared);
  return Object.fromEntries(shared.map((it) => [it.name, plain(model, it.schema.schema)]));
}

function referring(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(referring);
  if (typeof value !== "object" || value === null) return value;
  const { [CALL]: name, ...others } = value as Readonly<Record<string, unknown>>;
  const rest = Object.entries(others).map(([key, member]) => [
    key,
    key === "enum" || key === "const" ? member : referring(member),
  ]);
  const own = Object.fromEntries(rest) as Readonly<Record<string, unknown>>;
  return typeof name === "string" ? { $ref: `#/$defs/${name}`, ...own } : own;
}

/** What a message, the body of an event or a named type is made of, where the whole of it came or went. */
import { typeText } from "../model/fieldtable.js";
import type { JsonSchema } from "../model/schema.js";
import { isObject } from "../model/subset.js";
import { branches } from "./narrow.js";
import type { FieldOf } from "./result.js";
import type { Side } from "./side.js";

/**
 * Its fields in the order of the text, those of an object within it behind it: `limits`, `limits/max_jobs`. What an array
 * or a map holds has no name of its own: a field of its objects stands behind the array or the map.
 */
export function fieldsOf(side: Side, schema: JsonSchema): FieldOf[] {
  const found = new Map<string, FieldOf>();
  const walk = (of: JsonSchema, path: readonly string[], whole = false): void => {
    for (const { name: definition, schema: branch } of branches(side, of)) {
      // What has a name of its own is a type, and told as such.
      if (definition !== undefined && !whole) continue;
      if (branch.items !== undefined) walk(branch.items, path);
      for (const [name, own] of Object.entries(branch.properties ?? {})) {
        const inside = [...path, name];
        const key = inside.join("/");
        const required = branch.required?.includes(name) === true;
        if (!found.has(key)) found.set(key, { name: key, type: typeText(own), required });
        walk(own, inside);
      }
      for (const held of heldByMap(branch)) walk(held, path);
    }
  };
  walk(schema, [], true);
  return [...found.values()];
}

function heldByMap({ additionalProperties, patternProperties }: JsonSchema): JsonSchema[] {
  const byPattern = isObject(patternProperties) ? Object.values(patternProperties) : [];
  return [...byPattern, additionalProperties].filter(isObject);
}

/** "required a, b; optional c": those of the thing itself, without what stands within them. */
export function fieldsText(
  fields: readonly FieldOf[],
  said: (name: string) => string = (name) => name,
): string {
  const own = fields.filter(({ name }) => !name.includes("/"));
  return [true, false]
    .flatMap((required) => {
      const names = own.filter((it) => it.required === required).map(({ name }) => said(name));
      return names.length === 0
        ? []
        : [`${required ? "required" : "optional"} ${names.join(", ")}`];
    })
    .join("; ");
}

import { isObject, referenceName } from "./subset.js";
import type { JsonSchema } from "./schema.js";
import { tableHeaders } from "../parse/facts.js";

/** The cells of one row: field, type, required, meaning. Pipes are not escaped yet. */
export type FieldRow = readonly [field: string, type: string, required: string, meaning: string];

const LONGEST_PATTERN = 40;

/**
 * The rows of a field table, written from its schema in the order of the text. Members of inline
 * objects follow their parent as `client.name`, those of objects in an array as `agents[].name`.
 */
export function fieldRows(schema: JsonSchema, prefix = ""): FieldRow[] {
  const required = Array.isArray(schema.required) ? schema.required : [];
  const own = Object.entries(isObject(schema.properties) ? schema.properties : {}).flatMap(
    ([name, property]): FieldRow[] => {
      if (!isObject(property)) return [];
      const field = `${prefix}${name}`;
      const meaning = String(property.description ?? "")
        .replace(/\s+/g, " ")
        .trim();
      const row: FieldRow = [
        `\`${field}\``,
        typeText(property),
        required.includes(name) ? "yes" : "no",
        meaning,
      ];
      return [row, ...below(property, field)];
    },
  );
  const all = Array.isArray(schema.allOf) ? schema.allOf.filter(isObject) : [];
  return [...own, ...all.flatMap((part) => fieldRows(part, prefix))];
}

/** A table of fields in aligned GFM; one string per line. */
export function renderFieldTable(rows: readonly FieldRow[]): string[] {
  return renderTable([tableHeaders.fields, ...rows]);
}

/** A table with its header in aligned GFM, as Prettier would write it; one string per line. Pipes are escaped here. */
export function renderTable(rows: readonly (readonly string[])[]): string[] {
  const table = rows.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(3, ...table.map((row) => displayWidth(row[column] ?? ""))),
  );
  const lines = table.map((row) => {
    const cells = row.map(
      (cell, column) => cell + " ".repeat((widths[column] ?? 0) - displayWidth(cell)),
    );
    return `| ${cells.join(" | ")} |`;
  });
  const dashes = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [lines[0] ?? "", dashes, ...lines.slice(1)];
}

/** What a schema allows, in words: "integer, 1..1000", "array of `JobSummary`". */
export function typeText(schema: JsonSchema): string {
  const reference = referenceName(schema.$ref);
  if (reference !== undefined) return `\`${reference}\``;
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (Array.isArray(schema.enum)) {
    return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(" or ");
  }
  const branches = [schema.anyOf, schema.oneOf].find((list) => Array.isArray(list));
  if (branches !== undefined && schema.type === undefined) {
    return [...new Set(branches.filter(isObject).map(typeText))].join(" or ");
  }
  const types = Array.isArray(schema.type)
    ? schema.type.map(String)
    : [String(schema.type ?? "any")];
  return types
    .map((type) => [nameOfType(type, schema), ...constraints(type, schema)].join(", "))
    .join(" or ");
}

function nameOfType(type: string, schema: JsonSchema): string {
  if (type === "array" && isObject(schema.items)) {
    const of = typeText(schema.items);
    return `array of ${/ or |, /.test(of) ? `(${of})` : of}`;
  }
  if (
    type === "object" &&
    isObject(schema.additionalProperties) &&
    schema.properties === undefined
  ) {
    const of = typeText(schema.additionalProperties);
    return `map of ${/ or |, /.test(of) ? `(${of})` : of}`;
  }
  return type;
}

function constraints(type: string, schema: JsonSchema): string[] {
  const found: (string | undefined)[] = [];
  if (type === "string") {
    const { minLength, maxLength, pattern, format } = schema;
    found.push(
      range(
        minLength,
        maxLength,
        (text, count) => `${text} ${count === 1 ? "character" : "characters"}`,
      ),
    );
    if (typeof format === "string") found.push(format);
    if (
      typeof pattern === "string" &&
      pattern.length <= LONGEST_PATTERN &&
      !pattern.includes("`")
    ) {
      found.push(`\`${pattern}\``);
    }
  }
  if (type === "integer" || type === "number") {
    const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
    found.push(range(minimum, maximum, (text) => text));
    if (typeof exclusiveMinimum === "number") found.push(`> ${exclusiveMinimum}`);
    if (typeof exclusiveMaximum === "number") found.push(`< ${exclusiveMaximum}`);
  }
  if (type === "array") {
    found.push(
      range(
        schema.minItems,
        schema.maxItems,
        (text, count) => `${text} ${count === 1 ? "item" : "items"}`,
      ),
    );
  }
  if (type === "object") {
    const { minProperties, maxProperties } = schema;
    const least = typeof minProperties === "number" ? minProperties : undefined;
    found.push(
      range(least, maxProperties, (text, count) => `${text} ${count === 1 ? "member" : "members"}`),
    );
  }
  return found.filter((text) => text !== undefined);
}

function range(
  min: number | undefined,
  max: number | undefined,
  phrase: (text: string, last: number) => string,
): string | undefined {
  if (min !== undefined && max !== undefined)
    return phrase(min === max ? `${min}` : `${min}..${max}`, max);
  if (max !== undefined) return phrase(`≤ ${max}`, max);
  return min === undefined ? undefined : phrase(`≥ ${min}`, min);
}

/** Rows of the members of an inline object, or of the objects in an array or a choice. */
function below(schema: JsonSchema, field: string): FieldRow[] {
  if (schema.$ref !== undefined) return [];
  const branches = [schema.anyOf, schema.oneOf].flatMap((list) =>
    Array.isArray(list) ? list : [],
  );
  return [
    ...fieldRows(schema, `${field}.`),
    ...(isObject(schema.items) ? below(schema.items, `${field}[]`) : []),
    ...branches.filter(isObject).flatMap((branch) => below(branch, field)),
  ];
}

/** Columns that a text takes: two for wide East Asian characters and emoji, none for marks. */
function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{M}|\u200d|\ufe0f/u.test(character)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}

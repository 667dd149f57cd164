import type { FuzzModel, Json, Schema } from "./model.js";
import { isObject, pointerOf } from "./pointers.js";

/** What a message breaks, and where. */
export interface Failure {
  /** Names that lead to the place; to the missing member, where one is missing. */
  readonly names: readonly string[];
  readonly keyword: string;
}

/** A second opinion on the schemas: slow, whole, and made of nothing that the validators are made of. */
export interface Judge {
  /** All that a value breaks. Of a choice the branch counts that has the value's type. */
  failures(schema: Schema, value: Json, names?: readonly string[]): Failure[];
  /** The schema that a reference leads to. */
  resolve(schema: Schema): Schema;
  /** The branch of a choice that a value of this type has to be; `undefined` if none is. */
  branch(branches: readonly Schema[], value: Json): Schema | undefined;
}

const PLACE = "#/$defs/";

/** The definition that a reference leads to: all that stands behind the place is its name, as it is. */
export function definitionOf(
  { definitions }: Pick<FuzzModel, "definitions">,
  reference: string,
): Schema | undefined {
  const name = reference.startsWith(PLACE) ? reference.slice(PLACE.length) : undefined;
  return name !== undefined && Object.hasOwn(definitions, name) ? definitions[name] : undefined;
}

export function judgeOf(model: FuzzModel): Judge {
  const expressions = new Map<string, RegExp>();
  const matches = (pattern: string, text: string): boolean => {
    let expression = expressions.get(pattern);
    if (expression === undefined) expressions.set(pattern, (expression = new RegExp(pattern, "u")));
    return expression.test(text);
  };

  const resolve = (schema: Schema): Schema =>
    schema.$ref === undefined ? schema : resolve(definitionOf(model, schema.$ref)!);

  const branch = (branches: readonly Schema[], value: Json): Schema | undefined =>
    branches.map(resolve).find((one) => isTyped(one, value));

  const failures = (given: Schema, value: Json, names: readonly string[] = []): Failure[] => {
    const schema = resolve(given);
    const found: Failure[] = [];
    const fail = (keyword: string, ...more: string[]): void =>
      void found.push({ names: [...names, ...more], keyword });
    if (!isTyped(schema, value)) fail("type");
    if (schema.enum !== undefined && !schema.enum.some((one) => same(one, value))) fail("enum");
    if (schema.const !== undefined && !same(schema.const, value)) fail("const");
    if (typeof value === "string") ofText(schema, value, matches, model, fail);
    if (typeof value === "number") ofNumber(schema, value, fail);
    const choice = schema.anyOf === undefined ? "oneOf" : "anyOf";
    const branches = schema.anyOf ?? schema.oneOf;
    if (branches !== undefined) {
      const chosen = branch(branches, value);
      if (chosen === undefined) fail(choice);
      else found.push(...failures(chosen, value, names));
    }
    if (Array.isArray(value)) {
      const items = value as readonly Json[];
      ofCount(schema.minItems, schema.maxItems, items.length, "Items", fail);
      const texts = items.map(canonical);
      if (schema.uniqueItems === true && new Set(texts).size < texts.length) fail("uniqueItems");
      for (const [index, item] of items.entries()) {
        found.push(...failures(schema.items ?? {}, item, [...names, String(index)]));
      }
    } else if (isObject(value)) {
      for (const name of schema.required ?? [])
        if (!Object.hasOwn(value, name)) fail("required", name);
      const members = Object.entries(value);
      ofCount(schema.minProperties, schema.maxProperties, members.length, "Properties", fail);
      const { properties = {}, additionalProperties: rest = true } = schema;
      for (const [name, member] of members) {
        const own = Object.hasOwn(properties, name) ? properties[name] : rest;
        if (own === false) fail("additionalProperties", name);
        else if (typeof own === "object") found.push(...failures(own, member, [...names, name]));
      }
    }
    return found;
  };

  return { failures, resolve, branch };
}

type Fail = (keyword: string) => void;

function ofText(
  schema: Schema,
  value: string,
  matches: (pattern: string, text: string) => boolean,
  { formats }: FuzzModel,
  fail: Fail,
): void {
  ofCount(schema.minLength, schema.maxLength, [...value].length, "Length", fail);
  if (schema.pattern !== undefined && !matches(schema.pattern, value)) fail("pattern");
  const format = schema.format === undefined ? undefined : formats[schema.format];
  if (format !== undefined && !matches(format, value)) fail("format");
}

function ofNumber(schema: Schema, value: number, fail: Fail): void {
  const { minimum = value, maximum = value, exclusiveMinimum, exclusiveMaximum } = schema;
  if (value < minimum) fail("minimum");
  if (value > maximum) fail("maximum");
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) fail("exclusiveMinimum");
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) fail("exclusiveMaximum");
}

function ofCount(
  least: number | undefined,
  most: number | undefined,
  count: number,
  what: string,
  fail: Fail,
): void {
  if (least !== undefined && count < least) fail(`min${what}`);
  if (most !== undefined && count > most) fail(`max${what}`);
}

/** The types that a schema asks for; none, where any will do. */
export function typesOf({ type }: Schema): readonly string[] {
  return type === undefined ? [] : typeof type === "string" ? [type] : type;
}

function isTyped(schema: Schema, value: Json): boolean {
  const types = typesOf(schema);
  return types.length === 0 || types.some((type) => isOf(type, value));
}

/** Whether a value is of a type of JSON Schema. */
export function isOf(type: string, value: Json): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function same(one: Json, other: Json): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: Json): string {
  return JSON.stringify(value, (_, member: Json) =>
    isObject(member) ? Object.fromEntries(Object.entries(member).sort()) : member,
  );
}

/** Whether these are the failure that was meant, and nothing else. */
export function isOnly(failures: readonly Failure[], pointer: string, keyword: string): boolean {
  const [first, ...more] = failures;
  if (first === undefined || more.length > 0) return false;
  return first.keyword === keyword && pointerOf(first.names) === pointer;
}

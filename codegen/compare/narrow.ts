/** Which values of one schema another refuses, and why: with values that show it. */
import type { JsonSchema } from "../model/schema.js";
import { isObject } from "../model/subset.js";
import { withMembers } from "../emit/fixtures/walk.js";
import { numberGaps } from "./narrow-numbers.js";
import { textGaps } from "./narrow-texts.js";
import { enumerated, wordGaps } from "./narrow-words.js";
import type { Side } from "./side.js";

/** A way in which a value of the writer's schema may not fit the reader's. */
export interface Gap {
  /** What the reader does: "refuses null". */
  readonly text: string;
  /** Values that the writer may write and the reader refuses; none where none could be made. */
  readonly values: readonly unknown[];
  /** Member of an array or a map below the value that is refused: "*"; else empty. */
  readonly below: readonly string[];
  /** Whether the reader takes no value at all of that shape, and not only some of them. */
  readonly whole?: boolean;
}

/** One of the shapes that a schema allows: of one type, with the definition that it was named by. */
interface Branch {
  readonly name: string | undefined;
  readonly schema: JsonSchema;
}

/** Keywords whose languages are not compared: where they differ, only a fixture can show something. */
const OPAQUE = ["not", "propertyNames", "patternProperties"];

/**
 * What the reader refuses of what the writer may write, members of objects left out: they are places of their own.
 * The same definition on both sides is no gap either: what changed in it is said of it.
 */
export function gaps(writer: Side, reader: Side, w: JsonSchema, r: JsonSchema): Gap[] {
  const targets = branches(reader, r);
  return branches(writer, w).flatMap((branch) => {
    if (branch.name !== undefined && targets.some(({ name }) => name === branch.name)) return [];
    const found = targets.map((target) => ({
      target,
      gaps: oneGaps(writer, reader, branch.schema, target.schema),
    }));
    if (found.some((it) => it.gaps.length === 0)) return [];
    const nearest = found.find(({ target }) => typeFits(branch.schema, target.schema)) ?? found[0];
    return nearest?.gaps ?? [];
  });
}

/** The shapes that a schema allows, each of one type or of any. */
export function branches(side: Side, schema: JsonSchema, name?: string): Branch[] {
  if (schema.$ref !== undefined) {
    return branches(side, side.resolve(schema), name ?? schema.$ref.slice("#/$defs/".length));
  }
  const choice = schema.anyOf ?? schema.oneOf;
  if (choice !== undefined) return choice.flatMap((it) => branches(side, it));
  const whole = merged(side, schema);
  const [type, ...more] = typesOf(whole);
  if (type === undefined) return [{ name, schema: whole }];
  if (more.length === 0) return [{ name, schema: { ...whole, type } }];
  const each = [type, ...more].map((it) => ({ name: undefined, schema: ofType(whole, it) }));
  // Of a type that none of its words is of, it takes nothing.
  return each.filter(({ schema: { enum: words } }) => words?.length !== 0);
}

/** The types that a schema names, or else those of its words: who takes `"done"` alone takes a string. */
function typesOf(schema: JsonSchema): readonly string[] {
  if (schema.type !== undefined) return [schema.type].flat();
  return [...new Set(enumerated(schema)?.map(typeOf))];
}

/** Of a schema of several types, what it takes of one. */
function ofType(schema: JsonSchema, type: string): JsonSchema {
  const words = enumerated(schema)?.filter((word) => typeFits({ type: typeOf(word) }, { type }));
  const { const: _, ...rest } = schema;
  return { ...rest, type, ...(words === undefined ? {} : { enum: words }) };
}

function typeOf(word: unknown): string {
  if (word === null) return "null";
  return Array.isArray(word) ? "array" : typeof word;
}

/** The schema with what `allOf` adds to it. */
function merged(side: Side, schema: JsonSchema): JsonSchema {
  const { allOf, ...rest } = schema;
  return (allOf ?? []).reduce<JsonSchema>((whole, part) => {
    const more = merged(side, side.resolve(part));
    return {
      ...whole,
      ...more,
      properties: { ...whole.properties, ...more.properties },
      required: [...new Set([...(whole.required ?? []), ...(more.required ?? [])])],
    };
  }, rest);
}

/** Which numbers fit is for their bounds to say. */
function typeFits(w: JsonSchema, r: JsonSchema): boolean {
  const plain = (type: JsonSchema["type"]) => (type === "integer" ? "number" : type);
  return r.type === undefined || plain(w.type) === plain(r.type);
}

function oneGaps(writer: Side, reader: Side, w: JsonSchema, r: JsonSchema): Gap[] {
  if (!typeFits(w, r)) {
    const value = w.type === undefined ? strange(r) : writer.sample(w, "value");
    const text = `refuses ${w.type === undefined ? `all but ${nameOf(r.type)}` : nameOf(w.type)}`;
    return [{ text, values: [value], below: [], whole: true }];
  }
  const words = wordGaps(writer, w, r);
  if (words !== undefined) return words;
  return [
    ...textGaps(w, r),
    ...numberGaps(w, r),
    ...countGaps(writer, w, r),
    ...memberGaps(writer, reader, w, r),
    ...OPAQUE.filter(
      (it) => r[it] !== undefined && JSON.stringify(w[it]) !== JSON.stringify(r[it]),
    ).map((it): Gap => ({
      text: `may refuse something by \`${it}\``,
      values: [],
      below: [],
    })),
  ];
}

/** A value of no type that the schema takes. */
function strange(r: JsonSchema): unknown {
  return r.type === "boolean" ? "true" : r.type === "null" ? 7 : false;
}

function nameOf(type: unknown): string {
  if (type === "null") return "null";
  const name = String(type);
  return `${/^[aio]/.test(name) ? "an" : "a"} ${name}`;
}

function countGaps(writer: Side, w: JsonSchema, r: JsonSchema): Gap[] {
  const list = (count: number) =>
    Array.from({ length: count }, () => writer.sample(w.items ?? {}, "item"));
  const map = (count: number) => withMembers(w, count, writer.sample);
  const found: Gap[] = [];
  const add = (text: string, value: unknown): void => {
    found.push({ text, values: [value], below: [] });
  };
  const few = (key: "minItems" | "minProperties"): number | undefined => {
    const [own = 0, least = 0] = [w[key], r[key]] as (number | undefined)[];
    return least > own ? least : undefined;
  };
  const many = (key: "maxItems" | "maxProperties"): number | undefined => {
    const [own = Infinity, most = Infinity] = [w[key], r[key]] as (number | undefined)[];
    return most < own ? most : undefined;
  };
  if (w.type === "array") {
    const [least, most] = [few("minItems"), many("maxItems")];
    if (least !== undefined) add(`refuses fewer than ${least} items`, list(least - 1));
    if (most !== undefined) add(`refuses more than ${most} items`, list(most + 1));
    if (r["uniqueItems"] === true && w["uniqueItems"] !== true) add("refuses doubles", list(2));
  }
  if (w.type === "object") {
    const [least, most] = [few("minProperties"), many("maxProperties")];
    if (least !== undefined) add(`refuses fewer than ${least} members`, map(least - 1));
    if (most !== undefined) add(`refuses more than ${most} members`, map(most + 1));
  }
  return found;
}

/** A name that a map of anything may have. */
const ANY = "any";

/** Of the items of arrays, and of what objects hold beside their named members. */
function memberGaps(writer: Side, reader: Side, w: JsonSchema, r: JsonSchema): Gap[] {
  const within = (found: readonly Gap[], put: (value: unknown) => unknown): Gap[] =>
    found.map(({ text, values, below, ...rest }) => ({
      ...rest,
      text: `${text} in it`.replace(/(?: in it)+$/, " in it"),
      values: values.map(put),
      below: ["*", ...below],
    }));
  if (w.type === "array") {
    const fill = Math.max(0, (w.minItems ?? 1) - 1);
    const others = Array.from({ length: fill }, () => writer.sample(w.items ?? {}, "item"));
    return within(gaps(writer, reader, w.items ?? {}, r.items ?? {}), (it) => [it, ...others]);
  }
  const [own, taken] = [w.additionalProperties, r.additionalProperties];
  if (w.type !== "object" || !isObject(taken)) return [];
  const base = writer.sample(w, "value") as object;
  const put = (value: unknown): unknown => ({ ...base, [ANY]: value });
  return within(gaps(writer, reader, isObject(own) ? own : {}, taken), put);
}

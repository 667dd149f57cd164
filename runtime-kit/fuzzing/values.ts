import type { Decided } from "./automaton.js";
import type { Judge } from "./judge.js";
import { typesOf } from "./judge.js";
import type { FuzzModel, Json, Schema } from "./model.js";
import type { Random } from "./random.js";

/** How much stands in a value: what has to, or that and some of what may. */
export type Extent = "least" | "some";

/** Makes values that fit a schema. */
export interface Values {
  (schema: Schema, random: Random, extent: Extent, name?: string): Json;
}

/** Deeper than this only what is required stands. */
const DEPTH = 5;
/** A text that is longer is of one character, over and over. */
const LONG = 300;
const WORDS = [
  "",
  "a",
  "tides",
  "Zürich",
  "😀",
  "\u0000",
  "\n",
  '"',
  "\\",
  "a/b~c",
  "__proto__",
  " ",
];
const NAMES = ["a", "fs.read", "x-vendor.example.gpu", "a/b~c", "", "constructor", "ü", "0", "USD"];
const DATES = ["2026-11-23T10:00:00Z", "2026-11-23T10:00:00.123Z"];

export function valuesOf(
  model: FuzzModel,
  { resolve }: Judge,
  languages: ReadonlyMap<string, Decided>,
): Values {
  const make = (
    given: Schema,
    random: Random,
    extent: Extent,
    name: string,
    depth: number,
  ): Json => {
    const schema = resolve(given);
    if (schema.const !== undefined) return schema.const;
    if (schema.enum !== undefined) return random.pick(schema.enum);
    const branches = schema.anyOf ?? schema.oneOf;
    if (branches !== undefined) return make(random.pick(branches), random, extent, name, depth);
    const types = typesOf(schema);
    if (types.length === 0) return extent === "least" ? null : anything(random, 3);
    const type = extent === "least" ? types[0]! : random.pick(types);
    switch (type) {
      case "object":
        return object(schema, random, extent, depth);
      case "array":
        return list(schema, random, extent, name, depth);
      case "integer":
      case "number":
        return number(schema, type === "integer", random);
      case "boolean":
        return random.chance(50);
      case "null":
        return null;
      default:
        return text(schema, random, extent, name);
    }
  };

  const object = (schema: Schema, random: Random, extent: Extent, depth: number): Json => {
    const {
      properties = {},
      required = [],
      additionalProperties: rest,
      minProperties = 0,
    } = schema;
    const more = extent === "some" && depth < DEPTH;
    const odds = random.pick([0, 30, 50, 100]);
    const members = Object.entries(properties)
      .filter(([name]) => required.includes(name) || (more && random.chance(odds)))
      .map(([name, own]): [string, Json] => [name, make(own, random, extent, name, depth + 1)]);
    for (const name of required) if (properties[name] === undefined) members.push([name, 1]);
    const names = new Set(members.map(([name]) => name));
    const { maxProperties = Infinity } = schema;
    const fresh = (name: string, value: Json): void => {
      if (names.has(name) || Object.hasOwn(properties, name) || names.size >= maxProperties) return;
      names.add(name);
      members.push([name, value]);
    };
    if (typeof rest === "object") {
      const wanted = more ? random.between(0, 3) : 0;
      for (let at = 0; names.size < Math.max(wanted, minProperties) && at < 20; at += 1) {
        const name = at > 9 ? `any${at}` : random.pick(NAMES);
        fresh(name, make(rest, random, extent, name, depth + 1));
      }
    } else if (rest !== false && more && random.chance(20)) {
      fresh(
        random.pick(["tomorrow", "x-vendor.example.note", "__proto__", ""]),
        anything(random, 2),
      );
    }
    return Object.fromEntries(members);
  };

  const list = (schema: Schema, random: Random, extent: Extent, name: string, depth: number) => {
    const { minItems = 0, maxItems = Infinity, items = {}, uniqueItems } = schema;
    const more = extent === "some" && depth < DEPTH ? random.between(0, 3) : 0;
    const length = Math.min(maxItems, minItems + more);
    const made = Array.from({ length }, () => make(items, random, extent, name, depth + 1));
    if (uniqueItems !== true) return made;
    return [...new Map(made.map((item) => [JSON.stringify(item), item])).values()];
  };

  const text = (schema: Schema, random: Random, extent: Extent, name: string): string => {
    const { minLength = 0, maxLength = Infinity } = schema;
    const pattern =
      schema.pattern ?? (schema.format === undefined ? undefined : model.formats[schema.format]);
    const language = pattern === undefined ? undefined : languages.get(pattern);
    if (language !== undefined) {
      for (let tries = 0; tries < 50; tries += 1) {
        const found = language.some(random);
        const { length } = [...found];
        if (length >= minLength && length <= maxLength) return found;
      }
    }
    // What the draft shows as a time is one in a message that is to be taken at its word. ENC-06
    if (extent === "least" && /^ts$|_at$/.test(name)) return random.pick(DATES);
    const lengths = [minLength, minLength + 1, random.between(minLength, minLength + 30)];
    if (extent === "some" && maxLength < 10_000 && random.chance(10)) lengths.push(maxLength);
    const length = Math.min(maxLength, Math.max(minLength, random.pick(lengths)));
    if (extent === "least")
      return `${name}_${"a".repeat(Math.max(0, minLength - name.length))}`.slice(0, maxLength);
    if (length > LONG) return random.pick(["a", "ü", "😀"]).repeat(length);
    const characters: string[] = [];
    while (characters.length < length) characters.push(...random.pick(WORDS), "a");
    return characters.slice(0, length).join("");
  };

  return (schema, random, extent, name = "value") => make(schema, random, extent, name, 0);
}

function number(schema: Schema, whole: boolean, random: Random): number {
  const { minimum = -1e6, maximum = 1e6, exclusiveMinimum, exclusiveMaximum } = schema;
  const step = whole ? 1 : 2 ** -10;
  const low = Math.max(
    minimum,
    exclusiveMinimum === undefined ? -Infinity : exclusiveMinimum + step,
  );
  const high = Math.max(
    low,
    Math.min(
      schema.maximum ?? Math.max(maximum, low),
      (exclusiveMaximum ?? Infinity) - (exclusiveMaximum === undefined ? 0 : step),
    ),
  );
  const top = whole ? Math.min(high, Number.MAX_SAFE_INTEGER) : high;
  switch (random.between(0, 4)) {
    case 0:
      return low;
    case 1:
      return top;
    case 2:
      return Math.min(low + step, top);
    default: {
      const found = random.between(
        Math.ceil(low),
        Math.min(Math.ceil(low) + 1000, Math.floor(top)),
      );
      return whole || !random.chance(50) ? found : Math.min(top, found + 0.25);
    }
  }
}

/** Any JSON at all. */
function anything(random: Random, depth: number): Json {
  switch (random.between(0, depth > 0 ? 6 : 4)) {
    case 0:
      return null;
    case 1:
      return random.chance(50);
    case 2:
      return random.pick([0, -1, 1.5, 2 ** 53, -(2 ** 53), 1e300, 5e-324]);
    case 3:
    case 4:
      return random.pick(WORDS);
    case 5:
      return Array.from({ length: random.between(0, 3) }, () => anything(random, depth - 1));
    default: {
      const names = Array.from({ length: random.between(0, 3) }, () => random.pick(NAMES));
      return Object.fromEntries(names.map((name) => [name, anything(random, depth - 1)]));
    }
  }
}

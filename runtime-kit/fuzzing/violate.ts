import type { Decided } from "./automaton.js";
import type { Judge } from "./judge.js";
import { isOf, isOnly, typesOf } from "./judge.js";
import type { Messages } from "./messages.js";
import type { Constraint, FuzzModel, Json, Schema } from "./model.js";
import { isObject, namesIn, pointerOf, valueAt, withValue } from "./pointers.js";
import type { Random } from "./random.js";
import type { Values } from "./values.js";

/** A message that breaks one constraint and nothing else. */
export interface Violation extends Omit<Constraint, "id" | "inseparable"> {
  /** Id of the constraint. */
  readonly constraint: string;
  /** JSON pointer of the place that is wrong; of the missing member, where one is missing. */
  readonly pointer: string;
  /** Whatever stands where a message should: `[]` is none. */
  readonly message: Json;
}

/** A message with a place in it. */
interface Place {
  readonly message: Json;
  readonly names: readonly string[];
  readonly schema: Schema;
}

/** Enough that a change that breaks two things at once is followed by one that breaks one. */
const TRIES = 60;

const PALETTE: readonly Json[] = [
  ...[null, true, false, 0, 7, -1, 1.5, "", "7", "true", "null"],
  ...[[], [7], [{}], {}, { "0": "a" }],
];

/** What makes violations of a model's constraints. */
export function violatorOf(
  model: FuzzModel,
  judge: Judge,
  values: Values,
  messages: Messages,
  languages: ReadonlyMap<string, Decided>,
): (constraint: Constraint, random: Random) => Violation | undefined {
  /** Sees to it that a place is there. */
  function reach(message: Json, root: Schema, path: readonly string[], random: Random): Place {
    let whole = message;
    let schema = root;
    const names: string[] = [];
    for (const [at, step] of path.entries()) {
      const found = container(schema, valueAt(whole, names), path.slice(at), random);
      schema = found.schema;
      const name = step === "*" ? anyName(schema, found.value, random) : step;
      const own = memberOf(schema, name);
      let value = found.value;
      if (at < path.length - 1 && valueAt(value, [name]) === undefined) {
        const made = values(own, random, "some", name);
        value = Array.isArray(value) ? [...value, made] : withValue(value, [name], made);
      }
      whole = withValue(whole, names, value);
      names.push(name);
      schema = own;
    }
    return { message: whole, names, schema: judge.resolve(schema) };
  }

  /** The value that has the member, in the branch of a choice that has it. */
  function container(
    given: Schema,
    value: Json | undefined,
    path: readonly string[],
    random: Random,
  ): { readonly schema: Schema; readonly value: Json } {
    const schema = judge.resolve(given);
    const branches = (schema.anyOf ?? schema.oneOf)?.map(judge.resolve);
    const wanted = branches?.find((branch) => leads(branch, path[0]!)) ?? schema;
    const fits = value !== undefined && (isObject(value) || Array.isArray(value));
    const right = fits && (branches === undefined || judge.branch(branches, value) === wanted);
    return { schema: wanted, value: right ? value : values(wanted, random, "some") };
  }

  function leads({ properties = {}, items, additionalProperties }: Schema, name: string): boolean {
    if (name === "*") return items !== undefined || additionalProperties !== undefined;
    return Object.hasOwn(properties, name);
  }

  function memberOf(
    { properties = {}, items, additionalProperties }: Schema,
    name: string,
  ): Schema {
    if (Object.hasOwn(properties, name)) return properties[name]!;
    if (items !== undefined) return items;
    return typeof additionalProperties === "object" ? additionalProperties : {};
  }

  function anyName(schema: Schema, value: Json, random: Random): string {
    if (Array.isArray(value)) {
      // An item that is there, or that is added behind the last one.
      return String(random.between(0, Math.max(0, (value as readonly Json[]).length - 1)));
    }
    const others = Object.keys(isObject(value) ? value : {}).filter(
      (name) => !Object.hasOwn(schema.properties ?? {}, name),
    );
    return random.chance(50) && others.length > 0 && schema.additionalProperties !== false
      ? random.pick(others)
      : random.pick(["any", "a/b~c", "tomorrow"]);
  }

  function wrong(constraint: Constraint, { message, names, schema }: Place, random: Random): Json {
    const put = (value: Json | undefined): Json => withValue(message, names, value);
    const value = valueAt(message, names) ?? values(schema, random, "some");
    switch (constraint.keyword) {
      case "required":
        return put(undefined);
      case "additionalProperties":
        return put(random.pick(PALETTE));
      case "enum":
      case "const":
        return put(wrongWord(schema, random));
      case "pattern":
      case "format":
        return put(languageOf(schema)?.near(random) ?? random.pick(PALETTE));
      case "type":
      case "anyOf":
      case "oneOf":
        return put(random.pick(PALETTE.filter((one) => !fitsType(schema, one))));
      default:
        return put(beyond(schema, constraint.keyword, value, random));
    }
  }

  function languageOf({ pattern, format }: Schema): Decided | undefined {
    const name = pattern ?? (format === undefined ? undefined : model.formats[format]);
    return name === undefined ? undefined : languages.get(name);
  }

  function fitsType(schema: Schema, value: Json): boolean {
    const branches = (schema.anyOf ?? schema.oneOf ?? [schema]).map(judge.resolve);
    return branches.flatMap(typesOf).some((type) => isOf(type, value));
  }

  /** A value on the wrong side of a limit. */
  function beyond(schema: Schema, keyword: string, value: Json, random: Random): Json {
    const limit = Number(schema[keyword as keyof Schema]);
    const list = Array.isArray(value) ? (value as readonly Json[]) : [];
    const members = Object.entries(isObject(value) ? value : {});
    const item = (): Json => values(schema.items ?? {}, random, "some");
    switch (keyword) {
      case "minLength":
        return random.pick(["a", "😀"]).repeat(Math.max(0, limit - random.pick([1, 1, limit])));
      case "maxLength":
        return random.pick(["a", "a", "ü", "😀"]).repeat(limit + random.pick([1, 1, 2, 50]));
      case "minimum":
        return limit - random.pick([1, 1, 2, 1000, typesOf(schema).includes("number") ? 0.5 : 1]);
      case "maximum":
        return limit + random.pick([1, 2, 2 ** 10, Math.abs(limit)]);
      case "exclusiveMinimum":
        return limit - random.pick([0, 0, 1, 1000]);
      case "exclusiveMaximum":
        return limit + random.pick([0, 0, 1, 1000]);
      case "minItems":
        return list.slice(0, Math.max(0, limit - 1));
      case "maxItems":
        return [...list, ...Array.from({ length: limit + 1 - list.length }, item)];
      case "uniqueItems": {
        const one = list[0] ?? item();
        return [one, ...list.slice(1), one];
      }
      case "minProperties":
        return Object.fromEntries(members.slice(0, limit - 1));
      case "maxProperties": {
        const rest = schema.additionalProperties;
        const more = Array.from({ length: limit + 1 }, (_, at): [string, Json] => [
          `any${at}`,
          values(typeof rest === "object" ? rest : {}, random, "some"),
        ]);
        return Object.fromEntries([...members, ...more]);
      }
      default:
        return random.pick(PALETTE);
    }
  }

  return (constraint, random) => {
    if (constraint.inseparable !== undefined) return undefined;
    const { id, of, keyword, section, tolerated } = constraint;
    const path = namesIn(constraint.pointer);
    for (let tries = 0; tries < TRIES; tries += 1) {
      const form = messages.form(of, random);
      const base = messages.valid(form, random, "some");
      const place = reach(base, form.schema, path, random);
      const message = oneJob(wrong(constraint, place, random), place.names);
      const pointer = pointerOf(place.names);
      if (!isOnly(messages.failures(form, message), pointer, keyword)) continue;
      const depth = constraint.choice === undefined ? 0 : namesIn(constraint.choice).length;
      const choice = depth === 0 ? {} : { choice: pointerOf(place.names.slice(0, depth)) };
      const forgiven = tolerated === undefined ? {} : { tolerated };
      return { constraint: id, of, pointer, keyword, section, ...choice, ...forgiven, message };
    }
    return undefined;
  };
}

/** A word that is near to those that are allowed. */
function wrongWord(schema: Schema, random: Random): Json {
  const words = schema.enum ?? [schema.const ?? null];
  const word = random.pick(words);
  if (typeof word !== "string") return random.pick(PALETTE);
  return random.pick([word.toUpperCase(), `${word}s`, word.slice(1), `${word} `, "tomorrow", ""]);
}

/** A message that names its job in two places names it in one, once they differ. */
function oneJob(message: Json, names: readonly string[]): Json {
  const inside = valueAt(message, ["payload", "job_id"]);
  const outside = valueAt(message, ["job_id"]);
  const asked = pointerOf(names);
  if (asked === "/job_id" && outside === undefined) return without(message, "payload", "job_id");
  if (inside === undefined || outside === undefined || inside === outside) return message;
  return asked === "/job_id" ? without(message, "payload", "job_id") : without(message, "job_id");
}

function without(message: Json, ...names: string[]): Json {
  return valueAt(message, names) === undefined ? message : withValue(message, names, undefined);
}

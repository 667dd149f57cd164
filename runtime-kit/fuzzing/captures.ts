import type { Judge } from "./judge.js";
import type { Json, JsonObject, Schema } from "./model.js";
import { isObject, pointerOf } from "./pointers.js";
import type { Random } from "./random.js";
import type { Values } from "./values.js";
import type { Sequence } from "./walks.js";

/** What captures such as `$J` stand for, as a sequence is played. */
export interface Captures {
  readonly bound: Map<string, Json>;
  /** What is written, with captures resolved, and what the schema requires besides. */
  complete(schema: Schema, written: Json | undefined): Json;
  /** What differs from what is written; captures are bound on the way. */
  differs(written: Json, found: Json | undefined, names: readonly string[]): string | undefined;
  /** Takes note of the number of an event. */
  seen(message: JsonObject): void;
  /** The numbers of another session begin. */
  restart(): void;
}

/** Captures of one play, with what is known of them before. */
export function capturesOf(
  known: JsonObject,
  features: readonly string[],
  { judge, values, random }: { judge: Judge; values: Values; random: Random },
): Captures {
  const bound = new Map<string, Json>(Object.entries({ ...USUAL, ...known }));
  let newest = 0;

  /** What a capture stands for; made up where it is new. */
  function valueOf(name: string, schema: Schema): Json {
    if (name === "SEQ") return newest;
    if (name === "NEXT") return newest + 1;
    if (name === "SKIP") return newest + 2;
    if (name === "FEATURES") return [...features];
    const before = bound.get(name);
    if (before !== undefined) return before;
    const readable = `${name.toLowerCase()}_${random.between(0, 2 ** 30).toString(36)}`;
    const fits = judge.failures(schema, readable).length === 0;
    const value = fits ? readable : values(schema, random, "least", name);
    bound.set(name, value);
    return value;
  }

  function complete(given: Schema, partial: Json | undefined): Json {
    const own = judge.resolve(given);
    if (partial === undefined) return values(own, random, "least");
    const capture = captureIn(partial);
    if (capture !== undefined) return valueOf(capture, own);
    const branches = own.anyOf ?? own.oneOf;
    const schema = (branches && judge.branch(branches, partial)) ?? own;
    if (Array.isArray(partial)) {
      return (partial as readonly Json[]).map((item) => complete(schema.items ?? {}, item));
    }
    if (!isObject(partial)) return partial;
    const { properties = {}, required = [], additionalProperties: rest } = schema;
    const other = typeof rest === "object" ? rest : {};
    const written = Object.entries(partial).map(([name, value]): [string, Json] => [
      name,
      complete(properties[name] ?? other, value),
    ]);
    const missing = required
      .filter((name) => !Object.hasOwn(partial, name))
      .map((name): [string, Json] => [name, values(properties[name] ?? {}, random, "least", name)]);
    return Object.fromEntries([...written, ...missing]);
  }

  function differs(
    written: Json,
    found: Json | undefined,
    names: readonly string[],
  ): string | undefined {
    const capture = captureIn(written);
    if (capture !== undefined) {
      const computed = COUNTED.includes(capture);
      if (found === undefined) return `${pointerOf(names)}: $${capture} is missing`;
      if (!computed && !bound.has(capture)) bound.set(capture, found);
      const wanted = valueOf(capture, {});
      return JSON.stringify(wanted) === JSON.stringify(found)
        ? undefined
        : `${pointerOf(names)}: ${JSON.stringify(found)} in the place of ${JSON.stringify(wanted)}`;
    }
    if (Array.isArray(written)) {
      const [items, others] = [written as readonly Json[], found];
      if (!Array.isArray(others) || others.length !== items.length) {
        return `${pointerOf(names)}: not a list of ${items.length}`;
      }
      return first(
        items.map((item, index) => differs(item, others[index], [...names, `${index}`])),
      );
    }
    if (isObject(written)) {
      if (!isObject(found)) return `${pointerOf(names)}: no object`;
      const members = Object.entries(written);
      return first(members.map(([name, one]) => differs(one, found[name], [...names, name])));
    }
    return written === found
      ? undefined
      : `${pointerOf(names)}: ${JSON.stringify(found)} in the place of ${JSON.stringify(written)}`;
  }

  return {
    bound,
    complete,
    differs,
    seen({ event_seq: number }) {
      if (typeof number === "number") newest = Math.max(newest, number);
    },
    restart() {
      newest = 0;
    },
  };
}

/** What both sides call by the same name, unless they are told. */
const USUAL = { AGENT: "agent", TOKEN: "token" };

/** Captures that are counted, not bound. */
const COUNTED = ["SEQ", "NEXT", "SKIP", "FEATURES"];

/** The name of the capture that stands here. */
export function captureIn(value: Json | undefined): string | undefined {
  if (!isObject(value)) return undefined;
  const name = value["$"];
  return typeof name === "string" && Object.keys(value).length === 1 ? name : undefined;
}

/** The names of all captures that steps have, and are given, but for those that are counted. */
export function capturesNamed({ given, steps }: Pick<Sequence, "given" | "steps">): string[] {
  const found = new Set(given);
  const visit = (value: Json): void => {
    const name = captureIn(value);
    if (name !== undefined) found.add(name);
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(visit);
  };
  for (const step of steps) if ("members" in step) visit(step.members);
  return [...found].filter((name) => !COUNTED.includes(name));
}

/** The first problem of several. */
export function first(problems: readonly (string | undefined)[]): string | undefined {
  return problems.find((problem) => problem !== undefined);
}

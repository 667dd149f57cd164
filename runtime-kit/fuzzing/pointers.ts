import type { Json, JsonObject } from "./model.js";

/** `/a~1b/0` from the names that lead to a place. */
export function pointerOf(names: readonly (string | number)[]): string {
  return names.map((name) => `/${String(name).replace(/~/g, "~0").replace(/\//g, "~1")}`).join("");
}

/** The names in a pointer. */
export function namesIn(pointer: string): string[] {
  const names = pointer.split("/").slice(1);
  return names.map((name) => name.replace(/~1/g, "/").replace(/~0/g, "~"));
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What stands at a place; `undefined` where there is no such place. */
export function valueAt(root: Json, names: readonly string[]): Json | undefined {
  let value: Json | undefined = root;
  for (const name of names) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name))
      return undefined;
    value = (value as JsonObject)[name];
  }
  return value;
}

/** A copy with another value at a place; without the member, for `undefined`. Objects on the way are made. */
export function withValue(root: Json, names: readonly string[], put: Json | undefined): Json {
  const [name, ...rest] = names;
  if (name === undefined) return put ?? null;
  if (Array.isArray(root)) {
    const items = root as readonly Json[];
    return items.map((item, index) => (String(index) === name ? withValue(item, rest, put) : item));
  }
  const object = isObject(root) ? root : {};
  const kept = Object.entries(object).filter(([other]) => other !== name);
  if (rest.length === 0 && put === undefined) return Object.fromEntries(kept);
  const own = Object.hasOwn(object, name) ? object[name]! : {};
  // In the place where it stood, so that two seeds differ in what they change alone.
  const at = Object.keys(object).indexOf(name);
  kept.splice(at < 0 ? kept.length : at, 0, [name, withValue(own, rest, put)]);
  return Object.fromEntries(kept);
}

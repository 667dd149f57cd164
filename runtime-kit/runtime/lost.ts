import { escapePointer } from "../wire/json.js";

/** Objects of which `JSON.stringify` makes `{}`, or numbers by their place, without a word. */
const LOST: readonly (readonly [kind: abstract new (...args: never[]) => object, name: string])[] =
  [
    [Promise, "a Promise: await it"],
    [Map, "a Map"],
    [Set, "a Set"],
    [ArrayBuffer, "an ArrayBuffer"],
  ];

/**
 * What of a value would arrive as something else although it is said in JSON, by its place; nothing if it all arrives.
 * Members that are functions or `undefined` are left out, as JSON does everywhere. `text` is the JSON that was made of it.
 */
export function lostIn(value: unknown, text: string): string | undefined {
  // Most results hold neither of the two, and to look at a large one takes as long as to say it.
  if (!text.includes("{}") && !text.includes('{"0":')) return undefined;
  const found = search(value);
  if (found === undefined) return undefined;
  return `${found.path === "" ? "it" : found.path} is ${found.what}`;
}

interface Found {
  readonly path: string;
  readonly what: string;
}

function search(value: unknown): Found | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) {
      const found = search(value[i]);
      if (found !== undefined) return within(String(i), found);
    }
    return undefined;
  }
  // What says itself what it is in JSON, like a Date, is as it says.
  if ("toJSON" in value && typeof value.toJSON === "function") return undefined;
  const what = kindOf(value);
  if (what !== undefined) return { path: "", what };
  for (const name of Object.keys(value)) {
    const found = search((value as Readonly<Record<string, unknown>>)[name]);
    if (found !== undefined) return within(name, found);
  }
  return undefined;
}

function within(name: string, { path, what }: Found): Found {
  return { path: `/${escapePointer(name)}${path}`, what };
}

function kindOf(value: object): string | undefined {
  if (Object.getPrototypeOf(value) === Object.prototype) return undefined;
  if (ArrayBuffer.isView(value)) return "of bytes";
  return LOST.find(([kind]) => value instanceof kind)?.[1];
}

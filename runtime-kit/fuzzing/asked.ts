import { isObject } from "./pointers.js";

/** What a caller gave, short enough for a message. Not everything that JavaScript has is a text in JSON. */
export function shown(given: unknown): string {
  if (typeof given === "function" || typeof given === "bigint") return `a ${typeof given}`;
  const text =
    typeof given === "object" || typeof given === "string" ? written(given) : String(given);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function written(given: object | string | null): string {
  try {
    return JSON.stringify(given) ?? "an object";
  } catch {
    return "an object that JSON cannot write";
  }
}

/**
 * A text, under the name of its argument.
 *
 * @throws TypeError
 */
export function textFrom(name: string, given: unknown): string {
  if (typeof given === "string") return given;
  throw new TypeError(`${name}: a text, not ${shown(given)}`);
}

/**
 * A seed as it is asked for; 1 without one. Mixed into the chance as it is, a text would be the seed 0.
 *
 * @throws TypeError
 */
export function seedFrom(given: unknown): number {
  if (given === undefined) return 1;
  if (typeof given === "number" && Number.isSafeInteger(given) && given >= 0) return given;
  throw new TypeError(
    `seed: a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, not ${shown(given)}`,
  );
}

/**
 * One of some words, under its name.
 *
 * @throws TypeError
 */
export function wordFrom(name: string, words: readonly string[], given: unknown): void {
  if ((words as readonly unknown[]).includes(given)) return;
  const allowed = words.map((word) => JSON.stringify(word)).join(", ");
  throw new TypeError(`${name}: one of ${allowed}, not ${shown(given)}`);
}

/**
 * Options, none of which has a name that means nothing.
 *
 * @throws TypeError
 */
export function optionsFrom(names: readonly string[], given: unknown, what = "options"): void {
  const allowed = names.join(", ");
  if (!isObject(given as never)) {
    throw new TypeError(`${what}: an object with ${allowed}, not ${shown(given)}`);
  }
  const unknown = Object.keys(given as object).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new TypeError(`${what}: ${allowed}, not ${shown(unknown)}`);
}

/**
 * What captures stand for, none of them a name that the sequence does not have. The token and the agent are texts in
 * every message, whatever else a sequence remembers a text or a number.
 *
 * @param names those of the sequence
 * @throws TypeError
 */
export function bindingsFrom(names: readonly string[], given: unknown): void {
  const usual = ["TOKEN", "AGENT"];
  optionsFrom([...new Set([...usual, ...names])], given, "bindings");
  for (const [name, value] of Object.entries(given as object)) {
    const number = !usual.includes(name) && Number.isFinite(value);
    if (typeof value === "string" || number) continue;
    const wanted = usual.includes(name) ? "a text" : "a text or a number";
    throw new TypeError(`bindings.${name}: ${wanted}, not ${shown(value)}`);
  }
}

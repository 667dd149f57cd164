// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import { lengthOf, namesOf } from "./support.js";
import type { Failure } from "./support.js";

/** One thing that is wrong with a message. Never holds text of the message: that may be a secret. */
export interface Problem {
  /**
   * JSON pointer from the root of the envelope; of the missing member, where one is missing. Cut off
   * with `…` after 256 characters: names are as long as whoever sent them likes.
   */
  readonly path: string;
  /** The keyword of the schema that it breaks: "required", "type", "pattern" … */
  readonly code: string;
  /** What would have been right. */
  readonly expected: string;
  /** What is there instead: a JSON type, a length, a number. */
  readonly actual: string;
  /** Section of the spec that says so. */
  readonly section: string;
  /** All of it in a sentence. */
  readonly message: string;
}

/** More than anyone reads of one message. */
const MOST = 8;

/** Characters of a pointer that anyone reads. */
const LONGEST = 256;

/**
 * Puts findings into words, the telling ones first: of the branches of a choice those that had the right
 * type. `root` is the whole message, `base` points at the part that was validated.
 */
export function problems(
  root: unknown,
  base: string,
  found: readonly Failure[],
  section: string,
): readonly Problem[] {
  const choices = found.filter(isChoice);
  const kept = found.filter((failure) => {
    if (failure.keyword !== "type") return true;
    return !choices.some((choice) => isSame(choice.path, failure.path));
  });
  const ordered = [...kept.filter((it) => !isChoice(it)), ...kept.filter(isChoice)];
  return ordered.slice(0, MOST).map((failure) => problem(root, base, failure, section));
}

function isChoice({ keyword }: Failure): boolean {
  return keyword === "anyOf" || keyword === "oneOf";
}

function isSame(one: Failure["path"], other: Failure["path"]): boolean {
  return one.length === other.length && one.every((name, index) => name === other[index]);
}

/** Puts one finding into words. */
function problem(root: unknown, base: string, failure: Failure, section: string): Problem {
  const { keyword, expected: asked } = failure;
  const at = [...namesOf(base), ...failure.path];
  const path = pointer(NAMING.has(keyword) ? [...at, String(asked)] : at);
  const expected = wanted(keyword, asked);
  const actual = keyword === "required" ? "nothing" : given(keyword, valueAt(root, at));
  const message = `${path === "" ? "the message" : path}: expected ${expected}, got ${actual} (§${section})`;
  return { path, code: keyword, expected, actual, section, message };
}

/** A JSON pointer; only as much of a name is escaped as could be of use. */
function pointer(names: Failure["path"]): string {
  let path = "";
  for (const name of names) {
    const start = String(name).slice(0, LONGEST);
    path += `/${start.replace(/~/g, "~0").replace(/\//g, "~1")}`;
    if (path.length + String(name).length - start.length > LONGEST) {
      return `${path.slice(0, LONGEST)}…`;
    }
  }
  return path;
}

/** Keywords that speak of a member, not of the object that has it or lacks it. */
const NAMING = new Set(["required", "additionalProperties", "propertyNames"]);

function wanted(keyword: string, asked: unknown): string {
  switch (keyword) {
    case "type":
      return Array.isArray(asked) ? asked.join(" or ") : String(asked);
    case "required":
      return "a value";
    case "enum":
      return `one of ${JSON.stringify(asked).slice(1, -1)}`;
    case "const":
      return JSON.stringify(asked);
    case "pattern":
      return `a string that matches ${String(asked)}`;
    case "format":
      return `a string of format ${String(asked)}`;
    case "minLength":
      return `at least ${String(asked)} characters`;
    case "maxLength":
      return `at most ${String(asked)} characters`;
    case "minItems":
      return `at least ${String(asked)} items`;
    case "maxItems":
      return `at most ${String(asked)} items`;
    case "minProperties":
      return `at least ${String(asked)} members`;
    case "maxProperties":
      return `at most ${String(asked)} members`;
    case "minimum":
      return `at least ${String(asked)}`;
    case "maximum":
      return `at most ${String(asked)}`;
    case "exclusiveMinimum":
      return `more than ${String(asked)}`;
    case "exclusiveMaximum":
      return `less than ${String(asked)}`;
    case "multipleOf":
      return `a multiple of ${String(asked)}`;
    case "anyOf":
      return "one of the forms that the schema allows";
    case "oneOf":
      return "exactly one of the forms that the schema allows";
    case "not":
      return "another form";
    case "additionalProperties":
      return "no member of this name";
    case "propertyNames":
      return "another name";
    default:
      return `what "${keyword}" asks for`;
  }
}

/** Types, lengths and numbers; no text, since it may be a token or a person's data. */
function given(keyword: string, value: unknown): string {
  if (typeof value === "string") {
    if (keyword === "minLength" || keyword === "maxLength") return `${lengthOf(value)} characters`;
    return keyword === "type" ? "string" : "another string";
  }
  if (typeof value === "number") {
    if (keyword !== "type") return String(value);
    return Number.isInteger(value) ? "integer" : "number";
  }
  if (Array.isArray(value)) return keyword === "type" ? "array" : `${value.length} items`;
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  const counts = keyword === "minProperties" || keyword === "maxProperties";
  return counts ? `${Object.keys(value).length} members` : "object";
}

/** What names lead to; `undefined` where they lead nowhere. */
function valueAt(root: unknown, names: Failure["path"]): unknown {
  let value = root;
  for (const name of names) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string | number, unknown>)[name];
  }
  return value;
}

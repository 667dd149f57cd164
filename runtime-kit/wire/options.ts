import { Feature } from "../../generated/current/index.js";

/** What an option must be, in words, and whether a value is that. */
export type Check = readonly [expected: string, fits: (value: unknown) => boolean];

/** A check for each option that there is; the compiler holds it against the interface. */
export type Checks<Options> = { readonly [Name in keyof Required<Options>]: Check };

/**
 * Throws a `TypeError` that names the option for one that is none, or whose value has another shape: in
 * JavaScript a slip of the pen would else be found much later, or never. No value is told, since it may be a secret.
 */
export function checkOptions<Options extends object>(
  whose: string,
  options: unknown,
  checks: Checks<Options>,
): void {
  if (!isPlain(options)) {
    throw new TypeError(`${whose}: the options must be an object; got ${kindOf(options)}`);
  }
  for (const [name, value] of Object.entries(options)) {
    const check = Object.hasOwn(checks, name) ? checks[name as keyof Options] : undefined;
    if (check === undefined) {
      const names = Object.keys(checks).join(", ");
      throw new TypeError(
        `${whose}: there is no option ${JSON.stringify(name)}; there are ${names}`,
      );
    }
    const [expected, fits] = check;
    if (value === undefined || fits(value)) continue;
    throw new TypeError(`${whose}: ${name} must be ${expected}; got ${kindOf(value)}`);
  }
}

/** The same for arguments, all of which are needed: throws a `TypeError` that names the first that is none. */
export function checkArguments(
  whose: string,
  given: Readonly<Record<string, unknown>>,
  checks: Readonly<Record<string, Check>>,
): void {
  for (const [name, [expected, fits]] of Object.entries(checks)) {
    const value = given[name];
    if (fits(value)) continue;
    const all = Object.keys(checks).join(", ");
    const words = `${name} must be ${expected}; got ${kindOf(value)}`;
    throw new TypeError(`${whose} takes ${all}: ${words}`);
  }
}

/** What a value is, without telling it. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** Whether it is an object that is no array. */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const anObject: Check = ["an object", isPlain];
export const aFunction: Check = ["a function", (value) => typeof value === "function"];
export const aString: Check = ["a string", (value) => typeof value === "string"];
export const aBoolean: Check = ["true or false", (value) => typeof value === "boolean"];
export const aNumber: Check = [
  "a number, not negative",
  (value) => typeof value === "number" && value >= 0,
];
export const anArray: Check = ["an array", Array.isArray];
export const strings: Check = [
  "an array of strings",
  (value) => Array.isArray(value) && value.every((one) => typeof one === "string"),
];
export const featureNames: Check = [
  `an array of features, of which there are ${Object.values(Feature).join(", ")}`,
  (value) =>
    Array.isArray(value) && value.every((one) => Object.values(Feature).includes(one as Feature)),
];
export const aSignal: Check = [
  "an AbortSignal",
  (value) => isPlain(value) && typeof value["throwIfAborted"] === "function",
];

// oxlint-disable-next-line no-control-regex -- these are the ones that are meant
const CONTROL = /[\0-\x1f\x7f]/;

/** Whether a token can be one: a line end, as of a file that was read, never was part of it. */
export function isToken(value: unknown): value is string {
  return typeof value === "string" && !CONTROL.test(value);
}

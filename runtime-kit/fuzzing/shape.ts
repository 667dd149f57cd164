/** What a value has to look like, and the first place where it does not. Small, since this room imports nothing. */
import { shown } from "./asked.js";
import { isObject, pointerOf } from "./pointers.js";

/** What is otherwise than it has to be, and the names that lead there. */
export interface Misfit {
  readonly names: readonly string[];
  readonly says: string;
}

/** The first misfit of a value, if it has one. */
export type Shape = (value: unknown) => Misfit | undefined;

/** Deeper than this nothing is that a person wrote, and what is within itself has no end. */
const DEEPEST = 200;

const misfit = (wanted: string, value: unknown): Misfit => ({
  names: [],
  says: `${wanted}, not ${shown(value)}`,
});

const within = (name: string | number, found: Misfit | undefined): Misfit | undefined =>
  found && { ...found, names: [String(name), ...found.names] };

const firstOf = <T>(many: Iterable<T>, look: (one: T) => Misfit | undefined) => {
  for (const one of many) {
    const found = look(one);
    if (found !== undefined) return found;
  }
  return undefined;
};

export const text: Shape = (value) =>
  typeof value === "string" ? undefined : misfit("a text", value);

export const flag: Shape = (value) =>
  typeof value === "boolean" ? undefined : misfit("true or false", value);

export const number: Shape = (value) =>
  Number.isFinite(value) ? undefined : misfit("a number", value);

/** A whole number between two others. */
export const whole =
  (least: number, most: number): Shape =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? undefined
      : misfit(`a whole number from ${least} to ${most}`, value);

export const word =
  (...words: readonly unknown[]): Shape =>
  (value) =>
    words.includes(value)
      ? undefined
      : misfit(`one of ${words.map((one) => JSON.stringify(one)).join(", ")}`, value);

export const list =
  (of: Shape, least = 0, most = Infinity): Shape =>
  (value) => {
    if (!Array.isArray(value)) return misfit("a list", value);
    const items = value as readonly unknown[];
    if (items.length < least) return misfit(`a list of at least ${least}`, value);
    if (items.length > most) return misfit(`a list of at most ${most}`, value);
    return firstOf(items.entries(), ([at, item]) => within(at, of(item)));
  };

/** A list of these, in this order. */
export const tuple = (...shapes: readonly Shape[]): Shape => {
  const long = list(() => undefined, shapes.length, shapes.length);
  return (value) =>
    long(value) ??
    firstOf(shapes.entries(), ([at, of]) => within(at, of((value as readonly unknown[])[at])));
};

/** An object with any names. */
export const map =
  (of: Shape): Shape =>
  (value) =>
    isObject(value)
      ? firstOf(Object.entries(value), ([name, member]) => within(name, of(member)))
      : misfit("an object", value);

export const optional =
  (of: Shape): Shape =>
  (value) =>
    value === undefined ? undefined : of(value);

/** An object with these members; what others it has is nobody's business. */
export const object =
  <T>(members: Readonly<Record<keyof T & string, Shape>>): Shape =>
  (value) =>
    isObject(value)
      ? firstOf(Object.entries<Shape>(members), ([name, of]) => within(name, of(value[name])))
      : misfit("an object", value);

/** What may stand in itself, so deep. */
export const nested =
  (of: (below: Shape) => Shape, depth = DEEPEST): Shape =>
  (value) =>
    depth === 0
      ? { names: [], says: `at most ${DEEPEST} levels, not more` }
      : of(nested(of, depth - 1))(value);

/** Whatever JSON can say. */
export const json = nested((below) => (value) => {
  if (Array.isArray(value)) return list(below)(value);
  if (isObject(value)) return map(below)(value);
  const scalar = value === null || typeof value === "string" || typeof value === "boolean";
  return scalar || Number.isFinite(value) ? undefined : misfit("a value of JSON", value);
});

/** Where a misfit is, and what it is. */
export function sayMisfit({ names, says }: Misfit): string {
  return names.length === 0 ? says : `${pointerOf(names)}: ${says}`;
}

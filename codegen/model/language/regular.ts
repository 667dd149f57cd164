/**
 * Regular languages by derivatives (Brzozowski), enough to tell whether two of them are the same.
 * Every node exists once and has a number, so equality is `===` and a derivative is remembered.
 */

export type Ranges = readonly (readonly [from: number, to: number])[];

export type Regular = { readonly id: number; readonly nullable: boolean } & (
  | { readonly kind: "nothing" }
  | { readonly kind: "empty" }
  | { readonly kind: "set"; readonly ranges: Ranges }
  | { readonly kind: "sequence"; readonly first: Regular; readonly rest: Regular }
  | { readonly kind: "choice"; readonly items: readonly Regular[] }
  | { readonly kind: "star"; readonly of: Regular }
);

/** Beyond this many copies or states a comparison is given up. */
const MAX_COPIES = 2_000;
const MAX_STATES = 20_000;
export const LAST_CHARACTER = 0x10ffff;

/** Something that this module cannot express or does not finish. */
export class Unsupported extends Error {}

/** A workshop in which each language is made once. Its parts are to be used with one another only. */
export interface Workshop {
  readonly nothing: Regular;
  readonly empty: Regular;
  set(ranges: Ranges): Regular;
  sequence(...parts: readonly Regular[]): Regular;
  choice(...items: readonly Regular[]): Regular;
  star(of: Regular): Regular;
  /** @throws Unsupported when the counts are absurd */
  repeat(of: Regular, min: number, max: number | undefined): Regular;
  derivative(of: Regular, character: number): Regular;
  /** One character for each class of characters that the languages made so far tell apart. */
  representatives(): number[];
}

/** Makes an empty workshop. */
export function createWorkshop(): Workshop {
  type Shape<R> = R extends Regular ? Omit<R, "id" | "nullable"> : never;
  const known = new Map<string, Regular>();
  const derived = new Map<string, Regular>();
  const bounds = new Set<number>([0]);

  const make = (key: string, nullable: boolean, shape: Shape<Regular>): Regular => {
    const existing = known.get(key);
    if (existing !== undefined) return existing;
    const node = { ...shape, id: known.size, nullable } as Regular;
    known.set(key, node);
    return node;
  };
  const nothing = make("0", false, { kind: "nothing" });
  const empty = make("1", true, { kind: "empty" });

  const pair = (first: Regular, rest: Regular): Regular => {
    if (first === nothing || rest === nothing) return nothing;
    if (first === empty) return rest;
    if (rest === empty) return first;
    if (first.kind === "sequence") return pair(first.first, pair(first.rest, rest));
    const nullable = first.nullable && rest.nullable;
    return make(`${first.id}.${rest.id}`, nullable, { kind: "sequence", first, rest });
  };

  const shop: Workshop = {
    nothing,
    empty,
    set: (ranges) => {
      if (ranges.length === 0) return nothing;
      for (const [from, to] of ranges) bounds.add(from).add(Math.min(to + 1, LAST_CHARACTER));
      const key = ranges.map(([from, to]) => `${from}-${to}`).join(",");
      return make(`[${key}]`, false, { kind: "set", ranges });
    },
    sequence: (...parts) => parts.reduceRight((rest, part) => pair(part, rest), empty),
    choice: (...items) => {
      const flat = items.flatMap((item) => (item.kind === "choice" ? item.items : [item]));
      const unique = [...new Set(flat)].filter((item) => item !== nothing);
      unique.sort((one, other) => one.id - other.id);
      const [only] = unique;
      if (only === undefined) return nothing;
      if (unique.length === 1) return only;
      const nullable = unique.some((item) => item.nullable);
      return make(unique.map((item) => item.id).join("|"), nullable, {
        kind: "choice",
        items: unique,
      });
    },
    star: (of) => {
      if (of === nothing || of === empty) return empty;
      return of.kind === "star" ? of : make(`${of.id}*`, true, { kind: "star", of });
    },
    repeat: (of, min, max) => {
      if (min > MAX_COPIES || (max ?? 0) > MAX_COPIES) throw new Unsupported("too many copies");
      let result = max === undefined ? shop.star(of) : empty;
      for (let count = min; count < (max ?? min); count += 1) {
        result = shop.choice(empty, pair(of, result));
      }
      for (let count = 0; count < min; count += 1) result = pair(of, result);
      return result;
    },
    derivative: (of, character) => {
      const key = `${of.id}:${character}`;
      const remembered = derived.get(key);
      if (remembered !== undefined) return remembered;
      const result = derive(of, character);
      derived.set(key, result);
      return result;
    },
    representatives: () => [...bounds].sort((one, other) => one - other),
  };

  const derive = (of: Regular, character: number): Regular => {
    switch (of.kind) {
      case "nothing":
      case "empty":
        return nothing;
      case "set": {
        const inside = of.ranges.some(([from, to]) => from <= character && character <= to);
        return inside ? empty : nothing;
      }
      case "choice":
        return shop.choice(...of.items.map((item) => shop.derivative(item, character)));
      case "star":
        return pair(shop.derivative(of.of, character), of);
      case "sequence": {
        const taken = pair(shop.derivative(of.first, character), of.rest);
        return of.first.nullable ? shop.choice(taken, shop.derivative(of.rest, character)) : taken;
      }
    }
  };
  return shop;
}

/** Lengths, in characters, that the second language is cut down to. */
export interface Lengths {
  readonly min: number;
  readonly max: number | undefined;
}

/**
 * A shortest string that one language has and the other has not; undefined if they are the same.
 *
 * @throws Unsupported when there are too many states
 */
export function difference(
  shop: Workshop,
  left: Regular,
  right: Regular,
  lengths: Lengths = { min: 0, max: undefined },
): { readonly text: string; readonly side: "left" | "right" } | undefined {
  const alphabet = shop.representatives();
  const cap = lengths.max === undefined ? lengths.min : lengths.max + 1;
  interface State {
    readonly left: Regular;
    readonly right: Regular;
    readonly length: number;
    readonly before: State | undefined;
    readonly character: number;
  }
  const queue: State[] = [{ left, right, length: 0, before: undefined, character: 0 }];
  const seen = new Set<string>([`${left.id},${right.id},0`]);
  for (let next = 0; next < queue.length; next += 1) {
    const state = queue[next];
    if (state === undefined) break;
    const long = lengths.max !== undefined && state.length > lengths.max;
    const inRight = state.right.nullable && state.length >= lengths.min && !long;
    if (state.left.nullable !== inRight) {
      const characters: number[] = [];
      for (let at: State = state; at.before !== undefined; at = at.before)
        characters.push(at.character);
      const text = String.fromCodePoint(...characters.toReversed());
      return { text, side: inRight ? "right" : "left" };
    }
    for (const character of alphabet) {
      const step = {
        left: shop.derivative(state.left, character),
        right: long ? shop.nothing : shop.derivative(state.right, character),
        length: Math.min(state.length + 1, cap),
        before: state,
        character,
      };
      const key = `${step.left.id},${step.right.id},${step.length}`;
      if (seen.has(key)) continue;
      seen.add(key);
      queue.push(step);
      if (queue.length > MAX_STATES) throw new Unsupported("too many states");
    }
  }
  return undefined;
}

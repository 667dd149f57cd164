import type { Regular, Workshop } from "./regular.js";
import { LAST_CHARACTER, Unsupported } from "./regular.js";

/**
 * A language as the smallest automaton that decides it. State 0 is where it begins. An edge leads from a state, by each
 * character of a range, to a state; where no edge leads, the string is not in the language.
 */
export interface Automaton {
  /** States in which a string may end. */
  readonly accept: readonly number[];
  readonly edges: readonly (readonly [from: number, first: number, last: number, to: number])[];
}

const MAX_STATES = 2_000;

/** Halves of characters: no text that can be sent has one by itself. */
const SURROGATES = { first: 0xd800, last: 0xdfff };

/**
 * The automaton of a language, without surrogates.
 *
 * @throws Unsupported when there are too many states
 */
export function toAutomaton(shop: Workshop, language: Regular): Automaton {
  shop.set([[SURROGATES.first, SURROGATES.last]]);
  const starts = shop.representatives();
  const ranges = starts.flatMap((first, index) => {
    const last = (starts[index + 1] ?? LAST_CHARACTER + 1) - 1;
    return first === SURROGATES.first ? [] : [{ first, last }];
  });
  const { states, next } = explore(shop, language, ranges);
  const live = reaching(states, next);
  const classes = minimise(states, next, live);
  return write(states, next, live, classes, ranges);
}

type Ranges = readonly { readonly first: number; readonly last: number }[];

function explore(shop: Workshop, language: Regular, ranges: Ranges) {
  const states = [language];
  const known = new Map([[language, 0]]);
  const next: number[][] = [];
  for (let at = 0; at < states.length; at += 1) {
    const state = states[at]!;
    next.push(
      ranges.map(({ first }) => {
        const to = shop.derivative(state, first);
        const index = known.get(to) ?? states.length;
        if (index === states.length) {
          known.set(to, index);
          states.push(to);
        }
        return index;
      }),
    );
    if (states.length > MAX_STATES) throw new Unsupported("too many states");
  }
  return { states, next };
}

/** The states from which a string of the language can still come. */
function reaching(states: readonly Regular[], next: readonly (readonly number[])[]): Set<number> {
  const live = new Set(states.flatMap((state, index) => (state.nullable ? [index] : [])));
  for (let before = -1; before < live.size;) {
    before = live.size;
    for (const [from, targets] of next.entries()) {
      if (targets.some((to) => live.has(to))) live.add(from);
    }
  }
  return live;
}

/** Moore's refinement: states that no string tells apart get the same number. */
function minimise(
  states: readonly Regular[],
  next: readonly (readonly number[])[],
  live: ReadonlySet<number>,
): readonly number[] {
  let classes: number[] = states.map((state) => (state.nullable ? 1 : 0));
  for (let count = 0; ;) {
    const names = new Map<string, number>();
    const of = (to: number) => (live.has(to) ? classes[to] : -1);
    const finer = states.map((_, at) => {
      const key = `${classes[at]}:${next[at]!.map(of).join()}`;
      if (!names.has(key)) names.set(key, names.size);
      return names.get(key)!;
    });
    if (names.size === count) return finer;
    count = names.size;
    classes = finer;
  }
}

/** Numbers the states in the order in which a reader meets them, and joins ranges that lead to the same. */
function write(
  states: readonly Regular[],
  next: readonly (readonly number[])[],
  live: ReadonlySet<number>,
  classes: readonly number[],
  ranges: Ranges,
): Automaton {
  const numbers = new Map([[classes[0]!, 0]]);
  const order = [0];
  const edges: [number, number, number, number][] = [];
  for (const [from, state] of order.entries()) {
    for (const [at, target] of next[state]!.entries()) {
      if (!live.has(target)) continue;
      const { first, last } = ranges[at]!;
      const name = classes[target]!;
      const to = numbers.get(name) ?? numbers.size;
      if (to === numbers.size) {
        numbers.set(name, to);
        order.push(target);
      }
      const before = edges.at(-1);
      const joins = before?.[0] === from && before[3] === to && before[2] === first - 1;
      if (joins) before[2] = last;
      else edges.push([from, first, last, to]);
    }
  }
  const accept = order.flatMap((state, index) => (states[state]!.nullable ? [index] : []));
  return { accept, edges };
}

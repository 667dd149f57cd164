import type { Language } from "./model.js";
import type { Random } from "./random.js";

/** A language that can be asked, and chosen from. */
export interface Decided {
  readonly name: string;
  /** Whether a string is in it. */
  has(text: string): boolean;
  /** A string of it. Most are short; each edge of the automaton is as likely as any other. */
  some(random: Random): string;
  /** A string that is not in it, one change away from one that is; `undefined` if every string is in it. */
  near(random: Random): string | undefined;
}

type Edge = readonly [first: number, last: number, to: number];

/** Characters after which a walk heads for the end. */
const LENGTH = 24;

/** Prepares an automaton. Throws for a language that the generator could not decide. */
export function decide(language: Language): Decided {
  const { name, accept, edges, undecided } = language;
  if (accept === undefined || edges === undefined) {
    throw new RangeError(`${name} has no automaton: ${undecided ?? "the model says not why"}`);
  }
  const count = Math.max(0, ...edges.map(([from, , , to]) => Math.max(from, to))) + 1;
  const from: readonly (readonly Edge[])[] = Array.from({ length: count }, (_, state) =>
    edges.filter(([start]) => start === state).map(([, first, last, to]) => [first, last, to]),
  );
  const ends = new Set(accept);
  const distance = distances(from, ends);

  const step = (state: number, character: number): number | undefined =>
    from[state]?.find(([first, last]) => first <= character && character <= last)?.[2];

  function has(text: string): boolean {
    let state: number | undefined = 0;
    for (const character of text) {
      state = step(state, character.codePointAt(0)!);
      if (state === undefined) return false;
    }
    return ends.has(state);
  }

  function some(random: Random): string {
    const most = random.chance(20) ? LENGTH * 4 : random.between(0, LENGTH);
    let text = "";
    for (let state = 0, length = 0; ; length += 1) {
      const ways = from[state]!;
      if (ends.has(state) && (ways.length === 0 || length >= most || random.chance(15)))
        return text;
      const left = distance[state]!;
      const homeward = length >= most ? ways.filter(([, , to]) => distance[to]! < left) : ways;
      const [first, last, to] = random.pick(homeward.length === 0 ? ways : homeward);
      text += String.fromCodePoint(characterOf(random, first, last));
      state = to;
    }
  }

  function near(random: Random): string | undefined {
    for (let tries = 0; tries < 40; tries += 1) {
      const text = changed(random, [...some(random)]);
      if (!has(text)) return text;
    }
    return firstRefused();
  }

  /** The shortest string that is not in it. */
  function firstRefused(): string | undefined {
    const queue: (readonly [state: number, text: string])[] = [[0, ""]];
    const seen = new Set([0]);
    for (const [state, text] of queue) {
      if (!ends.has(state)) return text;
      const hole = firstHole(from[state]!);
      if (hole !== undefined) return text + String.fromCodePoint(hole);
      for (const [first, , to] of from[state]!) {
        if (seen.has(to)) continue;
        seen.add(to);
        queue.push([to, text + String.fromCodePoint(first)]);
      }
    }
    return undefined;
  }

  return { name, has, some, near };
}

/** How many characters each state is from an end. */
function distances(from: readonly (readonly Edge[])[], ends: ReadonlySet<number>): number[] {
  const distance = from.map((_, state) => (ends.has(state) ? 0 : Infinity));
  for (let changes = true; changes;) {
    changes = false;
    for (const [state, ways] of from.entries()) {
      const best = Math.min(...ways.map(([, , to]) => distance[to]! + 1), distance[state]!);
      changes ||= best < distance[state]!;
      distance[state] = best;
    }
  }
  return distance;
}

/** The ends of a range as often as what is between, and of a wide one what can be read. */
function characterOf(random: Random, first: number, last: number): number {
  if (random.chance(10)) return first;
  if (random.chance(10)) return last;
  const readable = Math.min(last, Math.max(first, 0x24f));
  return random.between(first, random.chance(80) ? readable : last);
}

/** The first character that no edge takes. */
function firstHole(ways: readonly Edge[]): number | undefined {
  let next = 0;
  for (const [first, last] of [...ways].sort((one, other) => one[0] - other[0])) {
    const skips = next === 0xd800 ? 0xe000 : next;
    if (first > skips) return skips;
    next = last + 1;
  }
  return next > 0x10ffff ? undefined : next;
}

/** What people type wrong, and what readers let pass. */
const INTRUDERS = ["\n", " ", "\0", "*", "/", "@", ".", "-", "_", ":", "A", "a", "0", "é", "😀"];

/** A text with one change. */
function changed(random: Random, characters: string[]): string {
  const at = random.between(0, characters.length);
  const here = characters[at] ?? "";
  switch (random.between(0, 6)) {
    case 0:
      characters.splice(at, 1);
      break;
    case 1:
      characters.splice(at, 0, random.pick(INTRUDERS));
      break;
    case 2:
      characters.splice(at, 1, random.pick(INTRUDERS));
      break;
    case 3:
      characters.splice(at, 0, here);
      break;
    case 4:
      characters.splice(
        at,
        1,
        here === here.toUpperCase() ? here.toLowerCase() : here.toUpperCase(),
      );
      break;
    case 5:
      characters.push(random.pick(["\n", "\r\n", " ", "\u2028", "\0"]));
      break;
    default:
      characters.length = at;
  }
  return characters.join("");
}

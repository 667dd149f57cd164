import type { Language } from "./model.js";
import type { Misfit } from "./shape.js";

type Edge = NonNullable<Language["edges"]>[number];

/** What makes an automaton say other strings than those that it takes, or none at all; the first of it. */
export function faultIn({ accept = [], edges = [] }: Language): Misfit | undefined {
  for (const [at, [, first, last]] of edges.entries()) {
    const names = ["edges", `${at}`];
    if (first > last) return { names, says: `its first character, ${first}, is behind its last` };
    if (first <= SURROGATES.last && last >= SURROGATES.first)
      return { names, says: "no text has a character from 55296 to 57343, half of one" };
  }
  const sorted = [...edges.entries()].sort(
    ([, one], [, other]) => one[0] - other[0] || one[1] - other[1],
  );
  for (const [index, [at, [from, first]]] of sorted.entries()) {
    const before = sorted[index - 1]?.[1];
    if (before?.[0] === from && before[2] >= first)
      return { names: ["edges", `${at}`], says: `state ${from} has another edge for ${first}` };
  }
  const stuck = stuckIn(accept, edges);
  if (stuck === undefined) return undefined;
  return { names: ["edges"], says: `no way leads from state ${stuck} to one of /accept` };
}

const SURROGATES = { first: 0xd800, last: 0xdfff };

/** A state that a text leads to and that leads to no end: whoever makes a string there never stops. */
function stuckIn(accept: readonly number[], edges: readonly Edge[]): number | undefined {
  const reached = spread([0], edges, ([from, , , to]) => [from, to]);
  const ending = spread(accept, edges, ([from, , , to]) => [to, from]);
  return [...reached].find((state) => !ending.has(state));
}

/** The states that edges lead to from some of them. */
function spread(
  begin: readonly number[],
  edges: readonly Edge[],
  along: (edge: Edge) => readonly [number, number],
): ReadonlySet<number> {
  const ways = new Map<number, number[]>();
  for (const [from, to] of edges.map(along)) ways.set(from, [...(ways.get(from) ?? []), to]);
  const found = new Set(begin);
  for (const state of found) for (const to of ways.get(state) ?? []) found.add(to);
  return found;
}

/** A choice of pairs, the last one first. */
interface Choice<One, Other> {
  readonly like: number;
  readonly last?: readonly [One, Other];
  readonly rest?: Choice<One, Other>;
}

/** Pairs of two lists, none across another and nothing in two of them, that are the most alike in all. What has nothing in common is paired too, where nothing is lost by it. */
export function inOrder<One, Other>(
  ones: readonly One[],
  others: readonly Other[],
  like: (one: One, other: Other) => number,
): (readonly [One, Other])[] {
  const none: Choice<One, Other> = { like: 0 };
  /** The best choice from the ones so far and the first so many others. */
  let best = [none, ...others.map(() => none)];
  for (const one of ones) {
    const next = [none];
    for (const [index, other] of others.entries()) {
      const rest = best[index] ?? none;
      const both = { like: rest.like + like(one, other), last: [one, other] as const, rest };
      const options = [both, next[index] ?? none, best[index + 1] ?? none];
      next.push(options.reduce((a, b) => (b.like > a.like ? b : a)));
    }
    best = next;
  }
  const pairs: (readonly [One, Other])[] = [];
  for (let choice = best.at(-1); choice?.last !== undefined; choice = choice.rest)
    pairs.unshift(choice.last);
  return pairs;
}

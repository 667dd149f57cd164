/** Chance that is the same for the same seed. */
export interface Random {
  /** A whole number from `low` up to and with `high`. */
  between(low: number, high: number): number;
  /** True in `percent` of a hundred cases. */
  chance(percent: number): boolean;
  pick<T>(list: readonly T[]): T;
}

/** Small, fast, and good enough to choose with: Mulberry32. Nothing that is guessed at must depend on it. */
export function randomOf(seed: number): Random {
  // Two steps of mixing, so that seeds that follow each other have nothing in common.
  let state = Math.imul(seed ^ (seed >>> 16), 0x21f0aaad) | 0;
  const unit = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number) => low + Math.floor(unit() * (high - low + 1));
  return {
    between,
    chance: (percent) => unit() * 100 < percent,
    pick(list) {
      if (list.length === 0) throw new RangeError("there is nothing to pick from");
      return list[between(0, list.length - 1)]!;
    },
  };
}

/** One seed out of several numbers. */
export function seedOf(...parts: readonly number[]): number {
  return parts.reduce((seed, part) => (Math.imul(seed, 0x01000193) ^ part) | 0, 0x811c9dc5);
}

import { seededEntropy } from "../../runtime-kit/testing/index.js";

/** Chance that is the same for the same seed. */
export interface Random {
  /** A whole number from `low` up to and with `high`. */
  between(low: number, high: number): number;
  /** True in `percent` of a hundred cases. */
  chance(percent: number): boolean;
  pick<T>(list: readonly T[]): T;
}

export function randomOf(seed: number): Random {
  const bytes = seededEntropy(seed);
  const unit = (): number => {
    const [a = 0, b = 0, c = 0, d = 0] = bytes(4);
    return (a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) / 2 ** 32;
  };
  const between = (low: number, high: number) => low + Math.floor(unit() * (high - low + 1));
  return {
    between,
    chance: (percent) => unit() * 100 < percent,
    pick(list) {
      if (list.length === 0) throw new Error("there is nothing to pick from");
      return list[between(0, list.length - 1)]!;
    },
  };
}

/** What a run says: the survivors, who noticed how many, and the share of each family. */
import type { Fate } from "./mutant.js";

/** What has to be noticed of each family. */
const AIM = 0.95;

/** One mutant as a line. */
export function lineOf({ id, at, what, noticed, because }: Fate): string {
  const by = noticed === undefined ? "SURVIVES" : `${noticed.by} ${noticed.where}`;
  return `${at} ${id}: ${what}: ${by}${because === undefined ? "" : ` (${because})`}`;
}

/** All of it. */
export function summaryOf(fates: readonly Fate[]): string[] {
  if (fates.length === 0) return ["there is no such mutant"];
  return [
    ...fates.filter(({ noticed }) => noticed === undefined).map(lineOf),
    ...groupsOf(fates, ({ id }) => id.split(" ")[0]!).map(([name, own]) => {
      const by = own.map(({ noticed }) => noticed?.by ?? "nobody");
      const counts = [...new Set(by)].map((one) => `${by.filter((x) => x === one).length} ${one}`);
      return `${name}: ${own.length} mutants, noticed by: ${counts.join(", ")}`;
    }),
    ...groupsOf(fates, ({ family }) => family).map(([family, own]) => {
      const survivors = own.filter(({ noticed }) => noticed === undefined).length;
      const share = (100 * shareOf(own)).toFixed(1);
      return `${family}: ${own.length} mutants, ${survivors} survive: ${share} % noticed`;
    }),
  ];
}

/** Whether enough was noticed, in each family by itself. */
export function enough(fates: readonly Fate[]): boolean {
  return groupsOf(fates, ({ family }) => family).every(([, own]) => shareOf(own) >= AIM);
}

function shareOf(fates: readonly Fate[]): number {
  return fates.filter(({ noticed }) => noticed !== undefined).length / fates.length;
}

function groupsOf<K>(fates: readonly Fate[], keyOf: (fate: Fate) => K): [K, Fate[]][] {
  const groups = new Map<K, Fate[]>();
  for (const fate of fates) groups.set(keyOf(fate), [...(groups.get(keyOf(fate)) ?? []), fate]);
  return [...groups];
}

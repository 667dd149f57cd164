import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ownSize, sizeOf } from "./size.js";
import { readRevisions } from "./revisions.js";
import type { Surroundings } from "./surroundings.js";

/** What somebody ships who imports a part of `generated/`, and the most that it may be. Bytes. */
export interface Weight {
  readonly what: string;
  /** Minified, with all that it imports. */
  readonly minified: number;
  readonly gzipped: number;
  /** Minified, without what it imports. */
  readonly own?: number;
  readonly budget?: { readonly of: "minified" | "gzipped" | "own"; readonly bytes: number };
}

const KIB = 1024;

/** Files of `validate/` that are no validators. */
const SHARED = new Set(["index.ts", "problems.ts"]);

/** Weighs a revision's folder: single files first, then each validator. */
export async function weigh(folder: string): Promise<Weight[]> {
  const weight = async (
    what: string,
    file: string,
    budget?: Weight["budget"],
  ): Promise<Weight> => ({
    what,
    ...(await sizeOf(join(folder, file))),
    ...(budget === undefined ? {} : { budget }),
  });
  const files = (await readdir(join(folder, "validate")))
    .filter((file) => !SHARED.has(file))
    .sort();
  return [
    await weight("types (messages.ts)", "messages.ts", { of: "minified", bytes: 1 }),
    await weight("constants", "constants.ts"),
    await weight("errors", "errors.ts"),
    await weight("features", "features.ts"),
    await weight("lifecycle", "lifecycle.ts"),
    await weight("dispatch", "dispatch.ts"),
    await weight("requirements", "requirements.ts"),
    await weight("all validators", "validate/index.ts", { of: "gzipped", bytes: 14 * KIB }),
    ...(await Promise.all(
      files.map(async (file) => ({
        ...(await weight(`validate/${file}`, `validate/${file}`)),
        own: await ownSize(join(folder, "validate", file)),
        budget: { of: "own", bytes: 2 * KIB } as const,
      })),
    )),
  ];
}

/** Whether a part weighs more than it may. */
export function isHeavy({ budget, ...sizes }: Weight): boolean {
  return budget !== undefined && (sizes[budget.of] ?? 0) > budget.bytes;
}

/** `npm run size`: the table, and 1 when something is over its budget. */
export async function printSizes(at: Surroundings): Promise<number> {
  let code = 0;
  for (const { name } of await readRevisions(at.root)) {
    const folder = `generated/draft-${name}`;
    const weights = await weigh(join(at.root, folder));
    at.out(`${folder}, in bytes\n\n${table(weights)}\n`);
    for (const { what, budget } of weights.filter(isHeavy)) {
      code = 1;
      at.err(`${folder}: ${what} is over its budget of ${budget?.bytes} bytes ${budget?.of}\n`);
    }
  }
  return code;
}

function table(weights: readonly Weight[]): string {
  const head = ["", "minified", "gzipped", "alone", "budget"];
  const rows = weights.map(({ what, minified, gzipped, own, budget }) => [
    what,
    String(minified),
    String(gzipped),
    own === undefined ? "" : String(own),
    budget === undefined ? "" : `${budget.of === "own" ? "alone" : budget.of} ≤ ${budget.bytes}`,
  ]);
  const all = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

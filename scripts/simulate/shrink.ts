import { runSeeds } from "./pool.js";
import type { Failure } from "./pool.js";

/** Leaves out one fault after the other, as long as the seed still fails. */
export async function shrink(file: string, failure: Failure): Promise<Failure> {
  const { seed } = failure;
  let smallest = failure;
  for (const fault of failure.faults) {
    const only = smallest.faults.filter((one) => one !== fault);
    const { failures } = await runSeeds(file, { from: seed, to: seed, only, first: true });
    smallest = failures[0] ?? smallest;
  }
  return smallest;
}

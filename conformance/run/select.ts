/** Which checks of a suite a run is about. */
import type { Check } from "./check.js";

/** The checks whose id contains one of the texts; all if there are none. */
export function select<T>(
  checks: readonly Check<T>[],
  only: readonly string[] = [],
): readonly Check<T>[] {
  return only.length === 0
    ? checks
    : checks.filter(({ id }) => only.some((text) => id.includes(text)));
}

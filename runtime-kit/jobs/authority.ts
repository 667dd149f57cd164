/** What a job may still do, as messages tell of it. §7.1, §6.6 */
import type { Budget, Feature, LeaseConstraints } from "../../generated/current/index.js";
import { budgetOnWire } from "../leases/budget.js";
import type { Counter } from "../leases/budget.js";
import type { JobState } from "./state.js";

/** The members that features gate: who has not negotiated one is not told (HELLO-12). */
export function gatedAuthority(
  { expiry }: Pick<JobState, "expiry">,
  counters: readonly Counter[] | undefined,
  features: readonly Feature[],
): { readonly lease_constraints?: LeaseConstraints; readonly budget?: Budget } {
  const ends = expiry !== undefined && features.includes("lease_expires_at");
  const capped = counters !== undefined && features.includes("cost.budget");
  return {
    ...(ends ? { lease_constraints: { expires_at: expiry.written } } : {}),
    ...(capped ? { budget: budgetOnWire(counters) } : {}),
  };
}

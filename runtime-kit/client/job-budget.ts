import type { Budget, EventBody } from "../../generated/current/index.js";

/** What is left once a metric has come: the runtime tells of each counter as it changes (BUD-13). §9.6 */
export function budgetAfter(
  budget: Budget | undefined,
  { name, unit, value }: EventBody<"metric">,
): Budget | undefined {
  if (name !== "cost.budget.remaining" || unit === undefined) return budget;
  return { ...budget, [unit]: value };
}

/** What a policy is asked most often: that nobody spends more than so much. §9.6 */
import type { Amount, Lease } from "../../generated/current/index.js";
import { parseAmount } from "./amounts.js";
import { beyond, counterOf, totalsOf } from "./budget.js";

/** As `policy.lease` is told: the lease that is asked for, and the job that delegates, if one does. */
export interface BudgetAsk {
  readonly lease: Lease;
  readonly parent?: string | undefined;
}

/**
 * The lease that is asked for, with a `cost.budget` that lies under these ceilings: of each currency that they name it has no
 * more than they say, and a lease that names no budget, or none in that currency, gets the ceiling. What is asked for in
 * other currencies stands.
 *
 * A child gets nothing that it did not ask for: without a budget it spends its parent's, and what it asks for is taken out of
 * that one. Throws a `TypeError` for a ceiling that is no amount.
 *
 * ```ts
 * const policy: Policy = { lease: (ask) => ({ lease: capBudget(ask, ["USD:1.00"]) }) };
 * ```
 */
export function capBudget({ lease, parent }: BudgetAsk, ceilings: readonly Amount[]): Lease {
  for (const ceiling of ceilings) {
    const read = typeof ceiling === "string" ? parseAmount(ceiling) : undefined;
    if (read?.ok !== true) {
      throw new TypeError(`capBudget: a ceiling is an amount such as "USD:5.00"; got ${ceiling}`);
    }
  }
  const limits = totalsOf(ceilings);
  const asked = lease["cost.budget"] ?? [];
  const totals = totalsOf(asked);
  const over = limits.filter(({ currency }) => {
    const total = counterOf(totals, currency);
    return total === undefined ? parent === undefined : beyond([total], limits) !== undefined;
  });
  if (over.length === 0) return lease;
  const isOver = (amount: Amount) => counterOf(over, currencyOf(amount)) !== undefined;
  const within = asked.filter((amount) => !isOver(amount));
  return { ...lease, "cost.budget": [...within, ...ceilings.filter(isOver)] };
}

function currencyOf(amount: Amount): string {
  return amount.slice(0, amount.indexOf(":"));
}

/**
 * Budgets: a counter for each currency, which starts at what the lease allows and falls with each cost. §9.6
 */
import type { Budget } from "../../generated/draft-1.1/index.js";
import { amountOf } from "./amounts.js";
import { decimal, difference, isPositive, numberOf, sum, type Decimal } from "./decimal.js";
import type { CompiledLease } from "./lease.js";

/** What is left in one currency: plain JSON, a part of a job's state. */
export interface Counter {
  readonly currency: string;
  /** Below zero where the last cost took more than there was. */
  left: Decimal;
}

/** The counters that a lease begins with; nothing for a lease that names no budget, and so sets no limit. BUD-01 to BUD-03 */
export function countersOf(lease: CompiledLease): Counter[] | undefined {
  const grant = lease.grants.find(({ namespace }) => namespace === "cost.budget");
  if (grant === undefined) return undefined;
  const counters: Counter[] = [];
  for (const { written } of grant.patterns) {
    const { currency, value } = amountOf(written);
    const counter = counterOf(counters, currency);
    if (counter === undefined) counters.push({ currency, left: value });
    else counter.left = sum(counter.left, value);
  }
  return counters;
}

/** The counter of a currency, if there is one. */
export function counterOf<C extends Counter>(
  counters: readonly C[],
  currency: string | undefined,
): C | undefined {
  return counters.find((counter) => counter.currency === currency);
}

/**
 * Takes a cost from a counter, which may fall below zero, since the money is spent. BUD-04, BUD-08
 *
 * @param cost finite, and not negative
 */
export function charge(counter: Counter, cost: number): void {
  const value = decimal(String(cost));
  if (value === undefined || cost < 0) throw new RangeError(`${cost} is no cost`);
  counter.left = difference(counter.left, value);
}

/** The first currency of which nothing is left. BUD-09, BUD-10 */
export function exhausted(counters: readonly Readonly<Counter>[]): string | undefined {
  return counters.find(({ left }) => !isPositive(left))?.currency;
}

/** What is left, as the wire has it. §7.1 */
export function budgetOnWire(counters: readonly Readonly<Counter>[]): Budget {
  return Object.fromEntries(counters.map(({ currency, left }) => [currency, numberOf(left)]));
}

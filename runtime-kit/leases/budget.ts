/**
 * Budgets: a counter for each currency, which starts at what the lease allows and falls with each cost. §9.6
 */
import type { Budget } from "../../generated/current/index.js";
import { amountOf } from "./amounts.js";
import { decimal, difference, isPositive, numberOf, sum, type Decimal } from "./decimal.js";
import type { CompiledLease } from "./lease.js";

/** What is left in one currency: plain JSON, a part of a job's state. */
export interface Counter {
  readonly currency: string;
  /** Below zero where the last cost took more than there was. */
  readonly left: Decimal;
}

/** The counters that a lease begins with; nothing for a lease that names no budget, and so sets no limit. BUD-01 to BUD-03 */
export function countersOf(lease: CompiledLease): readonly Counter[] | undefined {
  const grant = lease.grants.find(({ namespace }) => namespace === "cost.budget");
  if (grant === undefined) return undefined;
  const sums = new Map<string, Decimal>();
  for (const { written } of grant.patterns) {
    const { currency, value } = amountOf(written);
    const former = sums.get(currency);
    sums.set(currency, former === undefined ? value : sum(former, value));
  }
  return Array.from(sums, ([currency, left]) => ({ currency, left }));
}

/** The counter of a currency, if there is one. */
export function counterOf(
  counters: readonly Counter[],
  currency: string | undefined,
): Counter | undefined {
  return counters.find((counter) => counter.currency === currency);
}

/**
 * The counters once a cost was taken from one of them, which may fall below zero, since the money is spent. BUD-04, BUD-08
 *
 * @param cost finite, and not negative
 */
export function charged(
  counters: readonly Counter[],
  { currency, left }: Counter,
  cost: number,
): readonly Counter[] {
  const value = decimal(String(cost));
  if (value === undefined || cost < 0) throw new RangeError(`${cost} is no cost`);
  const after = { currency, left: difference(left, value) };
  return counters.map((counter) => (counter.currency === currency ? after : counter));
}

/** The counters with an amount added to one of them, be it less than nothing. */
export function budgetSum(
  counters: readonly Counter[],
  currency: string,
  amount: Decimal,
): readonly Counter[] {
  return counters.map((counter) =>
    counter.currency === currency ? { currency, left: sum(counter.left, amount) } : counter,
  );
}

/** The first of some amounts that is more than the counter of its currency has, or has no counter. SUBSET-05 */
export function beyond(
  amounts: readonly Counter[],
  counters: readonly Counter[],
): Counter | undefined {
  return amounts.find(({ currency, left }) => {
    const counter = counterOf(counters, currency);
    return counter === undefined || isPositive(difference(left, counter.left));
  });
}

/** The first currency of which nothing is left. BUD-09, BUD-10 */
export function exhausted(counters: readonly Counter[]): string | undefined {
  return counters.find(({ left }) => !isPositive(left))?.currency;
}

/** What is left, as the wire has it. §7.1 */
export function budgetOnWire(counters: readonly Counter[]): Budget {
  return Object.fromEntries(counters.map(({ currency, left }) => [currency, numberOf(left)]));
}

/**
 * Ceilings on what a job may spend, as the namespace `cost.budget` holds them. §9.6
 */
import { decimal, type Decimal } from "./decimal.js";
import { parsePattern, type Parsed } from "./glob.js";
import type { Canonical } from "./text.js";

/** A ceiling: `USD:5.00`. */
export interface Amount {
  readonly currency: string;
  readonly value: Decimal;
}

/** Digits of the largest amount, before and behind its point together: what is left must still be a number on the wire. */
const MAX_DIGITS = 64;

const AMOUNT = /^([A-Za-z][A-Za-z0-9._-]*):([0-9]+(?:\.[0-9]+)?)$/;

/** The amount that a text says, or the reason why it says none. */
function read(
  text: string,
):
  { readonly ok: true; readonly amount: Amount } | { readonly ok: false; readonly reason: string } {
  const [, currency, digits] = AMOUNT.exec(text) ?? [];
  if (currency === undefined || digits === undefined) {
    const reason = "an amount is a currency, a colon and a decimal, as in `USD:5.00`";
    return { ok: false, reason };
  }
  const value = digits.replace(".", "").length > MAX_DIGITS ? undefined : decimal(digits);
  if (value === undefined)
    return { ok: false, reason: `an amount has at most ${MAX_DIGITS} digits` };
  return { ok: true, amount: { currency, value } };
}

/** Reads an amount as the other namespaces read their patterns: the lease keeps its text. */
export function parseAmount(text: string): Parsed {
  const amount = read(text);
  return amount.ok ? parsePattern(text) : amount;
}

/** The amount of a text that `parseAmount` took. */
export function amountOf(text: string): Amount {
  const amount = read(text);
  if (!amount.ok) throw new RangeError(amount.reason);
  return amount.amount;
}

/** Money is not an operation: nothing can be asked of `cost.budget`. */
export function noTarget(): Canonical {
  return { ok: false, reason: "a budget is spent by reporting costs, and authorises nothing" };
}

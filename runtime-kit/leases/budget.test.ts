import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAmount } from "./amounts.js";
import { budgetOnWire, charged, counterOf, countersOf, exhausted } from "./budget.js";
import type { Counter } from "./budget.js";
import { decimal, difference, isPositive, numberOf, sum } from "./decimal.js";
import { compileLease } from "./lease.js";

/** Exact fractions, as slow as they are plain: the oracle. */
interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

function fraction(text: string): Fraction {
  const [mantissa = "", exponent = "0"] = text.split("e");
  const [whole = "", digits = ""] = mantissa.split(".");
  const over = BigInt(whole + digits);
  const power = Number(exponent) - digits.length;
  const ten = 10n ** BigInt(Math.abs(power));
  return power < 0 ? { over, under: ten } : { over: over * ten, under: 1n };
}

const equal = (a: Fraction, b: Fraction) => a.over * b.under === b.over * a.under;
const plus = (a: Fraction, b: Fraction, sign = 1n): Fraction => ({
  over: a.over * b.under + sign * b.over * a.under,
  under: a.under * b.under,
});

const texts = fc
  .tuple(fc.boolean(), fc.bigInt(0n, 10n ** 30n), fc.stringMatching(/^[0-9]{0,20}$/))
  .map(([minus, whole, digits]) => `${minus ? "-" : ""}${whole}${digits && `.${digits}`}`);
const costs = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).filter((x) => x >= 0);

function counters(...amounts: string[]) {
  const compiled = compileLease({ "cost.budget": amounts }, { served: ["cost.budget"] });
  if (!compiled.ok) throw new Error(compiled.fault.message);
  return countersOf(compiled.lease)!;
}

const charge = (budget: readonly Counter[], currency: string, cost: number) =>
  charged(budget, counterOf(budget, currency)!, cost);

describe("decimals", () => {
  it("BUD-08 sums and differences are those of exact fractions", () => {
    fc.assert(
      fc.property(texts, texts, (one, other) => {
        const [a, b] = [decimal(one)!, decimal(other)!];
        expect(equal(fraction(sum(a, b)), plus(fraction(one), fraction(other)))).toBe(true);
        const less = plus(fraction(one), fraction(other), -1n);
        expect(equal(fraction(difference(a, b)), less)).toBe(true);
        expect(isPositive(difference(a, b))).toBe(less.over > 0n);
      }),
    );
  });

  it("BUD-08 take every number that JSON can write for what is written there", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const value = decimal(String(number))!;
        expect(equal(fraction(value), fraction(String(number)))).toBe(true);
        expect(numberOf(value)).toBe(number === 0 ? 0 : number);
      }),
    );
  });

  it("have one form each", () => {
    for (const [text, form] of [
      ["-0.00", "0"],
      ["007.50", "7.5"],
      ["1e+21", "1000000000000000000000"],
      ["1.5e-7", "0.00000015"],
      ["-0.10", "-0.1"],
    ]) {
      expect(decimal(text!)).toBe(form);
    }
    for (const text of ["", ".", "1.", ".5", "+1", "NaN", "Infinity", "1e5", "0x1", " 1", "1\n"]) {
      expect(decimal(text)).toBeUndefined();
    }
  });
});

describe("amounts", () => {
  it("BUD-02 are a currency and a plain decimal", () => {
    for (const text of ["USD:5.00", "credits:1000", "x-1._:0", "USD:00.5"]) {
      expect(parseAmount(text).ok, text).toBe(true);
    }
    const bad = ["USD", "USD:", ":5", "USD:-5", "USD:+5", "USD:5.", "USD:.5", "USD:1e9", "USD: 5"];
    for (const text of [...bad, "USD:5 ", "USD:5\n", "1:5", "USD:٥", "USD:NaN", "U/D:5", "USD:*"]) {
      expect(parseAmount(text).ok, text).toBe(false);
    }
  });

  it("BUD-02 have so few digits that what is left is a number", () => {
    expect(parseAmount(`USD:${"9".repeat(32)}.${"9".repeat(32)}`).ok).toBe(true);
    expect(parseAmount(`USD:${"9".repeat(65)}`)).toMatchObject({ ok: false });
    expect(parseAmount(`USD:0.${"9".repeat(64)}`)).toMatchObject({ ok: false });
  });
});

describe("budgets", () => {
  it("BUD-01 BUD-02 BUD-03 begin with the amounts of each currency, added up", () => {
    const budget = counters("USD:0.1", "credits:3", "USD:0.2", "usd:1");
    expect(budgetOnWire(budget)).toEqual({ USD: 0.3, credits: 3, usd: 1 });
  });

  it("SUB-10 a lease without cost.budget has none", () => {
    expect(countersOf({ grants: [] })).toBeUndefined();
  });

  it("BUD-08 ten dimes are a dollar", () => {
    let budget = counters("USD:1");
    for (let at = 0; at < 9; at++) budget = charge(budget, "USD", 0.1);
    expect(exhausted(budget)).toBeUndefined();
    budget = charge(budget, "USD", 0.1);
    expect(budget).toEqual([{ currency: "USD", left: "0" }]);
    expect(exhausted(budget)).toBe("USD");
  });

  it("BUD-04 BUD-08 whatever is charged, in whatever order, the rest is exact", () => {
    fc.assert(
      fc.property(fc.array(costs, { maxLength: 30 }), (all) => {
        let budget = counters("USD:5.00");
        let left = fraction("5");
        for (const cost of all) {
          budget = charge(budget, "USD", cost);
          left = plus(left, fraction(String(cost)), -1n);
        }
        expect(equal(fraction(budget[0]!.left), left)).toBe(true);
        expect(exhausted(budget)).toBe(left.over > 0n ? undefined : "USD");
        expect(Number.isFinite(budgetOnWire(budget)["USD"])).toBe(true);
      }),
    );
  });

  it("BUD-01 charges one currency and no other; currencies may have any name", () => {
    const all = counters("USD:1", "constructor:2", "hasOwnProperty:3");
    const budget = charge(all, "constructor", 2);
    expect(budgetOnWire(budget)).toEqual({ USD: 1, constructor: 0, hasOwnProperty: 3 });
    expect(exhausted(budget)).toBe("constructor");
    expect(counterOf(budget, "toString")).toBeUndefined();
    expect(counterOf(budget, undefined)).toBeUndefined();
  });

  it("BUD-05 nothing is given back", () => {
    const budget = counters("USD:1");
    for (const cost of [-1, NaN, Infinity]) {
      expect(() => charge(budget, "USD", cost)).toThrow(RangeError);
    }
  });
});

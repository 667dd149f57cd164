import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { counterOf, beyond, totalsOf } from "./budget.js";
import { capBudget } from "./cap-budget.js";

const budgetOf = (
  asked: readonly string[] | undefined,
  ceilings: readonly string[],
  child = false,
) =>
  capBudget(
    {
      lease: { "tool.call": ["a"], ...(asked && { "cost.budget": asked }) },
      ...(child && { parent: "job_1" }),
    },
    ceilings,
  )["cost.budget"];

describe("a budget under ceilings", () => {
  it.each([
    [undefined, ["USD:1.00"]],
    [["USD:0.5"], ["USD:0.5"]],
    [["USD:1.00"], ["USD:1.00"]],
    [["USD:1.01"], ["USD:1.00"]],
    [["USD:0.5", "USD:99"], ["USD:1.00"]],
    [["USD:1", "USD:9"], ["USD:1.00"]],
    [
      ["USD:0.5", "USD:0.5"],
      ["USD:0.5", "USD:0.5"],
    ],
    [["EUR:1000"], ["EUR:1000", "USD:1.00"]],
    [
      ["USD:2", "EUR:3", "USD:0.1"],
      ["EUR:3", "USD:1.00"],
    ],
    [["XYZ:1"], ["XYZ:1", "USD:1.00"]],
  ])("of a dollar, of what asks for %j", (asked, granted) => {
    expect(budgetOf(asked, ["USD:1.00"])).toEqual(granted);
  });

  it.each([
    [undefined, undefined],
    [["EUR:2"], ["EUR:2"]],
    [["USD:0.5"], ["USD:0.5"]],
    [["USD:5"], ["USD:1"]],
  ])("gives a child that asks for %j nothing besides", (asked, granted) => {
    expect(budgetOf(asked, ["USD:1"], true)).toEqual(granted);
  });

  it("says nothing of the rest, and gives the lease itself where it changes nothing", () => {
    const lease = { "cost.budget": ["USD:1"], "tool.call": ["a"] };
    expect(capBudget({ lease }, ["USD:1"])).toBe(lease);
    expect(capBudget({ lease }, ["USD:0.5"])).toEqual({ ...lease, "cost.budget": ["USD:0.5"] });
  });

  it("holds for whatever is asked: no more than the ceilings, nor than was asked for", () => {
    const amount = fc
      .tuple(fc.constantFrom("USD", "EUR", "credits"), fc.integer({ min: 0, max: 300 }))
      .map(([currency, cents]) => `${currency}:${(cents / 100).toFixed(2)}`);
    fc.assert(
      fc.property(fc.array(amount, { minLength: 1 }), fc.array(amount), (asked, ceilings) => {
        const granted = totalsOf(budgetOf(asked, ceilings) ?? []);
        const limits = totalsOf(ceilings);
        expect(
          beyond(
            granted.filter((one) => counterOf(limits, one.currency)),
            limits,
          ),
        ).toBe(undefined);
        for (const { currency } of limits) expect(counterOf(granted, currency)).toBeDefined();
        const named = totalsOf(asked);
        expect(
          beyond(
            granted.filter((one) => counterOf(named, one.currency)),
            named,
          ),
        ).toBe(undefined);
        for (const { currency } of named) expect(counterOf(granted, currency)).toBeDefined();
      }),
    );
  });

  it.each(["1", "USD", "USD:-1", "", 5, undefined])("%j is no ceiling", (ceiling) => {
    expect(() => budgetOf(["USD:1"], [ceiling as string])).toThrow(TypeError);
  });
});

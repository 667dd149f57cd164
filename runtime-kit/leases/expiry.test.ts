import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { authorize } from "./enforce.js";
import { expiryOf, hasExpired, restoredExpiry } from "./expiry.js";
import { compileLease } from "./lease.js";

const START = Date.UTC(2026, 10, 23, 20);
const at = (ms: number, wall = START + ms) => ({ monotonic: 1_000 + ms, wall });

function expiry(text: string, now = at(0)) {
  const expires = expiryOf(text, now);
  if (!expires.ok) throw new Error(expires.reason);
  return expires.expiry;
}

describe("expiry", () => {
  it("EXP-04 refuses what is past, malformed or not in UTC", () => {
    for (const text of [
      "2026-11-23T20:00:00Z",
      "2026-11-23T19:59:59.999Z",
      "2030-01-01T00:00:00+00:00",
      "2030-01-01T00:00:00+02:00",
      "2030-01-01T00:00:00",
      "2030-01-01",
      "2030-02-30T00:00:00Z",
      "2030-13-01T00:00:00Z",
      "2030-01-01T24:00:00Z",
      "2030-01-01T00:00:00z",
      " 2030-01-01T00:00:00Z",
      "2030-01-01T00:00:00Z\n",
      "+022030-01-01T00:00:00Z",
      "tomorrow",
      "",
    ]) {
      expect(expiryOf(text, at(0)).ok, text).toBe(false);
    }
  });

  it("EXP-01 takes any instant to come, however far away", () => {
    for (const text of [
      "2026-11-23T20:00:00.001Z",
      "2026-11-23T20:00:01Z",
      "2028-02-29T00:00:00Z",
      "9999-12-31T23:59:59.999999Z",
    ]) {
      expect(expiry(text)).toMatchObject({ written: text, refused: false });
    }
    const far = expiry("9999-12-31T23:59:59Z");
    expect(hasExpired(far, at(2 ** 31 + 1))).toBe(false);
    expect(hasExpired(far, at(far.at - START))).toBe(true);
  });

  it("EXP-05 EXP-06 ends to the millisecond", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8.64e12 }), (ms) => {
        const ends = expiry(new Date(START + ms).toISOString());
        expect(hasExpired(ends, at(ms - 1))).toBe(false);
        expect(hasExpired(ends, at(ms))).toBe(true);
        expect(hasExpired(ends, at(ms + 1))).toBe(true);
      }),
    );
  });

  it("SEC-15 a clock that is set back gives nothing, and one that slept takes nothing away", () => {
    const ends = expiry("2026-11-23T20:01:00Z");
    expect(hasExpired(ends, at(60_000, START - 3_600_000))).toBe(true);
    expect(hasExpired(ends, at(1_000, START + 60_000))).toBe(true);
    expect(hasExpired(ends, at(59_999, START - 3_600_000))).toBe(false);
  });

  it("SEC-15 in a new process the wall clock says what remains, and never more than there was", () => {
    const ends = expiry("2026-11-23T20:01:00Z");
    const later = restoredExpiry(ends, START, { monotonic: 5, wall: START + 59_000 });
    expect(later.until).toBe(1_005);
    const back = restoredExpiry(ends, START, { monotonic: 5, wall: START - 9_000_000 });
    expect(back.until).toBe(60_005);
    const past = restoredExpiry(ends, START, { monotonic: 5, wall: START + 61_000 });
    expect(hasExpired(past, { monotonic: 5, wall: START + 61_000 })).toBe(true);
  });
});

describe("the order of the checks", () => {
  const compiled = compileLease(
    { "tool.call": ["search"], "cost.budget": ["USD:1"] },
    { served: ["tool.call", "cost.budget"] },
  );
  const lease = compiled.ok ? compiled.lease : { grants: [] };
  const search = { namespace: "tool.call", target: "search" };
  const other = { namespace: "tool.call", target: "other" };
  const none = [{ currency: "USD", left: "0" as never }];
  const some = [{ currency: "USD", left: "0.01" as never }];
  const ended = expiry("2026-11-23T20:01:00Z");
  const code = (operation: typeof search, ms: number, counters = some) => {
    const verdict = authorize(lease, operation, { now: at(ms), expiry: ended, counters });
    return verdict.allowed ? "allowed" : verdict.code;
  };

  it("ENF-06 asks for expiry, then for the capability, then for the budget", () => {
    expect(code(search, 0)).toBe("allowed");
    expect(code(search, 0, none)).toBe("BUDGET_EXHAUSTED");
    expect(code(other, 0, none)).toBe("PERMISSION_DENIED");
    expect(code(other, 60_000, none)).toBe("LEASE_EXPIRED");
    expect(code(search, 60_000)).toBe("LEASE_EXPIRED");
  });

  it("BUD-09 asks every counter", () => {
    expect(code(search, 0, [...some, ...none])).toBe("BUDGET_EXHAUSTED");
  });

  it("a budget itself authorises nothing", () => {
    expect(code({ namespace: "cost.budget", target: "USD:1" }, 0)).toBe("PERMISSION_DENIED");
  });
});

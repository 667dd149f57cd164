import { expect, it } from "vitest";
import { testClock } from "../testing/index.js";
import { createRate } from "./rate.js";

it("SEC SERR-09 lets each principal submit so much a second, and as much at once", async () => {
  const clock = testClock();
  const rate = createRate(clock, 10);
  const submits = (principal: string, count: number) =>
    Array.from({ length: count }, () => rate.refusal(principal)).filter((error) => !error).length;
  expect(submits("me", 100)).toBe(10);
  expect(submits("you", 5)).toBe(5);
  await clock.advance(250);
  expect(submits("me", 100)).toBe(2);
  await clock.advance(60_000);
  expect(submits("me", 100)).toBe(10);
  const refused = rate.refusal("me");
  expect(refused).toMatchObject({ code: "INTERNAL_ERROR", retryable: true });
  expect(refused?.details).toEqual({ limit: "max_submits_per_second" });
});

it("has no bound where there is none", () => {
  const rate = createRate(testClock(), Infinity);
  for (let at = 0; at < 1_000; at += 1) expect(rate.refusal("me")).toBeUndefined();
});

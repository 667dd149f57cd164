import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { unlessTaken } from "./closing.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("waits for a peer as long as it takes something each time, and gives it up when it takes nothing", () => {
  let unsent = 1000;
  const giveUp = vi.fn();
  unlessTaken(() => unsent, 100, giveUp);
  for (let n = 0; n < 5; n += 1) {
    unsent -= 1;
    vi.advanceTimersByTime(100);
  }
  expect(giveUp).not.toHaveBeenCalled();
  vi.advanceTimersByTime(100);
  expect(giveUp).toHaveBeenCalledTimes(1);
});

it("gives up a peer that took everything and does not end", () => {
  const giveUp = vi.fn();
  unlessTaken(() => 0, 100, giveUp);
  vi.advanceTimersByTime(100);
  expect(giveUp).toHaveBeenCalledTimes(1);
});

it("gives up a peer that takes nothing from the first moment on", () => {
  const giveUp = vi.fn();
  unlessTaken(() => 1000, 100, giveUp);
  vi.advanceTimersByTime(100);
  expect(giveUp).toHaveBeenCalledTimes(1);
});

it("is called off", () => {
  const giveUp = vi.fn();
  unlessTaken(() => 0, 100, giveUp)();
  vi.advanceTimersByTime(1000);
  expect(giveUp).not.toHaveBeenCalled();
});

import { afterEach, describe, expect, it, vi } from "vitest";
import { pause } from "./pause.js";

afterEach(() => {
  vi.useRealTimers();
});

describe("pause", () => {
  it("waits for longer than one timer of the platform can", async () => {
    vi.useFakeTimers();
    const longest = 2 ** 31 - 1;
    let over = false;
    const waiting = pause(2 * longest + 5, new AbortController().signal).then(() => (over = true));
    await vi.advanceTimersByTimeAsync(2 * longest + 4);
    expect(over).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await waiting;
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends at once when it is told to, also before it began", async () => {
    vi.useFakeTimers();
    const stop = new AbortController();
    const waiting = pause(1e12, stop.signal);
    await Promise.all([
      expect(waiting).rejects.toThrow("enough"),
      Promise.resolve().then(() => stop.abort(new Error("enough"))),
    ]);
    await expect(pause(1e12, stop.signal)).rejects.toThrow("enough");
    expect(vi.getTimerCount()).toBe(0);
  });
});

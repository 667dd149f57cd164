import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { stayAlive, systemClock, systemEntropy } from "./system.js";

describe("systemClock", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("fires once, when the time has come, and not before", () => {
    const clock = systemClock();
    let fired = 0;
    clock.timer(clock.monotonic() + 100.5, () => (fired += 1));
    vi.advanceTimersByTime(100);
    expect(fired).toBe(0);
    vi.advanceTimersByTime(1);
    expect(fired).toBe(1);
    vi.advanceTimersByTime(10_000);
    expect(fired).toBe(1);
  });

  it("waits longer than setTimeout can", () => {
    const clock = systemClock();
    const month = 40 * 86_400_000;
    let fired = false;
    clock.timer(clock.monotonic() + month, () => (fired = true));
    vi.advanceTimersByTime(2 ** 31 + 10);
    expect(fired).toBe(false);
    vi.advanceTimersByTime(month - 2 ** 31 - 11);
    expect(fired).toBe(false);
    vi.advanceTimersByTime(1);
    expect(fired).toBe(true);
  });

  it("can be cancelled, also in the middle of a long wait, and after it", () => {
    const clock = systemClock();
    let fired = 0;
    const cancel = clock.timer(clock.monotonic() + 3e9, () => (fired += 1));
    vi.advanceTimersByTime(2.5e9);
    cancel();
    const late = clock.timer(clock.monotonic() + 1, () => (fired += 1));
    vi.advanceTimersByTime(3e9);
    late();
    expect(fired).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("fires soon for a time that has passed, never within the call, and never for Infinity", () => {
    const clock = systemClock();
    let fired = 0;
    clock.timer(clock.monotonic() - 5, () => (fired += 1));
    clock.timer(Infinity, () => (fired += 100))();
    expect(fired).toBe(0);
    vi.advanceTimersByTime(1);
    expect(fired).toBe(1);
  });

  it("waits on when setTimeout is early", () => {
    const clock = systemClock();
    let fired = false;
    const at = clock.monotonic() + 50;
    const early = vi
      .spyOn(performance, "now")
      .mockReturnValueOnce(at - 50)
      .mockReturnValueOnce(at - 0.5);
    clock.timer(at, () => (fired = true));
    vi.advanceTimersByTime(50);
    expect(fired).toBe(false);
    early.mockRestore();
    vi.advanceTimersByTime(1);
    expect(fired).toBe(true);
  });

  it("tells of a clock that was set, either way, within a second, once, and looks only while somebody asks", () => {
    const clock = systemClock();
    const wall = vi.spyOn(Date, "now");
    let jumps = 0;
    expect(vi.getTimerCount()).toBe(0);
    const stop = clock.onJump!(() => (jumps += 1));
    vi.advanceTimersByTime(10_000);
    expect(jumps).toBe(0);
    for (const ahead of [3_600_000, -7_200_000]) {
      const before = jumps;
      wall.mockImplementation(() => performance.timeOrigin + performance.now() + ahead);
      vi.advanceTimersByTime(1_000);
      expect(jumps).toBe(before + 1);
      vi.advanceTimersByTime(5_000);
      expect(jumps).toBe(before + 1);
    }
    stop();
    expect(vi.getTimerCount()).toBe(0);
    wall.mockRestore();
  });

  it("reads a clock that only grows, and the date", () => {
    vi.useRealTimers();
    const clock = systemClock();
    const [first, second] = [clock.monotonic(), clock.monotonic()];
    expect(second).toBeGreaterThanOrEqual(first);
    expect(Math.abs(clock.wall() - Date.now())).toBeLessThan(1_000);
  });
});

/** How many timers keep this process alive. */
const alive = (): number =>
  process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;

describe("a pending timer", () => {
  it("keeps the process alive only if it was asked to", () => {
    const before = alive();
    const { monotonic, timer } = systemClock();
    const cancel = timer(monotonic() + 1_000, () => undefined);
    expect(alive()).toBe(before);
    const end = stayAlive();
    expect(alive()).toBe(before + 1);
    cancel();
    expect(alive()).toBe(before + 1);
    end();
    expect(alive()).toBe(before);
  });
});

describe("systemEntropy", () => {
  it("gives as many bytes as asked, also more than one draw holds", () => {
    for (const length of [0, 1, 10, 65_536, 65_537, 200_000]) {
      expect(systemEntropy(length)).toHaveLength(length);
    }
    const tail = systemEntropy(200_000).subarray(196_608);
    expect(tail.some((byte) => byte !== 0)).toBe(true);
    expect(systemEntropy(16)).not.toEqual(systemEntropy(16));
  });

  it("gives nothing twice, over many small draws of any length", () => {
    const given = Array.from({ length: 5_000 }, (_, i) => systemEntropy(8 + (i % 57)));
    const beginnings = given.map((bytes) => bytes.subarray(0, 8).join(","));
    expect(new Set(beginnings).size).toBe(given.length);
    expect(given.filter((bytes) => bytes.every((byte) => byte === 0))).toEqual([]);
  });
});

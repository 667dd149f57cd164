import { describe, expect, it } from "vitest";
import { FrameQueue, Waiters } from "./queue.js";

const over = { code: 1000, reason: "over" };

describe("FrameQueue", () => {
  it("is first in, first out, across any mix of pushes and reads", async () => {
    const queue = new FrameQueue();
    let pushed = 0;
    let read = 0;
    for (let round = 1; round < 200; round += 1) {
      for (let i = 0; i < round % 7; i += 1) queue.push(String(pushed++));
      for (let i = 0; i < round % 5 && read < pushed; i += 1) {
        const frame = round % 2 === 0 ? queue.take() : (await queue.next()).value;
        expect(frame).toBe(String(read++));
      }
    }
    queue.end(over);
    while (read < pushed)
      expect(await queue.next()).toEqual({ value: String(read++), done: false });
    expect(await queue.next()).toEqual({ value: over, done: true });
    expect(queue.size).toBe(0);
  });

  it("wakes readers that wait, in the order in which they came", async () => {
    const queue = new FrameQueue();
    const reads = [queue.next(), queue.next(), queue.next()];
    queue.push("a");
    queue.push("b");
    queue.end(over);
    expect(await Promise.all(reads)).toEqual([
      { value: "a", done: false },
      { value: "b", done: false },
      { value: over, done: true },
    ]);
  });

  it("calls onFull at the high mark and onReady at the low one, once each", () => {
    const calls: string[] = [];
    const queue = new FrameQueue({
      high: 300,
      low: 100,
      onFull: () => calls.push("full"),
      onReady: () => calls.push("ready"),
    });
    for (let i = 0; i < 6; i += 1) queue.push("x"); // 65 each
    expect(calls).toEqual(["full"]);
    expect(queue.full).toBe(true);
    for (let i = 0; i < 4; i += 1) queue.take();
    expect(calls).toEqual(["full"]);
    queue.take();
    expect(calls).toEqual(["full", "ready"]);
    expect(queue.full).toBe(false);
  });

  it("counts empty frames, so that a flood of them fills it", () => {
    let full = false;
    const queue = new FrameQueue({ high: 64_000, onFull: () => (full = true) });
    for (let i = 0; i < 1_000; i += 1) queue.push("");
    expect(full).toBe(true);
    expect(queue.take()).toBe("");
  });

  it("drops what is pushed after the end, and keeps the first end", async () => {
    const queue = new FrameQueue();
    queue.end(over);
    queue.push("late");
    queue.end({ code: 1006, reason: "" });
    expect(queue.closed).toEqual(over);
    expect(await queue.next()).toEqual({ value: over, done: true });
  });

  it("discards what is queued, and lets the writer go on", async () => {
    let ready = false;
    const queue = new FrameQueue({ high: 1, onReady: () => (ready = true) });
    queue.push("a");
    queue.discard(over);
    expect(ready).toBe(true);
    expect(await queue.next()).toEqual({ value: over, done: true });
  });

  it("stops with 1000 when nobody closes it otherwise", async () => {
    let stopped = 0;
    const queue = new FrameQueue({ onStop: () => (stopped += 1) });
    queue.push("unread");
    const end = { value: { code: 1000, reason: "" }, done: true };
    expect(await queue.return()).toEqual(end);
    expect(await queue.return()).toEqual(end);
    expect(stopped).toBe(1);
  });

  it("does not keep frames that were read", async () => {
    const queue = new FrameQueue();
    for (let i = 0; i < 1_000_000; i += 1) {
      queue.push("x");
      queue.take();
    }
    expect(queue.size).toBe(0);
  });
});

describe("Waiters", () => {
  it("lets go of all who waited, and of nobody who comes later", async () => {
    const waiters = new Waiters();
    const first = [waiters.wait(), waiters.wait()];
    waiters.release();
    let later = false;
    void waiters.wait().then(() => (later = true));
    await Promise.all(first);
    expect(later).toBe(false);
    waiters.release();
    await Promise.resolve();
    await Promise.resolve();
    expect(later).toBe(true);
  });
});

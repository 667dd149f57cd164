import { describe, expect, it, vi } from "vitest";
import { EventQueue } from "./event-queue.js";
import type { ReceivedEvent } from "./job-event.js";

/** A queue that keeps ten events, and what it told. */
function setUp(shared = false) {
  const told = { read: vi.fn(), full: vi.fn(), calledOff: vi.fn() };
  let over = (): void => expect.unreachable("there is no grace");
  const queue = new EventQueue(
    {
      read: told.read,
      shared,
      waiting: () => {},
      full: told.full,
      grace(action) {
        over = action;
        return told.calledOff;
      },
    },
    { events: 10, size: 1_000_000 },
  );
  const push = (from: number, to: number): void => {
    for (let seq = from; seq <= to; seq += 1) queue.push({ seq } as unknown as ReceivedEvent, 1);
  };
  const read = async (): Promise<number[]> => {
    queue.end(99);
    const seqs: number[] = [];
    for await (const { seq } of queue.open()) seqs.push(seq);
    return seqs;
  };
  return { queue, told, push, read, over: () => over() };
}

describe("events that nobody has begun to read", () => {
  it("are all kept for who begins within the grace, and the peer is held up meanwhile", async () => {
    const { queue, told, push, read } = setUp();
    push(1, 15);
    expect(told.full.mock.calls).toEqual([[true]]);
    expect(queue.dropped).toBe(0);
    expect(await read()).toEqual(Array.from({ length: 15 }, (_, at) => at + 1));
    expect(told.calledOff).toHaveBeenCalled();
    expect(told.full).toHaveBeenLastCalledWith(false);
  });

  it("go, the oldest first, once the grace is over, or at twice the bound", async () => {
    const late = setUp();
    late.push(1, 15);
    late.over();
    expect(late.queue.dropped).toBe(5);
    expect(late.told.full).toHaveBeenLastCalledWith(false);
    late.push(16, 17);
    expect(await late.read()).toEqual([8, 9, 10, 11, 12, 13, 14, 15, 16, 17]);
    const many = setUp();
    many.push(1, 21);
    expect(many.queue.dropped).toBe(11);
  });

  it("are told as read when they go, but not where another process may still read them", () => {
    const alone = setUp();
    alone.push(1, 21);
    expect(alone.told.read).toHaveBeenLastCalledWith(11);
    const kept = setUp(true);
    kept.push(1, 21);
    expect(kept.queue.dropped).toBe(11);
    expect(kept.told.read).not.toHaveBeenCalled();
  });

  it("hold nobody up where the program waits for the result alone", () => {
    const { queue, told, push } = setUp();
    push(1, 15);
    queue.skim();
    expect(told.full).toHaveBeenLastCalledWith(false);
    expect(queue.dropped).toBe(5);
  });
});

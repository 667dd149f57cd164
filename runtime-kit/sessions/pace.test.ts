import { describe, expect, it } from "vitest";
import { afterAck, newPace, unread } from "./pace.js";
import type { Pace } from "./pace.js";

const at = (ms: number) => ({ monotonic: ms, wall: ms });

/** Acknowledges `acked` of `newest` every `every` ms, as a client does that reads at a steady pace. */
function follow(
  pace: Pace,
  steps: readonly (readonly [acked: number, newest: number])[],
  every = 200,
) {
  return steps.map(([acked, newest], i) => {
    const now = at(every * (i + 1));
    afterAck(pace, acked, newest, now);
    return unread({ pace, acked, nextSeq: newest + 1 }, now);
  });
}

const steps = (count: number, acked: (i: number) => number, newest: (i: number) => number) =>
  Array.from({ length: count }, (_, i) => [acked(i), newest(i)] as const);

describe("ACK-07 the pace of acknowledgements", () => {
  it("does not call a client late that reads many events a second, however many are on their way", () => {
    const fast = steps(
      50,
      (i) => 40_000 * i,
      (i) => 40_000 * (i + 1),
    );
    expect(follow(newPace(at(0)), fast).every((behind) => behind === 0)).toBe(true);
  });

  it("calls one late that falls behind, until it has caught up", () => {
    const pace = newPace(at(0));
    const late = follow(
      pace,
      steps(
        20,
        (i) => 10 * (i + 1),
        (i) => 200 * (i + 1),
      ),
    );
    expect(late[3]).toBe(0);
    expect(late[19]).toBe(3_800);
    afterAck(pace, 3_400, 4_000, at(4_200));
    expect(pace.late).toBe(true);
    afterAck(pace, 3_500, 4_000, at(4_400));
    expect(pace.late).toBe(false);
  });

  it("ACK-09 concludes nothing from acknowledgements that do not come", () => {
    const pace = newPace(at(0));
    const late = steps(
      20,
      (i) => i + 1,
      () => 5_000,
    );
    expect(follow(pace, late).at(-1)).toBe(4_980);
    const state = { pace, acked: 20, nextSeq: 5_001 };
    expect(unread(state, at(5_999))).toBe(4_980);
    expect(unread(state, at(6_000))).toBe(0);
  });
});

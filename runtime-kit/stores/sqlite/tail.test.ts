import { describe, expect, it } from "vitest";
import type { JobId, SessionId } from "../../../generated/current/index.js";
import type { LogEntry, Write } from "../port.js";
import { createTail } from "./tail.js";

const j = "job_a" as JobId;
const s = "sess_a" as SessionId;

function entries(first: number, count: number): LogEntry[] {
  return Array.from({ length: count }, (_, i) => ({
    type: "job.event",
    body: `{"n":${first + i}}`,
  }));
}

function append(first: number, count: number): Write {
  return { op: "log.append", job: j, first, entries: entries(first, count) };
}

function run(firstSeq: number, count: number): Write {
  return {
    op: "run.append",
    session: s,
    run: { firstSeq, job: j, firstIndex: firstSeq - 1, count },
  };
}

describe("the tail of a store", () => {
  it("gives entries from any place on, over the borders of commits", () => {
    const tail = createTail();
    tail.add([append(0, 3), append(3, 1)]);
    tail.add([append(4, 6)]);
    for (let from = 0; from <= 10; from += 1) {
      for (let count = 0; count <= 11; count += 1) {
        const expected = entries(from, Math.min(count, 10 - from));
        expect(tail.readLog(j, from, count), `${count} from ${from}`).toEqual(expected);
      }
    }
  });

  it("gives the runs above a number", () => {
    const tail = createTail();
    tail.add([run(1, 3), run(4, 2)]);
    tail.add([run(6, 1)]);
    const firsts = (after: number, limit = 10) =>
      tail.readRuns(s, after, limit)?.map(({ firstSeq }) => firstSeq);
    expect(firsts(0)).toEqual([1, 4, 6]);
    expect(firsts(2)).toEqual([1, 4, 6]);
    expect(firsts(3)).toEqual([4, 6]);
    expect(firsts(3, 1)).toEqual([4]);
    expect(firsts(6)).toEqual([]);
  });

  it("says nothing of what it does not know whole", () => {
    const tail = createTail();
    expect(tail.readLog(j, 0, 1)).toBeUndefined();
    expect(tail.readRuns(s, 0, 1)).toBeUndefined();
    tail.add([append(7, 2), run(8, 2)]);
    expect(tail.readLog(j, 6, 1)).toBeUndefined();
    expect(tail.readLog(j, 7, 1)).toEqual(entries(7, 1));
    expect(tail.readRuns(s, 6, 1)).toBeUndefined();
    expect(tail.readRuns(s, 7, 1)).toHaveLength(1);
  });

  it("lets go of the oldest first", () => {
    const tail = createTail(4_000);
    for (let at = 0; at < 5_000; at += 1) {
      tail.add([append(at, 1), run(at + 1, 1)]);
      const [entry] = tail.readLog(j, at, 1) ?? [];
      expect(entry).toEqual(entries(at, 1)[0]);
      expect(tail.readRuns(s, at, 1)).toHaveLength(1);
    }
    expect(tail.readLog(j, 4_900, 1)).toBeUndefined();
    expect(tail.readRuns(s, 4_900, 1)).toBeUndefined();
  });

  it("begins anew with what was deleted and put again", () => {
    const tail = createTail(4_000);
    tail.add([append(0, 5), run(1, 5)]);
    tail.add([
      { op: "job.delete", id: j },
      { op: "session.delete", id: s },
    ]);
    expect(tail.readLog(j, 0, 1)).toBeUndefined();
    expect(tail.readRuns(s, 0, 1)).toBeUndefined();
    // What is let go of in its turn is the former log, not the one that bears its name now.
    for (let at = 0; at < 4; at += 1) tail.add([append(at, 1)]);
    expect(tail.readLog(j, 0, 9)).toEqual(entries(0, 4));
  });
});

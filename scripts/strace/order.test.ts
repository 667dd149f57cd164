import { describe, expect, it } from "vitest";
import { judge, ofAgent } from "./order.js";

const JOB = "job_01M8CK68W5S336R8DCE00R5F1W";
const accepted = `1 write(29<socket:[88]>, "{\\"type\\":\\"job.accepted\\",\\"job_id\\":\\"${JOB}\\"", 90) = 90`;
const event = `1 write(29<socket:[88]>, "{\\"message\\":\\"torn.1 0 0\\"", 90) = 90`;
const logged = `2 pwrite64(25</tmp/s.db-wal>, "${JOB} torn.1 0 0", 4096, 56) = 4096`;
const flush = "2 fsync(25</tmp/s.db-wal>) = 0";
const begun = "2 fsync(25</tmp/s.db-wal> <unfinished ...>";
const done = "2 <... fsync resumed>)              = 0";
const failed = "2 <... fsync resumed>)              = -1 EIO (Input/output error)";

const early = (...lines: readonly string[]) => judge(lines.join("\n"), ofAgent).early.length;

describe("the order of a trace", () => {
  it("is right when the log was flushed before", () => {
    const { frames, flushes, early } = judge([logged, flush, accepted, event].join("\n"), ofAgent);
    expect({ frames, flushes, early }).toEqual({ frames: 2, flushes: 1, early: [] });
    expect(early).toEqual([]);
  });

  it("is right when what is large was flushed beside the log, and then the log", () => {
    const beside = event
      .replace("1 write", "2 write")
      .replace("29<socket:[88]>", "31</tmp/s.db-spool/7>");
    const flushBeside = "2 fdatasync(31</tmp/s.db-spool/7>) = 0";
    expect(early(beside, flushBeside, flush, event)).toBe(0);
    expect(early(beside, flush, flushBeside, event)).toBe(1);
    expect(early(beside, flushBeside, event, flush)).toBe(1);
    expect(early(beside, flush, event)).toBe(1);
  });

  it("is right when the flush was interrupted and came to its end", () => {
    expect(judge([logged, begun, done, accepted].join("\n"), ofAgent).early).toEqual([]);
  });

  it.each([
    ["nothing was written to the log", [accepted]],
    ["nothing was flushed", [logged, accepted]],
    ["the flush comes later", [logged, event, flush]],
    ["the flush is not over", [logged, begun, event, done]],
    ["the flush began before the log was written", [begun, logged, done, event]],
    ["the flush failed", [logged, begun, failed, event]],
    ["something else was flushed", [logged, flush.replace("-wal", ""), event]],
  ])("is wrong when %s", (_title, lines) => {
    expect(early(...lines)).toBe(1);
  });
});

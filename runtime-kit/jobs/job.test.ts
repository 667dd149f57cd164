import { describe, expect, it } from "vitest";
import { ArcpError } from "../wire/errors.js";
import { parseAgentRef, resolveAgent } from "./agents.js";
import { jobDeadline, stepJob } from "./job.js";
import type { JobEffect, JobInput } from "./facts.js";
import { listPage, summary } from "./listing.js";
import type { JobState } from "./state.js";

const limits = {
  maxFrameBytes: 4096,
  maxResultBytes: 10_000,
  cancelGraceMs: 30_000,
  leaseGraceMs: 1_000,
};
const at = (ms: number) => ({ monotonic: ms, wall: 1_700_000_000_000 + ms });

function job(change: Partial<JobState> = {}): JobState {
  return {
    id: "job_1",
    agent: "a@1",
    principal: "me",
    session: "sess_1",
    traceId: "t",
    requestId: "m1",
    acceptedAt: 1_700_000_000_000,
    lease: { grants: [] },
    expiry: undefined,
    maxRuntimeMs: undefined,
    frameBytes: limits.maxFrameBytes,
    parent: undefined,
    key: undefined,
    readers: [{ session: "sess_1", live: 0, whole: true }],
    records: { progress: true, chunks: true, pressure: true },
    status: "pending",
    entries: 0,
    budget: undefined,
    runUntil: undefined,
    cancel: undefined,
    stream: undefined,
    completedAt: undefined,
    ...change,
  };
}

function running(change: Partial<JobState> = {}): JobState {
  const state = job(change);
  stepJob(state, { type: "start" }, at(0), limits);
  return state;
}

const step = (state: JobState, input: JobInput, ms = 0) => stepJob(state, input, at(ms), limits);
const log: JobInput = { type: "emit", kind: "log", body: '{"level":"info","message":"x"}' };
const chunk = (data: string, more: boolean): JobInput => ({
  type: "chunk",
  resultId: "res_1",
  data,
  json: JSON.stringify(data),
  encoding: "utf8",
  bytes: data.length,
  more,
});

function entries(effects: readonly JobEffect[]): Record<string, unknown>[] {
  return effects.flatMap((effect) =>
    effect.do === "append"
      ? [{ type: effect.entry.type, ...(JSON.parse(effect.entry.body) as Record<string, unknown>) }]
      : [],
  );
}

const kinds = (effects: readonly JobEffect[]) => effects.map((effect) => effect.do);

describe("a job", () => {
  it("EVT-01 LIFE-03 records what the agent reports, then its result", () => {
    const state = running();
    const [event] = entries(step(state, log));
    expect(event).toEqual({
      type: "job.event",
      job_id: "job_1",
      kind: "log",
      ts: "2023-11-14T22:13:20.000Z",
      body: { level: "info", message: "x" },
    });
    const effects = step(state, { type: "returned", result: '{"a":1}' }, 5);
    expect(entries(effects)).toMatchObject([
      {
        type: "job.result",
        final_status: "success",
        result: { a: 1 },
        completed_at: expect.any(String),
      },
    ]);
    expect(kinds(effects)).toEqual(["append", "ended"]);
    expect(state).toMatchObject({ status: "success", entries: 2 });
  });

  it("LIFE-02 LIFE-06 has one terminal, whatever comes after it", () => {
    const state = running();
    step(state, { type: "returned", result: "1" });
    const late: JobInput[] = [
      log,
      chunk("x", false),
      { type: "returned", result: "2" },
      { type: "failed", error: new ArcpError("INTERNAL_ERROR", "late") },
      { type: "cancel", reason: "late" },
      { type: "time" },
    ];
    for (const input of late) expect(entries(step(state, input, 1e9))).toEqual([]);
    expect(kinds(step(state, log))).toEqual(["refuse"]);
    expect(state).toMatchObject({ status: "success", entries: 1 });
  });

  it("HELLO-18 records no progress for a session that did not negotiate it", () => {
    const progress: JobInput = { type: "emit", kind: "progress", body: '{"current":1}' };
    expect(step(running(), progress)).toHaveLength(1);
    expect(
      step(running({ records: { progress: false, chunks: true, pressure: true } }), progress),
    ).toEqual([]);
  });

  it("ENC-14 refuses an event that exceeds a frame to the agent, and the job goes on", () => {
    const state = running();
    const big: JobInput = { type: "emit", kind: "log", body: JSON.stringify("x".repeat(5000)) };
    expect(step(state, big)).toMatchObject([{ do: "refuse", error: { code: "INVALID_REQUEST" } }]);
    expect(state).toMatchObject({ status: "running", entries: 0 });
  });

  it("ENC-16 lets nothing out that nests deeper than a reader accepts", () => {
    const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
    const emit = (body: string): JobInput => ({ type: "emit", kind: "x-vendor.a.b", body });
    const state = running();
    expect(step(state, emit(nested(63)))).toMatchObject([
      { do: "refuse", error: { code: "INVALID_REQUEST", reason: expect.stringContaining("62") } },
    ]);
    expect(entries(step(state, emit(nested(62))))).toHaveLength(1);
    expect(entries(step(state, { type: "returned", result: nested(63) }))).toMatchObject([
      { type: "job.error", code: "INTERNAL_ERROR", retryable: false },
    ]);
    const result = { type: "returned", result: nested(62) } as const;
    expect(entries(step(running(), result))).toMatchObject([{ type: "job.result" }]);
    const details = { x: JSON.parse(nested(62)) as unknown };
    const error = new ArcpError("INTERNAL_ERROR", "no", { details });
    const [failed] = entries(step(running(), { type: "failed", error }));
    expect(failed).toMatchObject({ type: "job.error", message: "no" });
    expect(failed).not.toHaveProperty("details");
  });

  it("LIFE-10 LIFE-11 times out from the start of the run", () => {
    const state = job({ maxRuntimeMs: 1000 });
    expect(jobDeadline(state, limits)).toBeUndefined();
    stepJob(state, { type: "start" }, at(5000), limits);
    expect(jobDeadline(state, limits)).toBe(6000);
    expect(step(state, { type: "time" }, 5999)).toEqual([]);
    const effects = step(state, { type: "time" }, 6000);
    expect(kinds(effects)).toEqual(["abort", "append", "ended"]);
    expect(entries(effects)).toMatchObject([
      { type: "job.error", code: "TIMEOUT", final_status: "timed_out", retryable: true },
    ]);
  });
});

describe("cancel", () => {
  it("CANCEL-08 CANCEL-09 signals the agent; cancelled even if it returns normally", () => {
    const state = running();
    expect(step(state, { type: "cancel", reason: "enough" })).toMatchObject([
      { do: "abort", error: { code: "CANCELLED", reason: "enough" } },
    ]);
    expect(entries(step(state, log))).toHaveLength(1);
    expect(entries(step(state, { type: "returned", result: "1" }))).toMatchObject([
      { type: "job.error", code: "CANCELLED", final_status: "cancelled" },
    ]);
  });

  it("CANCEL-10 ends an agent that ignores it after the grace", () => {
    const state = running();
    step(state, { type: "cancel", reason: undefined }, 100);
    expect(jobDeadline(state, limits)).toBe(30_100);
    expect(entries(step(state, { type: "time" }, 30_099))).toEqual([]);
    expect(entries(step(state, { type: "time" }, 30_100))).toMatchObject([{ code: "CANCELLED" }]);
  });

  it("CANCEL-12 a pending job ends at once", () => {
    const state = job();
    expect(entries(step(state, { type: "cancel", reason: undefined }))).toMatchObject([
      { type: "job.error", final_status: "cancelled" },
    ]);
  });

  it("CANCEL-13 what the log has first decides", () => {
    const state = running();
    step(state, { type: "returned", result: "1" });
    expect(step(state, { type: "cancel", reason: undefined })).toEqual([]);
    expect(state.status).toBe("success");
  });

  it("stays a cancel when the run limit passes during the grace, or the agent throws", () => {
    const late = running({ maxRuntimeMs: 1000 });
    step(late, { type: "cancel", reason: undefined }, 900);
    expect(entries(step(late, { type: "time" }, 1000))).toMatchObject([{ code: "CANCELLED" }]);
    const thrown = running();
    step(thrown, { type: "cancel", reason: undefined });
    const error = new ArcpError("INTERNAL_ERROR", "x");
    expect(entries(step(thrown, { type: "failed", error }))).toMatchObject([{ code: "CANCELLED" }]);
  });

  it("a second cancel changes nothing", () => {
    const state = running();
    step(state, { type: "cancel", reason: "first" }, 0);
    expect(step(state, { type: "cancel", reason: "second" }, 10)).toEqual([]);
    expect(state.cancel).toEqual({ reason: "first", endBy: 30_000 });
  });
});

describe("a streamed result", () => {
  it("CHUNK-03 CHUNK-07 CHUNK-09 is numbered from 0, ends once, and says its size", () => {
    const state = running();
    const bodies = [chunk("ab", true), chunk("cde", false)].flatMap((input) =>
      entries(step(state, input)).map((entry) => entry["body"]),
    );
    expect(bodies).toMatchObject([
      { result_id: "res_1", chunk_seq: 0, data: "ab", more: true },
      { result_id: "res_1", chunk_seq: 1, data: "cde", more: false },
    ]);
    expect(kinds(step(state, chunk("late", false)))).toEqual(["refuse"]);
    const [terminal] = entries(step(state, { type: "returned", result: undefined, summary: "s" }));
    expect(terminal).toMatchObject({ result_id: "res_1", result_size: 5, summary: "s" });
    expect(terminal).not.toHaveProperty("result");
  });

  it.each([
    ["CHUNK-10 a value beside it", [chunk("a", false)], { type: "returned", result: "1" }],
    [
      "CHUNK-16 a return in the middle",
      [chunk("a", true)],
      { type: "returned", result: undefined },
    ],
    [
      "CHUNK-16 a throw in the middle",
      [chunk("a", true)],
      { type: "failed", error: new ArcpError("INTERNAL_ERROR", "x") },
    ],
  ] as const)("%s ends in an error", (_name, before, last) => {
    const state = running();
    for (const input of before) step(state, input);
    expect(entries(step(state, last))).toMatchObject([
      { type: "job.error", code: "INTERNAL_ERROR" },
    ]);
  });

  it("CHUNK-15 ends the job beyond the limit", () => {
    const state = running();
    for (let sent = 0; sent < 10; sent++) step(state, chunk("x".repeat(1000), true));
    const effects = step(state, chunk("x", true));
    expect(kinds(effects)).toEqual(["refuse", "abort", "append", "ended"]);
    expect(entries(effects)).toMatchObject([{ code: "INTERNAL_ERROR", retryable: false }]);
  });

  it("HELLO-19 HELLO-20 goes inline without the feature, if it fits a frame", () => {
    const state = running({ records: { progress: true, chunks: false, pressure: true } });
    expect(step(state, chunk('a "', true))).toEqual([]);
    expect(step(state, chunk("b", false))).toEqual([]);
    const [terminal] = entries(step(state, { type: "returned", result: undefined }));
    expect(terminal).toMatchObject({ type: "job.result", result: 'a "b' });
    expect(terminal).not.toHaveProperty("result_id");
    const big = running({ records: { progress: true, chunks: false, pressure: true } });
    const effects = [1, 2, 3, 4, 5].flatMap(() => step(big, chunk("x".repeat(1000), true)));
    expect(entries(effects)).toMatchObject([{ type: "job.error", code: "INTERNAL_ERROR" }]);
  });

  it("HELLO-20 binary cannot go inline", () => {
    const state = running({ records: { progress: true, chunks: false, pressure: true } });
    const bytes: JobInput = { ...chunk("AQ==", true), encoding: "base64" } as JobInput;
    expect(entries(step(state, bytes))).toMatchObject([
      { type: "job.error", code: "INTERNAL_ERROR" },
    ]);
  });

  it("ENC-13 cuts an error down to what a frame holds, and a reason too", () => {
    const failed = running();
    const error = new ArcpError("INTERNAL_ERROR", "x".repeat(3_000_000), { details: { a: 1 } });
    const [terminal] = entries(step(failed, { type: "failed", error }));
    expect(String(terminal?.["message"]).length).toBeLessThan(2000);
    const state = running();
    step(state, { type: "cancel", reason: "y".repeat(1_000_000) });
    expect(state.cancel?.reason?.length).toBeLessThan(2000);
  });

  it("EVT-04 an inline result that fits no frame is an error", () => {
    const state = running();
    const result = JSON.stringify("x".repeat(5000));
    expect(entries(step(state, { type: "returned", result }))).toMatchObject([
      { type: "job.error", code: "INTERNAL_ERROR" },
    ]);
  });
});

describe("agents", () => {
  const inventory = new Map([["a", { name: "a", versions: ["1.0.0", "2.0.0"], default: "2.0.0" }]]);

  it("AGENT-02 AGENT-05 AGENT-06 SUB-11 resolve exactly, or say what is missing", () => {
    expect(resolveAgent("a", inventory)).toEqual({ name: "a", version: "2.0.0" });
    expect(resolveAgent("a@1.0.0", inventory)).toEqual({ name: "a", version: "1.0.0" });
    expect(resolveAgent("a@3", inventory)).toMatchObject({ code: "AGENT_VERSION_NOT_AVAILABLE" });
    expect(resolveAgent("b@1", inventory)).toMatchObject({ code: "AGENT_NOT_AVAILABLE" });
    for (const reference of [`a@${"3".repeat(9_999)}`, "b".repeat(9_999)]) {
      expect(String(resolveAgent(reference, inventory))).toMatch(/^.{100,160}$/);
    }
    expect(parseAgentRef("x")).toEqual({ name: "x", version: undefined });
  });
});

describe("the list", () => {
  const jobs = Array.from({ length: 5 }, (_, at) =>
    job({
      id: `job_${at}`,
      agent: at === 0 ? "b@1" : "a@1",
      principal: at === 4 ? "you" : "me",
      status: at === 1 ? "running" : "success",
      acceptedAt: 1000 * at,
    }),
  );
  const list = (request: object, principal = "me") => {
    const own = jobs.filter((state) => state.principal === principal).map((state) => ({ state }));
    const page = listPage(own, request, principal, 2 ** 20);
    if (page instanceof ArcpError) throw page;
    return { ids: page.jobs.map(({ state }) => state.id), next: page.next };
  };

  it("LIST-03 LIST-04 LIST-09 filters, for its principal alone", () => {
    expect(list({}).ids).toEqual(["job_0", "job_1", "job_2", "job_3"]);
    expect(list({}, "you").ids).toEqual(["job_4"]);
    expect(list({ filter: { status: ["running"] } }).ids).toEqual(["job_1"]);
    expect(list({ filter: { agent: "b" } }).ids).toEqual(["job_0"]);
    expect(list({ filter: { agent: "b@2" } }).ids).toEqual([]);
    expect(list({ filter: { created_after: "1970-01-01T00:00:01Z" } }).ids).toEqual([
      "job_2",
      "job_3",
    ]);
  });

  it("LIST-10 LIST-11 pages once through all, with a cursor that is its owner's", () => {
    const first = list({ limit: 3 });
    expect(first.ids).toEqual(["job_0", "job_1", "job_2"]);
    const rest = list({ limit: 3, cursor: first.next });
    expect(rest).toEqual({ ids: ["job_3"], next: null });
    expect(() => list({ cursor: first.next }, "you")).toThrow(/cursor/);
    expect(() => list({ cursor: "junk" })).toThrow(/cursor/);
  });

  it("ENC-13 LIST-13 ends a page before it outgrows a frame, whatever leases clients make", () => {
    const patterns = Array.from({ length: 200 }, (_, at) => `/${at}/${"x".repeat(400)}`);
    const grant = {
      namespace: "fs.read",
      patterns: patterns.map((written) => ({ written, matched: written as never })),
    };
    const large = Array.from({ length: 20 }, (_, at) => ({
      state: job({ id: `job_${String(at).padStart(2, "0")}`, lease: { grants: [grant] } }),
    }));
    const first = listPage(large, { limit: 1000 }, "me", 2 ** 20);
    if (first instanceof ArcpError) throw first;
    expect(first.jobs.length).toBeLessThan(10);
    expect(
      JSON.stringify(first.jobs.map(({ state }) => summary(state, 1, [], null))).length,
    ).toBeLessThan(500_000);
    const second = listPage(large, { limit: 1000, cursor: first.next }, "me", 2 ** 20);
    if (second instanceof ArcpError) throw second;
    expect(second.jobs[0]).toBe(large[first.jobs.length]);
  });

  it("LIST-14 AGENT-11 shows when, which and how far", () => {
    expect(summary(job(), 7, [], null)).toMatchObject({
      agent: "a@1",
      last_event_seq: 7,
      created_at: "2023-11-14T22:13:20.000Z",
      submitted_at: "2023-11-14T22:13:20.000Z",
    });
  });
});

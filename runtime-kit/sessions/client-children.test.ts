import { describe, expect, it } from "vitest";
import { Bench } from "./client-bench.test-helper.js";
import type { ClientEffect } from "./client-state.js";

const TIME = "2026-01-01T00:00:00Z";
const named = { delegate_id: "del_1", agent: "lint", lease: { "tool.call": ["a"] } };

/** A client with the job `job_1`, that wants to hear what it delegates. */
const bench = (children = true): Bench => {
  const one = new Bench({ children }).running("job_1");
  one.effects();
  return one;
};

const delegated = (one: Bench, seq: number, body: object): Bench =>
  one.frame(
    "job.event",
    { kind: "delegate", ts: TIME, body: { ...named, ...body } },
    { job_id: "job_1", event_seq: seq },
  );

const accepted = (one: Bench, more: object = {}): Bench =>
  one.frame(
    "job.accepted",
    {
      job_id: "job_c",
      parent_job_id: "job_1",
      ...named,
      agent: "lint@1.0.0",
      accepted_at: TIME,
      ...more,
    },
    { job_id: "job_c" },
  );

/** Children that were told of, and the jobs that messages were delivered to. */
const seen = (effects: readonly ClientEffect[]) =>
  effects.flatMap((effect) => {
    if (effect.do === "deliver") return [`${effect.jobId} ${effect.message.event_seq}`];
    if (effect.do !== "tell" || effect.news.type !== "child") return [];
    const { job_id, payload } = effect.news.child;
    return [`child ${job_id} ${payload.agent} of ${payload.parent_job_id}`];
  });

describe("a child (W-22)", () => {
  it("is one of ours from its acceptance on, to its end", () => {
    const one = delegated(bench(), 1, { child_job_id: "job_c" });
    accepted(one);
    one.event(2, "job_c").result(3, "job_c").event(4, "job_c");
    expect(seen(one.effects())).toEqual([
      "job_1 1",
      "child job_c lint@1.0.0 of job_1",
      "job_c 2",
      "job_c 3",
    ]);
  });

  it("that was accepted while the client was away is known by its parent's event", () => {
    const one = delegated(bench(), 1, { child_job_id: "job_c" });
    one.event(2, "job_c").event(3, "job_c");
    expect(seen(one.effects())).toEqual([
      "job_1 1",
      "child job_c lint of job_1",
      "job_c 2",
      "job_c 3",
    ]);
    // Told once.
    accepted(one);
    expect(seen(one.effects())).toEqual([]);
  });

  it("is heard when only its end comes, and one of a child is, too", () => {
    const one = delegated(bench(), 1, { child_job_id: "job_c" });
    accepted(one);
    one.frame(
      "job.event",
      { kind: "delegate", ts: TIME, body: { ...named, child_job_id: "job_d" } },
      { job_id: "job_c", event_seq: 2 },
    );
    one.result(3, "job_d");
    expect(seen(one.effects())).toEqual([
      "job_1 1",
      "child job_c lint@1.0.0 of job_1",
      "job_c 2",
      "child job_d lint of job_c",
      "job_d 3",
    ]);
  });

  it("is none where it was refused, is another's, or is not wanted", () => {
    const refused = delegated(bench(), 1, {}).event(2, "job_c");
    expect(seen(refused.effects())).toEqual(["job_1 1"]);
    const foreign = accepted(bench(), { parent_job_id: "job_9" }).event(1, "job_c");
    expect(seen(foreign.effects())).toEqual([]);
    const unwanted = delegated(bench(false), 1, { child_job_id: "job_c" });
    accepted(unwanted).event(2, "job_c");
    expect(seen(unwanted.effects())).toEqual(["job_1 1"]);
    expect(unwanted.state.expected.size).toBe(0);
  });

  it("does not fill the memory where many are named and none is heard", () => {
    const one = bench();
    for (let seq = 1; seq <= 3000; seq++) delegated(one, seq, { child_job_id: `job_${seq}_c` });
    expect(one.state.expected.size).toBeLessThanOrEqual(1024);
  });

  it("that the client asked for itself is the answer to its submit", () => {
    const one = bench();
    one.request("m_9", {
      type: "job.submit",
      payload: { agent: "lint", parent_job_id: "job_1" },
    });
    one.effects();
    accepted(one, { request_id: "m_9" });
    expect(one.effects()).toMatchObject([{ do: "resolve", id: "m_9" }]);
  });
});

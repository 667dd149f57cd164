import { describe, expect, it } from "vitest";
import { Bench, traceOf } from "./client-bench.test-helper.js";

const accepted = { lease: {}, accepted_at: "2026-01-01T00:00:00Z" };
const refusal = (code: string, extra: object = {}) => ({ code, message: "no", ...extra });

const terminal = (code: string) => ({ ...refusal(code), final_status: "error" });

/** Two submits that wait for their answers. */
function twoSubmits(): Bench {
  const bench = new Bench().connected().submit("m_1").submit("m_2");
  bench.effects();
  return bench;
}

function settled(bench: Bench) {
  return bench
    .effects()
    .flatMap((effect) => (effect.do === "resolve" || effect.do === "reject" ? [effect] : []));
}

describe("which request a reply answers (W-05)", () => {
  it.each([
    ["payload.request_id", { payload: { request_id: "m_2" } }],
    ["payload.details.request_id", { payload: { details: { request_id: "m_2" } } }],
    ["payload.reply_to", { payload: { reply_to: "m_2" } }],
    ["the envelope's reply_to", { envelope: { reply_to: "m_2" } }],
    ["the envelope's correlation_id", { envelope: { correlation_id: "m_2" } }],
    ["an echoed id", { envelope: { id: "m_2" } }],
    ["the trace_id", { envelope: { trace_id: traceOf("m_2") } }],
    ["the trace_id in the payload", { payload: { trace_id: traceOf("m_2") } }],
  ])("is told by %s", (_, form: { payload?: object; envelope?: object }) => {
    const bench = twoSubmits();
    bench.frame(
      "job.accepted",
      { ...accepted, ...form.payload },
      { job_id: "job_1", ...form.envelope },
    );
    expect(settled(bench)).toMatchObject([{ do: "resolve", id: "m_2" }]);
  });

  it("is the oldest one where nothing says so", () => {
    const bench = twoSubmits().accept("job_1").accept("job_2");
    expect(settled(bench)).toMatchObject([{ id: "m_1" }, { id: "m_2" }]);
  });

  it("is none where an id is named that is not ours", () => {
    const bench = twoSubmits().accept("job_1", { request_id: "m_77" });
    expect(settled(bench)).toEqual([]);
  });

  it("is one of its own kind, whatever the order", () => {
    const bench = new Bench().running("job_1").list("m_1").submit("m_2").cancel("m_3");
    bench.effects();
    bench.frame("job.cancelled", {}, { job_id: "job_1" }).accept("job_2");
    bench.frame("session.jobs", { jobs: [] });
    expect(settled(bench)).toMatchObject([{ id: "m_3" }, { id: "m_2" }, { id: "m_1" }]);
  });

  it("is the cancel of the job that is named", () => {
    const bench = new Bench()
      .running("job_1", "job_2")
      .cancel("m_1", "job_1")
      .cancel("m_2", "job_2");
    bench.effects();
    bench.frame("job.cancelled", {}, { job_id: "job_3" });
    expect(settled(bench)).toEqual([]);
    bench.frame("job.cancelled", {}, { job_id: "job_2" });
    expect(settled(bench)).toMatchObject([{ id: "m_2" }]);
  });

  it.each([{ parent_job_id: "job_9" }, { delegate_id: "del_1" }])(
    "is none for a child %o",
    (child) => {
      const bench = twoSubmits();
      bench.frame(
        "job.accepted",
        { ...accepted, ...child },
        { job_id: "job_c", trace_id: traceOf("m_1") },
      );
      expect(settled(bench)).toEqual([]);
      // Nor is the child's failure the refusal of a submit.
      bench.frame(
        "job.error",
        { ...refusal("TIMEOUT"), final_status: "timed_out" },
        { job_id: "job_c", event_seq: 1 },
      );
      expect(bench.effects()).toEqual([]);
    },
  );
});

describe("session.error (W-11)", () => {
  it.each([
    ["request_id", { request_id: "m_2" }, {}],
    ["details.request_id", { details: { request_id: "m_2" } }, {}],
    ["detail.request_id under another name", { reply_to: "m_2" }, {}],
    ["the echoed id", {}, { id: "m_2" }],
    ["the trace_id", {}, { trace_id: traceOf("m_2") }],
  ])("fails the call that it names by %s, and no other", (_, payload, envelope) => {
    const bench = twoSubmits();
    bench.frame("session.error", refusal("PERMISSION_DENIED", payload), envelope);
    const [only, ...others] = settled(bench);
    expect(only).toMatchObject({ do: "reject", id: "m_2", error: { code: "PERMISSION_DENIED" } });
    expect(others).toEqual([]);
    expect(bench.state.phase).toBe("live");
  });

  it("tells refused submits apart and keeps what their errors say", () => {
    const bench = twoSubmits();
    const detail = { available: ["1.0.0"] };
    bench.frame(
      "session.error",
      refusal("AGENT_VERSION_NOT_AVAILABLE", { request_id: "m_2", detail }),
    );
    bench.frame(
      "session.error",
      refusal("AGENT_NOT_AVAILABLE", { request_id: "m_1", retryable: true }),
    );
    const [second, first] = settled(bench).map((effect) =>
      effect.do === "reject" ? effect.error : undefined,
    );
    expect(second).toMatchObject({ code: "AGENT_VERSION_NOT_AVAILABLE", details: detail });
    expect(first).toMatchObject({ code: "AGENT_NOT_AVAILABLE", retryable: true });
  });

  it("without any id is a warning, and fails nothing", () => {
    const bench = twoSubmits().cancel("m_3");
    bench.effects();
    bench.frame("session.error", refusal("INTERNAL_ERROR"));
    expect(bench.effects()).toMatchObject([
      { do: "tell", news: { type: "warning", error: { code: "INTERNAL_ERROR" } } },
    ]);
  });

  it("without any id still finds the one kind of call that its code can answer", () => {
    const bench = twoSubmits().cancel("m_3");
    bench.effects();
    bench.frame("session.error", refusal("AGENT_NOT_AVAILABLE"));
    bench.frame("session.error", refusal("JOB_NOT_FOUND"));
    expect(settled(bench)).toMatchObject([{ id: "m_1" }, { id: "m_3" }]);
  });

  it("finds the cancel of the job that it names", () => {
    const bench = new Bench()
      .running("job_1", "job_2")
      .cancel("m_1", "job_1")
      .cancel("m_2", "job_2");
    bench.effects();
    bench.frame("session.error", refusal("PERMISSION_DENIED", { job_id: "job_2" }));
    expect(settled(bench)).toMatchObject([{ do: "reject", id: "m_2" }]);
  });
});

describe("a job.error that refuses (W-36)", () => {
  it("refuses the pending submit if nobody knows its job", () => {
    const bench = twoSubmits();
    bench.frame("job.error", terminal("AGENT_NOT_AVAILABLE"), { job_id: "job_x", event_seq: 1 });
    expect(settled(bench)).toMatchObject([{ do: "reject", id: "m_1" }]);
  });

  it("also where it is no event at all, without number, job and status", () => {
    const bench = twoSubmits();
    bench.frame("job.error", refusal("AGENT_NOT_AVAILABLE", { request_id: "m_2" }));
    expect(settled(bench)).toMatchObject([
      { do: "reject", id: "m_2", error: { code: "AGENT_NOT_AVAILABLE" } },
    ]);
  });

  it("with DUPLICATE_KEY never ends a known job", () => {
    const bench = new Bench().running("job_1").submit("m_1", { idempotency_key: "k" });
    bench.effects();
    bench.frame("job.error", terminal("DUPLICATE_KEY"), { job_id: "job_1", event_seq: 1 });
    expect(bench.effects()).toMatchObject([
      { do: "reject", id: "m_1", error: { code: "DUPLICATE_KEY" } },
    ]);
    expect(bench.result(2).of("deliver")).toHaveLength(1);
  });

  it("is not seen in the terminal of a job that has ended", () => {
    const bench = new Bench().running("job_1").result(1).submit("m_1");
    bench.effects();
    bench.frame("job.error", terminal("TIMEOUT"), { job_id: "job_1", event_seq: 2 });
    expect(bench.effects()).toEqual([]);
  });
});

describe("calls without a connection", () => {
  it("wait for the session", () => {
    const bench = new Bench().list("m_1").submit("m_2").hello();
    bench.effects();
    expect(bench.welcome().sent()).toMatchObject([{ id: "m_1" }, { id: "m_2" }]);
  });

  it("are repeated with their id if they can be, after a resume", () => {
    const bench = new Bench().running("job_1");
    bench.list("m_1").cancel("m_2").submit("m_3", { idempotency_key: "k" }, true);
    bench.request("m_4", { type: "session.ping", payload: { nonce: "m_4", sent_at: "t" } });
    bench.drop();
    expect(bench.effects().filter((effect) => effect.do === "reject")).toEqual([]);
    bench.hello().effects();
    expect(
      bench
        .welcome("sess_1")
        .sent()
        .map(({ id }) => id),
    ).toEqual(["m_1", "m_2", "m_3", "m_4"]);
    bench.frame("session.pong", { ping_nonce: "m_4", received_at: "t" });
    expect(settled(bench)).toMatchObject([{ id: "m_4" }]);
  });

  it("that may have been done are not: a submit without a key says so and how to look", () => {
    const bench = new Bench().connected().submit("m_1").drop();
    const [reject] = bench.of("reject");
    expect(reject).toMatchObject({ id: "m_1", error: { code: "OUTCOME_UNKNOWN" } });
    expect(reject?.error.message).toMatch(`client.jobs() with the trace_id ${traceOf("m_1")}`);
    expect(
      bench
        .hello()
        .welcome("sess_1")
        .sent()
        .map(({ type }) => type),
    ).toEqual(["session.hello"]);
  });

  it("get what came for a job before its repeated submit was answered", () => {
    const bench = new Bench().connected().submit("m_1", { idempotency_key: "k" }, true).drop();
    bench.hello().welcome("sess_1").event(1, "job_7").event(2, "job_8").result(3, "job_7");
    expect(bench.of("deliver")).toEqual([]);
    bench.accept("job_7", { request_id: "m_1" });
    expect(bench.effects()).toMatchObject([
      { do: "resolve", id: "m_1" },
      { do: "deliver", jobId: "job_7", message: { event_seq: 1 } },
      { do: "deliver", jobId: "job_7", message: { event_seq: 3 } },
    ]);
    // What was for another job is let go, and does not hold up the acks.
    bench.take({ type: "read", seq: 1 }).take({ type: "read", seq: 3 }).pass(1_000);
    expect(bench.sent()).toMatchObject([{ payload: { last_processed_seq: 3 } }]);
  });
});

describe("a call that nobody waits for any more", () => {
  it("is not sent if it was not yet", () => {
    const bench = new Bench().list("m_1").take({ type: "abandon", id: "m_1" }).hello().welcome();
    expect(bench.sent().map(({ type }) => type)).toEqual(["session.hello"]);
  });

  it("keeps its place, and its job is cancelled", () => {
    const bench = twoSubmits().take({ type: "abandon", id: "m_1" });
    bench.accept("job_1");
    expect(bench.sent()).toMatchObject([{ type: "job.cancel", payload: { job_id: "job_1" } }]);
    bench.accept("job_2").event(1, "job_1").event(2, "job_2");
    expect(bench.effects()).toMatchObject([
      { do: "resolve", id: "m_2" },
      { do: "deliver", jobId: "job_2" },
    ]);
  });
});

describe("what was not negotiated", () => {
  const features = { capabilities: { features: ["heartbeat"] } };

  it.each([
    ["list_jobs", (bench: Bench) => bench.list("m_1")],
    ["agent_versions", (bench: Bench) => bench.submit("m_1", { agent: "a@1" })],
    [
      "cost.budget",
      (bench: Bench) => bench.submit("m_1", { lease_request: { "cost.budget": [] } }),
    ],
    [
      "lease_expires_at",
      (bench: Bench) =>
        bench.submit("m_1", { lease_constraints: { expires_at: "2030-01-01T00:00:00Z" } }),
    ],
  ])("%s is refused before it is sent", (feature, call) => {
    const bench = new Bench().connected(features);
    call(bench);
    expect(bench.effects()).toMatchObject([
      { do: "reject", id: "m_1", error: { code: "INVALID_REQUEST", details: { feature } } },
    ]);
  });

  it("is refused also for what waited for the welcome", () => {
    const bench = new Bench().list("m_1").hello().welcome("sess_1", features);
    expect(settled(bench)).toMatchObject([{ do: "reject", id: "m_1" }]);
  });
});

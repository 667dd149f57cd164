/** The machine of a session that is kept: what is kept before what is sent, and what a former process left. */
import { describe, expect, it } from "vitest";
import type { JobId, SessionId } from "../../generated/current/index.js";
import { Bench, CONFIG, FEATURES, traceOf } from "./client-bench.test-helper.js";
import type { ClientEffect, FormerSession } from "./client-state.js";

/** Orders in short: `keep`, and the types of what is sent. */
function orders(effects: readonly ClientEffect[]): string[] {
  return effects.flatMap((effect) => {
    if (effect.do === "send") return effect.messages.map(({ draft }) => draft.type);
    return effect.do === "keep" || effect.do === "hangup" ? [effect.do] : [];
  });
}

const keeping = { keeping: true };

describe("a session that is kept (W-08, W-33)", () => {
  it("keeps its token before it says a word after the welcome", () => {
    const bench = new Bench(keeping).list("m_1").hello();
    bench.effects();
    bench.welcome().frame("session.ping", { nonce: "n", sent_at: "2026-01-01T00:00:00Z" });
    expect(orders(bench.effects())).toEqual(["keep", "session.list_jobs", "session.pong"]);
  });

  it("keeps the token of each resume, and one that comes in between", () => {
    const bench = new Bench(keeping).connected();
    bench.drop().hello();
    bench.effects();
    bench.welcome("sess_1", { resume_token: "rt_2" });
    expect(orders(bench.effects())).toEqual(["keep"]);
    bench.welcome("sess_1", { resume_token: "rt_3" });
    expect(orders(bench.effects())).toEqual(["keep"]);
    expect(bench.state.session?.resumeToken).toBe("rt_3");
  });

  it("keeps a submit before it goes out, and nothing for a question", () => {
    const bench = new Bench(keeping).connected();
    bench.submit("m_1", { idempotency_key: "k" }, true);
    expect(orders(bench.effects())).toEqual(["keep", "job.submit"]);
    bench.list("m_2").cancel("m_3");
    expect(orders(bench.effects())).toEqual(["session.list_jobs", "job.cancel"]);
  });

  it("keeps what was read before it acknowledges it", () => {
    const bench = new Bench(keeping).running("job_1");
    bench.event(1).take({ type: "read", seq: 1 });
    expect(orders(bench.effects())).toEqual([]);
    expect(orders(bench.pass(200).effects())).toEqual(["keep", "session.ack"]);
    bench.event(2).take({ type: "read", seq: 2 }).take({ type: "close", id: "bye" });
    expect(orders(bench.effects())).toEqual(["keep", "session.ack", "session.close"]);
  });

  it("keeps what was read where nothing is acknowledged, too, and ahead of what was not read", () => {
    const features = FEATURES.filter((one) => one !== "ack");
    const bench = new Bench(keeping).connected({ capabilities: { encodings: ["json"], features } });
    bench.submit("m_1").accept("job_1", { request_id: "m_1" });
    bench.event(1).event(2).take({ type: "read", seq: 2 });
    bench.effects();
    expect(orders(bench.pass(200).effects())).toEqual(["keep"]);
  });

  it("orders nothing to be kept where nobody keeps", () => {
    const bench = new Bench().running("job_1");
    bench.event(1).take({ type: "read", seq: 1 }).pass(200).submit("m_2").drop().hello().welcome();
    expect(bench.of("keep")).toEqual([]);
  });

  it("ends when it cannot be kept; whoever waits is told why", () => {
    const bench = new Bench(keeping).running("job_1").list("m_1");
    bench.effects();
    bench.take({ type: "unkept", error: new Error("the disc is full") });
    const effects = bench.effects();
    expect(effects.map((effect) => effect.do)).toEqual(["hangup", "reject", "cutoff", "tell"]);
    expect(bench.state.phase).toBe("ended");
    bench.take({ type: "unkept", error: new Error("again") });
    expect(bench.effects()).toEqual([]);
  });
});

const FORMER: FormerSession = {
  id: "sess_1" as SessionId,
  resumeToken: "rt_7",
  features: ["ack", "x-gone" as "ack"],
  lastSeq: 5,
  jobs: ["job_1" as JobId],
  unanswered: [],
};

function after(former: Partial<FormerSession> = {}): Bench {
  return new Bench(keeping, { ...FORMER, ...former });
}

describe("a session of a former process", () => {
  it("is resumed from where that was, with the features that it had (W-14)", () => {
    const bench = after().hello();
    const [hello] = bench.sent();
    expect(hello?.payload).toMatchObject({
      resume: { session_id: "sess_1", resume_token: "rt_7", last_event_seq: 5 },
      capabilities: { features: [...CONFIG.features, "x-gone"] },
    });
    bench.welcome("sess_1", { resume_token: "rt_8" });
    expect(bench.news().map(({ type }) => type)).toEqual(["resumed"]);
    bench.event(6).event(5);
    expect(bench.of("deliver").map(({ message }) => message.event_seq)).toEqual([6]);
  });

  it("fails fast where nobody answers, as any first connection does", () => {
    const bench = after();
    bench.pass(0).take({ type: "failed", connection: 1, error: new Error("nobody") });
    expect(bench.news()).toMatchObject([{ type: "ended", error: { message: "nobody" } }]);
  });

  it("repeats the submits that were not answered, with their ids and keys", () => {
    const payload = { agent: "a", idempotency_key: "k" };
    const draft = { type: "job.submit", trace_id: traceOf("m_1"), payload } as const;
    const bench = after({ unanswered: [{ id: "m_1", draft, abandoned: false }] }).hello();
    bench.effects();
    bench.welcome();
    // The events of its job may come first.
    bench.event(6, "job_2");
    const effects = bench.effects();
    expect(orders(effects)).toEqual(["keep", "keep", "job.submit"]);
    bench.accept("job_2", { request_id: "m_1" });
    expect(bench.effects().map((effect) => effect.do)).toEqual(["resolve", "deliver"]);
  });

  it("cancels what a submit brings that nobody had wanted any more", () => {
    const payload = { agent: "a", idempotency_key: "k" };
    const draft = { type: "job.submit", payload } as const;
    const bench = after({ unanswered: [{ id: "m_1", draft, abandoned: true }] })
      .hello()
      .welcome();
    bench.effects();
    bench.accept("job_2", { request_id: "m_1" });
    expect(bench.sent()).toMatchObject([{ type: "job.cancel", payload: { job_id: "job_2" } }]);
  });

  const refused = (bench: Bench, code: string): Bench => {
    bench.hello();
    bench.frame("session.error", { code, message: "no" }, { session_id: "sess_x" });
    return bench.hello().welcome("sess_2");
  };

  it("that may live elsewhere is not replaced: the client ends, and says what to do", () => {
    const bench = refused(after(), "UNAUTHENTICATED");
    const effects = bench.effects();
    expect(orders(effects)).not.toContain("keep");
    expect(effects.at(-1)).toMatchObject({
      news: {
        type: "ended",
        error: {
          code: "NOT_KEPT",
          message: expect.stringMatching(/sess_1 \(with job_1\).*another runtime.*remove it/),
        },
      },
    });
  });

  it("that a peer ignores in both forms is not replaced either", () => {
    const bench = after().hello().welcome("sess_2");
    expect(bench.sent().map(({ type }) => type)).toEqual(["session.hello", "session.resume"]);
    bench.pass(CONFIG.replyMs);
    expect(bench.news()).toMatchObject([{ type: "ended", error: { code: "NOT_KEPT" } }]);
  });

  it("tells a wrong token apart: without the session it is refused just the same", () => {
    const bench = after().hello();
    const error = { code: "UNAUTHENTICATED", message: "no" };
    bench.frame("session.error", error, { session_id: "sess_x" }).hello();
    bench.effects();
    bench.frame("session.error", error, { session_id: "sess_y" });
    expect(bench.news()).toMatchObject([{ type: "ended", error: { code: "UNAUTHENTICATED" } }]);
  });

  it("that is surely over is replaced, and its jobs are told as a gap", () => {
    const bench = refused(after(), "RESUME_WINDOW_EXPIRED");
    const news = bench.news();
    expect(news.map(({ type }) => type)).toEqual(["reconnecting", "gap", "connected"]);
    expect(news[1]).toMatchObject({ gap: { reason: "expired", jobs: ["job_1"], lastSeq: 5 } });
    expect(bench.state).toMatchObject({ lastSeq: 0, phase: "live" });
  });

  it("that had nothing left is replaced without a word", () => {
    const bench = refused(after({ jobs: [] }), "UNAUTHENTICATED");
    expect(bench.news().map(({ type }) => type)).toEqual(["reconnecting", "connected"]);
    expect(bench.state).toMatchObject({ lastSeq: 0, phase: "live" });
  });
});

describe("a submit that nobody waits for any more", () => {
  const submitted = (): Bench => {
    const bench = new Bench().connected().submit("m_1", { idempotency_key: "k" }, true);
    bench.effects();
    return bench;
  };

  it("is repeated after the line was cut, so that its job can be cancelled", () => {
    const bench = submitted().take({ type: "abandon", id: "m_1" }).drop().hello();
    bench.effects();
    bench.welcome();
    expect(bench.sent()).toMatchObject([
      { type: "job.submit", id: "m_1", payload: { idempotency_key: "k" } },
    ]);
    bench.accept("job_1", { request_id: "m_1" });
    expect(bench.sent()).toMatchObject([{ type: "job.cancel", payload: { job_id: "job_1" } }]);
  });

  it("is repeated where it was given up without a line", () => {
    const bench = submitted().drop().take({ type: "abandon", id: "m_1" }).hello();
    bench.effects();
    bench.welcome();
    expect(bench.sent()).toMatchObject([{ type: "job.submit", id: "m_1" }]);
  });

  it("is repeated until the cancel of its job was answered", () => {
    const bench = submitted().take({ type: "abandon", id: "m_1" });
    bench.accept("job_1", { request_id: "m_1" });
    expect(bench.sent().map(({ type }) => type)).toEqual(["job.cancel"]);
    bench.drop().hello();
    bench.effects();
    bench.welcome().accept("job_1", { request_id: "m_1" });
    expect(bench.sent().map(({ type }) => type)).toEqual(["job.submit", "job.cancel"]);
    bench.frame("job.cancelled", { job_id: "job_1" }, { job_id: "job_1" }).drop().hello();
    bench.effects();
    bench.welcome();
    expect(bench.sent()).toEqual([]);
  });

  it.each([
    ["its job has ended", (bench: Bench) => bench.result(1)],
    [
      "its job is not known",
      (bench: Bench) =>
        bench.frame("session.error", { code: "JOB_NOT_FOUND", message: "no", job_id: "job_1" }),
    ],
  ])("is not repeated once %s", (_why, happen) => {
    const bench = submitted().take({ type: "abandon", id: "m_1" });
    happen(bench.accept("job_1", { request_id: "m_1" }))
      .drop()
      .hello();
    bench.effects();
    bench.welcome();
    expect(bench.sent()).toEqual([]);
  });

  it("without a key is not repeated, since that would make a second job", () => {
    const bench = new Bench().connected().submit("m_1").take({ type: "abandon", id: "m_1" });
    bench.drop().hello();
    bench.effects();
    bench.welcome();
    expect(bench.sent()).toEqual([]);
  });

  it("is left at the end, for whoever goes on", () => {
    const bench = submitted().take({ type: "abandon", id: "m_1" });
    bench.take({ type: "unkept", error: new Error("no") });
    expect(bench.state.left.map(({ id, abandoned }) => [id, abandoned])).toEqual([["m_1", true]]);
  });
});

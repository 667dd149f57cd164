import { describe, expect, it } from "vitest";
import { ArcpError, ConnectionError } from "../wire/errors.js";
import { Bench } from "./client-bench.test-helper.js";

const refusal = (code: string, extra: object = {}) => ({ code, message: "no", ...extra });

/** A client whose connection was lost, after two events. */
function lostClient(): Bench {
  const bench = new Bench().running("job_1").event(1).event(2).drop();
  bench.effects();
  return bench;
}

function gapOf(bench: Bench) {
  const effects = bench.effects();
  const cutoff = effects.find((effect) => effect.do === "cutoff");
  const told = effects.flatMap((effect) =>
    effect.do === "tell" && effect.news.type === "gap" ? [effect.news.gap] : [],
  );
  return { cutoff, gap: told[0], told: told.length };
}

describe("the first connection", () => {
  it("HELLO-22 says who we are and what we can, and is welcomed", () => {
    const bench = new Bench();
    expect(bench.hello("secret").sent()).toEqual([
      {
        id: undefined,
        type: "session.hello",
        payload: {
          client: { name: "bench", version: "0" },
          auth: { scheme: "bearer", token: "secret" },
          capabilities: { encodings: ["json"], features: bench.state.config.features },
        },
      },
    ]);
    const capabilities = { features: ["x-new", "ack", "subscribe"], agents: ["a", { name: "b" }] };
    bench.welcome("sess_1", { capabilities });
    expect(bench.news()).toMatchObject([
      {
        type: "connected",
        session: { id: "sess_1", features: ["ack"], agents: [{ name: "a" }, { name: "b" }] },
      },
    ]);
  });

  it("fails at once when nobody answers, so that a wrong address is told", () => {
    const bench = new Bench().pass(0);
    bench.effects();
    const error = new ConnectionError("UNREACHABLE", "no");
    expect(bench.take({ type: "failed", connection: 1, error }).news()).toEqual([
      { type: "ended", error },
    ]);
  });

  it.each(["UNAUTHENTICATED", "INVALID_REQUEST"])("ends with %s and does not try again", (code) => {
    const bench = new Bench().hello().frame("session.error", refusal(code));
    expect(bench.news()).toMatchObject([{ type: "ended", error: { code } }]);
    expect(bench.pass(600_000).of("dial")).toEqual([]);
  });

  it("AUTH-09 ends with a token that cannot be verified for now, since it has no session to lose", () => {
    const bench = new Bench().hello();
    const payload = { code: "UNAUTHENTICATED", message: "no", retryable: true };
    bench.frame("session.error", payload, { session_id: "sess_x" });
    expect(bench.news()).toMatchObject([{ type: "ended", error: { code: "UNAUTHENTICATED" } }]);
  });

  it("tries again when the runtime says that it may, for half a minute", () => {
    const bench = new Bench().hello();
    const busy = refusal("INTERNAL_ERROR", { retryable: true });
    bench.frame("session.error", busy).drop(1008).hello().welcome();
    expect(bench.news().at(-1)).toMatchObject({ type: "connected" });

    const hopeless = new Bench();
    for (let tries = 0; tries < 100 && hopeless.state.phase !== "ended"; tries++) {
      hopeless.hello().frame("session.error", busy);
    }
    expect(hopeless.news().at(-1)).toMatchObject({
      type: "ended",
      error: { code: "INTERNAL_ERROR" },
    });
    expect(hopeless.now).toBeGreaterThan(20_000);
    expect(hopeless.now).toBeLessThan(32_000);
  });

  it.each([["dialling", 0] as const, ["the welcome", 1] as const])(
    "gives %s ten seconds",
    (_, opened) => {
      const bench = new Bench().pass(0);
      if (opened === 1) bench.take({ type: "opened", connection: 1, token: undefined });
      bench.effects();
      expect(bench.pass(9_999).effects()).toEqual([]);
      bench.pass(1);
      const effects = bench.effects();
      expect(effects[0]).toMatchObject({ do: "hangup", connection: 1 });
      expect(effects[1]).toMatchObject({ news: { type: "ended", error: { code: "UNREACHABLE" } } });
    },
  );

  it("answers in the version of a peer that says 1", () => {
    const bench = new Bench().hello();
    bench.welcome("sess_1", {}, { arcp: "1" }).effects();
    const [send] = bench.list("m_1").of("send");
    expect(send?.messages[0]).toMatchObject({ version: "1", sessionId: "sess_1" });
  });

  it("is over when the welcome cannot be read", () => {
    const bench = new Bench().hello();
    bench.frame("session.welcome", { runtime: "?" });
    expect(bench.news()).toMatchObject([{ type: "ended", error: { code: "PROTOCOL" } }]);
  });
});

describe("a peer that says what is no message before its welcome", () => {
  it("is forgiven, and quoted where no welcome follows", () => {
    const welcomed = new Bench().hello().text("listening on 3000");
    expect(welcomed.welcome("sess_1").state.phase).toBe("live");
    const silent = new Bench().hello().text("first\u001b[1m").text("second").pass(10_000);
    expect(silent.news().at(-1)).toMatchObject({
      type: "ended",
      error: {
        code: "UNREACHABLE",
        message: expect.stringMatching(/10000 ms; instead of ARCP it said "first\?\[1m"$/),
      },
    });
    const gone = new Bench().hello().text("{}").drop(1006, "exit 1");
    expect(gone.news().at(-1)).toMatchObject({
      error: { code: "REFUSED", message: expect.stringMatching(/exit 1\); .* it said "\{\}"$/) },
    });
  });

  it("is no runtime when it goes on", () => {
    const bench = new Bench().hello();
    for (let n = 1; n < 32; n += 1) bench.text(`row ${n}`);
    expect(bench.state.phase).toBe("greeting");
    expect(bench.text("row 32").news().at(-1)).toMatchObject({
      type: "ended",
      error: { code: "REFUSED", message: expect.stringContaining('it said "row 1"') },
    });
  });
});

describe("a lost connection", () => {
  it("is dialled again, later each time, with a spread", () => {
    const bench = new Bench().connected().drop();
    const delays: number[] = [];
    for (let attempt = 1; attempt <= 9; attempt++) {
      for (const news of bench.news()) {
        if (news.type === "reconnecting") delays.push(news.delayMs);
      }
      bench.pass(bench.state.by - bench.now);
      const error = new ConnectionError("UNREACHABLE", "no");
      bench.take({ type: "failed", connection: bench.state.connection, error });
    }
    delays.forEach((delay, attempt) => {
      const longest = Math.min(10_000, 250 * 2 ** attempt);
      expect(delay).toBeGreaterThanOrEqual(longest / 2);
      expect(delay).toBeLessThanOrEqual(longest);
    });
    expect(new Set(delays.slice(-3)).size).toBe(3);
  });

  it("begins with a short wait again only after a connection that lasted", () => {
    const bench = new Bench().connected();
    for (let round = 0; round < 6; round++) bench.drop().hello().welcome();
    bench.effects();
    expect(bench.drop().news()).toMatchObject([{ attempt: 7 }]);
    bench.hello().welcome().pass(5_000).effects();
    expect(bench.drop().news()).toMatchObject([{ attempt: 1 }]);
  });

  it("is the end without reconnecting, or after the time for it", () => {
    const never = new Bench({ backoff: undefined }).running("job_1").submit("m_1", {}, true);
    never.effects();
    never.drop();
    expect(never.effects().map((effect) => effect.do)).toEqual(["reject", "cutoff", "tell"]);

    const backoff = { minDelayMs: 250, maxDelayMs: 10_000, giveUpAfterMs: 60_000 };
    const bench = new Bench({ backoff }).connected().drop();
    for (let tries = 0; tries < 100 && bench.state.phase !== "ended"; tries++) {
      bench.hello().drop();
    }
    expect(bench.news().at(-1)).toMatchObject({ type: "ended", error: { code: "REFUSED" } });
    expect(bench.now).toBeLessThan(61_001);
  });

  it.each([
    ["within the time for it", 1006, 30_000, 31_000],
    [
      "within a minute, where it goes on for ever but the runtime has an error of its own",
      1011,
      Infinity,
      61_000,
    ],
  ])(
    "is the end where each is made and ends with nothing further, %s",
    (_, code, giveUpAfterMs, by) => {
      const backoff = { minDelayMs: 250, maxDelayMs: 10_000, giveUpAfterMs };
      const bench = new Bench({ backoff }).running("job_1").event(1).drop(code);
      for (let tries = 0; tries < 100 && bench.state.phase !== "ended"; tries++) {
        bench.hello().welcome().drop(code, "the log cannot be read");
      }
      const effects = bench.effects();
      const error = { code: "CLOSED", message: expect.stringContaining("the log cannot be read") };
      expect(effects.at(-1)).toMatchObject({ news: { type: "ended", error } });
      expect(effects).toContainEqual({
        do: "cutoff",
        jobs: ["job_1"],
        error: expect.objectContaining(error),
      });
      expect(bench.now).toBeLessThan(by + 1_001);
    },
  );

  it("goes on where each brings something, or lasts", () => {
    const backoff = { minDelayMs: 250, maxDelayMs: 10_000, giveUpAfterMs: 30_000 };
    const bench = new Bench({ backoff }).running("job_1");
    for (let seq = 1; seq < 50; seq++) bench.event(seq).drop(1011).hello().welcome();
    for (let times = 0; times < 50; times++) bench.pass(5_000).drop(1011).hello().welcome();
    expect(bench.state.phase).toBe("live");
    expect(bench.now).toBeGreaterThan(300_000);
  });
});

describe("a resume", () => {
  it("names session, newest token and last event, and goes on without a hole", () => {
    const bench = lostClient();
    expect(bench.hello().sent()[0]?.payload).toMatchObject({
      resume: { session_id: "sess_1", resume_token: "rt_1", last_event_seq: 2 },
    });
    bench.welcome("sess_1", { resume_token: "rt_2" });
    expect(bench.news()).toMatchObject([{ type: "resumed" }]);
    bench.event(2).event(3).result(4);
    expect(bench.of("deliver").map(({ message }) => message.event_seq)).toEqual([3, 4]);
    bench.drop();
    expect(bench.hello().sent()[0]?.payload).toMatchObject({
      resume: { resume_token: "rt_2", last_event_seq: 4 },
    });
    expect(bench.state.resumed).toBe(1);
  });

  it("takes a replay that comes before the welcome", () => {
    const bench = lostClient().hello();
    bench.event(1).event(2).event(3).welcome("sess_1").event(4);
    expect(bench.of("deliver").map(({ message }) => message.event_seq)).toEqual([3, 4]);
  });

  it("uses the same token again when the welcome was lost", () => {
    const bench = lostClient().hello();
    bench.effects();
    expect(bench.drop().hello().sent()[0]?.payload).toMatchObject({
      resume: { resume_token: "rt_1", last_event_seq: 2 },
    });
  });

  it("keeps the features where the welcome does not repeat them", () => {
    const bench = lostClient().hello().welcome("sess_1", { capabilities: {} });
    expect(bench.state.session?.features).toContain("ack");
  });

  it.each([
    ["RESUME_WINDOW_EXPIRED", "expired", undefined],
    ["RESUME_WINDOW_EXPIRED", "expired", { oldest: 7, reason: "expired" }],
    ["RESUME_WINDOW_EXPIRED", "discarded", { oldest: 7, reason: "discarded" }],
    ["UNAUTHENTICATED", "forgotten", undefined],
    ["INVALID_REQUEST", "forgotten", undefined],
  ])("refused with %s: a new session, and the gap is told as %s", (code, reason, details) => {
    const bench = lostClient().take({ type: "read", seq: 1 }).take({ type: "read", seq: 2 });
    bench.hello().frame("session.error", { ...refusal(code), ...(details && { details }) });
    expect(bench.news()).toMatchObject([{ type: "reconnecting", delayMs: 0 }]);
    expect(bench.hello().sent().at(-1)?.payload).not.toHaveProperty("resume");
    bench.welcome("sess_2");
    const { cutoff, gap } = gapOf(bench);
    expect(cutoff).toMatchObject({ jobs: ["job_1"], error: { code: "GAP" } });
    // It promises nothing of jobs that a runtime which knows nothing may have lost, and says so plainly.
    const all = {
      expired: "run on or have ended",
      discarded: "were forgotten to make room or when their retention was over",
      forgotten: "they may be lost",
    };
    const words = all[reason as keyof typeof all];
    expect((cutoff!.error as Error).message).toContain(words);
    expect((cutoff!.error as Error).message).not.toContain(code);
    expect(gap).toMatchObject({
      reason,
      sessionId: "sess_1",
      lastSeq: 2,
      jobs: ["job_1"],
    });
    expect(bench.state).toMatchObject({ phase: "live", lastSeq: 0 });
    bench.submit("m_2").accept("job_2", { request_id: "m_2" }).event(1, "job_2");
    expect(bench.of("deliver")).toHaveLength(1);
    // Numbers begin anew, and so do the acks.
    bench.take({ type: "read", seq: 1 }).pass(200);
    expect(bench.sent()).toMatchObject([{ payload: { last_processed_seq: 1 } }]);
  });

  it("ends when the token is refused without the session too", () => {
    const bench = lostClient();
    bench.hello().frame("session.error", refusal("UNAUTHENTICATED"));
    bench.hello().frame("session.error", refusal("UNAUTHENTICATED"));
    const effects = bench.effects();
    const error = effects.find((effect) => effect.do === "cutoff")?.error as ConnectionError;
    expect(error.code).toBe("CLOSED");
    expect(ArcpError.is(error.cause, "UNAUTHENTICATED")).toBe(true);
    expect(bench.state.phase).toBe("ended");
  });

  it("waits and tries again where the runtime says so", () => {
    const bench = lostClient().hello();
    bench.frame("session.error", refusal("INTERNAL_ERROR", { retryable: true })).effects();
    expect(bench.hello().sent()[0]?.payload).toHaveProperty("resume");
  });

  it("is not heard on a connection that is no longer the present one", () => {
    const bench = lostClient().hello();
    bench.effects();
    bench.take({ type: "dropped", connection: 1, closed: { code: 4009, reason: "" } });
    expect(bench.effects()).toEqual([]);
    expect(bench.state.phase).toBe("greeting");
  });
});

const ignored = (): Bench => lostClient().hello().welcome("sess_2", { resume_token: "rt_x" });

describe("a runtime that ignores the resume in the hello", () => {
  it("is asked once more in the other form, and then goes on", () => {
    const bench = ignored();
    const [hello, resume] = bench.of("send");
    expect(hello?.messages[0]?.draft.type).toBe("session.hello");
    expect(resume?.messages).toMatchObject([
      {
        sessionId: "sess_2",
        draft: {
          type: "session.resume",
          payload: { session_id: "sess_1", resume_token: "rt_1", last_event_seq: 2 },
        },
      },
    ]);
    bench.welcome("sess_1", { resume_token: "rt_2" }).event(3);
    const effects = bench.effects();
    expect(effects).toContainEqual(expect.objectContaining({ do: "deliver" }));
    expect(bench.state.session).toMatchObject({ id: "sess_1", resumeToken: "rt_2" });
  });

  it.each([
    ["an error", (bench: Bench) => bench.frame("session.error", refusal("INVALID_REQUEST"))],
    ["silence", (bench: Bench) => bench.pass(5_000)],
  ])("answers with %s: its session is used, and the gap told", (_, answer) => {
    const bench = ignored();
    answer(bench);
    expect(gapOf(bench)).toMatchObject({ told: 1, gap: { sessionId: "sess_1" } });
    expect(bench.state.session?.id).toBe("sess_2");
    expect(bench.drop().hello().sent().at(-1)?.payload).toMatchObject({
      resume: { session_id: "sess_2", resume_token: "rt_x", last_event_seq: 0 },
    });
  });

  it("hangs up: the next hello asks for nothing, and the gap is told", () => {
    const bench = ignored().drop();
    expect(bench.hello().sent().at(-1)?.payload).not.toHaveProperty("resume");
    bench.welcome("sess_3");
    expect(gapOf(bench)).toMatchObject({ told: 1 });
  });

  it("gets no request before it is settled which session it is", () => {
    const bench = ignored();
    bench.effects();
    expect(bench.list("m_1").sent()).toEqual([]);
    expect(bench.welcome("sess_1").sent()).toMatchObject([{ id: "m_1" }]);
  });
});

describe("the end", () => {
  it.each([
    ["told", (bench: Bench) => bench.frame("session.closed", { reason: "superseded" })],
    ["by its code", (bench: Bench) => bench.drop(4009)],
  ])("superseded (%s): everything is settled and nothing dialled", (_, supersede) => {
    const bench = new Bench().running("job_1").list("m_1");
    bench.effects();
    supersede(bench);
    const effects = bench.effects();
    const codes = effects.flatMap((effect) =>
      effect.do === "reject" || effect.do === "cutoff"
        ? [(effect.error as ConnectionError).code]
        : [],
    );
    expect(codes).toEqual(["SUPERSEDED", "SUPERSEDED"]);
    expect(bench.pass(600_000).of("dial")).toEqual([]);
  });

  it("of a runtime that shuts down is no end: the session is resumed", () => {
    const bench = new Bench().running("job_1").frame("session.closed", { reason: "shutdown" });
    expect(bench.news()).toMatchObject([{ type: "reconnecting" }]);
    bench.hello().welcome("sess_1");
    expect(bench.news()).toMatchObject([{ type: "resumed" }]);
  });

  it("is asked for with session.close, after the tail of the acks", () => {
    const bench = new Bench().running("job_1").event(1).take({ type: "read", seq: 1 });
    bench.effects();
    bench.take({ type: "close", id: "m_9", reason: "done" });
    expect(bench.sent()).toMatchObject([
      { type: "session.ack", payload: { last_processed_seq: 1 } },
      { type: "session.close", id: "m_9", payload: { reason: "done" } },
    ]);
    bench.frame("session.closed", { request_id: "m_9" });
    expect(bench.effects().map((effect) => effect.do)).toEqual(["hangup", "cutoff", "tell"]);
    expect(bench.state.phase).toBe("ended");
  });

  it("falls back to session.bye for a peer that does not know session.close", () => {
    const bench = new Bench().connected().take({ type: "close", id: "m_9" });
    bench.effects();
    bench.frame("session.error", refusal("INVALID_REQUEST", { request_id: "m_9" }));
    expect(bench.sent()).toMatchObject([{ type: "session.bye" }]);
    expect(bench.frame("session.error", refusal("INVALID_REQUEST")).sent()).toEqual([]);
    expect(bench.drop(1000).news()).toEqual([{ type: "ended", error: undefined }]);
  });

  it("comes after a while when the peer says nothing at all", () => {
    const bench = new Bench().connected().take({ type: "close", id: "m_9" });
    bench.effects();
    bench.pass(5_000);
    const effects = bench.effects();
    expect(effects[0]).toMatchObject({ messages: [{ draft: { type: "session.bye" } }] });
    expect(effects.at(-1)).toMatchObject({ news: { type: "ended", error: undefined } });
  });

  it("comes at once where there is no connection", () => {
    const bench = lostClient().take({ type: "close", id: "m_9" });
    expect(bench.effects().map((effect) => effect.do)).toEqual(["cutoff", "tell"]);
    expect(bench.pass(600_000).effects()).toEqual([]);
    bench.list("m_10");
    expect(bench.of("reject")).toMatchObject([{ id: "m_10", error: { code: "CLOSED" } }]);
  });
});

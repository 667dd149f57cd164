import { describe, expect, it } from "vitest";
import { readUpTo } from "./client-acks.js";
import { Bench } from "./client-bench.test-helper.js";

const seqs = (bench: Bench) => bench.of("deliver").map(({ message }) => message.event_seq);

describe("the numbered stream", () => {
  it("delivers each number once and in order", () => {
    const bench = new Bench()
      .running("job_1")
      .event(1)
      .event(1)
      .event(2)
      .event(1)
      .event(3)
      .event(3);
    expect(seqs(bench)).toEqual([1, 2, 3]);
  });

  it("with a hole is broken off and resumed at once, which fills it", () => {
    const bench = new Bench().running("job_1").event(1).event(3);
    const effects = bench.effects();
    expect(effects.map((effect) => effect.do)).toEqual(["deliver", "hangup", "tell"]);
    expect(effects[2]).toMatchObject({
      news: { type: "reconnecting", delayMs: 0, error: { code: "GAP" } },
    });
    expect(bench.hello().sent()[0]?.payload).toMatchObject({ resume: { last_event_seq: 1 } });
    bench.welcome("sess_1").event(2).event(3);
    expect(seqs(bench)).toEqual([2, 3]);
  });

  it("tells the gap when even the resume does not fill the hole, and goes on", () => {
    const bench = new Bench().running("job_1").event(1).event(4).hello().welcome("sess_1");
    bench.effects();
    bench.event(4).event(5);
    const effects = bench.effects();
    expect(effects[0]).toMatchObject({
      news: { type: "gap", gap: { reason: "missing", lastSeq: 1, nextSeq: 4 } },
    });
    expect(effects.slice(1).map((effect) => effect.do)).toEqual(["deliver", "deliver"]);
    // A later hole is another one, and tried again.
    expect(bench.event(7).of("hangup")).toHaveLength(1);
  });

  it("without reconnecting tells a hole at once", () => {
    const bench = new Bench({ backoff: undefined }).running("job_1").event(2);
    expect(bench.effects().map((effect) => effect.do)).toEqual(["tell", "deliver"]);
  });

  it("keeps unknown kinds, and does not mind unknown types", () => {
    const bench = new Bench().running("job_1");
    const event = { kind: "x-vendor.acme.thing", ts: "t", body: { any: 1 } };
    bench.frame("job.event", event, { job_id: "job_1", event_seq: 1 });
    bench.frame("job.event", { ...event, kind: "future" }, { job_id: "job_1", event_seq: 2 });
    bench.frame("session.novelty", { request_id: "m_1" }).frame("x-vendor.acme.note", {});
    const effects = bench.effects();
    expect(effects.map((effect) => effect.do)).toEqual(["deliver", "deliver"]);
    expect(effects[1]).toMatchObject({ message: { payload: { kind: "future" } } });
  });

  it("is not fed by another session", () => {
    const bench = new Bench().running("job_1");
    const event = { kind: "log", ts: "t", body: { level: "info", message: "x" } };
    bench.frame("job.event", event, { job_id: "job_1", event_seq: 1, session_id: "sess_9" });
    expect(bench.news()).toMatchObject([{ type: "warning", error: { code: "PROTOCOL" } }]);
    expect(seqs(bench.event(1))).toEqual([1]);
  });

  it("ends a job once, and settles who asked to cancel it", () => {
    const bench = new Bench().running("job_1").cancel("m_1");
    bench.effects();
    bench.result(1).result(2).event(3);
    expect(bench.effects()).toMatchObject([
      { do: "resolve", id: "m_1", message: { payload: { final_status: "success" } } },
      { do: "deliver", jobId: "job_1" },
    ]);
  });
});

describe("a frame with a fault (one bad frame harms one call)", () => {
  it("that is no JSON is a warning", () => {
    const bench = new Bench().running("job_1").text("{nope");
    expect(bench.news()).toMatchObject([{ type: "warning", error: { code: "PROTOCOL" } }]);
    expect(bench.state.phase).toBe("live");
  });

  it("a thousand times in a row, and nothing else, ends the connection", () => {
    const bench = new Bench().running("job_1");
    for (let n = 0; n < 999; n += 1) bench.text("{nope");
    bench.event(1);
    for (let n = 0; n < 999; n += 1) bench.text("{nope");
    expect(bench.state.phase).toBe("live");
    bench.text('"first"').effects();
    expect(bench.state.phase).toBe("waiting");
    const idle = new Bench().running("job_1");
    for (let n = 0; n < 1_000; n += 1) idle.text("[1]\u0007");
    expect(idle.news().at(-1)).toMatchObject({
      type: "reconnecting",
      error: { message: expect.stringContaining('instead of ARCP it said "[1]?"') },
    });
  });

  it("that was an event leaves no hole", () => {
    const bench = new Bench().running("job_1").event(1);
    bench.frame("job.event", { kind: 7 }, { job_id: "job_1", event_seq: 2 }).event(3);
    expect(seqs(bench)).toEqual([1, 3]);
    bench.take({ type: "read", seq: 1 }).take({ type: "read", seq: 3 }).pass(1_000);
    expect(bench.sent()).toMatchObject([{ payload: { last_processed_seq: 3 } }]);
  });

  it("that was a terminal still ends its job", () => {
    const bench = new Bench().running("job_1", "job_2");
    bench.frame(
      "job.error",
      { code: "TIMEOUT", message: "slow" },
      { job_id: "job_1", event_seq: 1 },
    );
    bench.frame("job.result", { result: 4 }, { job_id: "job_2" });
    expect(bench.of("deliver")).toMatchObject([
      { message: { payload: { code: "TIMEOUT", final_status: "error" } } },
      { message: { payload: { result: 4, final_status: "success" } } },
    ]);
    expect(bench.pass(1_000).sent()).toEqual([]);
    expect(bench.take({ type: "read", seq: 1 }).pass(1_000).sent()).toMatchObject([
      { payload: { last_processed_seq: 1 } },
    ]);
  });

  it("that was an answer fails the call that it answered", () => {
    const bench = new Bench().connected().submit("m_1").submit("m_2");
    bench.effects();
    bench.frame("job.accepted", { request_id: "m_2", lease: 5 }, { job_id: "job_1" });
    expect(bench.of("reject")).toMatchObject([{ id: "m_2", error: { code: "PROTOCOL" } }]);
  });
});

const acks = (bench: Bench) =>
  bench
    .sent()
    .flatMap((draft) => (draft.type === "session.ack" ? [draft.payload.last_processed_seq] : []));

function read(bench: Bench, ...numbers: readonly number[]): Bench {
  for (const seq of numbers) bench.take({ type: "read", seq });
  return bench;
}

describe("acks", () => {
  it("follow the reading, one for all that was read in 200 ms", () => {
    const bench = new Bench().running("job_1");
    for (let seq = 1; seq <= 100; seq++) bench.event(seq);
    expect(acks(bench.pass(10_000))).toEqual([]);
    for (let seq = 1; seq <= 50; seq++) read(bench, seq);
    expect(acks(bench.pass(199))).toEqual([]);
    expect(acks(read(bench, 51).pass(1))).toEqual([51]);
    expect(acks(bench.pass(10_000))).toEqual([]);
    expect(acks(read(bench, 52).pass(200))).toEqual([52]);
  });

  it("never go beyond what some job has not read", () => {
    const bench = new Bench().running("job_1", "job_2");
    bench.event(1, "job_1").event(2, "job_2").event(3, "job_1").event(4, "job_2");
    expect(acks(read(bench, 2, 4).pass(1_000))).toEqual([]);
    expect(acks(read(bench, 1).pass(1_000))).toEqual([2]);
    expect(acks(read(bench, 3, 3).pass(1_000))).toEqual([4]);
  });

  it("are not held up by events that nobody here is to read", () => {
    const bench = new Bench().running("job_1").event(1, "job_x").event(2, "job_x").pass(1_000);
    expect(acks(bench)).toEqual([2]);
  });

  it("are not sent unless they were negotiated", () => {
    const bench = new Bench().connected({ capabilities: { features: [] } });
    bench.submit("m_1").accept("job_1").event(1);
    expect(acks(read(bench, 1).pass(60_000))).toEqual([]);
  });

  it("made while there was no connection go out after the resume", () => {
    const bench = read(new Bench().running("job_1").event(1).drop(), 1).hello().welcome("sess_1");
    expect(acks(bench.pass(200))).toEqual([1]);
  });

  it("cost little for a million events, however they are read", () => {
    const bench = new Bench().running("job_1", "job_2");
    const { acks: kept } = bench.state;
    for (let seq = 1; seq <= 20_000; seq++) bench.event(seq, seq % 2 === 0 ? "job_1" : "job_2");
    for (let seq = 2; seq <= 20_000; seq += 2) read(bench, seq);
    expect(readUpTo(kept)).toBe(0);
    for (let seq = 1; seq <= 20_000; seq += 2) read(bench, seq);
    expect(readUpTo(kept)).toBe(20_000);
    expect(kept.unread.length).toBeLessThan(100);
    expect(kept.ahead.size).toBe(0);
  });
});

const pings = (bench: Bench) =>
  bench.sent().flatMap((draft) => (draft.type === "session.ping" ? [draft.payload.nonce] : []));

describe("the heartbeat", () => {
  it("pings when idle, for ten minutes in no time", () => {
    const bench = new Bench().connected();
    let count = 0;
    for (let at = 0; at < 600; at += 10) {
      for (const nonce of pings(bench.pass(10_000))) {
        count += 1;
        bench.frame("session.pong", { ping_nonce: nonce, received_at: "t" });
      }
    }
    expect(count).toBe(20);
    expect(bench.state.phase).toBe("live");
  });

  it("asks a peer that has fallen silent, and gives it up after two intervals", () => {
    const bench = new Bench().connected().pass(29_000).list("m_1");
    bench.effects();
    expect(pings(bench.pass(1_000))).toHaveLength(1);
    expect(bench.pass(29_999).of("hangup")).toEqual([]);
    bench.pass(1);
    const effects = bench.effects();
    expect(effects[0]).toMatchObject({ do: "hangup", code: 4008, reason: "HEARTBEAT_LOST" });
    expect(effects.at(-1)).toMatchObject({
      news: { type: "reconnecting", error: { code: "HEARTBEAT_LOST" } },
    });
    expect(bench.hello().sent()[0]?.payload).toHaveProperty("resume");
  });

  it("answers the runtime's pings, also before the welcome", () => {
    const bench = new Bench().hello();
    bench.effects();
    bench.frame("session.ping", { nonce: "n1" }).welcome().frame("session.ping", { nonce: "n2" });
    expect(bench.sent()).toMatchObject([
      { type: "session.pong", payload: { ping_nonce: "n1" } },
      { type: "session.pong", payload: { ping_nonce: "n2" } },
    ]);
  });

  it("takes no silence for death while the program itself does not read", () => {
    const bench = new Bench().connected().take({ type: "paused" }).pass(300_000);
    expect(pings(bench)).toHaveLength(10);
    expect(bench.state.phase).toBe("live");
    bench.take({ type: "flowing" }).pass(59_999);
    expect(bench.state.phase).toBe("live");
    expect(bench.pass(1).of("hangup")).toHaveLength(1);
  });

  it("is silent unless it was negotiated", () => {
    const bench = new Bench().connected({ capabilities: { features: [] } }).pass(3_600_000);
    expect(bench.effects()).toEqual([]);
  });
});

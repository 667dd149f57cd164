/** The client's machine opposite runtimes that name the protocol `1`. §5.5 (W-45) */
import { describe, expect, it } from "vitest";
import { Bench } from "./client-bench.test-helper.js";

const OLD = { arcp: "1" };
const error = (code: string) => ({ code, message: "no", retryable: false });

/** A client in a session of an older runtime, whose first effects are forgotten. */
function older(config = {}): Bench {
  const bench = new Bench(config).hello().welcome("sess_1", {}, OLD);
  bench.effects();
  return bench;
}

describe("a runtime that says 1", () => {
  it("OLD-04 is greeted once more where it refuses 1.1, also without reconnecting, and believed the second time", () => {
    const bench = new Bench({ backoff: undefined }).hello();
    bench.effects();
    bench.frame("session.error", error("INVALID_REQUEST"), OLD);
    expect(bench.effects().map((effect) => effect.do)).toEqual(["hangup", "dial"]);
    bench.hello();
    expect(bench.of("send")[0]?.messages[0]).toMatchObject({ version: "1" });
    bench.frame("session.error", error("INVALID_REQUEST"), OLD);
    expect(bench.state.phase).toBe("ended");
  });

  it("OLD-04 is not greeted again where the version is not what it refuses", () => {
    for (const [code, envelope] of [
      ["UNAUTHENTICATED", OLD],
      ["INVALID_REQUEST", {}],
    ] as const) {
      const bench = new Bench().hello().frame("session.error", error(code), envelope);
      expect(bench.state.phase).toBe("ended");
    }
  });

  it("ENV-02 OLD-04 is asked for the session in its words, and for a new one in those of today first", () => {
    const bench = older().submit("m_1").accept("job_1", { request_id: "m_1" });
    const hello = () => {
      bench.hello();
      const { draft, version } = bench.of("send").at(-1)!.messages[0]!;
      return [version, draft.type === "session.hello" && draft.payload.resume !== undefined];
    };
    expect(hello.call(bench.drop())).toEqual(["1", true]);
    expect(hello.call(bench.drop())).toEqual(["1", true]);
    bench.frame("session.error", error("UNAUTHENTICATED"), OLD);
    bench.take({ type: "time" });
    expect(hello()).toEqual(["1.1", false]);
    // It is the same one as before.
    bench.frame("session.error", error("INVALID_REQUEST"), OLD);
    expect(hello()).toEqual(["1", false]);
    bench.welcome("sess_2", {}, OLD).drop();
    expect(hello()).toEqual(["1", true]);
    bench.frame("session.error", error("RESUME_WINDOW_EXPIRED"), OLD);
    bench.take({ type: "time" });
    expect(hello()).toEqual(["1.1", false]);
    // It was upgraded meanwhile.
    bench.welcome("sess_3").effects();
    bench.take({ type: "close", id: "m_9" });
    expect(bench.of("send").at(-1)!.messages[0]).toMatchObject({
      draft: { type: "session.close" },
      version: "1.1",
    });
  });

  it("OLD-06 is left with a bye, after the tail of the acks", () => {
    const bench = older();
    bench.submit("m_1").accept("job_1", { request_id: "m_1" }).event(1);
    bench.take({ type: "read", seq: 1 }).effects();
    bench.take({ type: "close", id: "m_9", reason: "done" });
    const effects = bench.effects();
    expect(effects.map((effect) => effect.do)).toEqual([
      "send",
      "send",
      "hangup",
      "cutoff",
      "tell",
    ]);
    expect(effects).toMatchObject([
      { messages: [{ draft: { type: "session.ack" } }] },
      { messages: [{ draft: { type: "session.bye", payload: { reason: "done" } }, version: "1" }] },
      {},
      {},
      { news: { type: "ended", error: undefined } },
    ]);
  });

  it("OLD-06 hears the bye of a client that keeps its session before anything is kept", () => {
    const bench = older({ keeping: true });
    bench.submit("m_1").accept("job_1", { request_id: "m_1" }).event(1);
    bench.take({ type: "read", seq: 1 }).effects();
    const [first] = bench.take({ type: "close", id: "m_9" }).effects();
    expect(first).toMatchObject({ do: "send", messages: [{ draft: { type: "session.bye" } }] });
  });

  it("OLD-07 is not asked in the other form for a session that it replaced", () => {
    const bench = older();
    bench.submit("m_1").accept("job_1", { request_id: "m_1" }).drop().hello();
    bench.effects();
    bench.welcome("sess_2", {}, { ...OLD, session_id: "sess_2" });
    expect(bench.state.phase).toBe("live");
    const effects = bench.effects();
    expect(effects.filter((effect) => effect.do === "send")).toEqual([]);
    expect(effects[0]).toMatchObject({ do: "cutoff", jobs: ["job_1"] });
  });

  it("OLD-08 names nobody, so that an error is for the only call that is open, and for none of two", () => {
    const bench = older().submit("m_1");
    bench.frame("session.error", error("INTERNAL_ERROR"), OLD);
    expect(bench.of("reject")).toMatchObject([{ id: "m_1", error: { code: "INTERNAL_ERROR" } }]);
    bench.submit("m_2").submit("m_3");
    bench.effects();
    bench.frame("session.error", error("INTERNAL_ERROR"), OLD);
    expect(bench.effects()).toMatchObject([{ do: "tell", news: { type: "warning" } }]);
  });
});

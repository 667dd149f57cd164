import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Bench } from "./client-bench.test-helper.js";

type Step = readonly [what: string, number: number];

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.tuple(
    fc.constantFrom(
      ...["open", "welcome", "other", "fail", "drop", "drop", "event", "event", "event", "hole"],
      ...["result", "error", "submit", "keyed", "accept", "list", "cancel", "refuse", "closed"],
      ...["read", "read", "pass", "pass", "garbage", "abandon", "pong", "paused", "flowing"],
    ),
    fc.nat(40),
  ),
  { maxLength: 80 },
);

/** Does one thing that the world may do, at whatever moment. */
function happen(bench: Bench, [what, number]: Step, at: number): void {
  const { connection, lastSeq } = bench.state;
  const jobId = `job_${number % 3}`;
  const id = `m_${number % 5}`;
  const refusal = {
    code: number % 2 === 0 ? "INTERNAL_ERROR" : "RESUME_WINDOW_EXPIRED",
    message: "no",
  };
  const world: Record<string, () => unknown> = {
    open: () => bench.take({ type: "opened", connection, token: "t" }),
    welcome: () => bench.welcome(bench.state.session?.id ?? "sess_1"),
    other: () => bench.welcome(`sess_${at}`),
    fail: () => bench.take({ type: "failed", connection, error: new Error("no") }),
    drop: () => bench.drop(number === 7 ? 4009 : 1006),
    event: () => bench.event(lastSeq + (number % 4 === 0 ? 0 : 1), jobId),
    hole: () => bench.event(lastSeq + 3, jobId),
    result: () => bench.result(lastSeq + 1, jobId),
    error: () =>
      bench.frame("session.error", number > 20 ? { ...refusal, request_id: id } : refusal),
    submit: () => bench.submit(`s_${at}`),
    keyed: () => bench.submit(`k_${at}`, { idempotency_key: "k" }, true),
    accept: () => bench.accept(jobId),
    list: () => bench.list(`l_${at}`),
    cancel: () => bench.cancel(`c_${at}`, jobId),
    refuse: () =>
      bench.frame(
        "job.error",
        { ...refusal, final_status: "error" },
        { job_id: jobId, event_seq: lastSeq + 1 },
      ),
    closed: () => bench.frame("session.closed", { reason: "shutdown" }),
    read: () => bench.take({ type: "read", seq: number }),
    pass: () => bench.pass(number * 1_000),
    garbage: () =>
      bench.frame(number % 2 === 0 ? "job.event" : "job.result", {}, { event_seq: number }),
    abandon: () => bench.take({ type: "abandon", id: `s_${at - 1}` }),
    pong: () => bench.frame("session.pong", { ping_nonce: `p_${number}`, received_at: "t" }),
    paused: () => bench.take({ type: "paused" }),
    flowing: () => bench.take({ type: "flowing" }),
  };
  world[what]!();
}

describe("whatever happens, in whatever order", () => {
  it("numbers come in order, calls are settled once, and at the end nothing waits", () => {
    fc.assert(
      fc.property(fc.boolean(), steps, (live, script) => {
        const bench = live ? new Bench().running("job_0", "job_1") : new Bench();
        script.forEach((step, at) => happen(bench, step, at));
        bench.take({ type: "close", id: "bye" }).pass(60_000);

        const asked = new Set(script.flatMap(([what], at) => idsOf(what, at)));
        const abandoned = new Set(
          script.flatMap(([what], at) => (what === "abandon" ? [`s_${at - 1}`] : [])),
        );
        const settled = new Set<string>();
        let last = 0;
        let ends = 0;
        for (const effect of bench.effects()) {
          if (effect.do === "resolve" || effect.do === "reject") {
            expect(settled.has(effect.id)).toBe(false);
            settled.add(effect.id);
          } else if (effect.do === "deliver" && effect.message.type === "job.event") {
            // What was kept for a repeated submit comes late, but never twice.
            const early = script.some(([what]) => what === "keyed");
            if (!early) expect(effect.message.event_seq).toBeGreaterThan(last);
            last = effect.message.event_seq;
          } else if (effect.do === "tell") {
            if (effect.news.type === "connected") last = 0;
            if (effect.news.type === "ended") ends += 1;
          }
        }
        for (const id of asked) if (!abandoned.has(id)) expect(settled).toContain(id);
        expect(ends).toBe(1);
        expect(bench.state.phase).toBe("ended");
        expect(bench.state.pending.size).toBe(0);
        expect(bench.state.jobs.size).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });
});

function idsOf(what: string, at: number): string[] {
  const prefix = { submit: "s", keyed: "k", list: "l", cancel: "c" }[what];
  return prefix === undefined ? [] : [`${prefix}_${at}`];
}

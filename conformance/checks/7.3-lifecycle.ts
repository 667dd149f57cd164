/** Section 7.3: how jobs end. */
import { isNumbered, jobIdOf } from "../peer/message.js";
import { check } from "../run/check.js";
import { details, R2 } from "./support.js";

/** Checks of section 7.3. */
export const lifecycleChecks = [
  check(
    {
      id: "runtime/7.3/success",
      requirements: ["LIFE-03"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["final-status-swapped", "result-altered"],
    },
    async (t) => {
      const peer = await t.session();
      const job = await t.succeed(peer, [{ op: "return", value: { answer: 42 } }]);
      t.equal(job.end.message.payload.final_status, "success", "final_status");
      t.equal(job.end.message.payload.result, { answer: 42 }, "result");
    },
  ),
  check(
    {
      id: "runtime/7.3/failure",
      requirements: ["LIFE-04"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["final-status-swapped", "error-as-success"],
    },
    async (t) => {
      const peer = await t.session();
      const job = await t.submit(peer, [{ op: "throw", message: "no luck" }]);
      const { type, payload } = (await job.terminal()).message;
      t.equal(type, "job.error", "the end of a job whose agent failed");
      t.equal(payload.final_status, "error", "final_status");
    },
  ),
  check(
    {
      id: "runtime/7.3/agents-own-code",
      requirements: ["SERR-08"],
      level: "MUST",
      basis: "W-35",
      needs: R2,
      mutants: ["agent-code-outside", "retryable-flipped", "no-details"],
    },
    async (t) => {
      const peer = await t.session();
      for (const retryable of [true, false]) {
        const code = "OUT_OF_CHEESE";
        const job = await t.submit(peer, [{ op: "throw", message: "no", code, retryable }]);
        const end = await job.terminal();
        t.equal(end.message.payload.code, "INTERNAL_ERROR", "code");
        t.equal(details(end).agent_code, code, "details.agent_code");
        t.equal(end.message.payload.retryable, retryable, "retryable, as the agent said");
      }
    },
  ),
  check(
    {
      id: "runtime/7.3/one-terminal",
      requirements: ["LIFE-02"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["second-terminal"],
    },
    async (t) => {
      const peer = await t.session();
      const jobs = [
        await t.submit(peer, [{ op: "return" }]),
        await t.submit(peer, [{ op: "throw", message: "no" }]),
        await t.submit(peer, [{ op: "await-cancel" }, { op: "throw", message: "late" }]),
      ];
      await jobs[2]!.cancel();
      for (const job of jobs) await job.terminal();
      await t.succeed(peer, [{ op: "sleep", ms: 50 }]);
      await peer.settle();
      for (const job of jobs) {
        const ends = job.frames().filter(({ message }) => message.type !== "job.event");
        t.equal(ends.length, 1, "ends of one job");
      }
    },
  ),
  check(
    {
      id: "runtime/7.3/nothing-after-terminal",
      requirements: ["LIFE-06"],
      level: "MUST",
      basis: "derived",
      needs: R2,
      mutants: ["event-after-terminal", "second-terminal"],
    },
    async (t) => {
      const peer = await t.session();
      const gone = await t.submit(peer, [
        { op: "await-cancel" },
        { op: "sleep", ms: 30 },
        { op: "burst", count: 3 },
      ]);
      await gone.cancel();
      const jobs = [gone, await t.succeed(peer, [{ op: "burst", count: 3 }])];
      for (const job of jobs) await job.terminal();
      await t.succeed(peer, [{ op: "sleep", ms: 100 }]);
      await peer.settle();
      for (const job of jobs) {
        const end = await job.terminal();
        const late = peer.collect((m) => isNumbered(m) && jobIdOf(m) === job.id, end.index);
        t.equal(late.length, 0, "messages of a job after its end");
      }
    },
  ),
  check(
    {
      id: "runtime/7.3/completed-at",
      requirements: ["LIFE-08"],
      level: "MUST",
      basis: "W-31",
      needs: R2,
      mutants: ["terminal-without-time"],
    },
    async (t) => {
      const peer = await t.session();
      const good = await t.succeed(peer, [{ op: "return" }]);
      const bad = await (await t.submit(peer, [{ op: "throw", message: "no" }])).terminal();
      for (const end of [good.end, bad]) {
        const { completed_at } = end.message.payload;
        t.ok(
          !Number.isNaN(Date.parse(String(completed_at))),
          `no completed_at in ${end.message.type}`,
        );
      }
    },
  ),
  check(
    {
      id: "runtime/7.3/time-limit",
      requirements: ["LIFE-10"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["timeout-as-error", "final-status-swapped"],
    },
    async (t) => {
      const peer = await t.session();
      const payload = { max_runtime_sec: 0.5 };
      const long = await t.submit(peer, [{ op: "sleep", ms: 60_000 }], { payload });
      const { type, payload: end } = (await long.terminal()).message;
      t.equal(type, "job.error", "the end of a job that outlasted its limit");
      t.equal(end.code, "TIMEOUT", "code");
      t.equal(end.final_status, "timed_out", "final_status");
      await t.succeed(peer, [{ op: "return" }], { payload: { max_runtime_sec: 30 } });
    },
  ),
  check(
    {
      id: "runtime/7.3/time-limit-is-retryable",
      requirements: ["LIFE-10", "ERR-01"],
      level: "MUST",
      basis: "W-30",
      needs: R2,
      mutants: ["retryable-flipped"],
    },
    async (t) => {
      const payload = { max_runtime_sec: 0.3 };
      const job = await t.submit(await t.session(), [{ op: "sleep", ms: 60_000 }], { payload });
      t.equal((await job.terminal()).message.payload.retryable, true, "retryable of TIMEOUT");
    },
  ),
  check(
    {
      id: "runtime/7.3/drop-ends-no-job",
      requirements: ["LIFE-09"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R2, connections: "together" },
      mutants: ["drop-cancels"],
    },
    async (t) => {
      const peer = await t.session();
      const gate = t.fresh("gate");
      const job = await t.submit(peer, [
        { op: "gate", name: gate },
        { op: "return", value: "alive" },
      ]);
      peer.cut();
      // Some time without a connection, in which a runtime that watches sockets would have acted.
      await t.succeed(await t.session(), [
        { op: "sleep", ms: 200 },
        { op: "open", name: gate },
      ]);
      const end = await job.on(await t.resume(peer, 0)).terminal();
      t.equal(end.message.payload.result, "alive", "result of a job whose client was away");
    },
  ),
] as const;

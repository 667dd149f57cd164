/** Sections 7.3 and 7.4: when agents start, and how long jobs may take to start and to end. */
import { Feature, Limits } from "../../generated/current/constants.js";
import type { Job } from "../peer/job.js";
import type { Peer } from "../peer/peer.js";
import { check } from "../run/check.js";
import type { Trial } from "../run/trial.js";
import { limitOf } from "./5.3-limits.js";
import { listAll, R2 } from "./support.js";

/** More jobs than this at once are not asked of anybody. */
const most = 200;

/**
 * Holds jobs until one of them waits. Only in a process that the check has for itself: others would wait behind it.
 * Where all of them run there is no queue to be tested.
 */
async function fillQueue(t: Trial, peer: Peer): Promise<readonly Job[]> {
  const held: Job[] = [];
  while (held.length < most) {
    for (let i = 0; i < 20; i++) held.push(await t.submit(peer, [{ op: "await-cancel" }]));
    await peer.fence();
    const pending = await listAll(t, peer, { filter: { status: ["pending"] } });
    if (pending.length > 0) return held;
  }
  return t.notApplicable(`${most} jobs run at once, and none waits`);
}

const alone = { ...R2, carrier: "stdio", features: [Feature.ListJobs] } as const;

/** More checks of sections 7.3 and 7.4. */
export const startChecks = [
  check(
    {
      id: "runtime/7.3/agent-starts-once",
      requirements: ["LIFE-12"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["starts-twice"],
    },
    async (t) => {
      const peer = await t.session();
      const steps = [{ op: "whoami" }, { op: "burst", count: 2 }, { op: "return" }] as const;
      const jobs = [await t.succeed(peer, steps), await t.succeed(peer, steps)];
      // A second start would follow the first one, and is given the time of another job.
      await t.succeed(peer, steps);
      await peer.settle();
      for (const job of jobs) {
        const said = job.bodies("log").map(({ message }) => String(message).split("@")[0]);
        t.equal(said, ["conformance.script", "burst 0", "burst 1"], "what one run has to say");
      }
    },
  ),
  check(
    {
      id: "runtime/7.3/limit-counts-from-the-start",
      requirements: ["LIFE-11"],
      level: "MUST",
      basis: "W-30",
      needs: alone,
      mutants: ["limit-from-acceptance"],
    },
    async (t) => {
      const peer = await t.session();
      const held = await fillQueue(t, peer);
      const limit = 1;
      const steps = [{ op: "whoami" }, { op: "return", value: "in time" }] as const;
      const job = await t.submit(peer, steps, { payload: { max_runtime_sec: limit } });
      // It waits for longer than it may run.
      await new Promise((resolve) => setTimeout(resolve, limit * 1000 + 500));
      await peer.settle();
      t.equal(job.frames().length, 0, "messages of a job that has not started");
      for (const one of held) await one.cancel();
      const end = await job.terminal();
      t.equal(end.message.type, "job.result", "the end of a job that waited longer than its limit");
    },
  ),
  check(
    {
      id: "runtime/7.4/pending-job-ends-at-once",
      requirements: ["CANCEL-12"],
      level: "MUST",
      basis: "W-17",
      needs: alone,
      mutants: ["pending-runs-anyway"],
    },
    async (t) => {
      const peer = await t.session();
      const held = await fillQueue(t, peer);
      const job = await t.submit(peer, [{ op: "whoami" }, { op: "return" }]);
      await job.cancel();
      const { type, payload } = (await job.terminal()).message;
      t.equal(type, "job.error", "the end of a job that was cancelled before it ran");
      t.equal(payload.final_status, "cancelled", "final_status");
      for (const one of held) await one.cancel();
      await t.succeed(peer, [{ op: "return" }]);
      t.equal(job.events().length, 0, "events of an agent that was not to be started");
    },
  ),
  check(
    {
      id: "runtime/7.4/ends-within-grace",
      requirements: ["CANCEL-10"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["cancelled-for-ever"],
      deadlineMs: 60_000,
    },
    async (t) => {
      const peer = await t.session();
      const grace = limitOf(peer, "cancel_grace_ms", Limits.cancelGraceMs);
      const deaf = [{ op: "await-cancel" }, { op: "sleep", ms: 100_000 }] as const;
      const job = await t.submit(peer, deaf);
      await job.cancel();
      // A grace of the runtime's own does not follow the scale of the suite's, unless machines are slow.
      const within = (grace + 5000) / Math.min(1, t.target.timeScale);
      const { type, payload } = (await job.terminal({ within })).message;
      t.equal(type, "job.error", "the end of a job whose agent does not listen");
      t.equal(payload.final_status, "cancelled", "final_status");
    },
  ),
] as const;

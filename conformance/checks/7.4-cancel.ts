/** Section 7.4: cancellation. */
import type { Job } from "../peer/job.js";
import { jobIdOf } from "../peer/message.js";
import type { Peer } from "../peer/peer.js";
import { check } from "../run/check.js";
import type { Trial } from "../run/trial.js";
import type { ScriptStep } from "../script.js";
import { alike, R2, R2B } from "./support.js";

const noJob = "job_00000000000000000000000000";

/** A program that waits to be let go: whoever was cancelled meanwhile, though it was refused, does not succeed. */
function holding(t: Trial) {
  const gate = t.fresh("gate");
  const steps: readonly ScriptStep[] = [{ op: "gate", name: gate }];
  return { steps, letGo: (peer: Peer) => t.succeed(peer, [{ op: "open", name: gate }]) };
}

/** Insists that a job ended as if nobody had tried to cancel it. */
async function unharmed(t: Trial, job: Job): Promise<void> {
  const { payload } = (await job.terminal()).message;
  t.equal(payload.final_status, "success", "final_status of a job whose cancel was refused");
}

/** Checks of section 7.4. */
export const cancelChecks = [
  check(
    {
      id: "runtime/7.4/acknowledged-and-ended",
      requirements: ["CANCEL-02", "CANCEL-08", "CANCEL-09", "CANCEL-21"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["drop-cancelled", "late-success", "cancelled-as-error"],
    },
    async (t) => {
      const job = await t.submit(await t.session(), [{ op: "await-cancel" }]);
      const answer = await job.cancel("enough");
      t.equal(answer.message.type, "job.cancelled", "answer to job.cancel");
      t.equal(jobIdOf(answer.message), job.id, "job_id of job.cancelled");
      const { type, payload } = (await job.terminal()).message;
      t.equal(type, "job.error", "the end of a cancelled job");
      t.equal(payload.code, "CANCELLED", "code");
      t.equal(payload.final_status, "cancelled", "final_status");
    },
  ),
  check(
    {
      id: "runtime/7.4/names-request",
      requirements: ["SERR-13"],
      level: "MUST",
      basis: "W-05",
      needs: R2,
      mutants: ["no-request-id", "wrong-request-id"],
    },
    async (t) => {
      const peer = await t.session();
      const job = await t.submit(peer, [{ op: "await-cancel" }]);
      const id = peer.send("job.cancel", { job_id: job.id }, { job_id: job.id });
      const answer = await peer.expect("job.cancelled");
      t.equal(answer.message.payload.request_id, id, "request_id of job.cancelled");
    },
  ),
  check(
    {
      id: "runtime/7.4/acknowledged-first",
      requirements: ["CANCEL-07"],
      level: "MUST",
      basis: "W-17",
      needs: R2,
      mutants: ["end-before-ack"],
    },
    async (t) => {
      const job = await t.submit(await t.session(), [{ op: "await-cancel" }]);
      const answer = await job.cancel();
      const end = await job.terminal();
      t.ok(answer.index < end.index, "job.error came before job.cancelled");
    },
  ),
  check(
    {
      id: "runtime/7.4/job-id-in-either-place",
      requirements: ["ENV-17"],
      level: "MUST",
      basis: "W-16",
      needs: R2,
      mutants: ["envelope-job-id-ignored", "payload-job-id-ignored"],
    },
    async (t) => {
      const peer = await t.session();
      for (const place of ["envelope", "payload"] as const) {
        const job = await t.submit(peer, [{ op: "await-cancel" }]);
        const where = { job_id: job.id };
        const [payload, envelope] = place === "payload" ? [where, {}] : [{}, where];
        const answer = await peer.request("job.cancel", payload, "job.cancelled", envelope);
        t.equal(answer.message.type, "job.cancelled", `answer with job_id in the ${place}`);
        await job.terminal();
      }
    },
  ),
  check(
    {
      id: "runtime/7.4/two-job-ids-refused",
      requirements: ["ENV-18"],
      level: "MUST",
      basis: "W-16",
      needs: R2,
      mutants: [
        "envelope-job-id-ignored",
        "payload-job-id-ignored",
        "refused-cancel-works",
        "drop-session-error",
      ],
    },
    async (t) => {
      const peer = await t.session();
      const held = holding(t);
      const one = await t.submit(peer, held.steps);
      const two = await t.submit(peer, held.steps);
      const after = peer.last;
      const id = peer.sendMalformed("job.cancel", { job_id: one.id }, { job_id: two.id });
      const answer = await peer.reply(id, "job.cancelled", { after });
      t.refused(answer, "INVALID_REQUEST", "a cancel that names two jobs");
      const twin = await t.submit(peer, [{ op: "await-cancel" }]);
      t.equal((await twin.cancel()).message.type, "job.cancelled", "a cancel that names one job");
      await held.letGo(peer);
      for (const job of [one, two]) await unharmed(t, job);
    },
  ),
  check(
    {
      id: "runtime/7.4/cancelled-even-if-agent-returns",
      requirements: ["CANCEL-09", "CANCEL-17"],
      level: "MUST",
      basis: "derived",
      needs: R2,
      mutants: ["late-success"],
    },
    async (t) => {
      const job = await t.submit(await t.session(), [
        { op: "await-cancel" },
        { op: "return", value: "all done" },
      ]);
      await job.cancel();
      const { type, payload } = (await job.terminal()).message;
      t.equal([type, payload.final_status], ["job.error", "cancelled"], "the end of the job");
    },
  ),
  check(
    {
      id: "runtime/7.4/race-with-the-result",
      requirements: ["CANCEL-13", "LIFE-02"],
      level: "MUST",
      basis: "W-17",
      needs: R2,
      mutants: ["late-success", "second-terminal"],
    },
    async (t) => {
      const peer = await t.session();
      for (let ms = 0; ms < 12; ms++) {
        // The sleeps put the end of the agent before, at and after the cancel.
        const job = await t.submit(peer, [{ op: "sleep", ms: ms % 4 }, { op: "return" }]);
        if (ms % 3 === 0) await peer.fence();
        const answer = await job.cancel();
        const end = await job.terminal();
        const stated = answer.message.payload.final_status ?? "cancelled";
        t.equal(end.message.payload.final_status, stated, "final_status after the answer");
      }
      // Certain, not by chance: a job that cannot end before its cancel.
      const held = await t.submit(peer, [{ op: "await-cancel" }, { op: "return" }]);
      await held.cancel();
      t.equal((await held.terminal()).message.type, "job.error", "the end of a cancelled job");
      await peer.settle();
      const ends = peer.collect(["job.result", "job.error"]).map((f) => jobIdOf(f.message));
      t.equal(new Set(ends).size, ends.length, "number of different jobs that ended");
    },
  ),
  check(
    {
      id: "runtime/7.4/repeated",
      requirements: ["CANCEL-15", "CANCEL-17"],
      level: "MUST",
      basis: "W-17",
      needs: R2,
      mutants: ["second-cancel-refused", "second-terminal"],
    },
    async (t) => {
      const peer = await t.session();
      const job = await t.submit(peer, [{ op: "await-cancel" }, { op: "sleep", ms: 100 }]);
      for (let i = 0; i < 3; i++) {
        const answer = await job.cancel();
        t.equal(answer.message.type, "job.cancelled", `answer to cancel number ${i + 1}`);
      }
      await job.terminal();
      await peer.settle();
      t.equal(job.frames().length, 1, "messages of the job: its end");
    },
  ),
  check(
    {
      id: "runtime/7.4/of-an-ended-job",
      requirements: ["CANCEL-16", "CANCEL-17"],
      level: "MUST",
      basis: "W-17",
      needs: R2,
      mutants: ["cancel-of-ended-refused", "second-terminal"],
    },
    async (t) => {
      const peer = await t.session();
      const job = await t.succeed(peer, [{ op: "return" }]);
      const answer = await job.cancel();
      t.equal(answer.message.type, "job.cancelled", "answer to the cancel of an ended job");
      t.equal(answer.message.payload.final_status, "success", "final_status");
      await peer.settle();
      t.equal(job.frames().length, 1, "messages of the job: its one end");
    },
  ),
  check(
    {
      id: "runtime/7.4/unknown-job",
      requirements: ["CANCEL-06"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["drop-session-error", "not-found-as-denied"],
    },
    async (t) => {
      const peer = await t.session();
      for (const job_id of [noJob, "nonsense", "__proto__"]) {
        const answer = await peer.request("job.cancel", { job_id }, "job.cancelled", { job_id });
        t.refused(answer, "JOB_NOT_FOUND", `a cancel of ${job_id}`);
      }
      const twin = await t.submit(peer, [{ op: "await-cancel" }]);
      t.equal((await twin.cancel()).message.type, "job.cancelled", "cancel of a job that exists");
    },
  ),
  check(
    {
      id: "runtime/7.4/other-principals-job",
      requirements: ["CANCEL-06", "LIST-06"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R2B, connections: "together" },
      mutants: ["foreign-cancel-works", "refused-cancel-works", "drop-session-error"],
    },
    async (t) => {
      const owner = await t.session();
      const held = holding(t);
      const job = await t.submit(owner, held.steps);
      const { id: job_id } = job;
      const other = await t.session({ as: "b" });
      const answer = await other.request("job.cancel", { job_id }, "job.cancelled", { job_id });
      t.refused(answer, ["JOB_NOT_FOUND", "PERMISSION_DENIED"], "a cancel by another principal");
      const twin = await t.submit(owner, [{ op: "await-cancel" }]);
      t.equal((await twin.cancel()).message.type, "job.cancelled", "cancel by the owner");
      await held.letGo(owner);
      await unharmed(t, job);
    },
  ),
  check(
    {
      id: "runtime/7.4/foreign-and-unknown-alike",
      requirements: ["CANCEL-06", "LIST-06"],
      level: "MUST",
      basis: "W-20",
      needs: { ...R2B, connections: "together" },
      mutants: ["foreign-as-denied"],
    },
    async (t) => {
      const job = await t.submit(await t.session(), [{ op: "await-cancel" }]);
      const other = await t.session({ as: "b" });
      const ask = (job_id: string) =>
        other.request("job.cancel", { job_id }, "job.cancelled", { job_id });
      const foreign = await ask(job.id);
      const unknown = await ask(`${job.id.slice(0, -4)}0000`);
      t.refused(foreign, "JOB_NOT_FOUND", "a cancel of another principal's job");
      t.ok(alike(foreign, unknown), "a foreign job is answered differently from an unknown one");
      await job.cancel();
    },
  ),
  check(
    {
      id: "runtime/7.4/other-session-may-not",
      requirements: ["CANCEL-05"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R2, connections: "together" },
      mutants: ["foreign-cancel-works", "refused-cancel-works", "drop-session-error"],
    },
    async (t) => {
      const owner = await t.session();
      const held = holding(t);
      const job = await t.submit(owner, held.steps);
      const { id: job_id } = job;
      const other = await t.session();
      const answer = await other.request("job.cancel", { job_id }, "job.cancelled", { job_id });
      t.should(answer.message.type === "session.error", "any session of the principal may cancel");
      if (answer.message.type === "session.error") {
        t.refused(answer, ["PERMISSION_DENIED", "JOB_NOT_FOUND"], "a cancel from another session");
        await held.letGo(owner);
        await unharmed(t, job);
      }
    },
  ),
  check(
    {
      id: "runtime/7.4/no-operation-after-cancel",
      requirements: ["CANCEL-19"],
      level: "MUST",
      basis: "derived",
      needs: R2,
      mutants: ["authorises-after-cancel"],
    },
    async (t) => {
      const op = { op: "op", namespace: "fs.read", target: "/workspace/a" } as const;
      const options = { payload: { lease_request: { "fs.read": ["/workspace/**"] } } };
      const job = await t.submit(
        await t.session(),
        [{ ...op, call_id: "before" }, { op: "await-cancel" }, { ...op, call_id: "after" }],
        options,
      );
      const allowed = await job.event("tool_result", (body) => body.call_id === "before");
      t.ok(allowed.text.includes("authorized"), "the operation was refused before the cancel");
      await job.cancel();
      await job.terminal();
      const after = job.bodies("tool_result").filter((body) => body.call_id === "after");
      t.ok(
        !after.some((body) => body.error === undefined),
        "an operation was authorised after the cancel",
      );
    },
  ),
] as const;

/** Section 7 and 8 across `kill -9` (rung R3): what was said before it is true after it. */
import { isNumbered, isTerminal } from "../peer/message.js";
import type { Job } from "../peer/job.js";
import { check } from "../run/check.js";
import type { Trial } from "../run/trial.js";
import { content, listAll, R3, range, seqs } from "./support.js";
import { conflict, keyed, repeat } from "./7.2-support.js";

/** The end of a job whose process died while it ran. */
async function crashed(t: Trial, job: Job): Promise<void> {
  const { message } = await job.terminal();
  t.equal(message.type, "job.error", "end of a job whose process died");
  const { code, retryable, final_status } = message.payload;
  t.equal(code, "INTERNAL_ERROR", "code of a job whose process died");
  t.equal(retryable, true, "retryable of a job whose process died");
  t.equal(final_status, "error", "final_status of a job whose process died");
}

/** Checks of section 7 and 8 that kill the runtime. */
export const killedJobChecks = [
  check(
    {
      id: "runtime/7.1/accepted-before-kill",
      requirements: ["SUB-02"],
      level: "MUST",
      basis: "explicit",
      needs: R3,
      mutants: ["newest-job-lost-at-restart"],
      deadlineMs: 60_000,
    },
    async (t) => {
      await t.start();
      const peer = await t.session();
      const gate = t.fresh("gate");
      const submits = range(1, 5).map(() =>
        peer.send("job.submit", t.program([{ op: "gate", name: gate }])),
      );
      const answers = submits.map((id) => peer.reply(id, "job.accepted"));
      const jobs = (await Promise.all(answers)).map((answer) => t.accepted(peer, answer));
      await t.kill();
      await t.restart();
      const listed = await listAll(t, await t.session());
      const known = new Set(listed.map((row) => row["job_id"]));
      const lost = jobs.filter(({ id }) => !known.has(id)).map(({ id }) => id);
      t.equal(lost, [], "jobs that were accepted before the kill and are not listed after it");
    },
  ),
  check(
    {
      id: "runtime/8/seen-before-kill",
      requirements: ["EVT-02", "EVT-03", "SEQ-03", "SEQ-04", "LIFE-02"],
      level: "MUST",
      basis: "explicit",
      needs: R3,
      mutants: [
        "number-again-after-restart",
        "newest-event-lost-at-restart",
        "replay-other-text",
        "replay-new-times",
      ],
      deadlineMs: 60_000,
    },
    async (t) => {
      await t.start();
      const peer = await t.session();
      const job = await t.submit(peer, [
        { op: "burst", count: 2000 },
        { op: "gate", name: t.fresh("gate") },
      ]);
      // In the midst of them: the kill meets events that are being made, kept and sent.
      await peer.expect((m) => isNumbered(m) && Number(m["event_seq"]) >= 100, {
        what: "the first hundred events",
      });
      await t.kill();
      const seen = content(peer);
      await t.restart();
      const again = await t.resume(peer, 0);
      await crashed(t, job.on(again));
      await again.settle();
      const replayed = content(again);
      t.equal(replayed.slice(0, seen.length), seen, "what had been seen before the kill");
      t.equal(seqs(again), range(1, replayed.length), "numbers after the kill");
      t.equal(again.collect(isTerminal).length, 1, "number of ends of the job");
    },
  ),
  check(
    {
      id: "runtime/7.3/killed-while-running",
      requirements: ["LIFE-13", "LIFE-02", "LIFE-06", "LIFE-12"],
      level: "MUST",
      basis: "explicit",
      needs: R3,
      mutants: ["crash-is-final", "crash-not-told", "starts-again-at-restart"],
      deadlineMs: 60_000,
    },
    async (t) => {
      await t.start();
      const peer = await t.session();
      const job = await t.submit(peer, [
        { op: "whoami" },
        { op: "gate", name: t.fresh("gate") },
        { op: "return" },
      ]);
      await job.event("log");
      await t.kill();
      await t.restart();
      const again = await t.resume(peer, 0);
      await crashed(t, job.on(again));
      await again.settle();
      t.equal(job.on(again).events("log").length, 1, "number of times that the agent began");
      const frames = job.on(again).frames();
      t.equal(
        frames.findIndex(({ message }) => isTerminal(message)),
        frames.length - 1,
        "place of the end",
      );
      const row = (await listAll(t, again)).find((one) => one["job_id"] === job.id);
      t.equal(row?.["status"], "error", "status in the list");
    },
  ),
  check(
    {
      id: "runtime/7.4/cancel-survives-kill",
      requirements: ["CANCEL-14"],
      level: "MUST",
      basis: "W-17",
      needs: R3,
      mutants: ["cancel-lost-at-restart", "starts-again-at-restart"],
      deadlineMs: 60_000,
    },
    async (t) => {
      await t.start();
      const peer = await t.session();
      const job = await t.submit(peer, [
        { op: "whoami" },
        { op: "await-cancel" },
        { op: "sleep", ms: 60_000 },
      ]);
      await job.event("log");
      const answer = await job.cancel();
      t.equal(answer.message.type, "job.cancelled", "answer to the cancel");
      await t.kill();
      await t.restart();
      const again = await t.resume(peer, 0);
      const { message } = await job.on(again).terminal();
      t.equal(message.payload["final_status"], "cancelled", "final_status of the job");
      await again.settle();
      t.equal(job.on(again).events("log").length, 1, "number of times that the agent began");
    },
  ),
  check(
    {
      id: "runtime/7.2/key-survives-kill",
      requirements: ["IDEM-02", "IDEM-06", "IDEM-08", "IDEM-13", "LIFE-07"],
      level: "MUST",
      basis: "derived",
      needs: R3,
      mutants: ["keys-lost-at-restart", "crash-is-final"],
      deadlineMs: 60_000,
    },
    async (t) => {
      await t.start();
      const peer = await t.session();
      const steps = [{ op: "return", value: "once" }] as const;
      const options = keyed(t);
      const job = await t.succeed(peer, steps, options);
      const hanging = [{ op: "whoami" }, { op: "gate", name: t.fresh("gate") }] as const;
      const pending = keyed(t);
      const cut = await t.submit(peer, hanging, pending);
      await cut.event("log");
      await t.kill();
      await t.restart();
      const later = await t.session();
      const again = await repeat(t, later, job, steps, options);
      const { message } = await again.terminal();
      t.equal(message.payload, job.end.message.payload, "end of the job, for its retry");
      await crashed(t, await repeat(t, later, cut, hanging, pending));
      await conflict(
        t,
        later,
        t.program([{ op: "return", value: "other" }], options),
        "another input",
      );
    },
  ),
  check(
    {
      id: "runtime/6.6/listed-after-kill",
      requirements: ["LIST-08"],
      level: "MUST",
      basis: "derived",
      needs: R3,
      mutants: ["newest-job-lost-at-restart", "ended-jobs-lost-at-restart"],
      deadlineMs: 60_000,
    },
    async (t) => {
      await t.start();
      const peer = await t.session();
      const good = await t.succeed(peer, [{ op: "return" }]);
      const bad = await t.submit(peer, [{ op: "throw", message: "on purpose" }]);
      await bad.terminal();
      await t.kill();
      await t.restart();
      const listed = await listAll(t, await t.session());
      const status = (id: string) => listed.find((row) => row["job_id"] === id)?.["status"];
      t.equal([status(good.id), status(bad.id)], ["success", "error"], "status after the kill");
    },
  ),
];

/** Sections 7.6, 7.7 and 14.3: sessions that look on at the jobs of others. */
import { isDeepStrictEqual } from "node:util";
import { isNumbered, jobIdOf, type Frame } from "../peer/message.js";
import { check } from "../run/check.js";
import type { Trial } from "../run/trial.js";
import {
  WHOLE,
  alone,
  ask,
  features,
  halfway,
  linesOf,
  numbersOf,
  originsOf,
  textsOf,
  together,
  unsubscribe,
  watch,
} from "./7.6-support.js";
import { alike, nothing, R0, R2B, range } from "./support.js";

/** Insists that such a subscribe, in the middle of a job, brings what comes after it and nothing before. */
async function onlyLive(t: Trial, options: Readonly<Record<string, unknown>>, which: string) {
  const [owner, looker] = [await t.session(), await t.session()];
  const { job, goOn } = await halfway(t, owner, 3, 2);
  const { answer, job: seen } = await watch(t, looker, job.id, options);
  t.equal(answer.message.payload.replayed, false, "replayed");
  await goOn();
  await seen.terminal();
  t.equal(textsOf(seen), linesOf(0, 2), `events after a subscribe ${which}`);
}

/** Checks of section 7.6. */
export const subscribeChecks = [
  check(
    {
      id: "runtime/7.6/answer-history-live",
      requirements: ["WATCH-06", "WATCH-28", "WATCH-03", "SERR-14"],
      level: "MUST",
      basis: "W-19",
      needs: together,
      mutants: ["history-before-subscribed", "drop-subscribed", "history-after-live"],
    },
    async (t) => {
      const [owner, looker] = [await t.session(), await t.session()];
      const { job, goOn } = await halfway(t, owner, 3, 2);
      const { answer, job: seen } = await watch(t, looker, job.id, WHOLE);
      t.equal(answer.message.payload.replayed, true, "replayed");
      await goOn();
      await seen.terminal();
      t.ok(
        seen.frames().every(({ index }) => index > answer.index),
        "an event came before job.subscribed",
      );
      t.equal(textsOf(seen), [...linesOf(0, 3), ...linesOf(0, 2)], "events in order");
    },
  ),
  check(
    {
      id: "runtime/7.6/history-is-whole",
      requirements: ["WATCH-07"],
      level: "MUST",
      basis: "explicit",
      needs: together,
      mutants: ["history-skips-one", "history-ignored"],
    },
    async (t) => {
      const [owner, looker] = [await t.session(), await t.session()];
      const job = await t.succeed(owner, [{ op: "burst", count: 5 }, { op: "return" }]);
      const { job: seen } = await watch(t, looker, job.id, WHOLE);
      await seen.terminal();
      t.equal(textsOf(seen), linesOf(0, 5), "the history of a job that has ended");
    },
  ),
  check(
    {
      id: "runtime/7.6/own-numbers",
      requirements: ["WATCH-12", "SEQ-01"],
      level: "MUST",
      basis: "explicit",
      needs: together,
      mutants: ["forwarded-with-owners-numbers"],
    },
    async (t) => {
      const [owner, looker] = [await t.session(), await t.session()];
      await t.succeed(owner, [{ op: "burst", count: 2 }, { op: "return" }]);
      const job = await t.succeed(owner, [{ op: "burst", count: 2 }, { op: "return" }]);
      const { job: seen } = await watch(t, looker, job.id, WHOLE);
      await seen.terminal();
      const own = await t.succeed(looker, [{ op: "burst", count: 1 }, { op: "return" }]);
      t.equal(numbersOf(seen), range(1, 3), "numbers of the forwarded events");
      t.equal(numbersOf(own), range(4, 5), "numbers of a job of its own after them");
    },
  ),
  check(
    {
      id: "runtime/7.6/origin-seq",
      requirements: ["WATCH-11"],
      level: "MUST",
      basis: "W-19",
      needs: together,
      mutants: ["no-origin-seq", "origin-is-own-number"],
    },
    async (t) => {
      const [owner, looker] = [await t.session(), await t.session()];
      await t.succeed(owner, [{ op: "burst", count: 2 }, { op: "return" }]);
      const { job, goOn } = await halfway(t, owner, 2, 2);
      const { job: seen } = await watch(t, looker, job.id, WHOLE);
      await goOn();
      await seen.terminal();
      await job.terminal();
      const expected = job.events().map(({ message }) => message.event_seq);
      t.equal(originsOf(seen), expected, "origin_seq of history and live events");
    },
  ),
  check(
    {
      id: "runtime/7.6/same-terminal",
      requirements: ["WATCH-12"],
      level: "MUST",
      basis: "W-19",
      needs: together,
      mutants: ["subscribers-terminal-differs"],
    },
    async (t) => {
      const [owner, looker] = [await t.session(), await t.session()];
      const job = await t.succeed(owner, [{ op: "return", value: { n: 1 } }]);
      const { job: seen } = await watch(t, looker, job.id, WHOLE);
      const { message } = await seen.terminal();
      t.ok(
        isDeepStrictEqual(message.payload, job.end.message.payload),
        "the end of the job is another one for a subscriber",
      );
    },
  ),
  check(
    {
      id: "runtime/7.6/from-the-owners-number",
      requirements: ["WATCH-07", "WATCH-09"],
      level: "MUST",
      basis: "W-19",
      needs: together,
      mutants: ["from-ignored", "from-off-by-one"],
    },
    async (t) => {
      const [owner, looker] = [await t.session(), await t.session()];
      await t.succeed(owner, [{ op: "burst", count: 3 }, { op: "return" }]);
      const job = await t.succeed(owner, [{ op: "burst", count: 4 }, { op: "return" }]);
      const after = job.events()[1]?.message.event_seq;
      const payload = { history: true, from_event_seq: after };
      const { job: seen } = await watch(t, looker, job.id, payload);
      await seen.terminal();
      t.equal(textsOf(seen), linesOf(2, 4), "history after the second event");
    },
  ),
  check(
    {
      id: "runtime/7.6/subscribed-from",
      requirements: ["WATCH-10"],
      level: "MUST",
      basis: "W-19",
      needs: together,
      mutants: ["subscribed-from-zero"],
    },
    async (t) => {
      const [owner, looker] = [await t.session(), await t.session()];
      await t.succeed(owner, [{ op: "burst", count: 2 }, { op: "return" }]);
      const job = await t.succeed(owner, [{ op: "burst", count: 2 }, { op: "return" }]);
      const { answer } = await watch(t, looker, job.id);
      const last = job.end.message.event_seq;
      t.equal(answer.message.payload.subscribed_from, last, "subscribed_from of an ended job");
    },
  ),
  check(
    {
      id: "runtime/7.6/live-only",
      requirements: ["WATCH-08"],
      level: "MUST",
      basis: "explicit",
      needs: together,
      mutants: ["history-always"],
    },
    (t) => onlyLive(t, {}, "without history"),
  ),
  check(
    {
      id: "runtime/7.6/live-by-default",
      requirements: ["WATCH-29"],
      level: "MUST",
      basis: "explicit",
      needs: together,
      mutants: ["history-from-the-beginning", "history-always"],
    },
    (t) => onlyLive(t, { history: true }, "that names no number"),
  ),
  check(
    {
      id: "runtime/7.6/ended-is-silent",
      requirements: ["WATCH-19"],
      level: "MUST",
      basis: "W-19",
      needs: together,
      mutants: ["history-always"],
    },
    async (t) => {
      const [owner, looker] = [await t.session(), await t.session()];
      const job = await t.succeed(owner, [{ op: "burst", count: 2 }, { op: "return" }]);
      const { answer } = await watch(t, looker, job.id);
      t.equal(answer.message.payload.current_status, "success", "current_status");
      const mine = (m: Frame["message"]) => isNumbered(m) && jobIdOf(m) === job.id;
      await nothing(t, looker, mine, answer.index, "after job.subscribed for an ended job");
    },
  ),
  check(
    {
      id: "runtime/7.6/unknown-job",
      requirements: ["WATCH-04"],
      level: "MUST",
      basis: "W-20",
      needs: { ...R0, features },
      mutants: ["drop-session-error", "unknown-as-invalid"],
    },
    async (t) => {
      const peer = await t.session();
      const answer = await ask(peer, "job_00000000000000000000000000");
      t.refused(answer, "JOB_NOT_FOUND", "a subscribe to a job that there is none");
      await peer.fence();
    },
  ),
  check(
    {
      id: "runtime/7.6/foreign-and-unknown-alike",
      requirements: ["WATCH-02", "WATCH-04", "SEC-12"],
      level: "MUST",
      basis: "W-20",
      needs: { ...R2B, features, connections: "together" },
      mutants: ["foreign-as-denied", "foreign-subscribe-works"],
    },
    async (t) => {
      const [owner, other] = [await t.session(), await t.session({ as: "b" })];
      const { job, goOn } = await halfway(t, owner, 1, 1);
      const foreign = await ask(other, job.id, WHOLE);
      const unknown = await ask(other, "job_00000000000000000000000000", WHOLE);
      if (foreign.message.type === "job.subscribed") {
        t.notApplicable("a policy lets the second principal look at the jobs of the first");
      }
      t.refused(foreign, "JOB_NOT_FOUND", "a subscribe to another principal's job");
      t.ok(alike(foreign, unknown), "a foreign job is answered differently from an unknown one");
      await goOn();
      await job.terminal();
      await nothing(t, other, isNumbered, 0, "a refused subscriber is told of the job");
    },
  ),
  check(
    {
      id: "runtime/7.6/beyond-the-newest",
      requirements: ["WATCH-18"],
      level: "MUST",
      basis: "W-19",
      needs: together,
      mutants: ["beyond-is-all", "drop-session-error"],
    },
    async (t) => {
      const [owner, looker] = [await t.session(), await t.session()];
      const job = await t.succeed(owner, [{ op: "burst", count: 2 }, { op: "return" }]);
      const payload = { history: true, from_event_seq: Number(job.end.message.event_seq) + 1 };
      const answer = await ask(looker, job.id, payload);
      t.refused(answer, "INVALID_REQUEST", "a from_event_seq beyond the newest");
      const twin = { history: true, from_event_seq: job.end.message.event_seq };
      await watch(t, looker, job.id, twin);
    },
  ),
  check(
    {
      id: "runtime/7.6/once-in-a-session",
      requirements: ["WATCH-16"],
      level: "MUST",
      basis: "W-19",
      needs: together,
      mutants: ["delivers-for-each-subscribe"],
    },
    async (t) => {
      const [owner, looker] = [await t.session(), await t.session()];
      const { job, goOn } = await halfway(t, owner, 2, 2);
      const { job: seen } = await watch(t, looker, job.id, WHOLE);
      await seen.event("log", (body) => body["message"] === "burst 1");
      await watch(t, looker, job.id, WHOLE);
      await goOn();
      await seen.terminal();
      await looker.settle();
      t.equal(textsOf(seen), [...linesOf(0, 2), ...linesOf(0, 2)], "events of two subscribes");
    },
  ),
  check(
    {
      id: "runtime/7.6/submitter-once",
      requirements: ["WATCH-16", "WATCH-24"],
      level: "MUST",
      basis: "W-19",
      needs: alone,
      mutants: ["delivers-for-each-subscribe", "unsubscribe-deafens-all"],
    },
    async (t) => {
      const peer = await t.session();
      const { job, goOn } = await halfway(t, peer, 2, 2);
      await watch(t, peer, job.id, WHOLE);
      unsubscribe(peer, job.id);
      await peer.fence();
      await goOn();
      await job.terminal();
      await peer.settle();
      const told = [...linesOf(0, 2), ...linesOf(0, 2)];
      t.equal(textsOf(job), told, "events of one's own job, subscribed to and unsubscribed from");
    },
  ),
  check(
    {
      id: "runtime/7.6/unsubscribe",
      requirements: ["WATCH-23"],
      level: "MUST",
      basis: "explicit",
      needs: together,
      mutants: ["drop-unsubscribe"],
    },
    async (t) => {
      const [owner, looker] = [await t.session(), await t.session()];
      const { job, goOn } = await halfway(t, owner, 2, 2);
      const { job: seen } = await watch(t, looker, job.id, WHOLE);
      await seen.event("log", (body) => body["message"] === "burst 1");
      unsubscribe(looker, job.id);
      await looker.settle();
      await goOn();
      await job.terminal();
      await looker.settle();
      t.equal(textsOf(seen), linesOf(0, 2), "events of a job that was unsubscribed from");
    },
  ),
  check(
    {
      id: "runtime/7.6/no-authority",
      requirements: ["WATCH-25", "CANCEL-03"],
      level: "MUST",
      basis: "explicit",
      needs: together,
      mutants: ["foreign-cancel-works", "refused-cancel-works", "drop-session-error"],
    },
    async (t) => {
      const [owner, looker] = [await t.session(), await t.session()];
      const { job, goOn } = await halfway(t, owner, 1, 1);
      const { job: seen } = await watch(t, looker, job.id);
      const answer = await seen.cancel();
      t.refused(answer, ["PERMISSION_DENIED", "JOB_NOT_FOUND"], "a cancel by a subscriber");
      await goOn();
      const end = await job.terminal();
      t.equal(end.message.type, "job.result", "end of a job that a subscriber wanted to cancel");
    },
  ),
];

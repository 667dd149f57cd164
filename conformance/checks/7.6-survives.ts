/** Section 7.6: what a subscription tells of a job, and what it outlives. */
import { check } from "../run/check.js";
import {
  WHOLE,
  features,
  halfway,
  linesOf,
  numbersOf,
  originsOf,
  textsOf,
  together,
  watch,
  MORE,
} from "./7.6-support.js";
import { details, R3, range } from "./support.js";

/** Checks of section 7.6 about what a subscription is told of a job, and what it outlives. */
export const subscriptionChecks = [
  check(
    {
      id: "runtime/7.6/authority-told",
      requirements: ["WATCH-20", "WATCH-21"],
      level: "MUST",
      basis: "explicit",
      needs: { ...together, features: MORE },
      mutants: ["subscribed-without-authority", "subscribed-with-first-budget"],
    },
    async (t) => {
      const [owner, looker] = [await t.session(), await t.session()];
      const expires_at = new Date(Date.now() + 3_600_000).toISOString();
      const payload = {
        lease_request: { "cost.budget": ["USD:5.00"], "tool.call": ["search"] },
        lease_constraints: { expires_at },
      };
      const metric = { name: "cost.inference", value: 1.25, unit: "USD" };
      const job = await t.submit(
        owner,
        [{ op: "emit", kind: "metric", body: metric }, { op: "await-cancel" }],
        { payload },
      );
      await job.event("metric", (body) => body["name"] === "cost.inference");
      const { answer } = await watch(t, looker, job.id);
      const told = answer.message.payload;
      const accepted = job.accepted.message.payload;
      t.equal(told["lease"], accepted["lease"], "lease");
      t.equal(told["lease_constraints"], accepted["lease_constraints"], "lease_constraints");
      t.equal(told["budget"], { USD: 3.75 }, "budget after a charge");
      await job.cancel();
    },
  ),
  check(
    {
      id: "runtime/7.6/survives-resume",
      requirements: ["WATCH-15"],
      level: "MUST",
      basis: "W-19",
      needs: together,
      mutants: ["subscription-lost-at-resume"],
    },
    async (t) => {
      const [owner, looker] = [await t.session(), await t.session()];
      const { job, goOn } = await halfway(t, owner, 2, 2);
      const { job: seen } = await watch(t, looker, job.id, WHOLE);
      await seen.event("log", (body) => body["message"] === "burst 1");
      looker.cut();
      await goOn();
      await job.terminal();
      const again = seen.on(await t.resume(looker, 2));
      await again.terminal();
      t.equal(textsOf(again), linesOf(0, 2), "what a subscriber missed while it was away");
      t.equal(numbersOf(again), range(3, 5), "and its numbers");
      const origins = job.events().map(({ message }) => message.event_seq);
      t.equal(originsOf(again), origins.slice(2), "and its origin_seq");
    },
  ),
  check(
    {
      id: "runtime/7.6/survives-kill",
      requirements: ["WATCH-13", "WATCH-14", "WATCH-15"],
      level: "MUST",
      basis: "W-19",
      needs: { ...R3, features },
      mutants: ["subscription-lost-at-restart", "origins-lost-at-restart"],
      deadlineMs: 60_000,
    },
    async (t) => {
      await t.start();
      const [owner, looker] = [await t.session(), await t.session()];
      await t.succeed(owner, [{ op: "return" }]);
      const { job } = await halfway(t, owner, 2, 2);
      const { job: seen } = await watch(t, looker, job.id, WHOLE);
      await seen.event("log", (body) => body["message"] === "burst 1");
      const before = seen.frames().map(({ message }) => message.payload);
      await t.kill();
      await t.restart();
      const again = seen.on(await t.resume(looker, 0));
      const end = await again.terminal();
      const replayed = again.frames().map(({ message }) => message.payload);
      t.equal(replayed.slice(0, before.length), before, "what was forwarded before the kill");
      t.equal(details(end).path, undefined, "the end of a job that died with its runtime");
      const late = await t.session();
      const origin = Number(before[0]?.["origin_seq"]);
      const payload = { history: true, from_event_seq: origin };
      const { job: rest } = await watch(t, late, job.id, payload);
      await rest.terminal();
      t.equal(textsOf(rest)[0], "burst 1", "history after a number of before the kill");
    },
  ),
];

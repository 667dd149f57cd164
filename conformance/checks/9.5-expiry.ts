/** Section 9.5: until when a lease authorises anything. */
import { Feature } from "../../generated/current/constants.js";
import type { Peer } from "../peer/peer.js";
import { check } from "../run/check.js";
import type { Trial } from "../run/trial.js";
import type { ScriptStep } from "../script.js";
import { outcomes } from "./9-leases.js";
import { member, R2 } from "./support.js";

const EXPIRING = { ...R2, features: [Feature.LeaseExpiresAt] } as const;
const lease_request = { "tool.call": ["search"] };
const search = (call_id: string): ScriptStep => ({
  ...({ op: "op", namespace: "tool.call", target: "search" } as const),
  call_id,
});

/** How far the runtime's wall clock is ahead of ours, in milliseconds: what is soon is soon by its own. */
async function clockAhead(t: Trial, peer: Peer): Promise<number> {
  const asked = Date.now();
  const job = await t.succeed(peer, [{ op: "return" }]);
  const theirs = Date.parse(String(job.accepted.message.payload["accepted_at"]));
  t.ok(!Number.isNaN(theirs), "accepted_at is no time");
  return theirs - (asked + Date.now()) / 2;
}

/** An end that comes soon, and the step that waits for it. */
async function soon(t: Trial, peer: Peer) {
  const ahead = await clockAhead(t, peer);
  const ms = Math.max(1_200, t.scale(1_200));
  return {
    expires_at: new Date(Date.now() + ahead + ms).toISOString(),
    // A little more than that. A runtime that ends the job at once cuts the wait short.
    wait: { op: "sleep", ms: Math.ceil(ms + 200) } as const,
    ms,
  };
}

/** Checks of section 9.5. */
export const expiryChecks = [
  check(
    {
      id: "runtime/9.5/bad-end-refused",
      requirements: ["EXP-04"],
      level: "MUST",
      basis: "explicit",
      needs: EXPIRING,
      mutants: ["any-end-taken", "lease-stripped", "drop-session-error"],
    },
    async (t) => {
      const peer = await t.session();
      const now = Date.now() + (await clockAhead(t, peer));
      const past = new Date(now - 60_000).toISOString();
      const elsewhere = new Date(now + 3_600_000).toISOString().replace("Z", "+00:00");
      const later = new Date(now + 7_200_000).toISOString().replace("Z", "");
      const never = "2126-02-30T00:00:00Z";
      for (const expires_at of [past, elsewhere, `${later}+01:00`, later, never, "tomorrow", ""]) {
        const payload = { lease_request, lease_constraints: { expires_at } };
        const id = peer.sendMalformed("job.submit", t.program([{ op: "return" }], { payload }));
        const answer = await peer.reply(id, "job.accepted", { after: peer.last });
        t.refused(answer, "INVALID_REQUEST", `expires_at ${expires_at}`);
      }
      // Further away than a timer of 31 bits reaches, too.
      for (const ms of [3_600_000, 40 * 86_400_000]) {
        const lease_constraints = { expires_at: new Date(now + ms).toISOString() };
        const steps = [search("c0"), { op: "return" } as const];
        const job = await t.succeed(peer, steps, { payload: { lease_request, lease_constraints } });
        t.equal(outcomes(job), { c0: "allowed" }, "an operation before a distant end");
      }
    },
  ),
  check(
    {
      id: "runtime/7.1/accepted-states-end",
      requirements: ["SUB-07"],
      level: "MUST",
      basis: "explicit",
      needs: EXPIRING,
      mutants: ["end-not-stated", "end-stated-later"],
    },
    async (t) => {
      const peer = await t.session();
      const expires_at = new Date(Date.now() + 3_600_000).toISOString();
      const payload = { lease_request, lease_constraints: { expires_at } };
      const job = await t.succeed(peer, [{ op: "return" }], { payload });
      const stated = member(job.accepted.message.payload["lease_constraints"], "expires_at");
      t.ok(typeof stated === "string" && stated.endsWith("Z"), `expires_at is ${String(stated)}`);
      t.ok(
        Date.parse(String(stated)) <= Date.parse(expires_at),
        `expires_at ${String(stated)} is later than ${expires_at}, which was asked for`,
      );
      const without = await t.succeed(peer, [{ op: "return" }]);
      const none = member(without.accepted.message.payload["lease_constraints"], "expires_at");
      t.equal(none, undefined, "expires_at of a lease that has none");
    },
  ),
  check(
    {
      id: "runtime/9.5/refused-at-the-end",
      requirements: ["EXP-05", "EXP-06", "EXP-07", "LIFE-05", "ERR-02"],
      level: "MUST",
      basis: "explicit",
      needs: EXPIRING,
      mutants: [
        "late-operation-allowed",
        "late-operation-denied",
        "expired-succeeds",
        "expired-as-cancelled",
        "authority-retryable",
      ],
    },
    async (t) => {
      const peer = await t.session();
      const { expires_at, wait } = await soon(t, peer);
      const payload = { lease_request, lease_constraints: { expires_at } };
      const steps = [search("before"), wait, search("after"), { op: "return" }] as const;
      const job = await t.submit(peer, steps, { payload });
      const end = await job.terminal();
      const { before, after } = outcomes(job);
      t.equal(before, "allowed", "an operation before the end");
      // A runtime that grants no grace has ended the job before it could ask.
      t.ok(after === undefined || after === "LEASE_EXPIRED", `after the end: ${after}`);
      t.equal(end.message.type, "job.error", "the end of a job that tried");
      const { code, final_status, retryable } = end.message.payload;
      t.equal([code, final_status, retryable], ["LEASE_EXPIRED", "error", false], "its error");
      await peer.fence();
    },
  ),
  check(
    {
      id: "runtime/9.5/key-found-after-the-end",
      requirements: ["IDEM-05", "EXP-10"],
      level: "MUST",
      basis: "W-18",
      needs: EXPIRING,
      mutants: ["end-judged-before-key", "retry-extends", "key-ignored"],
    },
    async (t) => {
      const peer = await t.session();
      const { expires_at, wait } = await soon(t, peer);
      const lease_constraints = { expires_at };
      const payload = { idempotency_key: t.fresh("key"), lease_request, lease_constraints };
      const steps = [wait, search("after")] as const;
      const job = await t.submit(peer, steps, { payload });
      await job.terminal();
      const again = await t.submit(peer, steps, { payload });
      t.equal(again.id, job.id, "the job of the key, after its lease has ended");
      const stated = member(again.accepted.message.payload["lease_constraints"], "expires_at");
      const first = member(job.accepted.message.payload["lease_constraints"], "expires_at");
      t.equal(stated, first, "expires_at of a repeated submit");
    },
  ),
  check(
    {
      id: "runtime/9.3/order-of-checks",
      requirements: ["ENF-06"],
      level: "MUST",
      basis: "W-24",
      needs: { ...R2, features: [Feature.LeaseExpiresAt, Feature.CostBudget] },
      mutants: ["budget-asked-first", "late-operation-denied", "allows-everything"],
    },
    async (t) => {
      const peer = await t.session();
      const { expires_at, wait } = await soon(t, peer);
      const lease = { ...lease_request, "cost.budget": ["USD:1.00"] };
      const payload = { lease_request: lease, lease_constraints: { expires_at } };
      const other = { op: "op", namespace: "tool.call", target: "other" } as const;
      const steps = [
        { op: "cost", value: 1, unit: "USD", call_id: "cost" } as const,
        { ...other, call_id: "uncovered" },
        search("covered"),
        wait,
        { ...other, call_id: "late" },
      ];
      const job = await t.submit(peer, steps, { payload });
      await job.terminal();
      const { uncovered, covered, late } = outcomes(job);
      t.equal(
        [uncovered, covered],
        ["PERMISSION_DENIED", "BUDGET_EXHAUSTED"],
        "what is not covered, and what is, without money",
      );
      t.ok(late === undefined || late === "LEASE_EXPIRED", `not covered, after the end: ${late}`);
    },
  ),
] as const;

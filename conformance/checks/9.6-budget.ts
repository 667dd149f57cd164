/** Sections 9.6 and 9.7: what a job may spend, and on which models. */
import { Feature } from "../../generated/current/constants.js";
import type { Job } from "../peer/job.js";
import type { Peer } from "../peer/peer.js";
import { check } from "../run/check.js";
import type { Trial } from "../run/trial.js";
import type { ScriptStep } from "../script.js";
import { ask, decides, outcomes } from "./9-leases.js";
import { R2 } from "./support.js";

const BUDGET = { ...R2, features: [Feature.CostBudget] } as const;
const MODELS = { ...R2, features: [Feature.ModelUse] } as const;

const cost = (value: number | "NaN" | "Infinity" | "-Infinity", unit: string, call_id = "cost") =>
  ({ op: "cost", value, unit, call_id }) as const;
const search = { op: "op", namespace: "tool.call", target: "search" } as const;

/** Runs a program under a budget, and `tool.call` of `search`. */
function spend(t: Trial, peer: Peer, amounts: readonly string[], steps: readonly ScriptStep[]) {
  const lease_request = { "tool.call": ["search"], "cost.budget": amounts };
  return t.succeed(peer, steps, { payload: { lease_request } });
}

/** The costs of a job and what was left after each, as `unit value` and `unit =value`, in order. */
function account(job: Job): string[] {
  return job.bodies("metric").map(({ name, unit, value }) => {
    const left = name === "cost.budget.remaining" ? "=" : "";
    return `${String(unit)} ${left}${String(value)}`;
  });
}

/** Checks of sections 9.6 and 9.7. */
export const budgetChecks = [
  check(
    {
      id: "runtime/7.1/accepted-states-budget",
      requirements: ["SUB-08", "BUD-02", "BUD-03"],
      level: "MUST",
      basis: "W-23",
      needs: BUDGET,
      mutants: ["budget-not-stated", "last-amount-counts", "budget-as-text"],
    },
    async (t) => {
      const peer = await t.session();
      const job = await spend(t, peer, ["USD:5.00", "credits:10", "USD:0.50"], [{ op: "return" }]);
      const { budget } = job.accepted.message.payload;
      t.equal(budget, { USD: 5.5, credits: 10 }, "budget of job.accepted");
      const other = await t.succeed(peer, [{ op: "return" }]);
      t.equal(other.accepted.message.payload["budget"], undefined, "budget without cost.budget");
    },
  ),
  check(
    {
      id: "runtime/9.6/bad-amounts-refused",
      requirements: ["BUD-02"],
      level: "MUST",
      basis: "derived",
      needs: BUDGET,
      mutants: ["lease-stripped", "drop-session-error"],
    },
    async (t) => {
      const peer = await t.session();
      for (const amount of ["USD", "USD:", ":5", "USD:-5", "USD:1e3", "USD:5,00", "USD:NaN", "5"]) {
        const payload = { lease_request: { "cost.budget": [amount] } };
        const program = t.program([{ op: "return" }], { payload });
        const answer = await peer.request("job.submit", program, "job.accepted");
        t.refused(answer, "INVALID_REQUEST", `the amount ${amount}`);
      }
      const payload = { lease_request: { "cost.budget": ["USD:0005.50"] } };
      const job = await t.succeed(peer, [{ op: "return" }], { payload });
      t.equal(job.accepted.message.payload["budget"], { USD: 5.5 }, "budget of the twin");
    },
  ),
  check(
    {
      id: "runtime/9.6/costs-are-charged",
      requirements: ["BUD-01", "BUD-04", "BUD-13"],
      level: "MUST",
      basis: "W-23",
      needs: BUDGET,
      mutants: ["remaining-lost", "one-counter-for-all", "nothing-charged"],
    },
    async (t) => {
      const peer = await t.session();
      const rows = { op: "emit", kind: "metric", body: { name: "rows", value: 3, unit: "USD" } };
      const plain = { op: "emit", kind: "metric" } as const;
      const body = { name: "cost.inference", value: 1.5, unit: "USD" };
      const job = await spend(
        t,
        peer,
        ["USD:5.00", "credits:10"],
        [cost(1, "USD"), rows as ScriptStep, cost(4, "credits"), { ...plain, body }],
      );
      t.equal(
        account(job),
        ["USD 1", "USD =4", "USD 3", "credits 4", "credits =6", "USD 1.5", "USD =2.5"],
        "costs, each with what is left",
      );
    },
  ),
  check(
    {
      id: "runtime/9.6/exact",
      requirements: ["BUD-08"],
      level: "MUST",
      basis: "W-23",
      needs: BUDGET,
      mutants: ["binary-fractions", "remaining-lost"],
    },
    async (t) => {
      const peer = await t.session();
      const steps = [cost(0.1, "USD"), cost(0.1, "USD"), cost(0.1, "USD")];
      const job = await spend(t, peer, ["USD:0.3"], [...steps, { ...search, call_id: "after" }]);
      t.equal(
        account(job),
        ["USD 0.1", "USD =0.2", "USD 0.1", "USD =0.1", "USD 0.1", "USD =0"],
        "three tenths of a dollar",
      );
      t.equal(outcomes(job), { after: "BUDGET_EXHAUSTED" }, "an operation at exactly zero");
      const small = await spend(t, peer, ["USD:1"], [cost(1e-7, "USD"), cost(0.5, "USD")]);
      t.equal(account(small).at(-1), "USD =0.4999999", "a ten-millionth and a half");
    },
  ),
  check(
    {
      id: "runtime/9.6/exhausted-refuses",
      requirements: ["BUD-09", "BUD-10", "BUD-11", "ERR-02", "LIFE-05"],
      level: "MUST",
      basis: "explicit",
      needs: BUDGET,
      mutants: ["exhausted-goes-on", "authority-retryable", "allows-everything"],
    },
    async (t) => {
      const peer = await t.session();
      const lease_request = { "tool.call": ["search"], "cost.budget": ["USD:1", "credits:9"] };
      const job = await t.submit(
        peer,
        [
          cost(0.99, "USD"),
          { ...search, call_id: "nearly" },
          cost(0.5, "USD"),
          { ...search, call_id: "after" },
          { op: "return" },
        ],
        { payload: { lease_request } },
      );
      const end = await job.terminal();
      const { nearly, after } = outcomes(job);
      t.equal(nearly, "allowed", "an operation with a cent left");
      t.equal(account(job).at(-1), "USD =-0.49", "what is left after a cost of too much");
      t.equal(after, "BUDGET_EXHAUSTED", "an operation with nothing left");
      const result = job.bodies("tool_result").find(({ call_id }) => call_id === "after");
      const { retryable } = (result?.["error"] ?? {}) as { retryable?: unknown };
      t.equal(retryable, false, "retryable of the refusal");
      // A runtime may end the job for it.
      if (end.message.type === "job.result") return;
      const { code, final_status } = end.message.payload;
      t.equal([code, final_status], ["BUDGET_EXHAUSTED", "error"], "the end of the job");
    },
  ),
  check(
    {
      id: "runtime/9.6/no-cost-refused",
      requirements: ["BUD-05", "BUD-06", "BUD-14"],
      level: "MUST",
      basis: "W-23",
      needs: BUDGET,
      mutants: ["negative-costs-credited", "drop-tool-results", "remaining-taken-from-agents"],
    },
    async (t) => {
      const peer = await t.session();
      const job = await spend(
        t,
        peer,
        ["USD:1.00"],
        [
          cost(-0.5, "USD", "negative"),
          cost("NaN", "USD", "nan"),
          cost("Infinity", "USD", "endless"),
          cost("-Infinity", "USD", "bottomless"),
          { ...cost(100, "USD", "forged"), name: "cost.budget.remaining" },
          cost(0.25, "USD", "good"),
          { ...search, call_id: "after" },
        ],
      );
      const answers = outcomes(job);
      for (const call of ["negative", "nan", "endless", "bottomless", "forged"]) {
        const answer = answers[call];
        t.ok(answer !== undefined && answer !== "allowed", `${call} was not refused: ${answer}`);
      }
      t.equal(answers["good"], undefined, "the refusal of a good cost");
      t.equal(account(job), ["USD 0.25", "USD =0.75"], "costs, and what is left");
      t.equal(answers["after"], "allowed", "an operation afterwards");
    },
  ),
  check(
    {
      id: "runtime/9.6/unit-without-counter",
      requirements: ["BUD-07", "SUB-10"],
      level: "MUST",
      basis: "W-23",
      needs: BUDGET,
      mutants: ["foreign-unit-charged", "foreign-unit-lost"],
    },
    async (t) => {
      const peer = await t.session();
      const steps = [cost(7, "EUR"), { ...search, call_id: "after" }];
      const job = await spend(t, peer, ["USD:1.00"], steps);
      t.equal(account(job), ["EUR 7"], "a cost in another currency");
      t.equal(outcomes(job), { after: "allowed" }, "an operation afterwards");
      const payload = { lease_request: { "tool.call": ["search"] } };
      const free = await t.succeed(peer, steps, { payload });
      t.equal(account(free), ["EUR 7"], "a cost without any budget");
      t.equal(outcomes(free), { after: "allowed" }, "an operation without any budget");
    },
  ),
  check(
    {
      id: "runtime/9.7/models-by-pattern",
      requirements: ["MODEL-01"],
      level: "MUST",
      basis: "explicit",
      needs: MODELS,
      mutants: ["allows-everything", "denies-everything"],
    },
    async (t) => {
      const peer = await t.session();
      const covered = ["tier-fast/small", "vendor/model-7", "exact"];
      const denied = ["tier-fast", "tier-fast/a/b", "tier-slow/small", "vendor/model", "exact2"];
      const patterns = ["tier-fast/*", "vendor/model-*", "exact"];
      await decides(t, peer, "model.use", patterns, covered, denied);
    },
  ),
  check(
    {
      id: "runtime/9.7/none-without-model-use",
      requirements: ["MODEL-03"],
      level: "MUST",
      basis: "W-26",
      needs: MODELS,
      mutants: ["allows-everything"],
    },
    async (t) => {
      const peer = await t.session();
      // Nobody can have registered it.
      const model = t.fresh("model");
      const lease = { "tool.call": [model] };
      t.equal(await ask(t, peer, lease, "model.use", [model]), ["PERMISSION_DENIED"], "a model");
      const twin = { "model.use": [model] };
      t.equal(await ask(t, peer, twin, "model.use", [model]), ["allowed"], "with model.use");
    },
  ),
] as const;

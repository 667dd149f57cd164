/** Section 9.4: what may be passed on. Which leases lie within others is also in `vectors/subset.json`. */
import { Feature } from "../../generated/current/constants.js";
import { check } from "../run/check.js";
import { scriptAgent } from "../script.js";
import { childOf, delegate, delegating, fates, passesOn, under } from "./10-support.js";
import { R2 } from "./support.js";

const BEYOND = "LEASE_SUBSET_VIOLATION";

/** Checks of section 9.4. */
export const subsetChecks = [
  check(
    {
      id: "runtime/9.4/beyond-is-refused",
      requirements: ["SUBSET-01", "SUBSET-03"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["delegation-never-refused", "delegation-always-refused"],
    },
    async (t) => {
      const peer = await delegating(t);
      const parent = { "tool.call": ["search.*", "mail/**", "x*y"], "fs.read": ["/tmp"] };
      const tool = (...patterns: string[]) => ({ "tool.call": patterns });
      await passesOn(t, peer, parent, [
        [tool("search.web"), "made"],
        [tool("search.*.deep", "mail", "mail/*/send", "xy"), "made"],
        [{}, "made"],
        [tool("*"), BEYOND],
        [tool("search"), BEYOND],
        [tool("search.web", "find"), BEYOND],
        [tool("**"), BEYOND],
        [tool("mail*"), BEYOND],
        [tool("x*"), BEYOND],
        [tool("search.*/a"), BEYOND],
        [{ "fs.write": ["/tmp"] }, BEYOND],
        [{ "agent.delegate": ["*"] }, BEYOND],
      ]);
    },
  ),
  check(
    {
      id: "runtime/9.4/one-pattern-covers",
      requirements: ["SUBSET-03", "SUBSET-04"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["delegation-never-refused", "delegation-always-refused"],
    },
    async (t) => {
      const peer = await delegating(t);
      const within = `${"**/a/".repeat(20)}*/b`;
      await passesOn(t, peer, { "tool.call": ["a*", "b*", `**/a/${"*/".repeat(20)}c/**`] }, [
        [{ "tool.call": ["ab", "ba"] }, "made"],
        // Together they would be covered by two, or by nobody that can be found in time.
        [{ "tool.call": ["*"] }, BEYOND],
        [{ "tool.call": [within] }, BEYOND],
      ]);
    },
  ),
  check(
    {
      id: "runtime/9.4/equal-is-a-subset",
      requirements: ["SUBSET-02"],
      level: "MUST",
      basis: "W-22",
      needs: R2,
      mutants: ["equal-lease-refused", "delegation-always-refused"],
    },
    async (t) => {
      const peer = await delegating(t);
      const lease = { "tool.call": ["search.*", "**/b"], "agent.delegate": [scriptAgent] };
      await passesOn(t, peer, lease, [[lease, "made"]]);
    },
  ),
  check(
    {
      id: "runtime/9.4/no-later-end",
      requirements: ["SUBSET-06", "SUBSET-08"],
      level: "MUST",
      basis: "W-22",
      needs: { ...R2, features: [Feature.LeaseExpiresAt] },
      mutants: ["delegation-never-refused", "child-without-end", "end-stated-later"],
    },
    async (t) => {
      const peer = await delegating(t);
      const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
      const [ends, before, after] = [at(600), at(300), at(601)];
      const job = await t.succeed(
        peer,
        [
          delegate("same", { expires_at: ends }),
          delegate("earlier", { expires_at: before }),
          delegate("later", { expires_at: after }),
          delegate("silent"),
        ],
        under({}, { lease_constraints: { expires_at: ends } }),
      );
      const made = { same: "made", earlier: "made", silent: "made" };
      t.equal(fates(job), { ...made, later: BEYOND }, "children with ends of their own");
      for (const [id, end] of [
        ["silent", ends],
        ["earlier", before],
      ] as const) {
        const { payload } = (await childOf(job, id)).accepted.message;
        const { expires_at: stated } = (payload["lease_constraints"] ?? {}) as {
          readonly expires_at?: string;
        };
        t.equal(Date.parse(String(stated)), Date.parse(end), `end of the child ${id}`);
      }
    },
  ),
  check(
    {
      id: "runtime/9.4/no-more-money",
      requirements: ["SUBSET-05"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R2, features: [Feature.CostBudget] },
      mutants: ["delegation-never-refused", "delegation-always-refused"],
    },
    async (t) => {
      const peer = await delegating(t);
      const gate = t.fresh("gate");
      const wants = (id: string, amount: string) =>
        delegate(id, { lease: { "cost.budget": [amount] }, steps: [{ op: "gate", name: gate }] });
      const job = await t.succeed(
        peer,
        [
          { op: "cost", value: 0.1, unit: "USD", call_id: "spent" },
          wants("all", "USD:1"),
          wants("first", "USD:0.6"),
          wants("second", "USD:0.4"),
          wants("third", "USD:0.3"),
          wants("fourth", "USD:0.0001"),
          wants("foreign", "EUR:0.1"),
        ],
        under({ "cost.budget": ["USD:1"] }),
      );
      const { all, first, second, third, fourth, foreign } = fates(job);
      t.equal([all, first, second], [BEYOND, "made", BEYOND], "all, then 0.6 and 0.4 of 0.9");
      t.equal(third, "made", "the 0.3 that are left");
      // With nothing left the parent may do nothing at all.
      t.ok([BEYOND, "BUDGET_EXHAUSTED"].includes(String(fourth)), `a child for nothing: ${fourth}`);
      t.ok([BEYOND, "BUDGET_EXHAUSTED"].includes(String(foreign)), `another currency: ${foreign}`);
    },
  ),
  check(
    {
      id: "runtime/9.4/no-other-models",
      requirements: ["SUBSET-09"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R2, features: [Feature.ModelUse] },
      mutants: ["delegation-never-refused", "delegation-always-refused"],
    },
    async (t) => {
      const peer = await delegating(t);
      await passesOn(t, peer, { "model.use": ["tier-fast/*"] }, [
        [{ "model.use": ["tier-fast/small"] }, "made"],
        [{ "model.use": ["tier-*/small"] }, BEYOND],
      ]);
      await passesOn(t, peer, {}, [[{ "model.use": ["tier-fast/small"] }, BEYOND]]);
    },
  ),
] as const;

/** Sections 9.2 and 9.6: what patterns do not mean, and what is not limited. */
import { check } from "../run/check.js";
import type { ScriptStep } from "../script.js";
import { R2 } from "./support.js";

const op = (target: string, call_id: string): ScriptStep => ({
  ...({ op: "op", namespace: "fs.read" } as const),
  ...{ target, call_id },
});

/** Checks of sections 9.2 and 9.6. */
export const literalChecks = [
  check(
    {
      id: "runtime/9.2/no-regular-expressions",
      requirements: ["GLOB-12"],
      level: "MUST",
      basis: "derived",
      needs: R2,
      mutants: ["patterns-as-expressions", "denies-everything"],
    },
    async (t) => {
      const patterns = ["/a.b/(c|d)+$", "/x[0-9]", "/q?"];
      const covered = [...patterns];
      const denied = ["/aXb/(c|d)+$", "/a.b/c", "/a.b/d", "/x5", "/q", "/", "/qq"];
      const steps = [...covered, ...denied].map((target, i) => op(target, `c${i}`));
      const payload = { lease_request: { "fs.read": patterns } };
      const peer = await t.session();
      const job = await t.succeed(peer, steps, { payload });
      const allowed = job.bodies("tool_result").filter((body) => body.error === undefined);
      t.equal(
        allowed.map((body) => body.call_id),
        covered.map((_, i) => `c${i}`),
        `operations that ${patterns.join(", ")} cover`,
      );
      // What would be no regular expression is a pattern like any other.
      const odd = { lease_request: { "fs.read": ["/(", "/[", "/\u002b{2"] } };
      await t.succeed(peer, [{ op: "return" }], { payload: odd });
    },
  ),
  check(
    {
      id: "runtime/9.6/without-a-budget-no-limit",
      requirements: ["SUB-10"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["spending-limited"],
    },
    async (t) => {
      const body = { name: "cost.inference", value: 1_000_000, unit: "USD" };
      const payload = { lease_request: { "fs.read": ["/a"] } };
      const steps: ScriptStep[] = [
        { op: "emit", kind: "metric", body },
        op("/a", "c1"),
        { op: "return", value: "rich" },
      ];
      const job = await t.succeed(await t.session(), steps, { payload });
      t.equal(job.bodies("metric"), [body], "the cost that was reported");
      t.equal(job.bodies("tool_result")[0]?.error, undefined, "error of an operation after it");
      t.equal(job.end.message.payload.result, "rich", "result of a job that spends much");
    },
  ),
] as const;

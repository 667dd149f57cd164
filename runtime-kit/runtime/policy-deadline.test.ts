/** A policy that does not answer: what waits for it is refused, and what comes behind it goes on. */
import { expect, it } from "vitest";
import { testClock } from "../testing/index.js";
import { bearer } from "./auth.js";
import { createRuntime } from "./create.js";
import type { Policy } from "./policy.js";
import { agentOf, rawClient } from "./raw-client.test-helper.js";

const never = () => new Promise<never>(() => {});

function setUp(policy: Policy) {
  const clock = testClock();
  const errors: unknown[] = [];
  const ignore = () => {};
  const error = (fields: object, message: string) => void errors.push([message, fields]);
  const runtime = createRuntime({
    agents: [agentOf(() => "done")],
    auth: bearer({ tok: "me", other: "somebody" }),
    policy,
    clock,
    logger: { debug: ignore, info: ignore, warn: ignore, error },
    limits: { policyTimeoutMs: 2_000 },
  });
  return { clock, errors, runtime };
}

it("refuses the submit that its lease policy hangs on, and takes the next one of the session", async () => {
  const { clock, errors, runtime } = setUp({
    lease: ({ lease }) => ("tool.call" in lease ? never() : undefined),
  });
  const client = await rawClient(runtime);
  client.send("job.submit", { agent: "a", lease_request: { "tool.call": ["x"] } });
  client.send("job.submit", { agent: "a" });
  await clock.advance(1_999);
  expect(client.seen.map(({ type }) => type)).toEqual(["session.welcome"]);
  await clock.advance(1);
  expect((await client.arrived("session.error")).payload).toMatchObject({
    code: "INTERNAL_ERROR",
    message: "the policy of this runtime failed",
    retryable: true,
  });
  await client.arrived("job.result");
  expect(errors).toEqual([
    [
      "the policy failed",
      { principal: "me", agent: "a@1.0.0", error: "Error: no answer within 2000 ms" },
    ],
  ]);
  await runtime.close();
});

it("hides what its observe policy hangs on, and answers what comes behind it", async () => {
  const { clock, errors, runtime } = setUp({ observe: never });
  const owner = await rawClient(runtime);
  owner.send("job.submit", { agent: "a" });
  const { job_id: job } = await owner.arrived("job.result");
  const other = await rawClient(runtime, ["subscribe", "list_jobs"], { token: "other" });
  other.send("job.subscribe", { job_id: job! }, { job_id: job! });
  other.send("session.list_jobs", {});
  other.send("job.submit", { agent: "a" });
  await clock.advance(2_000);
  expect((await other.arrived("session.error")).payload["code"]).toBe("JOB_NOT_FOUND");
  await clock.advance(2_000);
  expect((await other.arrived("session.jobs")).payload["jobs"]).toEqual([]);
  await other.arrived("job.result");
  expect(errors).toHaveLength(2);
  expect(errors[0]).toEqual([
    "the policy could not say whether a job may be seen",
    { principal: "somebody", job, error: "Error: no answer within 2000 ms" },
  ]);
  await runtime.close();
});

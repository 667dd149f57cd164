/** A bound under a wrong name binds nothing, and so must not pass for one. */
import { expect, it } from "vitest";
import { testAgent } from "../testing/index.js";
import { agentOf, rawClient } from "./raw-client.test-helper.js";

it("LEASE-06 a bound that is not enforced is refused by name, and the one that is is not", async () => {
  const client = await rawClient({ agents: [agentOf(() => 1)] }, ["lease_expires_at"]);
  const submit = (lease_constraints: object) =>
    client.send("job.submit", { agent: "a", lease_constraints });
  const odd = [
    { expires: "2099-01-01T00:00:00Z" },
    { expires_at: "2099-01-01T00:00:00Z", "x-vendor.acme.max/calls": 3 },
  ];
  odd.forEach(submit);
  const [first, second] = [
    await client.arrived("session.error"),
    await client.arrived("session.error", 2),
  ];
  expect(first.payload).toMatchObject({
    code: "INVALID_REQUEST",
    message:
      '/payload/lease_constraints/expires: this runtime does not enforce the bound "expires"; it enforces expires_at',
    details: { path: "/payload/lease_constraints/expires", section: "9.1" },
  });
  const path = "/payload/lease_constraints/x-vendor.acme.max~1calls";
  expect(second.payload).toMatchObject({ code: "INVALID_REQUEST", details: { path } });
  [{}, { expires_at: "2099-01-01T00:00:00Z" }].forEach(submit);
  await client.arrived("job.accepted", 2);
});

it.each([
  [{ expires: new Date() }, 'there is no option "expires"; there are lease, expiresAt'],
  [{ leese: {} }, 'there is no option "leese"'],
  [{ expiresAt: 5 }, "expiresAt must be a Date, or RFC 3339 as text; got a number"],
  [{ maxRuntimeSec: "5" }, "maxRuntimeSec must be a number"],
  [{ id: 7 }, "id must be a string"],
])("LEASE-06 an agent delegates with options that there are: %j", async (options, words) => {
  const lease = { "agent.delegate": ["*"] };
  const run = await testAgent(
    agentOf((_input, ctx) => ctx.delegate("a", null, options as never)),
    null,
    { lease },
  );
  await expect(run.result()).rejects.toThrow(`delegate: ${words}`);
});

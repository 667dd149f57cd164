import { expect, it } from "vitest";
import { connect } from "../client/index.js";
import { createRuntime } from "./create.js";
import { agentOf } from "./raw-client.test-helper.js";

it("EXP-01 an end that no clock will see is taken from a client and an agent, as far as it can be written", async () => {
  const expiresAt = new Date(8.64e15);
  const ends: unknown[] = [];
  const runtime = createRuntime({
    agents: [
      agentOf(async (input, ctx) => {
        ends.push(ctx.expiresAt?.toISOString());
        if (input === "child") return;
        await (await ctx.delegate("a", "child", { expiresAt })).result();
      }),
    ],
  });
  const client = await connect(runtime.dial("me"));
  const lease = { "agent.delegate": ["a"] };
  await (await client.submit("a", "parent", { lease, expiresAt })).result();
  expect(ends).toEqual(["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"]);
  await client.close();
  await runtime.close();
});

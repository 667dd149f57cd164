/** Jobs that jobs of this client have delegated, as a program hears them. §10 */
import { describe, expect, it } from "vitest";
import { connect, createRuntime, defineAgent, memory } from "../node.js";
import type { Job } from "./index.js";

function family() {
  const lead = defineAgent({
    name: "lead",
    async run(input, ctx) {
      const child = await ctx.delegate("hand", input, { id: "one" });
      return child.result().catch((error: Error) => error.message);
    },
  });
  const hand = defineAgent({
    name: "hand",
    version: "2.0.0",
    async run(input, ctx) {
      ctx.log("info", "at work");
      if (input === "wait")
        await new Promise((_, reject) => ctx.signal.addEventListener("abort", reject));
      return "made";
    },
  });
  return createRuntime({ agents: [lead, hand] });
}

const lease = { "agent.delegate": ["hand"] };

describe("on.child", () => {
  it("hands over the child's job: its events, its result, the authority to cancel it (DEL-02)", async () => {
    const runtime = family();
    const found: { job: Job; parentId: string; delegateId: string | undefined }[] = [];
    const client = await connect(memory(runtime), { on: { child: (one) => void found.push(one) } });
    const job = await client.submit("lead", {}, { lease });
    expect(await job.result()).toBe("made");
    expect(found).toMatchObject([{ parentId: job.id, delegateId: "one" }]);
    const child = found[0]!.job;
    expect([child.agent, child.lease]).toEqual(["hand@2.0.0", {}]);
    const kinds: string[] = [];
    for await (const event of child) kinds.push(event.kind);
    expect(kinds).toEqual(["log"]);
    expect(await child.result()).toBe("made");

    const waiting = await client.submit("lead", "wait", { lease });
    const events = waiting[Symbol.asyncIterator]();
    await events.next();
    await client.ping();
    await found[1]!.job.cancel("no need");
    expect(await waiting.result()).toContain("no need");
    await client.close();
    await runtime.close();
  });

  it("is not asked for by default, and then a child harms nobody (DEL-11)", async () => {
    const runtime = family();
    const client = await connect(memory(runtime));
    const job = await client.submit("lead", {}, { lease });
    const kinds: string[] = [];
    for await (const event of job) kinds.push(event.kind);
    expect(kinds).toEqual(["delegate"]);
    expect(await job.result()).toBe("made");
    expect(await client.openJobs()).toEqual([]);
    await client.close();
    await runtime.close();
  });
});

import { afterEach, describe, expect, it } from "vitest";
import { createRuntime } from "../node.js";
import type { Agent } from "./define.js";
import { defineAgent } from "./define.js";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

/** An agent that says `words` once it is let go. */
function gated(version: string, words: string) {
  let go = (): void => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  const agent = defineAgent({
    name: "a",
    version,
    run: async (_input, ctx) => {
      await ctx.status("started");
      await gate;
      return words;
    },
  });
  return { agent, go: () => go() };
}

function says(version: string, words: string, name = "a"): Agent {
  return defineAgent({ name, version, run: () => words });
}

async function embedded(agents: readonly Agent[], maxRunningJobs = 64) {
  const runtime = createRuntime({ agents, limits: { maxRunningJobs } });
  open.push(runtime);
  const client = await runtime.connect();
  open.push(client);
  const result = async (agent: string) => (await client.submit(agent)).result();
  return { runtime, client, result };
}

describe("replaceAgents", () => {
  it("AGENT-02 AGENT-05 serves the next submit with the new agents, in the same session", async () => {
    const { runtime, client, result } = await embedded([says("1", "old")]);
    expect(await result("a")).toBe("old");
    runtime.replaceAgents([says("1", "new"), says("2", "newer"), says("1", "b", "b")]);
    expect(await result("a@1")).toBe("new");
    expect(await result("a")).toBe("newer");
    expect(await result("b")).toBe("b");
    expect(client.session.resumed).toBe(0);
    const later = await runtime.connect();
    open.push(later);
    expect(later.agents.map(({ name, versions }) => [name, versions])).toEqual([
      ["a", ["1", "2"]],
      ["b", ["1"]],
    ]);
  });

  it("lets jobs that run, and jobs that wait to run, end with the agent of their acceptance", async () => {
    const old = gated("1", "old");
    const { runtime, client, result } = await embedded([old.agent], 1);
    const running = await client.submit("a");
    for await (const event of running) if (event.kind === "status") break;
    const pending = await client.submit("a");
    runtime.replaceAgents([says("1", "new")]);
    const later = result("a");
    old.go();
    expect(await Promise.all([running.result(), pending.result(), later])).toEqual([
      "old",
      "old",
      "new",
    ]);
  });

  it("refuses what createRuntime refuses, and leaves the agents as they are", async () => {
    const { runtime, result } = await embedded([says("1", "old")]);
    const twice = [says("2", "x"), says("2", "y")];
    expect(() => runtime.replaceAgents(twice)).toThrow(new TypeError("a@2 is registered twice"));
    const wrong = {
      name: "No Way",
      version: "1",
      input: undefined,
      restartable: false,
      run: () => 1,
    };
    expect(() => runtime.replaceAgents([wrong])).toThrow('agent name "No Way"');
    expect(await result("a")).toBe("old");
  });

  it("no longer knows an agent that was taken away", async () => {
    const { runtime, result } = await embedded([says("1", "old")]);
    runtime.replaceAgents([]);
    await expect(result("a")).rejects.toMatchObject({ code: "AGENT_NOT_AVAILABLE" });
  });
});

/** §7.6 from the side of whoever looks on: `client.watch`, against our runtime and against a scripted one. */
import { describe, expect, it } from "vitest";
import { bearer, connect, createRuntime, defineAgent } from "../node.js";
import { memoryPair } from "../transports/memory.js";
import type { MemoryTransport } from "../transports/memory.js";
import { scriptedRuntime } from "../testing/index.js";
import type { Job } from "./index.js";
import { connected } from "./script.test-helper.js";

/** A runtime whose agent counts as far as it is told to, and another principal that may look. */
function bench(says: () => "allow" | "deny" | "hide" = () => "allow") {
  const steps: (() => void)[] = [];
  const counter = defineAgent<{ to: number }>({
    name: "counter",
    async run({ to }, ctx) {
      for (let at = 1; at <= to; at++) {
        await new Promise<void>((resolve) => steps.push(resolve));
        await ctx.log("info", String(at));
      }
      return { counted: to };
    },
  });
  const runtime = createRuntime({
    agents: [counter],
    auth: bearer({ mine: "me", theirs: "a colleague", nobody: "a stranger" }),
    policy: {
      observe: ({ identity }) => (identity.principal === "a colleague" ? says() : "hide"),
    },
  });
  const lines: MemoryTransport[] = [];
  const dial = async () => {
    const [end, other] = memoryPair();
    lines.push(end);
    runtime.accept(other);
    return end;
  };
  const step = async () => {
    while (steps.length === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    steps.shift()!();
  };
  return { runtime, dial, lines, step };
}

const said = async (job: Job): Promise<readonly unknown[]> => {
  const texts: unknown[] = [];
  for await (const event of job) if (event.kind === "log") texts.push(event.body.message);
  return texts;
};

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe("client.watch", () => {
  it("tells another principal what was, what happens, and how it ends", async () => {
    const { runtime, dial, step } = bench();
    const owner = await connect(dial, { token: "mine" });
    const job = await owner.submit("counter", { to: 3 });
    await step();
    const looker = await connect(dial, { token: "theirs" });
    const listed = await all(looker.jobs());
    expect(listed.map(({ job_id: id }) => id)).toEqual([job.id]);
    const watched = await looker.watch<{ counted: number }>(job.id, { from: 0 });
    expect(watched).toMatchObject({ id: job.id, agent: "counter@1.0.0", watched: true });
    expect(watched.status).toBe("running");
    const texts = said(watched);
    await step();
    await step();
    expect(await texts).toEqual(["1", "2", "3"]);
    expect(await watched.result()).toEqual({ counted: 3 });
    expect(watched.finalStatus).toBe("success");
    // It has ended, and may be watched again.
    const again = await looker.watch(job.id, { history: true });
    expect(await said(again)).toEqual(["1", "2", "3"]);
    await runtime.close();
  });

  it("WATCH-25: gives no authority to cancel, and hides from whom the policy hides", async () => {
    const { runtime, dial, step } = bench();
    const owner = await connect(dial, { token: "mine" });
    const job = await owner.submit("counter", { to: 1 });
    const looker = await connect(dial, { token: "theirs" });
    const watched = await looker.watch(job.id);
    await expect(watched.cancel()).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    const second = await connect(dial, { token: "mine" });
    const own = await second.watch(job.id);
    await expect(own.cancel()).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    const stranger = await connect(dial, { token: "nobody" });
    await expect(stranger.watch(job.id)).rejects.toMatchObject({ code: "JOB_NOT_FOUND" });
    await expect(stranger.cancel(job.id)).rejects.toMatchObject({ code: "JOB_NOT_FOUND" });
    expect(await all(stranger.jobs())).toEqual([]);
    await step();
    await job.result();
    await runtime.close();
  });

  it("goes on over a lost connection, without a gap", async () => {
    const { runtime, dial, lines, step } = bench();
    const owner = await connect(dial, { token: "mine" });
    const job = await owner.submit("counter", { to: 3 });
    await step();
    const gaps: unknown[] = [];
    const looker = await connect(dial, {
      token: "theirs",
      reconnect: { minDelayMs: 1, maxDelayMs: 1 },
      on: { gap: (gap) => gaps.push(gap) },
    });
    const watched = await looker.watch(job.id, { from: 0 });
    const texts = said(watched);
    void lines.at(-1)!.close();
    await step();
    await step();
    expect(await texts).toEqual(["1", "2", "3"]);
    expect(looker.session.resumed).toBe(1);
    expect(gaps).toEqual([]);
    await runtime.close();
  });

  it("WATCH-19: of a job that had ended it tells only that, without its history", async () => {
    const { runtime, dial, step } = bench();
    const owner = await connect(dial, { token: "mine" });
    const job = await owner.submit("counter", { to: 1 });
    await step();
    await job.result();
    const looker = await connect(dial, { token: "theirs" });
    const watched = await looker.watch(job.id);
    expect(watched.finalStatus).toBe("success");
    expect(await said(watched)).toEqual([]);
    await expect(watched.result()).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
    await runtime.close();
  });

  it("WATCH-22: close gives the subscription back, and the job goes on", async () => {
    const { runtime, dial, step } = bench();
    const owner = await connect(dial, { token: "mine" });
    const job = await owner.submit("counter", { to: 2 });
    const looker = await connect(dial, { token: "theirs" });
    const watched = await looker.watch(job.id);
    await step();
    for await (const event of watched) if (event.kind === "log") break;
    watched.close();
    await expect(watched.result()).rejects.toMatchObject({ code: "CLOSED" });
    const again = await looker.watch(job.id, { from: 0 });
    expect(again).not.toBe(watched);
    const texts = said(again);
    await step();
    expect(await texts).toEqual(["1", "2"]);
    expect(await job.result()).toEqual({ counted: 2 });
    await runtime.close();
  });

  it("is refused here what cannot be meant", async () => {
    const { client } = await connected();
    await expect(client.watch("")).rejects.toThrow("watch: give the id of a job");
    await expect(client.watch("job_1", { from: -1 })).rejects.toThrow(
      "watch: from must be a number",
    );
    // The script does not negotiate the feature.
    await expect(client.watch("job_1")).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    await client.close();
  });
});

describe("client.watch, of a job that may no longer be looked at", () => {
  it.each([
    ["deny", "PERMISSION_DENIED"],
    ["hide", "JOB_NOT_FOUND"],
  ] as const)("asks again: %s is %s, and allow another job", async (decision, code) => {
    let says: "allow" | typeof decision = "allow";
    const { runtime, dial, step } = bench(() => says);
    const owner = await connect(dial, { token: "mine" });
    const job = await owner.submit("counter", { to: 2 });
    await step();
    const looker = await connect(dial, { token: "theirs" });
    const watched = await looker.watch(job.id);
    expect(await looker.watch(job.id)).toBe(watched);
    says = decision;
    expect(await runtime.reviewWatches()).toBe(1);
    await expect(watched.result()).rejects.toMatchObject({ code });
    expect(await looker.openJobs()).toEqual([]);
    await expect(looker.watch(job.id)).rejects.toMatchObject({ code });
    says = "allow";
    const [again, same] = await Promise.all([looker.watch(job.id), looker.watch(job.id)]);
    expect(again).not.toBe(watched);
    expect(same).toBe(again);
    const texts = said(again);
    await step();
    expect(await texts).toEqual(["2"]);
    expect(await again.result()).toEqual({ counted: 2 });
    await expect(watched.result()).rejects.toMatchObject({ code });
    await runtime.close();
  });

  it("asks the policy, where a resume was the end of it", async () => {
    let says: "allow" | "hide" = "allow";
    const { runtime, dial, lines, step } = bench(() => says);
    const owner = await connect(dial, { token: "mine" });
    const job = await owner.submit("counter", { to: 2 });
    const looker = await connect(dial, {
      token: "theirs",
      reconnect: { minDelayMs: 1, maxDelayMs: 1 },
    });
    const watched = await looker.watch(job.id);
    says = "hide";
    void lines.at(-1)!.close();
    await step();
    await expect(watched.result()).rejects.toMatchObject({ code: "JOB_NOT_FOUND" });
    await expect(looker.watch(job.id)).rejects.toMatchObject({ code: "JOB_NOT_FOUND" });
    says = "allow";
    const texts = said(await looker.watch(job.id, { from: 0 }));
    await step();
    expect(await texts).toEqual(["1", "2"]);
    await runtime.close();
  });
});

describe("client.watch, whose answer was lost", () => {
  it("is asked again, and what came before the answer is told in order (W-33)", async () => {
    const script = scriptedRuntime();
    const capabilities = { encodings: ["json"], features: ["subscribe", "ack"], agents: [] };
    const opening = connect(script.dial, { reconnect: { minDelayMs: 0, maxDelayMs: 0 } });
    const first = await script.connection();
    await first.welcome("sess_1", { capabilities });
    const client = await opening;
    const watching = client.watch("job_1", { from: 0 });
    await first.next("job.subscribe");
    first.drop();
    const second = await script.connection();
    await second.welcome("sess_1", { capabilities });
    const request = await second.next("job.subscribe");
    second.event(1);
    second.send(
      "job.subscribed",
      {
        ...{ job_id: "job_1", request_id: request.id, current_status: "running" },
        ...{ agent: "a@1.0.0", lease: {}, subscribed_from: 7, replayed: false },
      },
      { job_id: "job_1" },
    );
    second.event(2);
    second.result(3);
    expect(await said(await watching)).toEqual(["e1", "e2"]);
    await client.close();
  });
});

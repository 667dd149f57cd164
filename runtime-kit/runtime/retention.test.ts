/** What is forgotten to make room, in which order, and what those are told whose it was. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { memoryStore } from "../stores/memory.js";
import type { Store } from "../stores/port.js";
import { sqlite } from "../stores/sqlite.js";
import { scriptedClient } from "../testing/index.js";
import type { SeenMessage } from "../testing/index.js";
import { memoryPair } from "../transports/memory.js";
import { createRuntime } from "./create.js";
import type { Runtime } from "./create.js";
import type { RuntimeLimits } from "./limits.js";
import { agentOf } from "./raw-client.test-helper.js";

const runtimeWith = (limits: Partial<RuntimeLimits>, store: Store = memoryStore()) =>
  createRuntime({
    limits,
    store,
    agents: [
      agentOf(async (input, ctx) => {
        const { events = 1, size = 10 } = (input ?? {}) as { events?: number; size?: number };
        for (let at = 0; at < events; at += 1) await ctx.log("info", "x".repeat(size));
        return "done";
      }),
    ],
  });

/** A client whose session can be told from the others, and what is listed of its principal's jobs. */
async function clientOf(runtime: Runtime, features: readonly string[] = ["ack", "list_jobs"]) {
  const client = scriptedClient(runtime, { principal: "me" });
  const welcome = await client.hello({ features });
  const done = async (input?: object) => {
    client.send("job.submit", { agent: "a", input });
    return (await client.next("job.result")) as SeenMessage & { readonly event_seq: number };
  };
  const listed = async () => {
    client.send("session.list_jobs", {});
    const { jobs } = (await client.next("session.jobs")).payload;
    return (jobs as { readonly job_id: string }[]).map(({ job_id: id }) => id);
  };
  const ack = (seq: number) => client.send("session.ack", { last_processed_seq: seq });
  return { client, welcome, done, listed, ack };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
}

describe("room", () => {
  it("ACK-05 is made by what was acknowledged, before what is older and was not", async () => {
    const runtime = runtimeWith({ maxFinishedJobs: 3 });
    const slow = await clientOf(runtime);
    const quick = await clientOf(runtime);
    const kept = await slow.done();
    const gone = await quick.done();
    quick.ack(gone.event_seq);
    await slow.done();
    await slow.done();
    const ids = await quick.listed();
    expect(ids).toHaveLength(3);
    expect(ids).toContain(kept.job_id);
    expect(ids).not.toContain(gone.job_id);
    await runtime.close();
  });

  it("ACK-06 W-38 is made by the session that is away longest, where nothing was acknowledged", async () => {
    const runtime = runtimeWith({ maxFinishedJobs: 3 });
    const [later, first, here] = [
      await clientOf(runtime),
      await clientOf(runtime),
      await clientOf(runtime),
    ];
    const [a, b] = [await later.done(), await first.done()];
    first.client.drop();
    await turns();
    later.client.drop();
    await turns();
    await here.done();
    await here.done();
    const ids = await here.listed();
    expect(ids).toContain(a.job_id);
    expect(ids).not.toContain(b.job_id);
    await runtime.close();
  });

  it("W-38 is made once a reader has taken the end that kept a job, not one job later", async () => {
    const runtime = runtimeWith({ maxFinishedJobs: 0 });
    const other = await clientOf(runtime);
    const [mine, theirs] = memoryPair({ mark: 1024 });
    runtime.accept(theirs, { principal: "me" });
    const say = (type: string, payload: object) =>
      void mine.send([JSON.stringify({ arcp: "1.1", id: type, type, payload })]);
    say("session.hello", { client: { name: "c", version: "1" } });
    say("job.submit", { agent: "a", input: { events: 100 } });
    await vi.waitFor(async () => {
      other.client.send("session.list_jobs", { filter: { status: ["success"] } });
      const { jobs } = (await other.client.next("session.jobs")).payload;
      expect(jobs).toHaveLength(1);
    });
    await turns();
    expect(await other.listed()).toHaveLength(1);
    for await (const frame of mine.incoming) {
      if ((JSON.parse(frame) as SeenMessage).type === "job.result") break;
    }
    await vi.waitFor(async () => expect(await other.listed()).toEqual([]));
    await runtime.close();
  });

  it("W-38 is made in the store by size, running jobs counted, and the resume is told the truth", async () => {
    const runtime = runtimeWith({ maxStoredBytes: 100_000 });
    const one = await clientOf(runtime);
    const { event_seq: last } = await one.done({ events: 60, size: 1_000 });
    const { session_id, payload } = one.welcome;
    one.client.drop();
    await turns();
    const two = await clientOf(runtime);
    await two.done({ events: 60, size: 1_000 });
    expect(await two.listed()).toHaveLength(1);
    const resume = { session_id, resume_token: payload["resume_token"], last_event_seq: last - 2 };
    const again = scriptedClient(runtime, { principal: "me" });
    await expect(again.hello({ features: ["ack", "list_jobs"], resume })).rejects.toThrow(
      /RESUME_WINDOW_EXPIRED/,
    );
    await runtime.close();
  });

  it("W-38 is made on the disc: the file of a store stays near what may be stored", async () => {
    const folder = mkdtempSync(join(tmpdir(), "arcp-retention-"));
    const path = join(folder, "store.db");
    const runtime = runtimeWith({ maxStoredBytes: 2_000_000 }, sqlite(path));
    await runtime.ready;
    const { done } = await clientOf(runtime);
    const report = () => done({ events: 40, size: 50_000 });
    for (let at = 0; at < 20; at += 1) await report();
    // 40 MB were reported. What is swept goes on between commits.
    await expect
      .poll(() => report().then(() => statSync(path).size), { timeout: 20_000 })
      .toBeLessThan(15_000_000);
    await runtime.close();
    expect(statSync(path).size).toBeLessThan(15_000_000);
    rmSync(folder, { recursive: true });
  });

  it("ends the running job that fills the store by itself, and no other", async () => {
    const runtime = runtimeWith({ maxStoredBytes: 4_000_000 });
    const { client, done } = await clientOf(runtime);
    client.send("job.submit", { agent: "a", input: { events: 100_000, size: 1_000 } });
    const { payload } = await client.next("job.error");
    expect(payload).toMatchObject({
      code: "INTERNAL_ERROR",
      retryable: false,
      details: { limit: "max_stored_bytes" },
    });
    await done();
    await runtime.close();
  });
});

/** What a runtime does when its store fails it, and what becomes of it in the next one. */
import { describe, expect, it } from "vitest";
import { connectWith } from "../client/connect.js";
import { StoreError } from "../stores/errors.js";
import { memoryStore } from "../stores/memory.js";
import type { Store } from "../stores/port.js";
import { memoryPair } from "../transports/memory.js";
import { readAll } from "../transports/contract.js";
import { bearer } from "./auth.js";
import { createRuntime } from "./create.js";
import { defineAgent } from "./define.js";
import { aborted, agentOf, rawClient } from "./raw-client.test-helper.js";

type Fault = "error" | "executed but reported failed";

/** Runtimes one after the other on a store that can be made to fail. */
function lives() {
  const inner = memoryStore();
  const starts: string[] = [];
  const aborts: unknown[] = [];
  let fault: Fault | undefined;
  const store: Store = {
    durable: true,
    async commit(batch) {
      if (fault !== "error") await inner.commit(batch);
      if (fault !== undefined) throw new Error("the disc reports an error");
    },
    readLog: (...args) => inner.readLog(...args),
    readRuns: (...args) => inner.readRuns(...args),
    load: () => inner.load(),
    close: async () => {},
  };
  const again = defineAgent({
    name: "again",
    restartable: true,
    run(input) {
      starts.push(String(input));
      return input;
    },
  });
  const waiting = agentOf(async (_input, ctx) => {
    ctx.signal.addEventListener("abort", () => aborts.push(ctx.signal.reason));
    return aborted(ctx);
  });
  const begin = () => {
    fault = undefined;
    return createRuntime({ agents: [again, waiting], auth: bearer({ tok: "me" }), store });
  };
  return { begin, starts, aborts, strike: (next: Fault) => (fault = next) };
}

describe.each(["error", "executed but reported failed"] as const)("a store with %s", (fault) => {
  it("G1 G2 stops the runtime: nothing more is said, every connection ends, and it is told", async () => {
    const { begin, strike, aborts } = lives();
    const runtime = begin();
    const client = await rawClient(runtime);
    await client.send("job.submit", { agent: "a" });
    await client.arrived("job.accepted");
    const before = client.seen.length;
    strike(fault);
    await client.send("job.submit", { agent: "again", input: 1 });
    expect(await runtime.failed).toMatchObject({ message: "the disc reports an error" });
    expect(await client.end()).toMatchObject({ code: 1011 });
    expect(client.seen).toHaveLength(before);
    expect(aborts).toMatchObject([{ code: "INTERNAL_ERROR", retryable: true }]);
    const [mine, theirs] = memoryPair();
    runtime.accept(theirs);
    expect((await readAll(mine)).closed.code).toBe(1011);
    await runtime.close();
  });

  it("G6 gives the outcome to a retry in the next runtime, and makes one job of it", async () => {
    const { begin, strike, starts } = lives();
    const runtime = begin();
    const client = await rawClient(runtime);
    strike(fault);
    const submit = { agent: "again", input: "once", idempotency_key: "k" };
    await client.send("job.submit", submit);
    await runtime.failed;
    const next = await rawClient(begin(), ["list_jobs"]);
    await next.send("job.submit", submit);
    const { payload } = await next.arrived("job.result");
    expect(payload["result"]).toBe("once");
    await next.send("session.list_jobs", {});
    expect((await next.arrived("session.jobs")).payload["jobs"]).toHaveLength(1);
    expect(starts).toEqual(["once"]);
  });

  it("W-33 lets our client go on by itself once there is a next runtime", async () => {
    const { begin, strike, starts } = lives();
    let runtime = begin();
    const connect = connectWith(() => (options) => runtime.dial("me")(options));
    await using client = await connect("ws://localhost", { reconnect: { minDelayMs: 1 } });
    strike(fault);
    const job = client.submit("again", "once");
    await runtime.failed;
    runtime = begin();
    expect(await (await job).result()).toBe("once");
    expect(starts).toEqual(["once"]);
  });
});

/** A store in which an entry of one job is not what was written, once it is damaged. */
function damaging() {
  const inner = memoryStore();
  let broken: { readonly job: string; readonly index: number } | undefined;
  const store: Store = {
    durable: true,
    commit: (batch) => inner.commit(batch),
    readRuns: (...args) => inner.readRuns(...args),
    load: () => inner.load(),
    close: async () => {},
    readLog(job, from, count, size) {
      const touched = job === broken?.job && from <= broken.index && broken.index < from + count;
      if (touched) return Promise.reject(new StoreError("DAMAGED", "not what was written"));
      return inner.readLog(job, from, count, size);
    },
  };
  return { store, damage: (job: string, index: number) => (broken = { job, index }) };
}

describe("a log of which one entry is damaged", () => {
  const three = agentOf(async (_input, ctx) => {
    for (const step of ["one", "two", "three"]) await ctx.log("info", step);
    return "done";
  });
  async function ended() {
    const { store, damage } = damaging();
    const runtime = createRuntime({ agents: [three], auth: bearer({ tok: "me" }), store });
    await using first = await connectWith(() => runtime.dial("me"))("ws://localhost");
    const jobs = [];
    for (const idempotencyKey of ["k1", "k2"]) {
      const job = await first.submit("a", undefined, { idempotencyKey });
      await job.result();
      jobs.push(job.id);
    }
    const [sick, well] = jobs;
    return { runtime, damage, sick: sick!, well: well! };
  }

  it("is told to who reads that job, and the session goes on for the others", async () => {
    const { runtime, damage, sick, well } = await ended();
    damage(sick, 2);
    const gaps: unknown[] = [];
    const reconnecting = () => expect.unreachable("the connection ended");
    const on = { gap: (gap: unknown) => gaps.push(gap), reconnecting };
    await using client = await connectWith(() => runtime.dial("me"))("ws://localhost", { on });
    const [job, other] = [
      await client.watch(sick, { from: 0 }),
      await client.watch(well, { from: 0 }),
    ];
    const seen: unknown[] = [];
    const read = async (): Promise<void> => {
      for await (const { kind, body } of job) if (kind === "log") seen.push(body.message);
    };
    const told = {
      code: "GAP",
      message: expect.stringContaining(`event 3 of job ${sick} is damaged`),
    };
    await expect(read()).rejects.toMatchObject(told);
    expect(seen).toEqual(["one", "two"]);
    await expect(job.result()).rejects.toMatchObject(told);
    expect(gaps).toMatchObject([{ reason: "unreadable", jobs: [sick], lastSeq: 2 }]);
    expect(await other.result()).toBe("done");
  });

  it("is told where the key is repeated and its end is what is damaged", async () => {
    const { runtime, damage, sick } = await ended();
    damage(sick, 3);
    await using client = await connectWith(() => runtime.dial("me"))("ws://localhost");
    const again = await client.submit("a", undefined, { idempotencyKey: "k1" });
    expect(again.id).toBe(sick);
    await expect(again.result()).rejects.toMatchObject({ code: "GAP" });
    const fresh = await client.submit("a");
    expect(await fresh.result()).toBe("done");
  });
});

/**
 * What cannot be seen on the wire: order of commit and send, waits, bounds, the end. What can be seen
 * there is the conformance suite's to test.
 */
import { describe, expect, it, vi } from "vitest";
import { testClock } from "../testing/index.js";
import type { SeenMessage } from "../testing/index.js";
import { memoryPair } from "../transports/memory.js";
import { ArcpError } from "../wire/errors.js";
import { bearer } from "./auth.js";
import type { AgentContext } from "./context.js";
import { createRuntime } from "./create.js";
import { agentOf, aborted, heldStore, rawClient, storeWith } from "./raw-client.test-helper.js";

describe("commit before send", () => {
  it("SUB-02 G1 says accepted only once the job is committed", async () => {
    const held = heldStore();
    const client = await rawClient({ agents: [agentOf(() => 1)], store: held.store });
    held.hold();
    client.send("job.submit", { agent: "a" });
    await vi.waitFor(() => expect(held.waiting()).toBe(1));
    await new Promise(setImmediate);
    expect(client.seen.some(({ type }) => type === "job.accepted")).toBe(false);
    held.release();
    await client.arrived("job.accepted");
    await client.arrived("job.result");
    await client.runtime.close();
  });

  it("EVT-02 G2 sends no event before its commit, and numbers each commit's events in one run", async () => {
    const held = heldStore();
    let go = () => {};
    const started = new Promise<void>((resolve) => (go = resolve));
    const client = await rawClient({
      store: held.store,
      agents: [
        agentOf(async (_input, ctx) => {
          await started;
          for (let at = 0; at < 100; at++) void ctx.log("info", `${at}`);
        }),
      ],
    });
    client.send("job.submit", { agent: "a" });
    await client.arrived("job.accepted");
    held.hold();
    go();
    await vi.waitFor(() => expect(held.waiting()).toBe(1));
    await new Promise(setImmediate);
    expect(client.seen.some(({ type }) => type === "job.event")).toBe(false);
    held.release();
    await client.arrived("job.result");
    const seqs = client.seen.flatMap((frame) => frame["event_seq"] ?? []);
    expect(seqs).toEqual(Array.from({ length: 101 }, (_, at) => at + 1));
    const runs = held.batches.flat().filter((write) => write.op === "run.append");
    expect(runs.length).toBeLessThan(5);
    await client.runtime.close();
  });

  it("CANCEL-07 acknowledges a cancel only once it is committed", async () => {
    const held = heldStore();
    const client = await rawClient({
      store: held.store,
      agents: [agentOf((_input, ctx) => aborted(ctx))],
    });
    client.send("job.submit", { agent: "a" });
    const { job_id } = await client.arrived("job.accepted");
    held.hold();
    client.send("job.cancel", { job_id });
    await vi.waitFor(() => expect(held.waiting()).toBe(1));
    await new Promise(setImmediate);
    expect(client.seen.some(({ type }) => type === "job.cancelled")).toBe(false);
    held.release();
    await client.arrived("job.error");
    const order = client.seen.map(({ type }) => type);
    expect(order.indexOf("job.cancelled")).toBeLessThan(order.indexOf("job.error"));
    await client.runtime.close();
  });

  it("W-17 never starts an agent whose job was cancelled while it was stored that it begins", async () => {
    const held = heldStore();
    const started: unknown[] = [];
    const agent = agentOf((input, ctx) => (started.push(input), aborted(ctx)));
    const limits = { maxRunningJobs: 1 };
    const client = await rawClient({ store: held.store, agents: [agent], limits });
    const ids = [];
    for (const input of ["first", "second"]) {
      client.send("job.submit", { agent: "a", input });
      ids.push((await client.arrived("job.accepted", ids.length + 1)).payload["job_id"]);
    }
    held.hold();
    client.send("job.cancel", { job_id: ids[0] });
    await vi.waitFor(() => expect(held.waiting()).toBe(1));
    // The end of the first makes room: the second is about to begin when it is cancelled.
    client.send("job.cancel", { job_id: ids[1] });
    client.send("session.ping", { nonce: "n" });
    await client.arrived("session.pong");
    held.release();
    expect((await client.arrived("job.error", 2)).payload["code"]).toBe("CANCELLED");
    expect(started).toEqual(["first"]);
    await client.runtime.close();
  });

  it("LIST tells of no job before it is committed", async () => {
    const held = heldStore();
    const client = await rawClient({ store: held.store, agents: [agentOf(() => 1)] }, [
      "list_jobs",
    ]);
    held.hold();
    client.send("job.submit", { agent: "a" });
    await vi.waitFor(() => expect(held.waiting()).toBe(1));
    client.send("session.list_jobs", {});
    client.send("session.ping", { nonce: "n" });
    await client.arrived("session.pong");
    expect(client.seen.some(({ type }) => type === "session.jobs")).toBe(false);
    held.release();
    expect((await client.arrived("session.jobs")).payload["jobs"]).toHaveLength(1);
    await client.runtime.close();
  });

  it("stops rather than say what it could not store", async () => {
    let broken = false;
    const store = storeWith((batch, inner) =>
      broken ? Promise.reject(new Error("disk full")) : inner.commit(batch),
    );
    const client = await rawClient({ agents: [agentOf(() => 1)], store });
    broken = true;
    client.send("job.submit", { agent: "a" });
    expect(await client.end()).toMatchObject({ code: 1011 });
    expect(client.seen.map(({ type }) => type)).toEqual(["session.welcome"]);
  });
});

describe("an agent's context", () => {
  it("makes an agent that awaits wait for its slow reader, and lets it go on", async () => {
    let emitted = 0;
    const client = await rawClient({
      agents: [
        agentOf(async (_input, ctx) => {
          for (; emitted < 20_000; emitted++) await ctx.log("info", "x".repeat(200));
        }),
      ],
    });
    // The raw client reads at once; a second one never does.
    const [stuck, theirs] = memoryPair({ mark: 4096 });
    client.runtime.accept(theirs, { principal: "slow" });
    const say = (type: string, payload: object) =>
      stuck.send([JSON.stringify({ arcp: "1.1", id: type, type, payload })]);
    void say("session.hello", { client: { name: "slow", version: "1" } });
    void say("job.submit", { agent: "a" });
    let last = -1;
    await vi.waitFor(
      () => {
        const now = emitted;
        const still = now === last && now > 0;
        last = now;
        expect(still).toBe(true);
      },
      { interval: 50, timeout: 10_000 },
    );
    expect(emitted).toBeLessThan(10_000);
    let received = 0;
    for await (const frame of stuck.incoming) {
      received += 1;
      if ((JSON.parse(frame) as SeenMessage).type === "job.result") break;
    }
    expect(received).toBe(20_000 + 3);
    await client.runtime.close();
  });

  it("SEC-26 SEC-27 ends an agent that reports without end and never waits, and says so", async () => {
    let thrown: unknown;
    const client = await rawClient({
      agents: [
        agentOf((_input, ctx) => {
          try {
            for (;;) void ctx.log("info", "flood");
          } catch (error) {
            thrown = error;
            throw error;
          }
        }),
      ],
    });
    client.send("job.submit", { agent: "a" });
    const { payload } = await client.arrived("job.error");
    expect(payload).toMatchObject({ code: "INTERNAL_ERROR", retryable: false });
    expect(ArcpError.is(thrown, "INTERNAL_ERROR")).toBe(true);
    await client.runtime.close();
  });

  it("closes every door once the job has ended", async () => {
    let kept: AgentContext | undefined;
    const client = await rawClient({
      agents: [
        agentOf((_input, ctx) => {
          kept = ctx;
        }),
      ],
    });
    client.send("job.submit", { agent: "a", lease_request: { "tool.call": ["**"] } });
    await client.arrived("job.result");
    await expect(kept!.log("info", "late")).rejects.toThrow(/ended/);
    await expect(kept!.tool("t", {}, () => 1)).rejects.toThrow(/ended/);
    await expect(kept!.authorize("tool.call", "t")).rejects.toThrow(/ended/);
    await expect(kept!.stream(["x"])).rejects.toThrow(/ended/);
    await client.runtime.close();
  });

  it("CANCEL-19 G5 authorises nothing after the cancel was acknowledged, even for an agent that goes on", async () => {
    const doors: unknown[] = [];
    const client = await rawClient({
      limits: { cancelGraceMs: 60_000 },
      agents: [
        agentOf(async (_input, ctx) => {
          await aborted(ctx).catch(() => {});
          doors.push(await ctx.authorize("tool.call", "t").catch((error: unknown) => error));
          doors.push(await ctx.tool("t", {}, () => "done").catch((error: unknown) => error));
        }),
      ],
    });
    client.send("job.submit", { agent: "a", lease_request: { "tool.call": ["**"] } });
    const { job_id } = await client.arrived("job.accepted");
    client.send("job.cancel", { job_id });
    await client.arrived("job.error");
    expect(doors.map((door) => ArcpError.is(door, "CANCELLED"))).toEqual([true, true]);
    await client.runtime.close();
  });

  it("CANCEL-18 has released the lease of a job that it ended, whatever its agent still holds", async () => {
    const clock = testClock();
    let leave = () => {};
    const left = new Promise<void>((resolve) => (leave = resolve));
    let tell = (_outcome: unknown): void => {};
    const outcome = new Promise<unknown>((resolve) => (tell = resolve));
    const client = await rawClient({
      clock,
      limits: { cancelGraceMs: 1_000 },
      agents: [
        agentOf(async (_input, ctx) => {
          await ctx.authorize("tool.call", "t");
          await left;
          tell(await ctx.authorize("tool.call", "t").catch((error: unknown) => error));
        }),
      ],
    });
    client.send("job.submit", { agent: "a", lease_request: { "tool.call": ["**"] } });
    const { job_id } = await client.arrived("job.accepted");
    client.send("job.cancel", { job_id });
    await client.arrived("job.cancelled");
    await clock.advance(1_000);
    await client.arrived("job.error");
    leave();
    expect(ArcpError.is(await outcome, "CANCELLED")).toBe(true);
    await client.runtime.close();
  });

  it("KIND-01 gives each call of a tool an id of its own, also of calls at the same time", async () => {
    const client = await rawClient({
      agents: [
        agentOf(async (_input, ctx) => {
          await Promise.all([1, 2].map((n) => ctx.tool("t", { same: true }, () => n)));
          await ctx.tool("t", { same: true }, () => 3);
        }),
      ],
    });
    client.send("job.submit", { agent: "a", lease_request: { "tool.call": ["t"] } });
    await client.arrived("job.result");
    const idsOf = (kind: string) =>
      client.seen
        .filter(({ payload }) => payload["kind"] === kind)
        .map(({ payload }) => (payload["body"] as { readonly call_id: string }).call_id);
    expect(new Set(idsOf("tool_call")).size).toBe(3);
    expect(idsOf("tool_result").sort()).toEqual(idsOf("tool_call").sort());
    await client.runtime.close();
  });

  it("refuses costs, budgets and placeholders that are not the agent's to report", async () => {
    const refused: unknown[] = [];
    const client = await rawClient({
      agents: [
        agentOf((_input, ctx) => {
          for (const report of [
            () => ctx.metric("cost.x", -1, "USD"),
            () => ctx.metric("cost.x", Number.NaN, "USD"),
            () => ctx.metric("cost.budget.remaining", 5, "USD"),
            () => ctx.progress(-1),
            () => ctx.emit("result_chunk", {} as never),
            () => ctx.emit("x-vendor.a.b", { big: 1n }),
            () => ctx.emit("x-vendor.arcp.withheld", {}),
            () => ctx.emit("x-vendor.arcp.unreadable", {}),
            () => (ctx.emit as (kind: string, body: object) => unknown)("made-up", {}),
          ]) {
            try {
              void report();
            } catch (error) {
              refused.push(error);
            }
          }
          return refused.length;
        }),
      ],
    });
    client.send("job.submit", { agent: "a" });
    const { payload } = await client.arrived("job.result");
    expect(payload["result"]).toBe(9);
    expect(refused.every((error) => ArcpError.is(error, "INVALID_REQUEST"))).toBe(true);
    await client.runtime.close();
  });
});

describe("limits", () => {
  it("SERR-09 runs so many at a time, keeps so many waiting, and refuses the next, retryable", async () => {
    const release: (() => void)[] = [];
    const client = await rawClient({
      limits: { maxRunningJobs: 1, maxPendingJobs: 1 },
      agents: [agentOf(() => new Promise<void>((resolve) => release.push(resolve)))],
    });
    for (let at = 0; at < 3; at++) client.send("job.submit", { agent: "a" });
    const { payload } = await client.arrived("session.error");
    expect(payload).toMatchObject({
      code: "INTERNAL_ERROR",
      retryable: true,
      details: { limit: "max_pending_jobs" },
    });
    expect(release).toHaveLength(1);
    release[0]!();
    await vi.waitFor(() => expect(release).toHaveLength(2));
    release[1]!();
    await client.arrived("job.result", 2);
    await client.runtime.close();
  });

  it("a slot is free when its job has ended, though the agent runs on", async () => {
    let started = 0;
    const client = await rawClient({
      limits: { maxRunningJobs: 1, cancelGraceMs: 0 },
      agents: [
        agentOf(() => {
          started += 1;
          return new Promise(() => {});
        }),
      ],
    });
    client.send("job.submit", { agent: "a" });
    const { job_id } = await client.arrived("job.accepted");
    client.send("job.submit", { agent: "a" });
    await client.arrived("job.accepted", 2);
    client.send("job.cancel", { job_id });
    await client.arrived("job.error");
    await vi.waitFor(() => expect(started).toBe(2));
    await client.runtime.close();
  });
});

describe("the end", () => {
  it("LIFE-13 lets jobs end while it drains, ends the others retryable, then closes", async () => {
    let finish = () => {};
    const clock = testClock();
    const client = await rawClient({
      clock,
      agents: [
        agentOf((input, ctx) =>
          input === "quick" ? new Promise<void>((resolve) => (finish = resolve)) : aborted(ctx),
        ),
      ],
    });
    client.send("job.submit", { agent: "a", input: "quick" });
    client.send("job.submit", { agent: "a", input: "stuck" });
    await client.arrived("job.accepted", 2);
    const closed = client.runtime.close({ drainMs: 300 });
    client.send("job.submit", { agent: "a" });
    finish();
    await client.arrived("job.result");
    await clock.advance(300);
    const { payload } = await client.arrived("job.error");
    expect(payload).toMatchObject({ code: "INTERNAL_ERROR", retryable: true });
    await closed;
    expect(await client.end()).toMatchObject({ code: 1001 });
    const refused = client.seen.find(({ type }) => type === "session.error");
    expect(refused?.payload).toMatchObject({ retryable: true, details: { limit: "draining" } });
  });
});

describe("auth", () => {
  it("AUTH-06 AUTH-09 a verifier that throws is nobody's, and may be asked again", async () => {
    const runtime = createRuntime({
      auth: () => {
        throw new Error("database password is hunter2");
      },
    });
    const [mine, theirs] = memoryPair();
    runtime.accept(theirs);
    await mine.send([
      JSON.stringify({
        arcp: "1.1",
        id: "m1",
        type: "session.hello",
        payload: { client: { name: "c", version: "1" }, auth: { scheme: "bearer", token: "x" } },
      }),
    ]);
    const frames: string[] = [];
    for await (const frame of mine.incoming) frames.push(frame);
    expect(frames).toHaveLength(1);
    expect(JSON.parse(frames[0]!)).toMatchObject({
      payload: { code: "UNAUTHENTICATED", retryable: true, request_id: "m1" },
    });
    expect(frames[0]).not.toContain("hunter2");
  });

  it("bearer knows its tokens and no others", async () => {
    const verify = bearer({ a: "alice", b: "bob" });
    expect(await verify("a")).toBe("alice");
    expect(await verify("b")).toBe("bob");
    for (const token of ["", "c", "aa", "__proto__"]) expect(await verify(token)).toBeUndefined();
  });
});

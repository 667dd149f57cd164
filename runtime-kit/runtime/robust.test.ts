/** What agents, stores and peers may do without the runtime, or anyone else in it, suffering for it. */
import { describe, expect, it, vi } from "vitest";
import { connectWith } from "../client/connect.js";
import { scriptedClient, testClock } from "../testing/index.js";
import { memoryPair } from "../transports/memory.js";
import { ArcpError } from "../wire/errors.js";
import { bearer } from "./auth.js";
import type { AgentContext } from "./context.js";
import { createRuntime } from "./create.js";
import { defineAgent } from "./define.js";
import { aborted, agentOf, heldStore, rawClient, storeWith } from "./raw-client.test-helper.js";

const connect = connectWith(() => {
  throw new Error("by dial only");
});

describe("an agent", () => {
  it("that waits reports one group ahead of the store, and no further", async () => {
    const { store, batches, hold, release, waiting } = heldStore();
    let reported = 0;
    let go = () => {};
    const client = await rawClient({
      store,
      agents: [
        agentOf(async (_input, ctx) => {
          await new Promise<void>((resolve) => (go = resolve));
          for (; reported < 2000; reported++) await ctx.log("info", "x");
        }),
      ],
    });
    client.send("job.submit", { agent: "a" });
    await client.arrived("job.accepted");
    hold();
    go();
    await vi.waitFor(() => expect(waiting()).toBe(1));
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    // The first group is with the store, the second is collected; the agent waits within the call that filled it.
    expect(reported).toBe(511);
    expect(client.seen.some(({ type }) => type === "job.event")).toBe(false);
    release();
    await client.arrived("job.result");
    const sizes = batches.flatMap((batch) =>
      batch.flatMap((write) => (write.op === "log.append" ? [write.entries.length] : [])),
    );
    expect(Math.max(...sizes)).toBe(256);
    await client.runtime.close();
  });

  it.each([
    [
      "details that are no JSON",
      () => new ArcpError("PERMISSION_DENIED", "x", { details: { big: 1n } }),
    ],
    ["an object without a prototype", () => Object.create(null) as unknown],
    ["undefined", () => undefined],
    ["a message longer than a frame", () => new Error("x".repeat(3_000_000))],
  ])("that throws %s ends its own job only, and its slot is free", async (_name, thrown) => {
    const client = await rawClient({
      limits: { maxRunningJobs: 1 },
      agents: [
        agentOf((input) => {
          if (input !== "fine") throw thrown();
        }),
      ],
    });
    client.send("job.submit", { agent: "a" });
    client.send("job.submit", { agent: "a", input: "fine" });
    const failed = await client.arrived("job.error");
    expect(JSON.stringify(failed).length).toBeLessThan(100_000);
    await client.arrived("job.result");
    await client.runtime.close();
  });

  it("that reports after its end, unasked or in an abort listener, harms nobody", async () => {
    let kept: AgentContext | undefined;
    const heard: unknown[] = [];
    const client = await rawClient({
      agents: [
        agentOf((_input, ctx) => {
          kept = ctx;
          ctx.signal.addEventListener("abort", () => void ctx.log("info", "bye"));
          return aborted(ctx);
        }),
      ],
    });
    client.send("job.submit", { agent: "a", max_runtime_sec: 0.01 });
    await client.arrived("job.error");
    void kept!.log("info", "nobody awaits this");
    await kept!.progress(1).catch((error: unknown) => heard.push(error));
    expect(heard).toMatchObject([{ code: "CANCELLED" }]);
    await client.runtime.close();
  });

  it("cannot put into the log what is not JSON", async () => {
    const refused: unknown[] = [];
    const client = await rawClient({
      agents: [
        agentOf((_input, ctx) => {
          for (const body of [undefined, null, 7, "text", [], { toJSON: () => 7 }]) {
            try {
              void ctx.emit("x-vendor.a.b", body as never);
            } catch (error) {
              refused.push(error);
            }
          }
          return refused.length;
        }),
      ],
    });
    client.send("job.submit", { agent: "a" });
    expect((await client.arrived("job.result")).payload["result"]).toBe(6);
    await client.runtime.close();
  });

  it("gets its tool's own error, and the client a result, however long that error is", async () => {
    const error = new Error("y".repeat(2_000_000));
    let caught: unknown;
    const client = await rawClient({
      agents: [
        agentOf(async (_input, ctx) => {
          await ctx
            .tool("t", {}, () => {
              throw error;
            })
            .catch((thrown: unknown) => (caught = thrown));
        }),
      ],
    });
    client.send("job.submit", { agent: "a", lease_request: { "tool.call": ["t"] } });
    await client.arrived("job.result");
    expect(caught).toBe(error);
    const kinds = client.seen.flatMap(({ payload }) => payload["kind"] ?? []);
    expect(kinds).toEqual(["tool_call", "tool_result"]);
    await client.runtime.close();
  });

  it("may cut a character in two between two pieces of its stream", async () => {
    const halves = ["a\ud83d", "\ude00b", new Uint8Array([1]), "\ud83d", "\ude00"];
    const agent = defineAgent({ name: "a", run: (_input, ctx) => ctx.stream(halves.slice(0, 2)) });
    const runtime = createRuntime({ agents: [agent] });
    const client = await connect(runtime.dial());
    expect(await (await client.submit("a")).result()).toBe("a\ud83d\ude00b");
    await client.close();
    await runtime.close();
  });
});

describe("a store", () => {
  it("that refuses a commit ends the runtime: agents are told, newcomers closed, close() returns", async () => {
    let broken = false;
    const store = storeWith((batch, inner) =>
      broken ? Promise.reject(new Error("disk full")) : inner.commit(batch),
    );
    let reason: unknown;
    const client = await rawClient({
      store,
      agents: [agentOf((_input, ctx) => aborted(ctx).catch((error: unknown) => (reason = error)))],
    });
    client.send("job.submit", { agent: "a" });
    await client.arrived("job.accepted");
    broken = true;
    client.send("job.submit", { agent: "a" });
    expect(await client.end()).toMatchObject({ code: 1011 });
    await vi.waitFor(() => expect(ArcpError.is(reason, "INTERNAL_ERROR")).toBe(true));
    const [mine, theirs] = memoryPair();
    client.runtime.accept(theirs);
    const late = mine.incoming[Symbol.asyncIterator]();
    expect(await late.next()).toMatchObject({ done: true, value: { code: 1011 } });
    await client.runtime.close();
  });

  it("CANCEL-07 that shows a batch before it says so cannot make a terminal overtake the acknowledgement", async () => {
    let slow = false;
    let letGo = () => {};
    const store = storeWith(async (batch, inner) => {
      await inner.commit(batch);
      if (slow) await new Promise<void>((resolve) => (letGo = resolve));
    });
    const client = await rawClient({
      store,
      limits: { maxRunningJobs: 1 },
      agents: [
        agentOf(async (_input, ctx) => {
          for (let at = 0; at < 3; at++) await ctx.log("info", "x");
          return aborted(ctx);
        }),
      ],
    });
    client.send("job.submit", { agent: "a" });
    client.send("job.submit", { agent: "a" });
    const { job_id } = await client.arrived("job.accepted", 2);
    slow = true;
    client.send("job.cancel", { job_id });
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    expect(client.seen.some(({ type }) => type === "job.error")).toBe(false);
    slow = false;
    letGo();
    await client.arrived("job.error");
    const order = client.seen.map(({ type }) => type);
    expect(order.indexOf("job.cancelled")).toBeLessThan(order.indexOf("job.error"));
    await client.runtime.close();
  });
});

describe("a peer", () => {
  it("SERR-09 W-38 that opens session after session makes room by those it has closed", async () => {
    const runtime = createRuntime({
      auth: bearer({ tok: "me" }),
      limits: { maxSessionsPerPrincipal: 2 },
      agents: [agentOf(() => 1)],
    });
    for (let at = 0; at < 6; at++) {
      const client = await rawClient(runtime);
      client.send("job.submit", { agent: "a" });
      await client.arrived("job.result");
      client.send("session.close", {});
      await client.end();
    }
    await runtime.close();
  });

  it("CLOSE-02 that closes its session gets its goodbye, though others need the room", async () => {
    const held = heldStore();
    const runtime = createRuntime({
      auth: bearer({ tok: "me" }),
      agents: [agentOf(() => 1)],
      store: held.store,
      limits: { maxSessionsPerPrincipal: 1 },
    });
    const client = await rawClient(runtime);
    const busy = scriptedClient(runtime, { principal: "somebody else" });
    await busy.hello();
    held.hold();
    busy.send("job.submit", { agent: "a" });
    await vi.waitFor(() => expect(held.waiting()).toBe(1));
    client.send("session.close", {});
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    const other = scriptedClient(runtime);
    const refused = await other.hello({ token: "tok" }).catch((error: unknown) => String(error));
    expect(refused).toContain("max_sessions_per_principal");
    held.release();
    await client.arrived("session.closed");
    await client.end();
    await rawClient(runtime);
    await runtime.close();
  });

  it("HB-07 that pings but does not read is not given up for the silence that is our doing", async () => {
    const clock = testClock();
    let begun = () => {};
    const begins = new Promise<void>((resolve) => (begun = resolve));
    const runtime = createRuntime({
      clock,
      limits: { heartbeatMs: 1000 },
      agents: [
        agentOf(async (_input, ctx) => {
          begun();
          for (let at = 0; at < 2000; at++) await ctx.log("info", "z".repeat(300));
        }),
      ],
    });
    const [mine, theirs] = memoryPair({ mark: 2048 });
    runtime.accept(theirs, { principal: "me" });
    let id = 0;
    const say = (type: string, payload: object) =>
      void mine.send([JSON.stringify({ arcp: "1.1", id: `m${id++}`, type, payload })]);
    say("session.hello", {
      client: { name: "c", version: "1" },
      capabilities: { features: ["heartbeat"] },
    });
    say("job.submit", { agent: "a" });
    // Before that the platform's cryptography is at work, which takes no time of this clock.
    await begins;
    // Ten intervals in which it says something all the time, and reads nothing.
    for (let at = 0; at < 40; at++) {
      await clock.advance(250);
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
      say("session.ping", { nonce: `n${at}` });
    }
    let last = "";
    for await (const frame of mine.incoming) {
      last = (JSON.parse(frame) as { type: string }).type;
      if (last === "job.result") break;
    }
    expect(last).toBe("job.result");
    await clock.advance(10);
    await runtime.close();
  });

  it("SUB-01 CLOSE-02 that says goodbye right after a submit gets both answers, in order", async () => {
    let ran = 0;
    const client = await rawClient({ agents: [agentOf(() => (ran += 1))] });
    client.send("job.submit", { agent: "a" });
    client.send("session.close", {});
    await client.end();
    const types = client.seen.map(({ type }) => type);
    expect(types.indexOf("job.accepted")).toBeGreaterThan(0);
    expect(types.indexOf("job.accepted")).toBeLessThan(types.indexOf("session.closed"));
    expect(types.at(-1)).toBe("session.closed");
    expect(ran).toBe(1);
    await client.runtime.close();
  });

  it("RES-05 that resumes its own session on its own connection is refused, and keeps it", async () => {
    const client = await rawClient({ agents: [] });
    const { session_id, payload } = await client.arrived("session.welcome");
    const resume = { session_id, resume_token: payload["resume_token"], last_event_seq: 0 };
    client.send("session.resume", resume);
    expect((await client.arrived("session.error")).payload["code"]).toBe("INVALID_REQUEST");
    client.send("session.ping", { nonce: "still here" });
    await client.arrived("session.pong");
    await client.runtime.close();
  });

  it("that submits faster than submits are looked at is not read on", async () => {
    let looking = 0;
    let most = 0;
    const open: (() => void)[] = [];
    const schema = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: async (value: unknown) => {
          looking += 1;
          await new Promise<void>((resolve) => open.push(resolve));
          return { value };
        },
      },
    } as const;
    const agent = defineAgent({ name: "a", input: schema, run: () => 1 });
    const client = await rawClient({ agents: [agent] });
    const sent = Array.from({ length: 100 }, () => client.send("job.submit", { agent: "a" }));
    await Promise.all(sent);
    client.send("session.ping", { nonce: "n" });
    await vi.waitFor(() => expect(open.length).toBe(1));
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    expect(client.seen.some(({ type }) => type === "session.pong")).toBe(false);
    while (client.seen.filter(({ type }) => type === "job.accepted").length < 100) {
      most = Math.max(most, open.length);
      for (const resolve of open.splice(0)) resolve();
      await new Promise(setImmediate);
    }
    expect(most).toBe(1);
    expect(looking).toBe(100);
    await client.arrived("session.pong");
    await client.runtime.close();
  });

  it("AUTH-06 AUTH-09 whose token a verifier hangs over is refused in time, and leaves its place", async () => {
    const runtime = createRuntime({
      auth: () => new Promise(() => {}),
      limits: { helloDeadlineMs: 20, maxUnauthenticated: 1 },
    });
    for (let at = 0; at < 3; at++) {
      const [mine, theirs] = memoryPair();
      runtime.accept(theirs);
      const payload = {
        client: { name: "c", version: "1" },
        auth: { scheme: "bearer", token: "t" },
      };
      void mine.send([JSON.stringify({ arcp: "1.1", id: "m", type: "session.hello", payload })]);
      const frames: string[] = [];
      for await (const frame of mine.incoming) frames.push(frame);
      expect(JSON.parse(frames[0]!)).toMatchObject({
        payload: { code: "UNAUTHENTICATED", retryable: true },
      });
      await new Promise(setImmediate);
    }
    await runtime.close();
  });
});

describe("the end", () => {
  it("a drain lets a job end whose acceptance is still being committed", async () => {
    const held = heldStore();
    const client = await rawClient({ agents: [agentOf(() => 1)], store: held.store });
    held.hold();
    client.send("job.submit", { agent: "a" });
    await vi.waitFor(() => expect(held.waiting()).toBe(1));
    const closed = client.runtime.close({ drainMs: 10_000 });
    held.release();
    await client.arrived("job.result");
    await closed;
  });

  it("SEC-33 a job is forgotten when its retention is over, and not before it is stored", async () => {
    const clock = testClock();
    const limits = { retentionMs: 60_000 };
    const client = await rawClient({ agents: [agentOf(() => 1)], clock, limits }, ["list_jobs"]);
    const listed = async (count: number) => {
      client.send("session.list_jobs", {});
      return (await client.arrived("session.jobs", count)).payload["jobs"];
    };
    client.send("job.submit", { agent: "a" });
    await client.arrived("job.result");
    await clock.advance(59_999);
    expect(await listed(1)).toHaveLength(1);
    await clock.advance(1);
    expect(await listed(2)).toEqual([]);
    await client.runtime.close();
  });

  it.each([
    ["jobs", { maxFinishedJobs: 3 }],
    ["bytes of log", { maxFinishedBytes: 500 }],
  ])("keeps no more %s of finished jobs than it may", async (_name, limits) => {
    const client = await rawClient({ agents: [agentOf(() => "r".repeat(30))], limits }, [
      "list_jobs",
    ]);
    for (let at = 1; at <= 6; at++) {
      client.send("job.submit", { agent: "a" });
      await client.arrived("job.result", at);
    }
    client.send("session.list_jobs", {});
    const { payload } = await client.arrived("session.jobs");
    expect(payload["jobs"]).toHaveLength(3);
    await client.runtime.close();
  });
});

import { describe, expect, it } from "vitest";
import { ArcpError, createRuntime, defineAgent } from "../node.js";
import { decode } from "../wire/decode.js";
import {
  message,
  scriptedClient,
  scriptedRuntime,
  seededEntropy,
  testAgent,
  testClock,
} from "./index.js";

describe("testClock", () => {
  it("runs timers in the order of their times, each at its own, and what they set off before the next", async () => {
    const clock = testClock({ wall: 1_000 });
    const ran: unknown[] = [];
    const note = (name: string) => () => ran.push([name, clock.monotonic(), clock.wall()]);
    clock.timer(20, note("b"));
    clock.timer(10, () => {
      note("a")();
      void Promise.resolve().then(() => clock.timer(15, note("between")));
    });
    clock.timer(10, note("a, too"));
    clock.timer(31, note("never"));
    clock.timer(30, note("cancelled"))();
    await clock.advance(30);
    expect(ran).toEqual([
      ["a", 10, 1_010],
      ["a, too", 10, 1_010],
      ["between", 15, 1_015],
      ["b", 20, 1_020],
    ]);
    expect(clock.monotonic()).toBe(30);
    await expect(clock.advance(-1)).rejects.toThrow(RangeError);
  });

  it("runs what is due already without being moved, never within the call, unless it is cancelled", async () => {
    const clock = testClock();
    const ran: string[] = [];
    clock.timer(0, () => ran.push("due"));
    clock.timer(0, () => ran.push("cancelled"))();
    expect(ran).toEqual([]);
    await clock.advance(0);
    expect(ran).toEqual(["due"]);
  });
});

describe("seededEntropy", () => {
  it("gives the same for the same seed, and bytes of all kinds", () => {
    const bytes = seededEntropy(7)(4096);
    expect(seededEntropy(7)(4096)).toEqual(bytes);
    expect(seededEntropy(8)(4096)).not.toEqual(bytes);
    expect(new Set(bytes).size).toBe(256);
  });
});

describe("message", () => {
  it("makes what decode takes", () => {
    const envelope = { session_id: "sess_1" };
    const text = JSON.stringify(message("job.cancel", { job_id: "job_1" }, envelope));
    expect(decode(text)).toMatchObject({ ok: true, known: true, message: { job_id: "job_1" } });
  });
});

describe("testAgent", () => {
  const reader = defineAgent<string>({
    name: "reader",
    run: (path, ctx) => ctx.tool("fs.read", { path }, () => "from the disc"),
  });

  it("gives the same events in each run", async () => {
    const run = async () => {
      const it = await testAgent(reader, "/a", { lease: { "fs.read": ["/**"] } });
      expect(await it.result()).toBe("from the disc");
      return it.events;
    };
    const events = await run();
    expect(events.map(({ kind }) => kind)).toEqual(["tool_call", "tool_result"]);
    expect(await run()).toEqual(events);
  });

  it("asks the lease before the stub of a tool", async () => {
    const asked: unknown[] = [];
    const tools = { "fs.read": (...args: unknown[]) => (asked.push(args), "from the stub") };
    const lease = { "fs.read": ["/a/*"] };
    const allowed = await testAgent(reader, "/a/b", { lease, tools });
    expect(await allowed.result()).toBe("from the stub");
    expect(asked).toEqual([[{ path: "/a/b" }, { namespace: "fs.read", target: "/a/b" }]]);
    const refused = await testAgent(reader, "/b", { lease, tools });
    await expect(refused.result()).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    expect(refused.status).toBe("error");
    expect(asked).toHaveLength(1);
  });

  it("hands out the credentials that a test names", async () => {
    const agent = defineAgent({
      name: "caller",
      run: (_input, ctx) =>
        ctx.credentials.map(({ id, endpoint, value }) => [id, endpoint, value.length]),
    });
    const credentials = [
      { id: "llm", value: "a-key-of-this-test" },
      { id: "files", value: "12345678", endpoint: "https://files.example.com/" },
    ];
    const run = await testAgent(agent, null, { credentials });
    expect(await run.result()).toEqual([
      ["llm", "https://example.com", 18],
      ["files", "https://files.example.com/", 8],
    ]);
  });

  it("rejects what no job comes of", async () => {
    const input = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: () => ({ issues: [{ message: "no" }] }),
      },
    } as const;
    const picky = defineAgent({ name: "picky", input, run: () => 1 });
    await expect(testAgent(picky, 1)).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    const lease = { "x-vendor.acme.gpu": ["*"] };
    await expect(testAgent(reader, "/a", { lease })).rejects.toSatisfy((e) => ArcpError.is(e));
  });

  it("waits for events in their order, and says when none will come", async () => {
    const agent = defineAgent({
      name: "a",
      async run(_input, ctx) {
        ctx.log("info", "one");
        ctx.status("reading");
        ctx.emit("x-vendor.acme.thing", { n: 1 });
        await ctx.log("info", "two");
      },
    });
    const run = await testAgent(agent);
    expect((await run.event("log")).body.message).toBe("one");
    expect((await run.event("x-vendor.acme.thing")).body).toEqual({ n: 1 });
    expect((await run.event("log")).body.message).toBe("two");
    await expect(run.event("log")).rejects.toThrow("ended (success) without another log");
    expect(run.bodies("log")).toHaveLength(2);
    expect(run.bodies("x-vendor.acme.thing")).toEqual([{ n: 1 }]);
  });

  it("puts a streamed result together", async () => {
    const agent = defineAgent({ name: "a", run: (_input, ctx) => ctx.stream(["ab", "cd"]) });
    expect(await (await testAgent(agent)).result()).toBe("abcd");
  });
});

describe("scripted peers", () => {
  it("say what came last when they wait in vain", async () => {
    const runtime = createRuntime();
    const client = scriptedClient(runtime);
    const refused = client.hello();
    await expect(refused).rejects.toThrow(
      /1008.* before session\.welcome.*session\.error.*UNAUTH/s,
    );
    await expect(client.until(() => false)).rejects.toThrow(/before what was waited for/);
    await runtime.close();
  });

  it("hand out connections in the order in which they were opened", async () => {
    const runtime = scriptedRuntime();
    const first = runtime.connection();
    await runtime.dial({});
    await runtime.dial({});
    expect([await first, await runtime.connection()]).toEqual(runtime.connections);
    runtime.unreachable = true;
    await expect(runtime.dial({})).rejects.toMatchObject({ code: "UNREACHABLE" });
    expect(runtime.dials).toBe(3);
  });
});

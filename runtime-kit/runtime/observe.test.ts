/** §7.6, §14.3 (W-20): who may look at whose jobs, what that is no authority for, and what it costs nobody else. */
import { describe, expect, it, vi } from "vitest";
import { memoryStore } from "../stores/memory.js";
import { testClock } from "../testing/index.js";
import type { SeenMessage } from "../testing/index.js";
import { memoryPair } from "../transports/memory.js";
import { bearer } from "./auth.js";
import { createRuntime } from "./create.js";
import type { RuntimeOptions } from "./create.js";
import { defineAgent } from "./define.js";
import type { Policy } from "./policy.js";
import { rawClient, storeWith } from "./raw-client.test-helper.js";

type Client = Awaited<ReturnType<typeof rawClient>>;

const ALL = ["subscribe", "result_chunk", "progress", "list_jobs", "ack", "heartbeat"];
const UNKNOWN = "job_01ARZ3NDEKTSV4RRFFQ69G5FAV";

function bench(policy: Policy = {}, more: RuntimeOptions = {}) {
  let end = () => {};
  const waits = defineAgent({
    name: "waits",
    run: (_input, ctx) =>
      new Promise<string>((resolve, reject) => {
        void ctx.log("info", "begun");
        end = () => resolve("done");
        ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason as Error));
      }),
  });
  const streams = defineAgent({
    name: "streams",
    run: (_input, ctx) => ctx.stream(["one ", "two"]),
  });
  const long = defineAgent({
    name: "long",
    run: (_input, ctx) => ctx.stream(Array.from({ length: 5 }, () => "x".repeat(256 * 1024))),
  });
  const busy = defineAgent<{ count: number }>({
    name: "busy",
    async run({ count }, ctx) {
      await ctx.progress(1, 2);
      for (let at = 0; at < count; at++) await ctx.log("info", "x".repeat(1024));
    },
  });
  const told: { fields: Record<string, unknown>; message: string }[] = [];
  const tell = (fields: object, message: string) =>
    void told.push({ fields: fields as Record<string, unknown>, message });
  const runtime = createRuntime({
    auth: bearer({ tok: "me", theirs: "a colleague" }),
    agents: [waits, streams, long, busy],
    policy,
    logger: { debug: tell, info: tell, warn: tell, error: tell },
    ...more,
  });
  const audit = () =>
    told.filter(({ message }) => message === "asked to look at a job").map(({ fields }) => fields);
  return { runtime, told, audit, end: () => end() };
}

async function submitted(client: Client, agent: string, input: object = {}): Promise<string> {
  const count = client.seen.filter(({ type }) => type === "job.accepted").length;
  await client.send("job.submit", { agent, input });
  return (await client.arrived("job.accepted", count + 1)).job_id!;
}

const colleague = (runtime: ReturnType<typeof bench>["runtime"], features = ALL) =>
  rawClient(runtime, features, { token: "theirs" });

/** Asks, and gives what is answered. */
async function answer(client: Client, type: string, job_id: string): Promise<SeenMessage> {
  const before = client.seen.length;
  await client.send(type, { job_id }, { job_id });
  await client.until(() => client.seen.slice(before).some(isAnswer));
  return client.seen.slice(before).find(isAnswer)!;
}

const isAnswer = ({ type }: SeenMessage) =>
  ["session.error", "job.subscribed", "job.cancelled"].includes(type);

const withoutIds = ({ type, payload }: SeenMessage) => ({
  type,
  payload: { ...payload, request_id: undefined, job_id: undefined, details: undefined },
});

describe("another principal's job", () => {
  it("WATCH-04, SEC-12: is answered as one that there is none, to subscribe and to cancel", async () => {
    const { runtime, audit } = bench();
    const owner = await rawClient(runtime, ALL);
    const job = await submitted(owner, "waits");
    const other = await colleague(runtime);
    for (const type of ["job.subscribe", "job.cancel"]) {
      const foreign = await answer(other, type, job);
      expect(foreign.payload).toMatchObject({ code: "JOB_NOT_FOUND" });
      expect(withoutIds(foreign)).toEqual(withoutIds(await answer(other, type, UNKNOWN)));
    }
    // The owner is not asked about.
    expect((await answer(await rawClient(runtime, ALL), "job.subscribe", job)).type).toBe(
      "job.subscribed",
    );
    // SEC-14: one line for each decision, and who, what, which.
    expect(audit()).toMatchObject([
      { principal: "a colleague", job, owner: "me", does: "subscribe", decision: "hide" },
      { principal: "a colleague", owner: undefined, does: "subscribe", decision: "hide" },
      { principal: "a colleague", job, owner: "me", does: "cancel", decision: "hide" },
      { principal: "a colleague", owner: undefined, does: "cancel", decision: "hide" },
      { principal: "me", job, owner: "me", does: "subscribe", decision: "allow" },
    ]);
    await runtime.close();
  });

  it.each(["allow", "deny"] as const)(
    "WATCH-05, SEC-13: is what the policy says: %s",
    async (said) => {
      for (const observe of [() => said, async () => said]) {
        const asked = vi.fn(observe);
        const { runtime, end } = bench({ observe: asked });
        const owner = await rawClient(runtime, ALL);
        const job = await submitted(owner, "waits");
        const other = await colleague(runtime);
        const subscribed = await answer(other, "job.subscribe", job);
        expect(asked).toHaveBeenCalledWith({
          identity: { principal: "a colleague", scopes: [] },
          job: { id: job, agent: "waits@1.0.0", principal: "me" },
        });
        expect(subscribed.type).toBe(said === "allow" ? "job.subscribed" : "session.error");
        if (said === "deny")
          expect(subscribed.payload).toMatchObject({ code: "PERMISSION_DENIED" });
        // WATCH-25: to look is no authority.
        const cancelled = await answer(other, "job.cancel", job);
        expect(cancelled.payload).toMatchObject({ code: "PERMISSION_DENIED" });
        end();
        expect((await owner.arrived("job.result")).payload).toMatchObject({
          final_status: "success",
        });
        if (said === "allow") await other.arrived("job.result");
        // LIST-04, LIST-05: what may be observed is listed.
        await other.send("session.list_jobs");
        const { payload } = await other.arrived("session.jobs");
        expect((payload["jobs"] as { job_id: string }[]).map(({ job_id: id }) => id)).toEqual(
          said === "allow" ? [job] : [],
        );
        await runtime.close();
      }
    },
  );

  it("is hidden where the policy fails, which is logged, or gives what is no answer", async () => {
    const policies: Policy[] = [
      {
        observe() {
          throw new Error("no directory");
        },
      },
      { observe: () => Promise.reject(new Error("no directory")) },
      { observe: () => "yes" as "allow" },
    ];
    for (const policy of policies) {
      const { runtime, told } = bench(policy);
      const owner = await rawClient(runtime, ALL);
      const job = await submitted(owner, "waits");
      const refused = await answer(await colleague(runtime), "job.subscribe", job);
      expect(refused.payload).toMatchObject({ code: "JOB_NOT_FOUND" });
      expect(told.map(({ message }) => message)).toContain(
        "the policy could not say whether a job may be seen",
      );
      await runtime.close();
    }
  });

  it("LIST-10: is listed with one's own in one stable order, over pages", async () => {
    const { runtime } = bench({
      observe: ({ job }) => (job.agent.startsWith("streams") ? "allow" : "hide"),
    });
    const [owner, other] = [await rawClient(runtime, ALL), await colleague(runtime)];
    const seen: string[] = [];
    const expected: string[] = [];
    for (let at = 0; at < 5; at++) {
      expected.push(await submitted(owner, "streams"));
      await submitted(owner, "waits");
      expected.push(await submitted(other, "waits"));
    }
    let cursor: unknown;
    for (let page = 1; cursor !== null; page++) {
      await other.send("session.list_jobs", {
        limit: 3,
        ...(cursor === undefined ? {} : { cursor }),
      });
      const { payload } = await other.arrived("session.jobs", page);
      seen.push(...(payload["jobs"] as { job_id: string }[]).map(({ job_id: id }) => id));
      cursor = payload["next_cursor"];
    }
    expect(seen).toEqual(expected.toSorted());
    await runtime.close();
  });
});

describe("a subscriber's features (W-14)", () => {
  it("leave out kinds that it does not know, and put a result together", async () => {
    const { runtime } = bench();
    const owner = await rawClient(runtime, ALL);
    const plain = await rawClient(runtime, ["subscribe"]);
    const job = await submitted(owner, "streams");
    await owner.arrived("job.result");
    await plain.send(
      "job.subscribe",
      { job_id: job, history: true, from_event_seq: 0 },
      { job_id: job },
    );
    expect((await plain.arrived("job.result")).payload).toMatchObject({ result: "one two" });
    expect(plain.seen.filter(({ type }) => type === "job.event")).toEqual([]);
    const busy = await submitted(owner, "busy", { count: 1 });
    await owner.arrived("job.result", 2);
    await plain.send(
      "job.subscribe",
      { job_id: busy, history: true, from_event_seq: 0 },
      { job_id: busy },
    );
    await plain.arrived("job.result", 2);
    expect(
      plain.seen.filter(({ type }) => type === "job.event").map(({ payload }) => payload),
    ).toMatchObject([{ kind: "log", origin_seq: expect.any(Number) as number }]);
    await runtime.close();
  });

  it("leave a result that fits no frame to its result_id", async () => {
    const { runtime } = bench();
    const owner = await rawClient(runtime, ALL);
    const plain = await rawClient(runtime, ["subscribe"]);
    const job = await submitted(owner, "long");
    await owner.arrived("job.result");
    await plain.send(
      "job.subscribe",
      { job_id: job, history: true, from_event_seq: 0 },
      { job_id: job },
    );
    const { payload } = await plain.arrived("job.result");
    expect(payload).toMatchObject({
      result_id: expect.any(String) as string,
      result_size: 5 * 256 * 1024,
    });
    expect(payload).not.toHaveProperty("result");
    await runtime.close();
  });
});

describe("a subscription and the job's own session", () => {
  it("WATCH-16, WATCH-24: a session that submitted is given the job once, whatever it subscribes to", async () => {
    const { runtime, end } = bench();
    const owner = await rawClient(runtime, ALL);
    const job = await submitted(owner, "waits");
    await owner.arrived("job.event");
    await owner.send(
      "job.subscribe",
      { job_id: job, history: true, from_event_seq: 0 },
      { job_id: job },
    );
    expect((await owner.arrived("job.subscribed")).payload).toMatchObject({ replayed: false });
    await owner.send("job.unsubscribe", { job_id: job }, { job_id: job });
    end();
    await owner.arrived("job.result");
    expect(owner.seen.filter(({ event_seq: seq }) => seq !== undefined)).toHaveLength(2);
    await runtime.close();
  });

  it("WATCH-16: subscribing twice gives the job once", async () => {
    const { runtime, end } = bench();
    const owner = await rawClient(runtime, ALL);
    const job = await submitted(owner, "waits");
    const looker = await rawClient(runtime, ALL);
    for (const count of [1, 2]) {
      await looker.send(
        "job.subscribe",
        { job_id: job, history: true, from_event_seq: 0 },
        { job_id: job },
      );
      await looker.arrived("job.subscribed", count);
    }
    end();
    await looker.arrived("job.result");
    expect(looker.seen.filter(({ event_seq: seq }) => seq !== undefined)).toHaveLength(2);
    await runtime.close();
  });

  it("W-17: who looks on and then repeats the key may cancel, and is given the job once", async () => {
    const { runtime } = bench();
    const owner = await rawClient(runtime, ALL);
    const submit = { agent: "waits", input: {}, idempotency_key: "k" };
    await owner.send("job.submit", submit);
    const job = (await owner.arrived("job.accepted")).job_id!;
    const looker = await rawClient(runtime, ALL);
    expect((await answer(looker, "job.subscribe", job)).type).toBe("job.subscribed");
    expect((await answer(looker, "job.cancel", job)).payload).toMatchObject({
      code: "PERMISSION_DENIED",
    });
    await looker.send("job.submit", submit);
    await looker.arrived("job.accepted");
    expect((await answer(looker, "job.cancel", job)).type).toBe("job.cancelled");
    expect((await looker.arrived("job.error")).payload).toMatchObject({ code: "CANCELLED" });
    await runtime.close();
  });

  it("WATCH-18, WATCH-17: a place beyond the newest is refused, and one that is no longer known", async () => {
    const { runtime, end } = bench();
    const owner = await rawClient(runtime, ALL);
    const job = await submitted(owner, "waits");
    await owner.arrived("job.event");
    const looker = await rawClient(runtime, ALL);
    await looker.send(
      "job.subscribe",
      { job_id: job, history: true, from_event_seq: 2 },
      { job_id: job },
    );
    expect((await looker.arrived("session.error")).payload).toMatchObject({
      code: "INVALID_REQUEST",
      details: { newest: 1 },
    });
    end();
    await owner.arrived("job.result");
    await runtime.close();

    const inner = memoryStore();
    let isForgotten = false;
    const forgetful = {
      ...storeWith((batch) => inner.commit(batch)),
      load: () => inner.load(),
      readLog: (...args: Parameters<typeof inner.readLog>) => inner.readLog(...args),
      readRuns: async (...args: Parameters<typeof inner.readRuns>) =>
        isForgotten ? [] : inner.readRuns(...args),
    };
    const other = bench({}, { store: forgetful });
    const late = await rawClient(other.runtime, ALL);
    const own = await rawClient(other.runtime, ALL);
    const forgotten = await submitted(own, "streams");
    await own.arrived("job.result");
    isForgotten = true;
    await late.send(
      "job.subscribe",
      { job_id: forgotten, history: true, from_event_seq: 1 },
      { job_id: forgotten },
    );
    expect((await late.arrived("session.error")).payload).toMatchObject({
      code: "RESUME_WINDOW_EXPIRED",
      details: { oldest: 0 },
    });
    await other.runtime.close();
  });
});

describe("subscribers and everybody else", () => {
  it("one that does not read holds no agent up, and finds all of it in the log", async () => {
    const { runtime } = bench();
    const owner = await rawClient(runtime, ALL);
    const [mine, theirs] = memoryPair({ mark: 4096 });
    runtime.accept(theirs, { principal: "me" });
    let sent = 0;
    const say = (type: string, payload: object, more: object = {}) =>
      void mine.send([
        JSON.stringify({ arcp: "1.1", id: `m${(sent += 1)}`, type, ...more, payload }),
      ]);
    const frames = mine.incoming[Symbol.asyncIterator]();
    const next = async () => JSON.parse((await frames.next()).value as string) as SeenMessage;
    const hello = { client: { name: "stuck", version: "1" }, capabilities: { features: ALL } };
    say("session.hello", hello);
    await next();
    const job = await submitted(owner, "busy", { count: 5_000 });
    say("job.subscribe", { job_id: job, history: true, from_event_seq: 0 }, { job_id: job });
    expect((await next()).type).toBe("job.subscribed");
    // It reads nothing meanwhile.
    await owner.arrived("job.result");
    let read = 0;
    for (let message = await next(); message.type === "job.event"; message = await next()) {
      expect(message.event_seq).toBe((read += 1));
    }
    expect(read).toBe(5_001);
    await runtime.close();
  });

  it("are capped by their own principal, and a job that ends makes room", async () => {
    const { runtime, end } = bench(
      { observe: () => "allow" },
      { limits: { maxSubscriptionsPerPrincipal: 1 } },
    );
    const owner = await rawClient(runtime, ALL);
    const [first, second] = [await submitted(owner, "waits"), await submitted(owner, "waits")];
    const other = await colleague(runtime);
    expect((await answer(other, "job.subscribe", second)).type).toBe("job.subscribed");
    expect((await answer(other, "job.subscribe", first)).payload).toMatchObject({
      code: "INTERNAL_ERROR",
      retryable: true,
      details: { limit: "max_subscriptions_per_principal" },
    });
    // The owner's are the owner's.
    expect((await answer(await rawClient(runtime, ALL), "job.subscribe", first)).type).toBe(
      "job.subscribed",
    );
    end();
    await other.arrived("job.result");
    expect((await answer(other, "job.subscribe", first)).type).toBe("job.subscribed");
    await runtime.close();
  });

  it("WATCH-14: a submitting session that expired is still a place in the history", async () => {
    const clock = testClock();
    const { runtime } = bench(
      {},
      { clock, limits: { maxSessionsPerPrincipal: 2, resumeWindowMs: 1_000 } },
    );
    const owner = await rawClient(runtime, ALL);
    const job = await submitted(owner, "busy", { count: 2 });
    const { event_seq: last } = await owner.arrived("job.result");
    const looker = await rawClient(runtime, ALL);
    owner.drop();
    await vi.waitFor(() => clock.advance(2_000));
    // The next session of this principal takes the place of the one that is over.
    await rawClient(runtime, ALL);
    await looker.send(
      "job.subscribe",
      { job_id: job, history: true, from_event_seq: 1 },
      { job_id: job },
    );
    expect((await looker.arrived("job.subscribed")).payload).toMatchObject({
      subscribed_from: last,
    });
    await looker.arrived("job.result");
    expect(
      looker.seen
        .filter(({ type }) => type === "job.event")
        .map(({ payload }) => payload["origin_seq"]),
    ).toEqual([2, 3]);
    await runtime.close();
  });

  it("W-20: a job that is hidden late is answered as late as one that there is none", async () => {
    const clock = testClock();
    const { runtime } = bench(
      {
        observe: () =>
          new Promise((resolve) => clock.timer(clock.monotonic() + 50, () => resolve("hide"))),
      },
      { clock },
    );
    const owner = await rawClient(runtime, ALL);
    const job = await submitted(owner, "waits");
    const other = await colleague(runtime);
    for (const id of [job, UNKNOWN]) {
      const began = clock.monotonic();
      const refused = answer(other, "job.subscribe", id);
      let told = false;
      void refused.then(() => (told = true));
      while (!told) {
        clock.advance(1);
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
      expect(clock.monotonic() - began).toBeGreaterThanOrEqual(50);
    }
    await runtime.close();
  });
});

/** §7.2 (W-18): a submit that repeats its key, in the same session and in others, while the job runs and after. */
import { describe, expect, it, vi } from "vitest";
import { memoryStore } from "../stores/memory.js";
import type { Store } from "../stores/port.js";
import { testClock } from "../testing/index.js";
import { bearer } from "./auth.js";
import { createRuntime } from "./create.js";
import { defineAgent } from "./define.js";
import { heldStore, rawClient } from "./raw-client.test-helper.js";

type Client = Awaited<ReturnType<typeof rawClient>>;

const ALL = ["result_chunk", "progress", "list_jobs"];

/** A runtime with an agent that goes on when it is told to, and counts its starts. */
function bench(store: Store = memoryStore()) {
  let go = () => {};
  const gate = new Promise<void>((resolve) => (go = resolve));
  const counts = { starts: 0 };
  const plain = defineAgent({
    name: "plain",
    async run(input, ctx) {
      counts.starts += 1;
      await ctx.log("info", "before");
      await ctx.progress(1, 2);
      await gate;
      await ctx.log("info", "after");
      return input;
    },
  });
  const streaming = defineAgent({
    name: "streaming",
    async run(_input, ctx) {
      await ctx.log("info", "before");
      return ctx.stream(
        (async function* () {
          yield "one ";
          await ctx.log("info", "between");
          yield "two ";
          await gate;
          yield "three";
        })(),
      );
    },
  });
  const bytes = defineAgent({ name: "bytes", run: () => new Uint8Array([1, 2, 3]) });
  const long = defineAgent({
    name: "long",
    run: (_input, ctx) => ctx.stream(Array.from({ length: 5 }, () => "x".repeat(256 * 1024))),
  });
  const runtime = createRuntime({
    auth: bearer({ tok: "me", other: "somebody else" }),
    agents: [plain, streaming, bytes, long],
    store,
  });
  return { runtime, counts, go: () => go() };
}

const submit = (
  client: Client,
  agent: string,
  more: object = {},
  input: unknown = { a: 1, b: 2 },
) => client.send("job.submit", { agent, input, idempotency_key: "k", ...more });

/** An agent whose first run says what it is told to, until it is told to end; others wait with it. */
function talker() {
  const runs: ((text: string | undefined) => void)[] = [];
  const agent = defineAgent({
    name: "talker",
    run: (_input, ctx) =>
      new Promise<void>((resolve) => {
        runs.push((text) => (text === undefined ? resolve() : void ctx.log("info", text)));
      }),
  });
  return { agent, say: (text: string) => runs[0]?.(text), end: () => runs[0]?.(undefined) };
}

/** A runtime with room for one finished job, where what is read of a log may be late. */
function crowded() {
  const inner = bound(memoryStore());
  const reading = gate();
  const store: Store = {
    ...inner,
    durable: false,
    close: async () => {},
    async readLog(...args) {
      const entries = await inner.readLog(...args);
      await reading.passed();
      return entries;
    },
  };
  const quick = defineAgent({ name: "quick", run: () => "done" });
  const limits = { maxFinishedJobs: 1 };
  const auth = bearer({ tok: "me" });
  return { runtime: createRuntime({ auth, agents: [quick], store, limits }), reading };
}

/** A logger, and how often it was told something. */
function diary() {
  const told: string[] = [];
  const tell = (_fields: object, message: string) => void told.push(message);
  return {
    logger: { debug: tell, info: tell, warn: tell, error: tell },
    times: (message: string) => told.filter((one) => one === message).length,
  };
}

/** Waits until what a client's jobs are listed as is what it should be. */
async function listed(
  client: Client,
  holds: (jobs: readonly { readonly job_id: string; readonly status: string }[]) => boolean,
): Promise<void> {
  let count = client.seen.filter(({ type }) => type === "session.jobs").length;
  await vi.waitFor(async () => {
    await client.send("session.list_jobs", {});
    const { payload } = await client.arrived("session.jobs", (count += 1));
    expect(payload["jobs"]).toSatisfy(holds);
  });
}

const numbered = ({ seen }: Client) => seen.filter(({ event_seq: seq }) => seq !== undefined);
const seqs = (client: Client) => numbered(client).map(({ event_seq: seq }) => seq);
/** Kinds of events, types of terminals, in the order of arrival. */
const kinds = (client: Client) =>
  numbered(client).map(({ type, payload }) => payload["kind"] ?? type);

describe("a submit that repeats its key", () => {
  it("IDEM-02, IDEM-03 gets the same answer but for request_id, and the job's events from there on", async () => {
    const { runtime, counts, go } = bench();
    const [a, b] = [await rawClient(runtime, ALL), await rawClient(runtime, ALL)];
    await submit(a, "plain");
    await a.arrived("job.event", 2);
    await submit(b, "plain");
    const [first, again] = [await a.arrived("job.accepted"), await b.arrived("job.accepted")];
    const { request_id: _own, ...rest } = first.payload;
    expect(again.payload).toEqual({ ...rest, request_id: "m_2" });
    go();
    await b.arrived("job.result");
    await a.arrived("job.result");
    expect(kinds(a)).toEqual(["log", "progress", "log", "job.result"]);
    expect(kinds(b)).toEqual(["log", "job.result"]);
    expect(seqs(b)).toEqual([1, 2]);
    expect(counts.starts).toBe(1);
    const outcome = ({ payload }: { payload: object }) => payload;
    expect(outcome(await b.arrived("job.result"))).toEqual(outcome(await a.arrived("job.result")));
  });

  it("IDEM-12 gets the chunks already made before what comes live", async () => {
    const { runtime, go } = bench();
    const [a, b] = [await rawClient(runtime, ALL), await rawClient(runtime, ALL)];
    await submit(a, "streaming");
    await a.arrived("job.event", 4);
    await submit(b, "streaming");
    await b.arrived("job.event", 2);
    go();
    await b.arrived("job.result");
    expect(kinds(b)).toEqual([...Array.from({ length: 4 }, () => "result_chunk"), "job.result"]);
    const chunks = numbered(b).slice(0, 4);
    const data = chunks.map(({ payload }) => (payload["body"] as { data: string }).data);
    expect(data.join("")).toBe("one two three");
    expect(seqs(b)).toEqual([1, 2, 3, 4, 5]);
  });

  it("IDEM-11 loses nothing of a job that goes on while the log is read for it", async () => {
    const inner = bound(memoryStore());
    const reading = gate();
    const committing = gate();
    const store: Store = {
      durable: false,
      ...inner,
      close: async () => {},
      commit: async (batch) => (await committing.passed(), inner.commit(batch)),
      readLog: async (...args) => (await reading.passed(), inner.readLog(...args)),
    };
    const { agent, say, end } = talker();
    const runtime = createRuntime({ auth: bearer({ tok: "me" }), agents: [agent], store });
    const [a, b] = [await rawClient(runtime, ALL), await rawClient(runtime, ALL)];
    await submit(a, "talker");
    await a.arrived("job.accepted");
    say("before");
    await a.arrived("job.event");
    reading.close();
    await submit(b, "talker");
    await b.arrived("job.accepted");
    await vi.waitFor(() => expect(reading.waiting()).toBe(1));
    // It will have read all that is durable while the next commit, in which it has no number, is on its way.
    committing.close();
    say("on its way");
    await vi.waitFor(() => expect(committing.waiting()).toBe(1));
    reading.open();
    await new Promise(setImmediate);
    committing.open();
    say("after");
    await b.arrived("job.event", 2);
    end();
    await b.arrived("job.result");
    const said = numbered(b).map(({ payload }) => payload["body"]);
    expect(said).toMatchObject([{ message: "on its way" }, { message: "after" }, undefined]);
  });

  it("IDEM-13 gets the outcome of a job that has ended, with its chunks before it", async () => {
    const { runtime, go } = bench();
    const a = await rawClient(runtime, ALL);
    go();
    await submit(a, "streaming");
    await a.arrived("job.result");
    const b = await rawClient(runtime, ALL);
    await submit(b, "streaming");
    await b.arrived("job.result");
    expect(kinds(b)).toEqual([...Array.from({ length: 4 }, () => "result_chunk"), "job.result"]);
  });

  it("G4 gets the outcome last, and once, if it asks again before it was given anything", async () => {
    const inner = bound(memoryStore());
    const reading = gate();
    const readLog: Store["readLog"] = async (...args) => (
      await reading.passed(),
      inner.readLog(...args)
    );
    const store = { ...inner, durable: false, close: async () => {}, readLog };
    const { runtime, go } = bench(store);
    const a = await rawClient(runtime, ALL);
    go();
    await submit(a, "streaming");
    await a.arrived("job.result");
    reading.close();
    const b = await rawClient(runtime, ALL);
    await submit(b, "streaming");
    await submit(b, "streaming");
    await b.arrived("job.accepted", 2);
    reading.open();
    await submit(b, "bytes", { idempotency_key: "another" });
    await b.arrived("job.result", 2);
    const chunks = Array.from({ length: 4 }, () => "result_chunk");
    expect(kinds(b).slice(0, 5)).toEqual([...chunks, "job.result"]);
    expect(numbered(b).filter(({ type }) => type === "job.result")).toHaveLength(2);
  });

  it("IDEM-04 is the same whatever the order of the input's members", async () => {
    const { runtime, go } = bench();
    const client = await rawClient(runtime, ALL);
    go();
    await submit(client, "plain", {}, { a: 1, b: { c: 2, d: 3 } });
    await submit(client, "plain", {}, { b: { d: 3, c: 2 }, a: 1 });
    const [one, two] = [
      await client.arrived("job.accepted"),
      await client.arrived("job.accepted", 2),
    ];
    expect(two.payload["job_id"]).toBe(one.payload["job_id"]);
  });

  it("IDEM-06, IDEM-07 is refused with other parameters, and the original goes on unharmed", async () => {
    const { runtime, go } = bench();
    const [a, b] = [await rawClient(runtime, ALL), await rawClient(runtime, ALL)];
    await submit(a, "plain");
    await a.arrived("job.event", 2);
    for (const more of [{ max_runtime_sec: 9 }, { agent: "streaming" }, { lease_request: {} }]) {
      await submit(b, "plain", more);
    }
    await submit(b, "plain", {}, { a: 1 });
    await b.arrived("session.error", 4);
    const codes = b.seen.filter(({ type }) => type === "session.error");
    expect(codes.map(({ payload }) => [payload["code"], payload["retryable"]])).toEqual(
      Array.from({ length: 4 }, () => ["DUPLICATE_KEY", false]),
    );
    go();
    await a.arrived("job.result");
    expect(kinds(a)).toEqual(["log", "progress", "log", "job.result"]);
    expect(numbered(b)).toEqual([]);
  });

  it("IDEM-01 means another job for another principal", async () => {
    const { runtime, counts, go } = bench();
    go();
    const a = await rawClient(runtime, ALL);
    const b = await rawClient(runtime, ALL, { auth: { scheme: "bearer", token: "other" } });
    await submit(a, "plain");
    await submit(b, "plain");
    const ids = [await a.arrived("job.accepted"), await b.arrived("job.accepted")];
    expect(ids[0]!.payload["job_id"]).not.toBe(ids[1]!.payload["job_id"]);
    await vi.waitFor(() => expect(counts.starts).toBe(2));
  });

  it("IDEM-09 does not find what was refused: the key is still to be used", async () => {
    const { runtime, go } = bench();
    const client = await rawClient(runtime, ALL);
    go();
    await submit(client, "nobody");
    await client.arrived("session.error");
    await submit(client, "plain");
    await client.arrived("job.result");
  });

  it("IDEM-10 makes one job of twenty at once, in twenty sessions", async () => {
    const { runtime, counts, go } = bench();
    const clients = await Promise.all(Array.from({ length: 20 }, () => rawClient(runtime, ALL)));
    await Promise.all(clients.map((client) => submit(client, "plain")));
    const accepted = await Promise.all(clients.map((client) => client.arrived("job.accepted")));
    expect(new Set(accepted.map(({ payload }) => payload["job_id"])).size).toBe(1);
    go();
    const results = await Promise.all(clients.map((client) => client.arrived("job.result")));
    expect(new Set(results.map(({ payload }) => JSON.stringify(payload))).size).toBe(1);
    expect(counts.starts).toBe(1);
    for (const client of clients) expect(seqs(client)).toEqual(seqs(client).map((_, i) => i + 1));
  });

  it("SERR-09 is refused in more sessions than one principal may receive jobs in, until there is room", async () => {
    const clock = testClock();
    const limits = { maxSubscriptionsPerPrincipal: 1, retentionMs: 60_000 };
    const runtime = createRuntime({
      ...{ clock, limits, auth: bearer({ tok: "me" }) },
      agents: [defineAgent({ name: "plain", run: () => 1 })],
    });
    const [owner, one, two] = await Promise.all(
      Array.from({ length: 3 }, () => rawClient(runtime, ALL)),
    );
    await submit(owner!, "plain");
    await owner!.arrived("job.result");
    await submit(one!, "plain");
    await one!.arrived("job.result");
    await submit(two!, "plain");
    expect((await two!.arrived("session.error")).payload).toMatchObject({
      code: "INTERNAL_ERROR",
      retryable: true,
      details: { limit: "max_subscriptions_per_principal" },
    });
    // Whoever receives it already is answered as before.
    await submit(one!, "plain");
    await one!.arrived("job.accepted", 2);
    // The key is free again, and makes another job.
    await clock.advance(24 * 3_600_000);
    await submit(owner!, "plain");
    await owner!.arrived("job.accepted", 2);
    await submit(two!, "plain");
    await two!.arrived("job.accepted");
    await runtime.close();
  });

  it("IDEM-14 gets in its own session no more than the answer, and the terminal if it had been sent", async () => {
    const { runtime, go } = bench();
    const client = await rawClient(runtime, ALL);
    await submit(client, "plain");
    await client.arrived("job.event", 2);
    await submit(client, "plain");
    await client.arrived("job.accepted", 2);
    go();
    await client.arrived("job.result");
    await submit(client, "plain");
    await client.arrived("job.result", 2);
    expect(kinds(client)).toEqual(["log", "progress", "log", "job.result", "job.result"]);
    expect(seqs(client)).toEqual([1, 2, 3, 4, 5]);
    const [one, two] = client.seen.filter(({ type }) => type === "job.result");
    expect(two!.payload).toEqual(one!.payload);
  });

  it("IDEM-14, G4 gets no terminal out of turn while the last entries are on their way", async () => {
    const held = heldStore();
    const { agent, say, end } = talker();
    const said = diary();
    const runtime = createRuntime({
      auth: bearer({ tok: "me" }),
      agents: [agent],
      store: held.store,
      logger: said.logger,
    });
    const client = await rawClient(runtime, ALL);
    await submit(client, "talker");
    await client.arrived("job.accepted");
    say("first");
    await client.arrived("job.event");
    // What is not durable shows in the log alone.
    held.hold();
    await submit(client, "talker", { idempotency_key: "other" });
    await vi.waitFor(() => expect(held.waiting()).toBe(1));
    say("last");
    end();
    await vi.waitFor(() => expect(said.times("job ended")).toBe(1));
    await submit(client, "talker");
    // Looked at after the one before it, in the order of their arrival.
    await submit(client, "talker", { idempotency_key: "behind" });
    await vi.waitFor(() => expect(said.times("job accepted")).toBe(3));
    held.release();
    await client.arrived("job.accepted", 4);
    await client.arrived("job.result");
    expect(kinds(client)).toEqual(["log", "log", "job.result"]);
  });

  it("IDEM-13 gets the outcome although the job's place is wanted by another meanwhile", async () => {
    const { runtime, reading } = crowded();
    const [a, b] = [await rawClient(runtime, ALL), await rawClient(runtime, ALL)];
    await submit(a, "quick");
    await a.arrived("job.result");
    reading.close();
    await submit(b, "quick");
    await vi.waitFor(() => expect(reading.waiting()).toBe(1));
    await submit(a, "quick", { idempotency_key: "next" });
    await listed(
      a,
      (jobs) => jobs.length === 2 && jobs.every(({ status }) => status === "success"),
    );
    // Accepted in a commit behind the one in which the other ended.
    await submit(a, "quick", { idempotency_key: "a third" });
    await a.arrived("job.accepted", 3);
    reading.open();
    await b.arrived("job.result");
  });

  it("harms nobody if its job is forgotten while the log is read for it", async () => {
    const { runtime, reading } = crowded();
    const [a, b] = [await rawClient(runtime, ALL), await rawClient(runtime, ALL)];
    await submit(a, "quick");
    const first = (await a.arrived("job.result")).job_id;
    reading.close();
    await submit(b, "quick");
    await vi.waitFor(() => expect(reading.waiting()).toBe(1));
    b.drop();
    await submit(a, "quick", { idempotency_key: "next" });
    await listed(a, (jobs) => jobs.every(({ job_id: id }) => id !== first));
    reading.open();
    await submit(a, "quick", { idempotency_key: "a third" });
    await a.arrived("job.result", 3);
  });

  it.each([
    [{ retentionMs: 1 }, "when its retention was over", undefined],
    [{ maxStoredBytes: 3_000 }, "to make room", "max_stored_bytes"],
    [{ maxFinishedBytes: 3_000 }, "to make room", "max_finished_bytes"],
  ])("says of a key whose job is gone why it is gone: %j", async (limits, words, limit) => {
    const clock = testClock();
    const agents = [defineAgent({ name: "pay", run: () => "x".repeat(2_000) })];
    const auth = bearer({ tok: "me" });
    const client = await rawClient(createRuntime({ auth, agents, limits, clock }), ALL);
    await submit(client, "pay");
    const { event_seq } = await client.arrived("job.result");
    await client.send("session.ack", { last_processed_seq: event_seq });
    await clock.advance(2_000);
    await submit(client, "pay", { idempotency_key: "other" });
    await client.arrived("job.result", 2);
    await submit(client, "pay");
    const { payload } = await client.arrived("session.error");
    expect(payload["message"]).toContain(words);
    expect((payload["details"] as Record<string, unknown>)["limit"]).toBe(limit);
    await client.runtime.close();
  });

  it("IDEM-08, G6 never makes a second job, though the first was forgotten to make room, nor after a restart", async () => {
    const inner = bound(memoryStore());
    const store: Store = { ...inner, durable: true, close: async () => {} };
    let starts = 0;
    const pay = defineAgent({ name: "pay", run: () => (starts += 1) });
    const clock = testClock();
    const limits = { maxFinishedJobs: 1, retentionMs: 60_000 };
    const options = { auth: bearer({ tok: "me" }), agents: [pay], store, limits, clock };
    const client = await rawClient(createRuntime(options), ALL);
    // One after the other: what is still to be sent is not forgotten.
    for (const [at, idempotency_key] of ["k", "k2", "k3"].entries()) {
      await submit(client, "pay", { idempotency_key });
      await client.arrived("job.result", at + 1);
    }
    const { job_id } = (await client.arrived("job.accepted")).payload;
    for (let runtime of [client.runtime, undefined]) {
      // One at a time has the store.
      if (runtime === undefined) await client.runtime.close();
      runtime ??= createRuntime(options);
      const again = await rawClient(runtime, ALL);
      await submit(again, "pay");
      const refused = await again.arrived("session.error");
      expect(refused.payload).toMatchObject({
        code: "RESUME_WINDOW_EXPIRED",
        retryable: false,
        message: expect.stringContaining("forgotten to make room"),
        details: { job_id, limit: "max_finished_jobs" },
      });
      await submit(again, "pay", { max_runtime_sec: 9 });
      const other = await again.arrived("session.error", 2);
      expect(other.payload["code"]).toBe("DUPLICATE_KEY");
      if (runtime !== client.runtime) await runtime.close();
    }
    expect(starts).toBe(3);
    // It outlives the time for which its job would have been kept; that over which it is remembered is the draft's.
    await clock.advance(24 * 3_600_000 - 1);
    const day = createRuntime(options);
    const late = await rawClient(day, ALL);
    await submit(late, "pay");
    await late.arrived("session.error");
    await day.close();
    // Its time over, it is a key like any other.
    await clock.advance(2);
    const later = await rawClient(createRuntime(options), ALL);
    await submit(later, "pay");
    await later.arrived("job.result");
    expect(starts).toBe(4);
  });

  it("is not stored for sessions that are no more", async () => {
    const inner = bound(memoryStore());
    const store: Store = { ...inner, durable: true, close: async () => {} };
    const quick = defineAgent({ name: "quick", run: () => "done" });
    const limits = { maxSessionsPerPrincipal: 2 };
    const auth = bearer({ tok: "me" });
    const runtime = createRuntime({ auth, agents: [quick], store, limits });
    for (let at = 0; at < 12; at += 1) {
      const client = await rawClient(runtime, ALL);
      await submit(client, "quick");
      await client.arrived("job.result");
      await client.send("session.close", {});
      await client.end();
    }
    const { jobs } = await store.load();
    expect(jobs).toHaveLength(1);
    expect((jobs[0]!["readers"] as unknown[]).length).toBeLessThanOrEqual(3);
  });

  it("is tried again when the log could not be read for it: its connection ends, and a resume brings it", async () => {
    const inner = bound(memoryStore());
    let broken = false;
    const store: Store = {
      ...inner,
      durable: false,
      close: async () => {},
      readLog: (...args) =>
        broken ? Promise.reject(new Error("no disc")) : inner.readLog(...args),
    };
    const quick = defineAgent({ name: "quick", run: () => "done" });
    const runtime = createRuntime({ auth: bearer({ tok: "me" }), agents: [quick], store });
    const a = await rawClient(runtime, ALL);
    await submit(a, "quick");
    await a.arrived("job.result");
    const b = await rawClient(runtime, ALL);
    const { session_id, resume_token } = (await b.arrived("session.welcome")).payload;
    broken = true;
    await submit(b, "quick");
    expect(await b.end()).toMatchObject({ code: 1011 });
    broken = false;
    const resume = { session_id, resume_token, last_event_seq: 0 };
    const again = await rawClient(runtime, ALL, { resume });
    expect((await again.arrived("job.result")).payload["result"]).toBe("done");
  });

  it("CANCEL-03 may cancel the job, and a session that did not repeat it may not", async () => {
    const { runtime } = bench();
    const [a, b, c] = [
      await rawClient(runtime, ALL),
      await rawClient(runtime, ALL),
      await rawClient(runtime, ALL),
    ];
    await submit(a, "plain");
    const { job_id } = (await a.arrived("job.accepted")).payload;
    await c.send("job.cancel", { job_id });
    expect((await c.arrived("session.error")).payload["code"]).toBe("PERMISSION_DENIED");
    await submit(b, "plain");
    await b.arrived("job.accepted");
    await b.send("job.cancel", { job_id });
    await b.arrived("job.cancelled");
    runtime.close().catch(() => {});
    await a.arrived("job.error");
  });

  it("HELLO-21 gets the assembled result where its session takes no chunks", async () => {
    const { runtime, go } = bench();
    const a = await rawClient(runtime, ALL);
    go();
    await submit(a, "streaming");
    await a.arrived("job.result");
    const b = await rawClient(runtime, []);
    await submit(b, "streaming");
    const result = await b.arrived("job.result");
    expect(result.payload).toMatchObject({ final_status: "success", result: "one two three" });
    expect(result.payload).not.toHaveProperty("result_id");
    expect(kinds(b)).toEqual(["job.result"]);
  });

  it.each(["long", "bytes"])(
    "HELLO-21 gets result_id alone where that is not possible: %s",
    async (agent) => {
      const { runtime } = bench();
      const a = await rawClient(runtime, ALL);
      await submit(a, agent);
      await a.arrived("job.result");
      const b = await rawClient(runtime, []);
      await submit(b, agent);
      const { payload } = await b.arrived("job.result");
      expect(payload).toHaveProperty("result_id");
      expect(payload).not.toHaveProperty("result");
    },
  );

  it("W-14 leaves out kinds that the session did not negotiate", async () => {
    const { runtime, go } = bench();
    const a = await rawClient(runtime, ALL);
    await submit(a, "plain");
    const b = await rawClient(runtime, []);
    await submit(b, "plain");
    await b.arrived("job.accepted");
    go();
    await b.arrived("job.result");
    expect(kinds(b)).not.toContain("progress");
    expect(seqs(b)).toEqual(seqs(b).map((_, i) => i + 1));
  });

  it("survives a restart: key, outcome and the right to cancel", async () => {
    const inner = memoryStore();
    const survivor = { ...bound(inner), durable: true, close: async () => {} };
    const { runtime: _unused, ...rest } = bench();
    const plain = defineAgent({
      name: "plain",
      restartable: true,
      async run(input, ctx) {
        await ctx.log("info", "begun");
        return new Promise((_resolve, reject) => {
          ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason as Error));
        }).catch(() => input);
      },
    });
    const options = { auth: bearer({ tok: "me" }), agents: [plain], store: survivor };
    const first = createRuntime(options);
    const [a, b] = [await rawClient(first, ALL), await rawClient(first, ALL)];
    await submit(a, "plain");
    const { job_id } = (await a.arrived("job.accepted")).payload;
    await submit(b, "plain");
    await b.arrived("job.accepted");
    rest.go();

    const second = createRuntime(options);
    const { session_id, resume_token } = (await b.arrived("session.welcome")).payload;
    const seen = seqs(b).length;
    const again = await rawClient(second, ALL, {
      resume: { session_id, resume_token, last_event_seq: seen },
    });
    const c = await rawClient(second, ALL);
    await submit(c, "plain");
    expect((await c.arrived("job.accepted")).payload["job_id"]).toBe(job_id);
    await again.send("job.cancel", { job_id });
    await again.arrived("job.cancelled");
    for (const client of [again, c]) {
      expect((await client.arrived("job.error")).payload["code"]).toBe("CANCELLED");
    }
    const d = await rawClient(createRuntime(options), ALL);
    await submit(d, "plain");
    expect((await d.arrived("job.error")).payload["code"]).toBe("CANCELLED");
    await submit(d, "plain", {}, "something else");
    expect((await d.arrived("session.error")).payload["code"]).toBe("DUPLICATE_KEY");
  });
});

/** Lets through what asks, or keeps it waiting while it is closed. */
function gate() {
  const held: (() => void)[] = [];
  let closed = false;
  return {
    passed: () =>
      closed ? new Promise<void>((resolve) => void held.push(resolve)) : Promise.resolve(),
    close: () => void (closed = true),
    open() {
      closed = false;
      for (const resolve of held.splice(0)) resolve();
    },
    waiting: () => held.length,
  };
}

/** A store's operations, to be spread into another's. */
function bound(store: ReturnType<typeof memoryStore>) {
  return {
    commit: store.commit.bind(store),
    readLog: store.readLog.bind(store),
    readRuns: store.readRuns.bind(store),
    load: store.load.bind(store),
  };
}

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createRuntime, defineAgent } from "../node.js";
import { memoryPair } from "../transports/memory.js";
import type { MemoryTransport } from "../transports/memory.js";
import { ArcpError, ConnectionError } from "../wire/errors.js";
import type { ReceivedEvent } from "./job-event.js";
import { CLIENT_VERSION } from "./options.js";
import { scriptedRuntime, testClock } from "../testing/index.js";
import { connect } from "./index.js";
import { connected, running, until } from "./script.test-helper.js";

async function failure(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  return promise.then(
    () => Promise.reject(new Error("it did not fail")),
    (error: Error) => error,
  );
}

async function numbers(
  events: AsyncIterable<ReceivedEvent>,
  into: number[] = [],
): Promise<number[]> {
  for await (const { seq } of events) into.push(seq);
  return into;
}

/** An array in an array, so many of them. */
function nested(levels: number): unknown {
  return JSON.parse("[".repeat(levels) + "]".repeat(levels));
}

describe("connect", () => {
  it("is welcomed, and knows the session and the agents", async () => {
    const { client } = await connected();
    expect(client.session).toMatchObject({
      id: "sess_1",
      features: expect.arrayContaining(["ack"]) as unknown,
      runtime: { name: "script" },
      resumeWindowSec: 600,
      resumed: 0,
    });
    expect(client.agents).toEqual([{ name: "a", versions: ["1.0.0"], default: "1.0.0" }]);
    await client.close();
  });

  it("says name, version and token; the default version is the package's", async () => {
    const script = scriptedRuntime();
    const opening = connect(script.dial, { token: () => Promise.resolve("fresh"), name: "me" });
    const hello = await (await script.connection()).welcome();
    expect(hello.payload).toMatchObject({
      client: { name: "me", version: CLIENT_VERSION },
      auth: { scheme: "bearer", token: "fresh" },
    });
    const packed = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect(CLIENT_VERSION).toBe(packed.version);
    await (await opening).close();
  });

  it("rejects with the runtime's refusal, and hangs up", async () => {
    const script = scriptedRuntime();
    const opening = failure(connect(script.dial, { token: "bad" }));
    const peer = await script.connection();
    const hello = await peer.next("session.hello");
    peer.send("session.error", { code: "UNAUTHENTICATED", message: "no", request_id: hello.id });
    expect(ArcpError.is(await opening, "UNAUTHENTICATED")).toBe(true);
    await peer.end();
    expect(script.dials).toBe(1);
  });

  it("rejects when nobody answers, when no token can be had, and when it is given up", async () => {
    const script = scriptedRuntime();
    script.unreachable = true;
    expect(ConnectionError.is(await failure(connect(script.dial)), "UNREACHABLE")).toBe(true);
    const lost = new Error("the keyring is locked");
    const token = () => Promise.reject(lost);
    expect(await failure(connect(scriptedRuntime().dial, { token }))).toBe(lost);

    const silent = scriptedRuntime();
    const abort = new AbortController();
    const opening = failure(connect(silent.dial, { signal: abort.signal }));
    const peer = await silent.connection();
    await peer.next("session.hello");
    abort.abort(new Error("enough"));
    expect((await opening).message).toBe("enough");
    await peer.end();
  });
});

describe("a client whose connection is lost", () => {
  it("resumes without a gap or a duplicate for the program that reads", async () => {
    const told: string[] = [];
    const tokens = ["one", "two"];
    const { job, peer, script, client } = await running({
      token: () => tokens.shift()!,
      on: { reconnecting: () => told.push("reconnecting"), resumed: () => told.push("resumed") },
    });
    const reading = numbers(job);
    peer.event(1).event(2);
    await until(() => job.status === "running");
    peer.drop();
    const next = await script.connection();
    const hello = await next.welcome("sess_1", { resume_token: "rt_2" });
    expect(hello.payload).toMatchObject({
      auth: { token: "two" },
      resume: { session_id: "sess_1", resume_token: "rt_1", last_event_seq: 2 },
    });
    next.event(2).event(3).result(4, { result: "done" });
    expect(await reading).toEqual([1, 2, 3]);
    expect(await job.result()).toBe("done");
    expect(told).toEqual(["reconnecting", "resumed"]);
    expect(client.session.resumed).toBe(1);
    await client.close();
  });

  it("fills a hole in the numbers by a resume", async () => {
    const { job, peer, script, client } = await running();
    const reading = numbers(job);
    peer.event(1).event(3);
    expect((await peer.end()).code).toBe(4002);
    const next = await script.connection();
    await next.welcome();
    next.event(2).event(3).result(4, {});
    expect(await reading).toEqual([1, 2, 3]);
    await client.close();
  });

  it("tells the gap when the window has closed; the job is cut off, not ended", async () => {
    const gaps: unknown[] = [];
    const { job, peer, script, client } = await running({ on: { gap: (gap) => gaps.push(gap) } });
    const seen: number[] = [];
    const reading = failure(numbers(job, seen));
    const result = failure(job.result());
    peer.event(1);
    await until(() => seen.length === 1);
    peer.drop();
    const refusing = await script.connection();
    await refusing.next("session.hello");
    refusing.send("session.error", { code: "RESUME_WINDOW_EXPIRED", message: "late" });
    const fresh = await script.connection();
    expect((await fresh.welcome("sess_2")).payload).not.toHaveProperty("resume");
    expect(ConnectionError.is(await reading, "GAP")).toBe(true);
    expect(ConnectionError.is(await result, "GAP")).toBe(true);
    await until(() => gaps.length > 0);
    expect(gaps).toMatchObject([{ reason: "expired", sessionId: "sess_1", jobs: ["job_1"] }]);
    expect(job.finalStatus).toBeUndefined();
    expect(client.session.id).toBe("sess_2");
    // The new session's numbers begin anew, and belong to new jobs.
    const [again] = await Promise.all([client.submit("a"), fresh.accept("job_2")]);
    fresh.result(1, { result: 2 }, "job_2");
    expect(await again.result()).toBe(2);
    await client.close();
  });

  it("RES-18 repeats what was not answered, a submit by the key that it has of its own", async () => {
    const { client, peer, script } = await connected();
    const submitting = client.submit("a");
    const ping = client.ping();
    const first = await peer.next("job.submit");
    await peer.next("session.ping");
    peer.drop();
    const next = await script.connection();
    await next.welcome();
    const again = await next.next("job.submit");
    expect(again.payload).toEqual(first.payload);
    expect(first.payload["idempotency_key"]).toMatch(/^key_\w{26}$/);
    next.send("job.accepted", {
      job_id: "job_1",
      request_id: again.id,
      agent: "a@1",
      lease: {},
      accepted_at: "t",
    });
    expect((await submitting).id).toBe("job_1");
    const { payload } = await next.next("session.ping");
    next.send("session.pong", { ping_nonce: payload["nonce"], received_at: "t" });
    expect(await ping).toBeGreaterThanOrEqual(0);
    await client.close();
  });

  it("RES-18 gives each submit another key", async () => {
    const { client, peer } = await connected();
    void Promise.all([client.submit("a"), client.submit("a")]).catch(() => {});
    const [one, two] = [await peer.next("job.submit"), await peer.next("job.submit")];
    expect(one.payload["idempotency_key"]).not.toBe(two.payload["idempotency_key"]);
    await client.close();
  });

  it("hears nothing for two intervals: it is dialled again", async () => {
    const clock = testClock();
    const { client, peer, script } = await connected({ clock });
    await clock.advance(30_000);
    await peer.next("session.ping");
    await clock.advance(30_000);
    expect(await peer.end()).toEqual({ code: 4008, reason: "HEARTBEAT_LOST" });
    await clock.advance(10);
    const next = await script.connection();
    expect((await next.welcome()).payload).toHaveProperty("resume");
    await until(() => client.session.resumed === 1);
    await client.close();
  });

  it("goes on trying while nobody is there", async () => {
    const attempts: number[] = [];
    const { client, peer, script } = await connected({
      on: { reconnecting: ({ attempt }) => attempts.push(attempt) },
    });
    script.unreachable = true;
    peer.drop();
    await until(() => attempts.length >= 4);
    script.unreachable = false;
    await (await script.connection()).welcome();
    await until(() => client.session.resumed === 1);
    expect(attempts.slice(0, 4)).toEqual([1, 2, 3, 4]);
    await client.close();
  });

  it("AUTH-09 keeps its session while the runtime's verifier fails, and asks for a fresh token each time", async () => {
    let broken = false;
    const verified: string[] = [];
    const runtime = createRuntime({
      agents: [defineAgent({ name: "a", run: (_input, ctx) => ctx.signal.aborted })],
      auth: (token) => {
        verified.push(token);
        if (broken && verified.length < 5) throw new Error("the database is away");
        return "me";
      },
    });
    let line: MemoryTransport | undefined;
    let tokens = 0;
    const gaps: unknown[] = [];
    const dial = (): Promise<MemoryTransport> => {
      const [mine, theirs] = memoryPair();
      runtime.accept(theirs);
      return Promise.resolve((line = mine));
    };
    const client = await connect(dial, {
      reconnect: { minDelayMs: 1, maxDelayMs: 2 },
      token: () => Promise.resolve(`token-${(tokens += 1)}`),
      on: { gap: (gap) => void gaps.push(gap) },
    });
    const { id } = client.session;
    broken = true;
    line!.drop();
    const job = await client.submit("a");
    expect(await job.result()).toBe(false);
    expect(client.session).toMatchObject({ id, resumed: 1 });
    expect(verified).toEqual(["token-1", "token-2", "token-3", "token-4", "token-5"]);
    expect(gaps).toEqual([]);
    await client.close();
    await runtime.close();
  });

  it("is superseded: everything is settled, and it stays away", async () => {
    const { job, client, peer, script } = await running();
    const waits = [job.result(), client.ping(), numbers(job)].map(failure);
    peer.send("session.closed", { reason: "superseded" });
    for (const error of await Promise.all(waits)) {
      expect(ConnectionError.is(error, "SUPERSEDED")).toBe(true);
    }
    const { error } = await client.closed;
    expect(ConnectionError.is(error, "SUPERSEDED")).toBe(true);
    expect(ConnectionError.is(await failure(client.submit("a")), "CLOSED")).toBe(true);
    expect(script.dials).toBe(1);
  });

  it("ends for good: no call and no loop is left waiting", async () => {
    const { job, client, peer } = await running({ reconnect: false });
    const waits = [
      job.result(),
      numbers(job),
      new Response(job.stream()).text(),
      client.submit("a", 1, { idempotencyKey: "k" }),
      job.cancel(),
      client.jobs().next(),
      client.ping(),
    ].map(failure);
    await peer.next("session.ping");
    peer.drop();
    const errors = await Promise.all(waits);
    expect(errors.every((error) => ConnectionError.is(error))).toBe(true);
    expect(errors.map(({ code }) => code)).toContain("OUTCOME_UNKNOWN");
    expect((await client.closed).error).toMatchObject({ code: "CLOSED", closeCode: 1006 });
  });
});

const row = (id: string) => ({
  job_id: id,
  agent: "a@1",
  status: "running",
  lease: {},
  created_at: "2026-01-01T00:00:00Z",
});

describe("the calls of a client", () => {
  it("submit what they were given", async () => {
    const { client, peer } = await connected(
      {},
      {
        capabilities: { features: ["cost.budget", "lease_expires_at", "agent_versions"] },
      },
    );
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const lease = { "cost.budget": ["USD:1.00"] };
    const expiresAt = new Date("2030-01-02T03:04:05Z");
    const options = { lease, expiresAt, idempotencyKey: "k", maxRuntimeSec: 9, traceId };
    const submitting = client.submit("a@1.0.0", { x: [1] }, options);
    const submit = await peer.accept("job_1", {
      agent: "a@1.0.0",
      lease,
      budget: { USD: 1 },
      trace_id: traceId,
    });
    expect(submit).toMatchObject({ session_id: "sess_1", trace_id: traceId });
    expect(submit.payload).toEqual({
      agent: "a@1.0.0",
      input: { x: [1] },
      lease_request: lease,
      lease_constraints: { expires_at: "2030-01-02T03:04:05.000Z" },
      idempotency_key: "k",
      max_runtime_sec: 9,
    });
    const job = await submitting;
    expect(job).toMatchObject({
      id: "job_1",
      agent: "a@1.0.0",
      lease,
      budget: { USD: 1 },
      traceId,
    });
    await client.close();
  });

  it("find the job again that the same key found before", async () => {
    const { client, peer } = await connected();
    const submit = () => client.submit("a", 1, { idempotencyKey: "k" });
    const [one] = await Promise.all([submit(), peer.accept("job_1")]);
    const [two] = await Promise.all([submit(), peer.accept("job_1")]);
    expect(two).toBe(one);
    await client.close();
  });

  it("give each submit a trace of its own, by which its answer is known", async () => {
    const { client, peer } = await connected();
    const jobs = [client.submit("a"), client.submit("b")];
    const [one, two] = [await peer.next("job.submit"), await peer.next("job.submit")];
    const accepted = { lease: {}, accepted_at: "t" };
    peer.send("job.accepted", accepted, { job_id: "job_b", trace_id: two.trace_id });
    peer.send("job.accepted", accepted, { job_id: "job_a", trace_id: one.trace_id });
    expect((await Promise.all(jobs)).map(({ id }) => id)).toEqual(["job_a", "job_b"]);
    await client.close();
  });

  it("cancel a job, and say how it had ended already", async () => {
    const { client, job, peer } = await running();
    const cancelling = job.cancel("enough");
    const { id, payload } = await peer.next("job.cancel");
    expect(payload).toEqual({ job_id: "job_1", reason: "enough" });
    peer.send("job.cancelled", { request_id: id }, { job_id: "job_1" });
    peer.error(1, "CANCELLED", "cancelled");
    expect(await cancelling).toEqual({ jobId: "job_1", finalStatus: undefined });
    expect(ArcpError.is(await failure(job.result()), "CANCELLED")).toBe(true);

    const late = client.cancel("job_9");
    const request = await peer.next("job.cancel");
    peer.send(
      "job.cancelled",
      { request_id: request.id, final_status: "success" },
      { job_id: "job_9" },
    );
    expect(await late).toEqual({ jobId: "job_9", finalStatus: "success" });
    await client.close();
  });

  it("follow a signal: before the acceptance it rejects, after it it cancels", async () => {
    const { client, peer } = await connected();
    const abort = new AbortController();
    const submitting = failure(client.submit("a", 1, { signal: abort.signal }));
    const first = await peer.next("job.submit");
    abort.abort(new Error("changed my mind"));
    expect((await submitting).message).toBe("changed my mind");
    const accepted = { request_id: first.id, lease: {}, accepted_at: "t" };
    peer.send("job.accepted", accepted, { job_id: "job_0" });
    expect((await peer.next("job.cancel")).payload).toEqual({ job_id: "job_0" });

    const later = new AbortController();
    await Promise.all([client.submit("a", 1, { signal: later.signal }), peer.accept("job_1")]);
    later.abort(new Error("too slow"));
    expect((await peer.next("job.cancel")).payload).toEqual({
      job_id: "job_1",
      reason: "too slow",
    });
    await client.close();
  });

  it("list jobs page by page, as they are asked for", async () => {
    const { client, peer } = await connected();
    const list = client.jobs({
      status: ["running"],
      agent: "a",
      createdAfter: new Date(0),
      limit: 3,
    });
    const first = list.next();
    const one = await peer.next("session.list_jobs");
    expect(one.payload).toEqual({
      filter: { status: ["running"], agent: "a", created_after: "1970-01-01T00:00:00.000Z" },
      limit: 3,
    });
    peer.send("session.jobs", {
      request_id: one.id,
      jobs: [row("job_1"), row("job_2")],
      next_cursor: "c",
    });
    expect((await first).value).toMatchObject({ job_id: "job_1" });
    expect((await list.next()).value).toMatchObject({ job_id: "job_2" });
    const third = list.next();
    const two = await peer.next("session.list_jobs");
    expect(two.payload).toMatchObject({ limit: 1, cursor: "c" });
    peer.send("session.jobs", { request_id: two.id, jobs: [row("job_3")], next_cursor: "d" });
    expect((await third).value).toMatchObject({ job_id: "job_3" });
    expect(await list.next()).toEqual({ value: undefined, done: true });
    await client.close();
  });

  it("fail at once for what cannot be meant, and send nothing", async () => {
    const { client, peer } = await connected();
    const nobody = undefined as unknown as string;
    const wrong = [
      [() => client.submit(nobody), "agent must be a name, or name@version; it is undefined"],
      [() => client.submit(""), "it is an empty string"],
      [() => client.submit("a", 1, { traceId: "nope" }), "traceId must be 32 lowercase"],
      [() => client.submit("a", 1, { traceId: "0".repeat(32) }), "not all of them 0"],
      [() => client.submit("a", 1, { expiresAt: new Date("x") }), "expiresAt is no valid date"],
      [() => client.jobs({ createdAfter: new Date("x") }).next(), "createdAfter is no valid date"],
    ] as const;
    for (const [call, words] of wrong) {
      const error = await failure(call());
      expect([error.name, error.message]).toEqual(["TypeError", expect.stringContaining(words)]);
    }
    await client.close();
    expect(peer.seen.map(({ type }) => type)).toEqual(["session.hello", "session.close"]);
  });

  it.each([
    ["is no JSON", () => ({ big: 1n })],
    ["is too large for a frame", () => "x".repeat(1_100_000)],
    ["nests too deep for a frame", () => nested(63)],
  ])("fail alone when what they say %s", async (_, input) => {
    const { client, peer } = await connected();
    expect(ArcpError.is(await failure(client.submit("a", input())), "INVALID_REQUEST")).toBe(true);
    // It leaves no place in the line behind.
    const [job] = await Promise.all([
      client.submit("a"),
      peer
        .next("job.submit")
        .then(() =>
          peer.send("job.accepted", { lease: {}, accepted_at: "t" }, { job_id: "job_1" }),
        ),
    ]);
    expect(job.id).toBe("job_1");
    await client.close();
  });

  it("say where they nest deeper than a frame may, and what the limit is", async () => {
    const { client } = await connected();
    const error = await failure(client.submit("a", { x: nested(62) }));
    expect(error.message).toContain(`/payload/input/x${"/0".repeat(61)}: `);
    expect(error.message).toContain("64 levels");
    expect(error).toMatchObject({ details: { limit: "max_depth" } });
    await client.close();
  });

  it("warn of what fails none of them", async () => {
    const warnings: Error[] = [];
    const { client, peer } = await connected({ on: { warning: (error) => warnings.push(error) } });
    peer.send("session.error", { code: "INTERNAL_ERROR", message: "hiccup" });
    await until(() => warnings.length === 1);
    expect(ArcpError.is(warnings[0], "INTERNAL_ERROR")).toBe(true);
    await client.close();
  });
});

describe("close", () => {
  it("says goodbye, and leaves the job running unheard", async () => {
    const { client, job, peer } = await running();
    const result = failure(job.result());
    peer.answersClose = false;
    const closing = client.close({ reason: "done" });
    const { id, payload } = await peer.next("session.close");
    expect(payload).toEqual({ reason: "done" });
    peer.send("session.closed", { request_id: id });
    await closing;
    expect((await peer.end()).code).toBe(1000);
    expect(ConnectionError.is(await result, "CLOSED")).toBe(true);
    expect(await client.closed).toEqual({ error: undefined });
    await client.close();
  });

  it("falls back to session.bye, and needs no answer to that", async () => {
    const { client, peer } = await connected();
    peer.answersClose = false;
    const closing = client.close({ reason: "done" });
    const { id } = await peer.next("session.close");
    peer.send("session.error", {
      code: "INVALID_REQUEST",
      message: "unknown type",
      request_id: id,
    });
    expect((await peer.next("session.bye")).payload).toEqual({ reason: "done" });
    peer.drop();
    await closing;
  });

  it("does not wait for ever for a peer that says nothing", async () => {
    const clock = testClock();
    const { client, peer } = await connected({ clock });
    peer.answersClose = false;
    const closing = client.close();
    await peer.next("session.close");
    await clock.advance(5_000);
    await closing;
  });

  it("is what disposing does", async () => {
    const { client, peer } = await connected();
    peer.answersClose = false;
    const disposing = client[Symbol.asyncDispose]();
    await peer.next("session.close");
    peer.send("session.closed", {});
    await disposing;
  });
});

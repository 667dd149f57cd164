/** A session that outlives its process, opposite a runtime that is scripted, and opposite a real one. */
import { describe, expect, it } from "vitest";
import { memoryKeeper } from "../keepers/memory.test-helper.js";
import type { MemoryKeeper } from "../keepers/memory.test-helper.js";
import { createRuntime, defineAgent, memory } from "../node.js";
import { scriptedRuntime, testClock } from "../testing/index.js";
import type { MemoryTransport } from "../transports/memory.js";
import { ArcpError, ConnectionError } from "../wire/errors.js";
import type { Client } from "./client.js";
import { connect } from "./index.js";
import type { KeptSession } from "./kept-session.js";
import type { ConnectOptions } from "./options.js";
import { connected, until } from "./script.test-helper.js";

const quick: ConnectOptions = { reconnect: { minDelayMs: 1, maxDelayMs: 2 } };

function keptIn(keeper: MemoryKeeper): KeptSession {
  return JSON.parse(keeper.text!) as KeptSession;
}

/** Another process: what was kept, and nothing else. */
function after(keeper: MemoryKeeper): MemoryKeeper {
  return memoryKeeper(keeper.text);
}

/** A client that goes on with what is kept, and the runtime's end of it. */
async function resumed(keeper: MemoryKeeper, options: ConnectOptions = {}) {
  const script = scriptedRuntime();
  const opening = connect(script.dial, { ...quick, session: keeper, ...options });
  const peer = await script.connection();
  const hello = await peer.welcome("sess_1", { resume_token: "rt_2" });
  return { client: await opening, script, peer, hello };
}

const quit = async (client: Client): Promise<void> => client.close();

describe("what is kept", () => {
  it("is the token before a word is said, the submit before it is sent, the reading before its ack", async () => {
    const keeper = memoryKeeper();
    const sent: string[] = [];
    let letGo = (): void => undefined;
    const { client, peer } = await connected({ session: keeper });
    await until(() => keeper.text !== undefined);
    expect(keptIn(keeper)).toMatchObject({ session_id: "sess_1", resume_token: "rt_1", jobs: [] });

    keeper.before = () => new Promise((resolve) => (letGo = resolve));
    const submitting = client.submit("a", { x: 1 }, { idempotencyKey: "k" });
    const pinging = client.ping();
    await until(() => keeper.text !== undefined);
    // As many turns as everything else here takes for a round trip, and more.
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    sent.push(...peer.seen.map(({ type }) => type));
    expect(sent).toEqual(["session.hello"]);
    letGo();
    await peer.accept();
    expect(keptIn(keeper).unanswered).toMatchObject([
      { id: expect.any(String), payload: { agent: "a", input: { x: 1 }, idempotency_key: "k" } },
    ]);
    keeper.before = () => undefined;
    const ping = await peer.next("session.ping");
    peer.send("session.pong", { ping_nonce: ping.payload["nonce"], received_at: "t" });
    await pinging;
    const job = await submitting;
    peer.event(1).event(2);
    const events = job[Symbol.asyncIterator]();
    await events.next();
    await events.next();
    const ack = await peer.next("session.ack");
    expect(ack.payload).toEqual({ last_processed_seq: 1 });
    expect(keptIn(keeper)).toMatchObject({
      last_event_seq: 1,
      jobs: [{ job_id: "job_1", read_seq: 1 }],
      unanswered: [],
    });
    await quit(client);
  });

  it("never holds up what is said in the very turn in which a write ends", async () => {
    // However many microtasks after the welcome: one of them is the turn in question.
    for (let turns = 0; turns < 30; turns += 1) {
      const { client, peer } = await connected({ session: memoryKeeper() });
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      const [job] = await Promise.all([client.submit("a"), peer.accept()]);
      expect(job.id).toBe("job_1");
      await quit(client);
    }
  });

  it("is free of the secrets of a job", async () => {
    const keeper = memoryKeeper();
    const { client, peer } = await connected({ session: keeper });
    const credentials = [
      {
        id: "c",
        scheme: "bearer",
        value: "canary",
        endpoint: "https://x.example",
        expires_at: "2030-01-01T00:00:00Z",
      },
    ];
    const [job] = await Promise.all([client.submit("a"), peer.accept("job_1", { credentials })]);
    expect(job.credentials).toHaveLength(1);
    await quit(client);
    expect(keptIn(keeper).jobs).toHaveLength(1);
    expect(keeper.written.join()).not.toContain("canary");
  });

  it("is of a job until its end was read, and not until it came", async () => {
    const keeper = memoryKeeper();
    const { client, peer } = await connected({ session: keeper });
    const [job] = await Promise.all([client.submit("a"), peer.accept()]);
    peer.event(1).result(2, { result: "done" });
    await until(() => job.finalStatus === "success");
    const [other] = await Promise.all([client.submit("a"), peer.accept("job_2")]);
    await quit(client);
    expect(keptIn(keeper).jobs.map(({ job_id }) => job_id)).toEqual([job.id, other.id]);

    const next = await resumed(after(keeper));
    expect(next.hello.payload["resume"]).toMatchObject({ last_event_seq: 0 });
    next.peer.event(1).result(2, { result: "done" });
    const [again] = await next.client.openJobs();
    expect(await again!.result()).toBe("done");
    await until(() => next.peer.seen.some(({ type }) => type === "session.ack"));
    await quit(next.client);
  });

  it("is of a job until all of its stream was read", async () => {
    for (const pieces of [1, 3]) {
      const keeper = memoryKeeper();
      const { client, peer } = await connected({ session: keeper });
      const [job] = await Promise.all([client.submit("a"), peer.accept()]);
      const reader = job.stream().getReader();
      peer.chunk(1, 0, "one ").chunk(2, 1, "two", false);
      peer.result(3, { result_id: "res_1", result_size: 7 });
      for (let at = 0; at < pieces; at += 1) await reader.read();
      await until(() => job.finalStatus === "success");
      await quit(client);
      const open = pieces === 1 ? [{ job_id: "job_1", result_from: 1 }] : [];
      expect(keptIn(keeper)).toMatchObject({ last_event_seq: pieces === 1 ? 0 : 3, jobs: open });
    }
  });

  it("is let go with the client, however that ends", async () => {
    const keeper = memoryKeeper();
    const { client, peer } = await connected({ session: keeper, reconnect: false });
    peer.drop();
    await client.closed;
    expect(keeper.taken).toBe(false);
    const script = scriptedRuntime();
    script.unreachable = true;
    await expect(connect(script.dial, { session: keeper })).rejects.toThrow("nobody there");
    expect(keeper.taken).toBe(false);
    const other = after(keeper);
    other.taken = true;
    await expect(connect(script.dial, { session: other })).rejects.toThrow("memory is in use");
    expect(script.dials).toBe(1);
  });

  it("is not written over by a client that was superseded", async () => {
    const keeper = memoryKeeper();
    const { client, peer } = await connected({ session: keeper });
    await until(() => keeper.text !== undefined);
    const { length } = keeper.written;
    const [job] = await Promise.all([client.submit("a"), peer.accept()]);
    peer.event(1);
    await until(() => job.status === "running");
    void peer.close(4009, "superseded");
    expect((await client.closed).error).toMatchObject({ code: "SUPERSEDED" });
    expect(keeper.written.length).toBe(length + 1);
  });
});

describe("another process", () => {
  /** A client that has read `read` of the events of a job, and then is no more. */
  async function left(read: number, events = 3): Promise<MemoryKeeper> {
    const keeper = memoryKeeper();
    const { client, peer } = await connected({ session: keeper });
    const submitting = client.submit("a", { x: 1 }, { idempotencyKey: "k" });
    const [job] = await Promise.all([submitting, peer.accept()]);
    const loop = job[Symbol.asyncIterator]();
    for (let seq = 1; seq <= events; seq += 1) peer.event(seq);
    for (let at = 0; at <= read; at += 1) if (at < events) await loop.next();
    await client.close();
    return keeper;
  }

  it("goes on reading where the one before it was", async () => {
    const keeper = await left(2);
    expect(keptIn(keeper)).toMatchObject({ last_event_seq: 2, jobs: [{ read_seq: 2 }] });
    const { client, peer, hello } = await resumed(after(keeper));
    expect(hello.payload["resume"]).toEqual({
      session_id: "sess_1",
      resume_token: "rt_1",
      last_event_seq: 2,
    });
    expect(client.session).toMatchObject({ id: "sess_1", resumed: 1 });
    const [job] = await client.openJobs();
    expect(job).toMatchObject({ id: "job_1", agent: "a" });
    peer.event(3).event(4).result(5, { result: "done" });
    const seqs: number[] = [];
    for await (const { seq } of job!) seqs.push(seq);
    expect(seqs).toEqual([3, 4]);
    expect(await job!.result()).toBe("done");
    await quit(client);
  });

  it("cancels, and submits under the same key without a second job", async () => {
    const { client, peer } = await resumed(after(await left(1)));
    const [job] = await client.openJobs();
    const [again] = await Promise.all([
      client.submit("a", { x: 1 }, { idempotencyKey: "k" }),
      peer.accept(),
    ]);
    expect(again).toBe(job);
    const cancelling = job!.cancel("enough");
    const cancel = await peer.next("job.cancel");
    expect(cancel.payload).toEqual({ job_id: "job_1", reason: "enough" });
    peer.send("job.cancelled", { request_id: cancel.id, job_id: "job_1" }, { job_id: "job_1" });
    await cancelling;
    await quit(client);
  });

  it("repeats a submit whose answer the one before it did not live to hear", async () => {
    const keeper = memoryKeeper();
    const { client, peer } = await connected({ session: keeper });
    client.submit("a", { x: 1 }).catch(() => undefined);
    const submit = await peer.next("job.submit");
    const crashed = after(keeper);
    const next = await resumed(crashed);
    const open = next.client.openJobs();
    const repeated = await next.peer.accept("job_9");
    expect(repeated).toMatchObject({ id: submit.id, payload: submit.payload });
    expect((await open).map(({ id }) => id)).toEqual(["job_9"]);
    await Promise.all([quit(client), quit(next.client)]);
    // Also where it was closed before the answer, and told that nobody knows.
    expect(keptIn(keeper).unanswered).toMatchObject([{ id: submit.id }]);
  });

  it("is told what became of such a submit when it is refused", async () => {
    const keeper = memoryKeeper();
    const { client, peer } = await connected({ session: keeper });
    client.submit("a").catch(() => undefined);
    await peer.next("job.submit");
    const warnings: Error[] = [];
    const on = { warning: (error: Error) => void warnings.push(error) };
    const next = await resumed(after(keeper), { on });
    const open = next.client.openJobs();
    const { id } = await next.peer.next("job.submit");
    const refusal = { code: "AGENT_NOT_AVAILABLE", message: "gone", request_id: id };
    next.peer.send("session.error", refusal);
    expect(await open).toEqual([]);
    await until(() => warnings.length > 0);
    expect(ArcpError.is(warnings[0], "AGENT_NOT_AVAILABLE")).toBe(true);
    expect(warnings[0]!.message).toContain("a submit of a that a former process had made");
    await Promise.all([quit(client), quit(next.client)]);
  });

  it("gets a streamed result from its first piece, and no event twice", async () => {
    const keeper = memoryKeeper();
    const { client, peer } = await connected({ session: keeper });
    const [job] = await Promise.all([client.submit("a"), peer.accept()]);
    peer.event(1).chunk(2, 0, "one ").event(3).chunk(4, 1, "two ");
    const loop = job[Symbol.asyncIterator]();
    for (let at = 0; at < 4; at += 1) await loop.next();
    loop.next().catch(() => undefined); // cut off, as the process is
    await until(() => peer.seen.some(({ type }) => type === "session.ack"));
    await client.close();
    expect(keptIn(keeper)).toMatchObject({
      last_event_seq: 1,
      jobs: [{ read_seq: 4, result_from: 2 }],
    });

    for (const how of ["value", "stream"] as const) {
      const next = await resumed(after(keeper));
      const [again] = await next.client.openJobs();
      const seqs: number[] = [];
      const reading = (async () => {
        for await (const { seq } of again!) seqs.push(seq);
      })();
      const result = how === "value" ? again!.result() : new Response(again!.stream()).text();
      next.peer
        .chunk(2, 0, "one ")
        .event(3)
        .chunk(4, 1, "two ")
        .event(5)
        .chunk(6, 2, "three", false);
      next.peer.result(7, { result_id: "res_1", result_size: 13 });
      expect(await result).toBe("one two three");
      await reading;
      expect(seqs).toEqual(how === "value" ? [5, 6] : [5]);
      await quit(next.client);
    }
  });

  it("begins anew where nothing was left open, and the runtime knows no such session", async () => {
    const keeper = memoryKeeper();
    const { client } = await connected({ session: keeper });
    await client.close();
    const script = scriptedRuntime();
    const opening = connect(script.dial, { ...quick, session: keeper });
    const first = await script.connection();
    await first.next("session.hello");
    first.send("session.error", { code: "UNAUTHENTICATED", message: "no" }, { session_id: "s" });
    await (await script.connection()).welcome("sess_2");
    await quit(await opening);
    expect(keptIn(keeper).session_id).toBe("sess_2");
  });

  it("does not replace a session that may live elsewhere; nothing is written", async () => {
    const keeper = after(await left(1));
    const before = keeper.text;
    const script = scriptedRuntime();
    const opening = connect(script.dial, { ...quick, session: keeper });
    const first = await script.connection();
    await first.next("session.hello");
    first.send("session.error", { code: "UNAUTHENTICATED", message: "no" }, { session_id: "s" });
    void (await script.connection()).welcome("sess_2");
    const error = await opening.catch((thrown: unknown) => thrown);
    expect(ConnectionError.is(error, "NOT_KEPT")).toBe(true);
    expect(keeper).toMatchObject({ text: before, written: [], taken: false });
  });

  it("is told of each job of a session that is surely over", async () => {
    const keeper = after(await left(1));
    const script = scriptedRuntime();
    const gaps: unknown[] = [];
    const opening = connect(script.dial, {
      ...{ ...quick, session: keeper, on: { gap: (gap) => void gaps.push(gap) } },
    });
    const first = await script.connection();
    await first.next("session.hello");
    const expired = { code: "RESUME_WINDOW_EXPIRED", message: "no" };
    first.send("session.error", expired, { session_id: "s" });
    await (await script.connection()).welcome("sess_2");
    const client = await opening;
    const [job] = await client.openJobs();
    await expect(job!.result()).rejects.toMatchObject({ code: "GAP" });
    await until(() => gaps.length > 0);
    expect(gaps).toMatchObject([{ reason: "expired", jobs: ["job_1"] }]);
    await quit(client);
    expect(keptIn(keeper)).toMatchObject({ session_id: "sess_2", jobs: [] });
  });
});

describe("what cannot be kept", () => {
  it("at the welcome ends the client before it says a word; the old token stays good", async () => {
    const keeper = memoryKeeper();
    keeper.before = () => Promise.reject(new Error("the disc is full"));
    const { client, peer } = await connected({ session: keeper });
    const { error } = await client.closed;
    expect(error).toMatchObject({
      code: "NOT_KEPT",
      message: "[NOT_KEPT] the session cannot be kept: the disc is full",
    });
    expect(peer.seen.map(({ type }) => type)).toEqual(["session.hello"]);
  });

  it("for a submit that is too large refuses that submit, and nothing else", async () => {
    const keeper = memoryKeeper();
    keeper.before = (text) => {
      if (text.length > 2_000) throw new Error("the quota is exceeded");
    };
    const { client, peer } = await connected({ session: keeper });
    const large = client.submit("a", "x".repeat(4_000));
    const left = new AbortController();
    const givenUp = client.submit("a", "y".repeat(4_000), { signal: left.signal });
    left.abort(new Error("never mind"));
    await expect(givenUp).rejects.toThrow("never mind");
    await expect(large).rejects.toMatchObject({
      code: "NOT_KEPT",
      message: expect.stringContaining("was not submitted, since it cannot be kept"),
    });
    const [small] = await Promise.all([client.submit("a", "x"), peer.accept()]);
    expect(small.id).toBe("job_1");
    expect(peer.seen.filter(({ type }) => type === "job.submit")).toHaveLength(1);
    await quit(client);
  });

  it.each([
    ["", "is damaged: "],
    ["{", "is damaged: "],
    ["[1]", "is no session of arcp"],
    [`{ "format": "other" }`, "is no session of arcp"],
    [`{ "format": "arcp-session", "version": 2 }`, "has the version 2, and this arcp reads"],
    [`{ "format": "arcp-session", "version": 1 }`, "is damaged: session_id must be a text"],
    [
      `{ "format": "arcp-session", "version": 1, "session_id": "s", "resume_token": "t", "features": ["ack"],
         "last_event_seq": 1, "jobs": [{ "job_id": "j" }], "unanswered": [] }`,
      "is damaged: jobs entry 0 submission must be an object",
    ],
    [
      `{ "format": "arcp-session", "version": 1, "session_id": "s", "resume_token": "t", "features": ["ack"],
         "last_event_seq": -1, "jobs": [], "unanswered": [] }`,
      "is damaged: last_event_seq must be a number",
    ],
  ])("as %j is refused, and left as it is", async (text, problem) => {
    const keeper = memoryKeeper(text);
    const script = scriptedRuntime();
    const error = await connect(script.dial, { session: keeper }).catch(
      (thrown: unknown) => thrown,
    );
    expect((error as Error).message).toContain(`[NOT_KEPT] memory ${problem}`);
    expect((error as Error).message).toContain("it was left as it is");
    expect(keeper).toMatchObject({ text, written: [], taken: false });
    expect(script.dials).toBe(0);
  });
});

describe("a crash at any moment, opposite a real runtime", () => {
  const count = defineAgent<number>({
    name: "count",
    async run(to, ctx) {
      for (let at = 1; at <= to; at += 1) await ctx.progress(at, to);
      return ctx.stream(["counted ", "to ", String(to)]);
    },
  });

  it("loses nothing and repeats at most what was read and not yet kept", async () => {
    for (let crash = 0; crash < 12; crash += 1) {
      const clock = testClock();
      const runtime = createRuntime({ agents: [count] });
      const dial = memory(runtime);
      let line: MemoryTransport | undefined;
      const keeper = memoryKeeper();
      const kept: { text: string; read: number }[] = [];
      const before: number[] = [];
      keeper.before = (text) => void kept.push({ text, read: before.length });
      const client = await connect(
        async (options) => (line = (await dial(options)) as MemoryTransport),
        { session: keeper, reconnect: false, clock },
      );
      const job = await client.submit("count", 400);
      // The process dies after some reading: its line falls, and only what was kept is left.
      const dies = 1 + crash * 35;
      for await (const { seq } of job) {
        before.push(seq);
        if (before.length === dies) break;
        // Acknowledgements, and with them what is kept, are 200 ms apart.
        if (before.length % 40 === 0) await clock.advance(200);
      }
      const crashed = memoryKeeper(keeper.text);
      const { read } = kept.at(-1)!;
      keeper.before = () => Promise.reject(new Error("it is dead"));
      line!.drop();
      await client.closed;

      const next = await connect(dial, { session: crashed });
      const [again] = await next.openJobs();
      const after: number[] = [];
      for await (const { seq, kind } of again!) if (kind === "progress") after.push(seq);
      expect(await again!.result()).toBe("counted to 400");
      // In order, without a hole, and from no earlier than what the last write knew to be read.
      expect(after).toEqual(Array.from({ length: after.length }, (_, at) => after[0]! + at));
      expect(after.at(-1)).toBe(400);
      expect(after[0]!).toBeLessThanOrEqual(dies + 1);
      expect(after[0]!).toBeGreaterThanOrEqual(Math.max(1, read));
      if (dies > 80) expect(read).toBeGreaterThan(30);
      expect(next.session.resumed).toBe(1);
      await next.close();
      await runtime.close();
    }
  });

  it("in the resume itself leaves a token that is good", async () => {
    const runtime = createRuntime({ agents: [count] });
    const dial = memory(runtime);
    const keeper = memoryKeeper();
    const client = await connect(dial, { session: keeper });
    await client.submit("count", 5);
    await client.close();
    let text = keeper.text;
    // Each of these dies when it was welcomed, before or after the new token is kept.
    for (const late of [false, true, false, false, true, true]) {
      const dying = memoryKeeper(text);
      dying.before = () => (late ? undefined : Promise.reject(new Error("it is dead")));
      let line: MemoryTransport | undefined;
      const half = await connect(
        async (options) => (line = (await dial(options)) as MemoryTransport),
        { session: dying, reconnect: false },
      );
      if (late) await until(() => dying.written.length > 0);
      dying.before = () => Promise.reject(new Error("it is dead"));
      line!.drop();
      await half.closed;
      text = dying.text;
    }
    const last = await connect(dial, { session: memoryKeeper(text) });
    const [job] = await last.openJobs();
    expect(await job!.result()).toBe("counted to 5");
    await last.close();
    await runtime.close();
  });
});

/** Our runtime and a client of drafts 02 and 02.1, our client and a runtime of them, on real sockets. §5.5 (W-45) */
import { afterEach, describe, expect, it } from "vitest";
import { OlderRuntime, DRAFTS, hello, olderClient } from "./older-peers.test-helper.js";
import type { Draft, Heard, OlderPeer } from "./older-peers.test-helper.js";
import { serve } from "./hosts/node.js";
import { bearer, connect, createRuntime, defineAgent } from "./node.js";
import type { Client, ConnectOptions, RuntimeOptions } from "./node.js";

const [DRAFT_02, DRAFT_02_1] = DRAFTS as readonly [Draft, Draft];
const TS = "2026-01-01T00:00:00.000Z";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** Our runtime, with agents that say all they can, wait to be cancelled, and go on when they are let. */
async function serving(draft: Draft, options: RuntimeOptions = {}) {
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  const talk = defineAgent<unknown>({
    name: "talk",
    async run(_, ctx) {
      await ctx.status("begun", "well");
      await ctx.thought("hm");
      await ctx.metric("rows", 3, "row");
      await ctx.artifact({ uri: "arcp://artifacts/1", content_type: "text/plain" });
      await ctx.tool("search.web", { q: "tides" }, () => "found");
      await ctx.progress(1, 2);
      await ctx.emit("x-vendor.example.note", { n: 1 });
      const child = await ctx.delegate("child", 1);
      await child.result();
      return ctx.stream(["one", "two"]);
    },
  });
  const child = defineAgent({ name: "child", run: () => "small" });
  const wait = defineAgent({
    name: "wait",
    run: (_, ctx) =>
      new Promise((_done, fail) => {
        ctx.signal.addEventListener("abort", () => fail(ctx.signal.reason as Error));
        void ctx.log("info", "waiting");
      }),
  });
  const hold = defineAgent({
    name: "hold",
    async run(_, ctx) {
      await ctx.log("info", "one");
      await gate;
      await ctx.log("info", "two");
      return "held";
    },
  });
  const runtime = createRuntime({
    agents: [talk, child, wait, hold],
    auth: bearer({ tok: "me@example.com" }),
    ...options,
  });
  ends.push(() => runtime.close());
  const server = await serve(runtime, { port: 0 });
  ends.push(() => server.close());
  const client = async () => {
    const peer = await olderClient(server.url, draft);
    ends.push(() => {
      peer.cut();
      // Whatever a test looked at, nothing that the draft does not have may have come.
      expect(peer.faults).toEqual([]);
    });
    return peer;
  };
  return { client, letGo };
}

async function submitted(peer: OlderPeer, agent: string, more: object = {}): Promise<Heard> {
  peer.send("job.submit", { agent, ...more });
  const accepted = await peer.next("job.accepted");
  expect(accepted.payload.job_id).toBe(accepted.job_id);
  return accepted;
}

function refusedSubmit(peer: OlderPeer): Promise<Heard> {
  peer.send("job.submit", { agent: "nobody" });
  return peer.next("session.error");
}

const terminalOf = ({ job_id }: Heard, peer: OlderPeer, type: string) =>
  peer.next(type, (message) => message.job_id === job_id);

describe.each(DRAFTS)("our runtime opposite a client of draft $name", (draft) => {
  it("ENV-02 welcomes it in its words, and tells nothing of what it does not know", async () => {
    const { client } = await serving(draft);
    const peer = await client();
    const { payload } = await hello(peer, "tok");
    const named = ["talk", "child", "wait", "hold"];
    const agents = payload.capabilities.agents as (string | { name: string })[];
    if (draft.features.length === 0) expect(agents).toEqual(named);
    else expect(agents.map((agent) => (agent as { name: string }).name)).toEqual(named);
    expect([...payload.capabilities.features].toSorted()).toEqual([...draft.features].toSorted());

    const accepted = await submitted(peer, "talk", {
      lease_request: { "tool.call": ["search.*"], "agent.delegate": ["child"] },
    });
    const { payload: end } = await terminalOf(accepted, peer, "job.result");
    const kinds = peer.heard.filter(({ type }) => type === "job.event").map((e) => e.payload.kind);
    expect(kinds.includes("progress")).toBe(draft.features.includes("progress"));
    if (draft.features.includes("result_chunk")) expect(kinds).toContain("result_chunk");
    else expect(end.result).toBe("onetwo");
    expect(kinds).toEqual(expect.arrayContaining(["delegate", "x-vendor.example.note"]));
  });

  it("OLD-01 lets the end of the job answer a cancel, also when it comes twice or too late", async () => {
    const { client } = await serving(draft);
    const peer = await client();
    await hello(peer, "tok");
    const { job_id } = await submitted(peer, "wait");
    await peer.next("job.event");
    for (let count = 0; count < 2; count++) peer.send("job.cancel", { reason: "no" }, { job_id });
    const { payload } = await peer.next("job.error");
    expect(payload).toMatchObject({ code: "CANCELLED", final_status: "cancelled" });
    peer.send("job.cancel", {}, { job_id });
    const { payload: refused } = await refusedSubmit(peer);
    expect(refused.code).toBe("AGENT_NOT_AVAILABLE");
    expect(peer.heard.at(-1)?.type).toBe("session.error");
    expect(peer.heard.filter(({ type }) => type === "job.error")).toHaveLength(1);
  });

  it("OLD-01 CANCEL-04 CANCEL-17 lets the end come to a session that cancels what it does not receive, once", async () => {
    const { client } = await serving(draft, { cancelAuthority: "principal" });
    const [first, other] = [await client(), await client()];
    for (const peer of [first, other]) await hello(peer, "tok");
    const running = await submitted(first, "wait");
    const ended = await submitted(first, "child");
    await terminalOf(ended, first, "job.result");

    const cancel = (peer: OlderPeer, { job_id }: Heard) => peer.send("job.cancel", {}, { job_id });
    cancel(other, running);
    const { payload } = await terminalOf(running, other, "job.error");
    expect(payload).toMatchObject({ code: "CANCELLED", final_status: "cancelled" });
    cancel(other, ended);
    expect((await terminalOf(ended, other, "job.result")).payload.result).toBe("small");
    // The end has been told: it is no more told to whoever knows it.
    for (const job of [running, ended]) for (const peer of [first, other]) cancel(peer, job);
    for (const peer of [first, other]) {
      await refusedSubmit(peer);
      const ends = peer.heard.filter(({ payload: { final_status } }) => final_status !== undefined);
      expect(ends).toHaveLength(2);
    }
  });

  it("RES-02 OLD-02 OLD-03 takes a bye without an answer, resumes in the hello, and says bye to who is superseded", async () => {
    const { client, letGo } = await serving(draft);
    const first = await client();
    const welcome = await hello(first, "tok");
    const session = welcome.session_id!;
    const { job_id } = await submitted(first, "hold");
    const { event_seq } = await first.next("job.event");
    const heard = first.heard.length;
    // A submit on its way is still done, be it looked at for a while; nobody is there any more to be told of it.
    first.send("job.submit", { agent: "child", idempotency_key: "once" });
    first.send("session.bye", { reason: "later" });
    expect(await first.end()).toBe(1000);
    expect(first.heard.slice(heard)).toEqual([]);

    letGo();
    const resume = (token: unknown, last: number) => ({
      session_id: session,
      resume_token: token,
      last_event_seq: last,
    });
    const second = await client();
    const again = await hello(second, "tok", resume(welcome.payload.resume_token, event_seq!));
    expect(again.session_id).toBe(session);
    await second.next("job.result", ({ payload }) => payload.result === "small");
    const end = await second.next("job.result", (message) => message.job_id === job_id);
    expect(end.payload.result).toBe("held");

    const third = await client();
    await hello(third, "tok", resume(again.payload.resume_token, end.event_seq!));
    expect((await second.next("session.bye")).payload).toEqual({ reason: "superseded" });
    expect(await second.end()).toBe(4009);
  });

  it("ENV-02 refuses in its words what it says wrong, before and after the welcome", async () => {
    const { client } = await serving(draft);
    const said: [string, string][] = [
      ['{"arcp":"1","id":"m1","type":"session.hello","payload":{}}', "INVALID_REQUEST"],
      ['{"arcp":"1","id":"m1","type":"session.bye","payload":{}}', "INVALID_REQUEST"],
      ['{"arcp":"1","id":"m1","type":"session.odd","payload":{}}', "INVALID_REQUEST"],
      [
        `{"arcp":"1","id":"m1","type":"session.hello","payload":${"[".repeat(99)}${"]".repeat(99)}}`,
        "INVALID_REQUEST",
      ],
      [
        '{"arcp":"1","id":"m1","type":"session.hello","payload":{"client":{"name":"c","version":"1"}}}',
        "UNAUTHENTICATED",
      ],
    ];
    for (const [text, code] of said) {
      const peer = await client();
      peer.sendText(text);
      const { arcp, payload } = await peer.next("session.error");
      expect([arcp, payload.code]).toEqual(["1", code]);
      expect(await peer.end()).toBe(1008);
    }
    const peer = await client();
    await hello(peer, "tok");
    peer.sendText('{"arcp":"1","id":"m2","type":"job.submit","payload":{"agent":7}}');
    expect((await peer.next("session.error")).payload.code).toBe("INVALID_REQUEST");
    await submitted(peer, "child");
  });
});

describe("our runtime opposite a client of draft 02.1 alone", () => {
  it("LIST-02 HB-04 WATCH-01 serves the features that it knows", async () => {
    const { client, letGo } = await serving(DRAFT_02_1);
    const peer = await client();
    await hello(peer, "tok");
    const expires_at = new Date(Date.now() + 600_000).toISOString();
    const { job_id, payload } = await submitted(peer, "hold", {
      lease_request: { "cost.budget": ["USD:5.00"] },
      lease_constraints: { expires_at },
    });
    expect(payload.budget).toEqual({ USD: 5 });
    const { event_seq } = await peer.next("job.event");
    peer.send("session.ack", { last_processed_seq: event_seq });
    const nonce = "n1";
    peer.send("session.ping", { nonce });
    expect((await peer.next("session.pong")).payload.ping_nonce).toBe(nonce);
    const request_id = peer.send("session.list_jobs", {});
    const listed = await peer.next("session.jobs");
    expect(listed.payload.request_id).toBe(request_id);
    expect(listed.payload.jobs).toHaveLength(1);

    const observer = await client();
    await hello(observer, "tok");
    observer.send("job.subscribe", { job_id, history: true, from_event_seq: 0 });
    expect((await observer.next("job.subscribed")).payload.job_id).toBe(job_id);
    await observer.next("job.event");
    letGo();
    expect((await observer.next("job.result")).payload.result).toBe("held");
  });

  it("OLD-01 WATCH-22 lets the end come to one that has stopped to look on, and cancels", async () => {
    const { client } = await serving(DRAFT_02_1, { cancelAuthority: "principal" });
    const [peer, observer] = [await client(), await client()];
    for (const one of [peer, observer]) await hello(one, "tok");
    const { job_id } = await submitted(peer, "wait");
    observer.send("job.subscribe", { job_id, history: true, from_event_seq: 0 });
    await observer.next("job.event");
    observer.send("job.unsubscribe", { job_id });
    observer.send("job.cancel", {}, { job_id });
    expect((await observer.next("job.error")).payload.code).toBe("CANCELLED");
  });
});

describe.each(DRAFTS)("our client opposite a runtime of draft $name", (draft) => {
  const info = { name: "older-runtime", version: "1.0.3" };
  const LOG = { kind: "log", ts: TS, body: { level: "info", message: "on it" } };
  const features = draft === DRAFT_02 ? {} : { features: draft.features };

  function welcome(peer: OlderPeer, session: string, token: string): void {
    peer.send(
      "session.welcome",
      {
        runtime: info,
        resume_token: token,
        resume_window_sec: 600,
        ...(draft === DRAFT_02 ? {} : { heartbeat_interval_sec: 30 }),
        capabilities: { encodings: ["json"], ...features, agents: ["talk", "hold"] },
      },
      { session_id: session },
    );
    peer.sessionId = session;
  }

  /** The hello of the next connection. One that names the protocol otherwise is refused, as the draft's schema has it. */
  async function greeted(runtime: OlderRuntime): Promise<{ peer: OlderPeer; hello: Heard }> {
    for (;;) {
      const peer = await runtime.next();
      const said = await peer.next("session.hello");
      if (said.arcp === "1") return { peer, hello: said };
      peer.faults.splice(0);
      peer.send("session.error", { code: "INVALID_REQUEST", message: "/arcp: 1 only" });
      await peer.end();
    }
  }

  async function connected(options: ConnectOptions = {}) {
    const runtime = await OlderRuntime.start(draft);
    const gaps: { readonly reason: string }[] = [];
    ends.push(async () => {
      await runtime.close();
      for (const peer of runtime.peers) expect(peer.faults).toEqual([]);
    });
    const opening = connect(runtime.url, {
      token: "tok",
      reconnect: { minDelayMs: 1, maxDelayMs: 2 },
      on: { gap: (gap) => void gaps.push(gap) },
      ...options,
    });
    const { peer } = await greeted(runtime);
    welcome(peer, "sess_1", "rt_1");
    const client = await opening;
    ends.push(() => client.close());
    return { client, runtime, peer, gaps };
  }

  /** A job that was accepted, without a word on which request that answers. */
  async function submitted(client: Client, peer: OlderPeer, job_id: string) {
    const asking = client.submit("talk", { a: 1 });
    const submit = await peer.next("job.submit");
    expect(submit.payload.agent).toBe("talk");
    peer.send("job.accepted", { job_id, lease: {}, accepted_at: TS });
    const job = await asking;
    expect(job.id).toBe(job_id);
    return job;
  }

  const finish = (peer: OlderPeer, job_id: string, event_seq: number, more: object = {}) =>
    peer.send("job.result", { final_status: "success", ...more }, { job_id, event_seq });

  it("OLD-04 connects, though the runtime takes 1 alone, without reconnecting too", async () => {
    const { client, peer } = await connected({ reconnect: false });
    expect(client.agents.map(({ name }) => name)).toEqual(["talk", "hold"]);
    const job = await submitted(client, peer, "job_1");
    peer.send("job.event", LOG, { job_id: "job_1", event_seq: 1 });
    finish(peer, "job_1", 2, { result: { n: 1 } });
    expect(await job.result()).toEqual({ n: 1 });
  });

  it("SUB-13 takes no child for the answer to a submit, and needs no time of acceptance", async () => {
    const { client, peer } = await connected();
    await submitted(client, peer, "job_1");
    const asking = client.submit("talk");
    await peer.next("job.submit");
    const child = { parent_job_id: "job_1", delegate_id: "del_1" };
    peer.send("job.accepted", { job_id: "job_2", lease: {}, ...child });
    peer.send("job.accepted", { job_id: "job_3", lease: {} });
    expect((await asking).id).toBe("job_3");
  });

  it("OLD-05 takes the end of a job for the answer to its cancel, and asks for none of one that has ended", async () => {
    const { client, peer } = await connected();
    const job = await submitted(client, peer, "job_1");
    const cancelling = job.cancel("enough");
    expect((await peer.next("job.cancel")).job_id).toBe("job_1");
    const end = { code: "CANCELLED", message: "cancelled", final_status: "cancelled" };
    peer.send("job.error", end, { job_id: "job_1", event_seq: 1 });
    expect(await cancelling).toEqual({ jobId: "job_1", finalStatus: undefined });
    await expect(job.result()).rejects.toMatchObject({ code: "CANCELLED" });
    expect(await job.cancel()).toEqual({ jobId: "job_1", finalStatus: "cancelled" });
    await expect(client.cancel("job_1")).rejects.toMatchObject({ code: "JOB_NOT_FOUND" });

    const late = await submitted(client, peer, "job_2");
    const tooLate = late.cancel();
    await peer.next("job.cancel");
    finish(peer, "job_2", 2);
    expect(await tooLate).toEqual({ jobId: "job_2", finalStatus: "success" });
  });

  it("OLD-08 gives a refusal that names nobody to the only call that is open", async () => {
    const { client, peer } = await connected();
    const running = await submitted(client, peer, "job_1");
    const refused = client.submit("talk");
    await peer.next("job.submit");
    peer.send("session.error", { code: "INTERNAL_ERROR", message: "full", retryable: false });
    await expect(refused).rejects.toMatchObject({ code: "INTERNAL_ERROR", retryable: false });
    finish(peer, "job_1", 1);
    await running.result();
  });

  it("HELLO-15 refuses clearly what the runtime does not have, and sends nothing of it", async () => {
    const { client, peer } = await connected();
    const listing = client.jobs().next();
    if (draft === DRAFT_02) {
      const refusal = { code: "INVALID_REQUEST", details: { feature: "list_jobs" } };
      await expect(listing).rejects.toMatchObject(refusal);
      await expect(client.watch("job_1")).rejects.toMatchObject({ code: "INVALID_REQUEST" });
      await expect(client.submit("talk@1.0.0")).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    } else {
      const { id } = await peer.next("session.list_jobs");
      const row = { job_id: "job_9", agent: "talk", status: "running", lease: {}, created_at: TS };
      peer.send("session.jobs", { request_id: id, jobs: [row] });
      expect((await listing).value).toMatchObject({ job_id: "job_9" });
    }
    const models = { lease: { "model.use": ["tier/fast"] } };
    await expect(client.submit("talk", 1, models)).rejects.toMatchObject({
      details: { feature: "model.use" },
    });
    await submitted(client, peer, "job_1");
  });

  it("RES-01 OLD-07 comes back after a drop and after a bye, and asks in no other form", async () => {
    const { client, runtime, peer, gaps } = await connected();
    const job = await submitted(client, peer, "job_1");
    peer.send("job.event", LOG, { job_id: "job_1", event_seq: 1 });
    const events = job[Symbol.asyncIterator]();
    await events.next();
    peer.cut();

    const second = await greeted(runtime);
    const block = { session_id: "sess_1", resume_token: "rt_1", last_event_seq: 1 };
    expect(second.hello.payload.resume).toEqual(block);
    // As the draft lists it: the replay, then the welcome.
    const of = { session_id: "sess_1", job_id: "job_1" };
    second.peer.send("job.event", LOG, { ...of, event_seq: 2 });
    welcome(second.peer, "sess_1", "rt_2");
    expect((await events.next()).value).toMatchObject({ seq: 2 });
    second.peer.send("session.bye", { reason: "maintenance" });

    const third = await greeted(runtime);
    expect(third.hello.payload.resume).toEqual({
      ...block,
      resume_token: "rt_2",
      last_event_seq: 2,
    });
    welcome(third.peer, "sess_2", "rt_3");
    await expect(job.result()).rejects.toMatchObject({ code: "GAP" });
    await submitted(client, third.peer, "job_2");
    expect(client.session.id).toBe("sess_2");
    expect(gaps.map(({ reason }) => reason)).toEqual(["forgotten"]);
    expect(third.peer.heard.map(({ type }) => type)).not.toContain("session.resume");
  });

  it("OLD-06 leaves by bye, and waits for no answer", async () => {
    const { client, peer } = await connected();
    await submitted(client, peer, "job_1");
    const closing = client.close({ reason: "done" });
    expect((await peer.next("session.bye")).payload).toEqual({ reason: "done" });
    expect(await peer.end()).toBe(1000);
    await closing;
    expect(peer.heard.at(-1)?.type).toBe("session.bye");
  });
});

/** Who is shown a credential's value, and for how long. §9.8.4 */
import { describe, expect, it } from "vitest";
import { scriptedClient, testClock } from "../../testing/index.js";
import type { SeenMessage } from "../../testing/index.js";
import { bearer } from "../auth.js";
import { createRuntime } from "../create.js";
import type { RuntimeOptions } from "../create.js";
import { agentOf, rawClient } from "../raw-client.test-helper.js";
import { CANARY, disc, door, gateway } from "./gateway.test-helper.js";

const FEATURES = ["provisioned_credentials", "list_jobs", "ack", "result_chunk", "progress"];
const OTHERS = FEATURES.filter((feature) => feature !== "provisioned_credentials");

/** A runtime whose agent goes on until it is let go. */
function setUp(options: RuntimeOptions = {}) {
  const upstream = gateway();
  const { opened, open } = door();
  const agent = agentOf(async (_input, ctx) => {
    await ctx.log("info", "begun");
    await opened;
    await ctx.flush();
    return "done";
  });
  const store = disc();
  const runtime = createRuntime({
    agents: [agent],
    auth: bearer({ tok: "me", other: "somebody" }),
    credentials: upstream,
    store: store.next(),
    ...options,
  });
  return { upstream, runtime, finish: open, inner: store.inner };
}

interface Shown {
  readonly id: string;
  readonly value: string;
}
const shownIn = ({ payload }: SeenMessage) => payload["credentials"] as Shown[] | undefined;
const valuesIn = (message: SeenMessage) => shownIn(message)?.map(({ value }) => value);

const body = ({ payload }: SeenMessage) => payload["body"] as Record<string, unknown>;
const rotationsIn = (client: { readonly seen: readonly SeenMessage[] }) =>
  client.seen.filter((message) => body(message)?.["phase"] === "credential_rotated");

async function submitted(client: Awaited<ReturnType<typeof rawClient>>, key?: string) {
  const before = client.seen.filter(({ type }) => type === "job.accepted").length;
  await client.send("job.submit", {
    agent: "a",
    ...(key === undefined ? {} : { idempotency_key: key }),
  });
  return client.arrived("job.accepted", before + 1);
}

async function rowsOf(client: Awaited<ReturnType<typeof rawClient>>) {
  const before = client.seen.filter(({ type }) => type === "session.jobs").length;
  await client.send("session.list_jobs", {});
  const { payload } = await client.arrived("session.jobs", before + 1);
  return payload["jobs"] as { readonly credentials?: Shown[] }[];
}

describe("the values of a job's credentials", () => {
  it("CRED-05 are issued by the time that the job is accepted", async () => {
    const { upstream, runtime } = setUp();
    const { opened, open } = door();
    upstream.issuing = () => opened;
    const client = await rawClient(runtime, FEATURES);
    await client.send("job.submit", { agent: "a" });
    await expect.poll(() => upstream.requests.length).toBe(1);
    await client.send("session.list_jobs", {});
    await client.arrived("session.jobs");
    expect(client.seen.some(({ type }) => type === "job.accepted")).toBe(false);
    open();
    expect(valuesIn(await client.arrived("job.accepted"))).toEqual([...upstream.live]);
  });

  it("SEC-19 are asked for once the ledger knows of it, with the id by which they can be revoked", async () => {
    const { upstream, runtime, inner } = setUp();
    const ledgers: unknown[] = [];
    upstream.issuing = async () => ledgers.push((await inner.load()).ledger);
    await submitted(await rawClient(runtime, FEATURES));
    const [{ grantId, jobId } = {}] = upstream.requests;
    expect(ledgers).toMatchObject([[{ id: grantId, jobId, principal: "me", agent: "a@1.0.0" }]]);
    expect((await inner.load()).ledger).toMatchObject([{ handle: { alias: grantId } }]);
  });

  it("CRED-26 W-34 stand in the acceptance, its repetition and the list, and nowhere after the end", async () => {
    const { upstream, runtime, finish } = setUp();
    const client = await rawClient(runtime, FEATURES);
    const accepted = await submitted(client, "k");
    const credentials = shownIn(accepted);
    expect(credentials).toEqual([
      {
        id: expect.stringMatching(/^cred_/),
        scheme: "bearer",
        value: [...upstream.live][0],
        endpoint: "https://gateway.example.com/v1",
      },
    ]);
    const again = await rawClient(runtime, FEATURES);
    expect(shownIn(await submitted(again, "k"))).toEqual(credentials);
    expect((await rowsOf(again)).map((row) => row.credentials)).toEqual([credentials]);
    finish();
    await client.arrived("job.result");
    expect(shownIn(await submitted(again, "k"))).toBeUndefined();
    expect((await rowsOf(again))[0]).not.toHaveProperty("credentials");
  });

  it("CRED-27 are not for a session without the feature, nor for another principal", async () => {
    const { upstream, runtime } = setUp();
    await submitted(await rawClient(runtime, FEATURES), "k");
    const plain = await rawClient(runtime, OTHERS);
    expect(shownIn(await submitted(plain, "k"))).toBeUndefined();
    expect((await rowsOf(plain))[0]).not.toHaveProperty("credentials");
    const other = scriptedClient(runtime);
    await other.hello({ token: "other", features: FEATURES });
    other.send("job.submit", { agent: "a", idempotency_key: "k" });
    const theirs = valuesIn(await other.next("job.accepted"));
    other.send("session.list_jobs");
    const { payload } = await other.next("session.jobs");
    expect(theirs).toHaveLength(1);
    expect(JSON.stringify(payload)).toContain(theirs![0]);
    expect(JSON.stringify(payload).split(CANARY)).toHaveLength(2);
    expect(upstream.live.size).toBe(2);
  });

  it("HELLO-12 are issued for the agent though its client does not want to see them", async () => {
    const upstream = gateway();
    const agent = agentOf((_input, ctx) => ctx.credential().value === [...upstream.live][0]);
    const { runtime } = setUp({ agents: [agent], credentials: upstream });
    const client = await rawClient(runtime, OTHERS);
    await submitted(client);
    expect((await client.arrived("job.result")).payload["result"]).toBe(true);
  });

  it("are in no log, whatever an agent fails with, and however long after its job", async () => {
    const clock = testClock();
    const lines: string[] = [];
    const note = (...words: unknown[]) => void lines.push(JSON.stringify(words));
    const { opened, open } = door();
    const agent = agentOf(async (_input, ctx) => {
      const { value } = ctx.credential();
      await opened;
      throw new Error(`401 for ${value}`);
    });
    const logger = { debug: note, info: note, warn: note, error: note };
    const { runtime } = setUp({ agents: [agent], clock, logger });
    const client = await rawClient(runtime, FEATURES);
    await client.send("job.submit", { agent: "a", max_runtime_sec: 1 });
    await client.arrived("job.accepted");
    await clock.advance(1_000);
    expect((await client.arrived("job.error")).payload["code"]).toBe("TIMEOUT");
    open();
    await expect.poll(() => lines.join()).toContain("401 for (redacted)");
    expect(lines.join()).not.toContain(CANARY);
  });
});

describe("a session that watches the job", () => {
  it("CRED-26 CRED-27 CRED-28 sees its credentials where it is its submitter's, whoever else may look on", async () => {
    const { upstream, runtime } = setUp({ policy: { observe: () => "allow" } });
    const owner = await rawClient(runtime, FEATURES);
    const { job_id: jobId } = await submitted(owner);
    const watching = async (token: string) => {
      const client = scriptedClient(runtime);
      await client.hello({ token, features: [...FEATURES, "subscribe"] });
      client.send("job.subscribe", { job_id: jobId! }, { job_id: jobId! });
      return { client, answer: await client.next("job.subscribed") };
    };
    const mine = await watching("tok");
    const theirs = await watching("other");
    expect(valuesIn(mine.answer)).toEqual([...upstream.live]);
    expect(shownIn(theirs.answer)).toBeUndefined();
    await runtime.credentials.rotate(jobId!);
    for (const { client } of [mine, theirs]) {
      await client.until(() => rotationsIn(client).length === 1);
    }
    await expect.poll(() => upstream.live.size).toBe(1);
    expect(body(rotationsIn(mine.client)[0]!)["value"]).toBe([...upstream.live][0]);
    expect(JSON.stringify(theirs.client.seen)).not.toContain(CANARY);
  });
});

describe("a rotation", () => {
  it("CRED-08 CRED-09 CRED-10 CRED-28 CRED-29 tells the new value, and what was replaced is told no more", async () => {
    const { upstream, runtime, finish, inner } = setUp();
    const client = await rawClient(runtime, FEATURES);
    const accepted = await submitted(client, "k");
    const jobId = accepted.job_id!;
    const [{ id, value: first } = { id: "", value: "" }] = shownIn(accepted)!;
    await runtime.credentials.rotate(jobId);
    const [second] = [...upstream.live].filter((value) => value !== first);
    await client.until(() => rotationsIn(client).length === 1);
    expect(body(rotationsIn(client)[0]!)).toEqual({
      phase: "credential_rotated",
      id,
      value: second,
    });
    await expect.poll(() => [...upstream.live]).toEqual([second]);
    await runtime.credentials.rotate(jobId);
    await client.until(() => rotationsIn(client).length === 2);
    const third = body(rotationsIn(client)[1]!)["value"];
    expect(third).not.toBe(second);
    expect(upstream.requests[1]!.replaces).toMatchObject({ id: upstream.requests[0]!.grantId });

    // What comes again, after a resume, is what is good now.
    const welcome = client.seen.find(({ type }) => type === "session.welcome")!;
    const { session_id, resume_token } = welcome.payload;
    const resume = { session_id, resume_token, last_event_seq: 0 };
    const again = await rawClient(runtime, FEATURES, { resume });
    await again.until(() => rotationsIn(again).length === 2);
    expect(rotationsIn(again).map((message) => body(message)["value"])).toEqual([undefined, third]);
    const rows = await rowsOf(again);
    expect(rows[0]?.credentials).toMatchObject([{ id, value: third }]);
    expect(valuesIn(await submitted(again, "k"))).toEqual([third]);

    finish();
    await again.arrived("job.result");
    await expect.poll(() => upstream.live.size).toBe(0);
    const log = await inner.readLog(accepted.job_id as never, 0, 100);
    expect(log.map((entry) => entry.body).join()).not.toContain(CANARY);
    const after = await rawClient(runtime, FEATURES, {
      resume: {
        session_id,
        resume_token: again.seen.find(({ type }) => type === "session.welcome")!.payload[
          "resume_token"
        ],
        last_event_seq: 0,
      },
    });
    await after.arrived("job.result");
    expect(JSON.stringify(after.seen)).not.toContain(CANARY);
    // But for the value, the frames are the same each time.
    const frames = (of: readonly SeenMessage[]) =>
      of
        .filter(({ event_seq: seq }) => seq !== undefined)
        .map((message) => JSON.stringify(message).replace(/,"value":"[^"]*"/, ""));
    expect(frames(after.seen)).toEqual(frames(again.seen));
  });

  it("CRED-28 shows no value to a session without the feature that receives the job", async () => {
    const { runtime } = setUp();
    const client = await rawClient(runtime, FEATURES);
    const { job_id: jobId } = await submitted(client, "k");
    const plain = await rawClient(runtime, OTHERS);
    await submitted(plain, "k");
    await runtime.credentials.rotate(jobId!);
    await plain.until(() => rotationsIn(plain).length === 1);
    expect(JSON.stringify(plain.seen)).not.toContain(CANARY);
  });

  it("keeps the old value where there is no new one, and says why", async () => {
    const { upstream, runtime } = setUp();
    const client = await rawClient(runtime, FEATURES);
    const { job_id: jobId } = await submitted(client);
    const before = [...upstream.live];
    upstream.issuing = () => {
      throw new Error("the gateway is down");
    };
    await expect(runtime.credentials.rotate(jobId!)).rejects.toMatchObject({
      code: "INTERNAL_ERROR",
      retryable: true,
    });
    expect([...upstream.live]).toEqual(before);
    expect(rotationsIn(client)).toEqual([]);
    await expect(runtime.credentials.rotate("job_unknown")).rejects.toMatchObject({
      code: "JOB_NOT_FOUND",
    });
  });

  it("happens once for those who ask for it at the same time", async () => {
    const { upstream, runtime } = setUp();
    const client = await rawClient(runtime, FEATURES);
    const { job_id: jobId } = await submitted(client);
    const rotate = () => runtime.credentials.rotate(jobId!);
    await Promise.all([rotate(), rotate(), rotate()]);
    expect(upstream.requests).toHaveLength(2);
  });
});

describe("a connection that others can read", () => {
  it("SEC-03 is not offered the feature, and its jobs run without showing anything", async () => {
    const { upstream, runtime, finish } = setUp();
    const client = scriptedClient(runtime, { secure: false });
    const welcome = await client.hello({ token: "tok", features: FEATURES });
    expect(welcome.payload["capabilities"]).toMatchObject({ features: OTHERS });
    client.send("job.submit", { agent: "a" });
    const accepted = await client.next("job.accepted");
    await runtime.credentials.rotate(accepted.job_id!);
    finish();
    await client.next("job.result");
    expect(upstream.requests).toHaveLength(2);
    expect(JSON.stringify(client.seen)).not.toContain(CANARY);
  });

  it("SEC-03 gets no value of a session that it resumes, and may not submit there", async () => {
    const { runtime } = setUp();
    const first = await rawClient(runtime, FEATURES);
    const { job_id: jobId } = await submitted(first, "k");
    await runtime.credentials.rotate(jobId!);
    const welcome = first.seen.find(({ type }) => type === "session.welcome")!;
    const { session_id, resume_token } = welcome.payload;
    const client = scriptedClient(runtime, { secure: false });
    const resume = { session_id, resume_token, last_event_seq: 0 };
    await client.hello({ token: "tok", features: FEATURES, resume });
    client.send("session.list_jobs");
    await client.next("session.jobs");
    client.send("job.submit", { agent: "a", idempotency_key: "k" });
    await client.next("job.accepted");
    await client.until(() => rotationsIn(client).length === 1);
    client.send("job.submit", { agent: "a" });
    const { payload } = await client.next("session.error");
    expect(payload).toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining("wss://"),
      details: { feature: "provisioned_credentials" },
    });
    expect(JSON.stringify(client.seen)).not.toContain(CANARY);
  });
});

describe("the feature", () => {
  it("SEC-22 is offered by whoever can keep its promise, and by nobody else", async () => {
    const { runtime } = setUp({ credentials: undefined as never });
    const client = await rawClient(runtime, FEATURES);
    const [{ payload }] = client.seen as [SeenMessage];
    expect(payload["capabilities"]).toMatchObject({ features: OTHERS });
    expect(() => createRuntime({ credentials: gateway() })).toThrow(
      /credentials need a store that outlives the process.*sqlite/,
    );
    expect(() => createRuntime({ credentials: { issue: 1 } as never })).toThrow(
      /credentials must be an object with the functions issue and revoke/,
    );
  });
});

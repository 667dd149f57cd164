/** That every credential is revoked, whatever becomes of its job, and what happens when that cannot be done. §9.8.2, §14.5 */
import { describe, expect, it } from "vitest";
import { testClock } from "../../testing/index.js";
import { ArcpError } from "../../wire/errors.js";
import { bearer } from "../auth.js";
import { createRuntime } from "../create.js";
import type { RuntimeOptions } from "../create.js";
import { defineAgent } from "../define.js";
import { aborted, rawClient } from "../raw-client.test-helper.js";
import { disc, door, gateway } from "./gateway.test-helper.js";

const FEATURES = ["provisioned_credentials", "list_jobs", "ack", "lease_expires_at", "cost.budget"];

/** Does what its input says. */
const agent = defineAgent({
  name: "a",
  async run(input, ctx) {
    if (input === "throw") throw new ArcpError("INTERNAL_ERROR", "no");
    if (input === "wait") return aborted(ctx);
    if (input === "ignore") return new Promise(() => {});
    if (input === "spend") {
      await ctx.metric("cost.inference", 1, "USD");
      await ctx.authorize("tool.call", "t");
    }
    return "done";
  },
});

function setUp(options: RuntimeOptions = {}) {
  const upstream = gateway();
  const lines: { level: string; fields: Record<string, unknown>; text: string }[] = [];
  const log = (level: string) => (fields: object, text: string) =>
    void lines.push({ level, fields: { ...fields }, text });
  const logger = { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };
  const clock = testClock();
  const store = disc();
  const runtime = createRuntime({
    agents: [agent],
    auth: bearer({ tok: "me" }),
    credentials: upstream,
    store: store.next(),
    clock,
    logger: logger as never,
    ...options,
  });
  return {
    upstream,
    runtime,
    clock,
    lines,
    store,
    said: (text: string) => lines.filter((line) => line.text.startsWith(text)),
  };
}

const ledgerOf = async ({ inner }: ReturnType<typeof disc>) => (await inner.load()).ledger;

describe("CRED-11 a job's credentials are revoked when it ends", () => {
  it.each<[string, object, (set: ReturnType<typeof setUp>, jobId: string) => unknown]>([
    ["in a result", {}, () => {}],
    ["in an error", { input: "throw" }, () => {}],
    [
      "for want of budget",
      { input: "spend", lease_request: { "cost.budget": ["USD:1"], "tool.call": ["t"] } },
      () => {},
    ],
    [
      "by its time limit",
      { input: "wait", max_runtime_sec: 5 },
      ({ clock }) => clock.advance(5_000),
    ],
    [
      "with its lease",
      { input: "wait", lease_constraints: { expires_at: "2026-01-01T00:00:10Z" } },
      ({ clock }) => clock.advance(11_001),
    ],
    ["with the runtime", { input: "ignore" }, ({ runtime }) => runtime.close()],
  ])("%s", async (_how, submit, act) => {
    const set = setUp();
    const client = await rawClient(set.runtime, FEATURES);
    await client.send("job.submit", { agent: "a", ...submit });
    const { job_id: jobId } = await client.arrived("job.accepted");
    expect(set.upstream.requests).toHaveLength(1);
    await act(set, jobId!);
    await expect.poll(() => set.upstream.live.size).toBe(0);
    await expect.poll(() => ledgerOf(set.store)).toEqual([]);
    expect(set.upstream.revocations).toMatchObject([
      { id: set.upstream.requests[0]!.grantId, jobId, handle: expect.anything() },
    ]);
    expect(set.runtime.credentials.outstanding()).toEqual([]);
  });

  it.each(["wait", "ignore"])("by a cancel, of an agent that would %s", async (input) => {
    const { upstream, runtime, clock } = setUp();
    const client = await rawClient(runtime, FEATURES);
    await client.send("job.submit", { agent: "a", input });
    const { job_id: jobId } = await client.arrived("job.accepted");
    await client.send("job.cancel", { job_id: jobId }, { job_id: jobId });
    await client.arrived("job.cancelled");
    if (input === "ignore") await clock.advance(30_000);
    await client.arrived("job.error");
    await expect.poll(() => upstream.live.size).toBe(0);
  });
});

describe("credentials of a job that never was are revoked", () => {
  it("where the limit of jobs was reached meanwhile", async () => {
    const { upstream, runtime } = setUp({ limits: { maxJobsPerPrincipal: 1 } });
    const { opened, open } = door();
    upstream.issuing = () => opened;
    const [one, two] = [await rawClient(runtime, FEATURES), await rawClient(runtime, FEATURES)];
    for (const client of [one, two]) {
      await client.send("job.submit", { agent: "a", input: "wait" });
    }
    await expect.poll(() => upstream.requests.length).toBe(2);
    open();
    await one.arrived("job.accepted");
    expect((await two.arrived("session.error")).payload).toMatchObject({
      code: "INTERNAL_ERROR",
      details: { limit: "max_jobs_per_principal" },
    });
    await expect.poll(() => upstream.live.size).toBe(1);
  });

  it("IDEM-10 are none where another submit with its key is decided about", async () => {
    const { upstream, runtime } = setUp();
    const { opened, open } = door();
    upstream.issuing = () => opened;
    const clients = [await rawClient(runtime, FEATURES), await rawClient(runtime, FEATURES)];
    for (const client of clients) {
      await client.send("job.submit", { agent: "a", input: "wait", idempotency_key: "k" });
      await expect.poll(() => upstream.requests.length).toBe(1);
    }
    // Whatever the second asks for by itself it has asked for by now.
    await new Promise((resolve) => setTimeout(resolve, 20));
    open();
    const accepted = await Promise.all(clients.map((client) => client.arrived("job.accepted")));
    expect(accepted[0]!.job_id).toBe(accepted[1]!.job_id);
    expect(accepted[0]!.payload["credentials"]).toEqual(accepted[1]!.payload["credentials"]);
    const [{ value } = { value: "" }] = accepted[0]!.payload["credentials"] as { value: string }[];
    expect([...upstream.live]).toEqual([value]);
    expect(upstream.requests).toHaveLength(1);
    expect(upstream.revocations).toEqual([]);
  });

  it("W-09 where its connection was superseded", async () => {
    const { upstream, runtime } = setUp();
    const { opened, open } = door();
    upstream.issuing = () => opened;
    const client = await rawClient(runtime, FEATURES);
    await client.send("job.submit", { agent: "a", input: "wait" });
    await expect.poll(() => upstream.requests.length).toBe(1);
    const { session_id, resume_token } = client.seen[0]!.payload;
    await rawClient(runtime, FEATURES, {
      resume: { session_id, resume_token, last_event_seq: 0 },
    });
    open();
    await expect.poll(() => upstream.revocations.length).toBe(1);
    expect(upstream.live.size).toBe(0);
  });

  it("where the runtime went down before the answer", async () => {
    const { upstream, runtime, store } = setUp();
    upstream.issuing = ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const client = await rawClient(runtime, FEATURES);
    await client.send("job.submit", { agent: "a", input: "wait" });
    await expect.poll(() => upstream.requests.length).toBe(1);
    await runtime.close();
    expect(upstream.revocations).toMatchObject([{ id: upstream.requests[0]!.grantId }]);
    // Nobody knows what became of it, so that the next process looks once more.
    expect(await ledgerOf(store)).toHaveLength(1);
  });

  it("where the provisioner gave what cannot be handed out, and the client is told no more than that", async () => {
    const { upstream, runtime, said } = setUp();
    const client = await rawClient(runtime, FEATURES);
    const good = { scheme: "bearer", value: "sk-secret-1234", endpoint: "https://example.com" };
    const answers: [unknown, string][] = [
      [{ credentials: [] }, "credentials must be an array that is not empty"],
      [{ credentials: [{ ...good, value: "short" }] }, "value must be a string of 8 characters"],
      [{ credentials: [{ ...good, endpoint: "nowhere" }] }, "endpoint must be a URL"],
      [{ credentials: [{ ...good, endpoint: "javascript:alert(1)" }] }, "got javascript:"],
      [{ credentials: [{ ...good, endpoint: "file:///etc/passwd" }] }, "got file:"],
      [{ credentials: [{ ...good, endpoint: "https://u:p@h/" }] }, "without a user name or a"],
      [{ credentials: [{ ...good, endpoint: "https://h/\n" }] }, "endpoint must be a URL"],
      [
        {
          credentials: [
            { ...good, value: "sk/a+b/12345", endpoint: "https://h/?k=sk%2fa%2bb%2f12345" },
          ],
        },
        "stands in another member too",
      ],
      [{ credentials: [{ ...good, id: "a\u0000b" }] }, "none of them control characters"],
      [{ credentials: [{ ...good, scheme: "bearer\r\nX: y" }] }, "without control characters"],
      [{ credentials: [{ ...good, profile: "a\u001bb" }] }, "profile must be a string, without"],
      [{ credentials: [{ ...good, scheme: "" }] }, "scheme must be a string"],
      [{ credentials: [{ ...good, id: "" }] }, "id must be a string of 1 to 128"],
      [{ credentials: [{ ...good, profile: good.value }] }, "stands in another member too"],
      [
        {
          credentials: [
            { ...good, id: "x" },
            { ...good, id: "x" },
          ],
        },
        "have the same id",
      ],
      [{ credentials: [good], handle: { key: good.value } }, "handle holds the value"],
      [{ credentials: [good], handle: () => 1 }, "handle must be JSON"],
      [{ credentials: [good], rotateAt: 5 }, "rotateAt must be a Date; got a number"],
      [{ credentials: [good], rotateAt: new Date(0) }, "a Date after 1970; got 1970-01-01T00:00"],
      [{ credentials: [good], rotateAt: new Date(NaN) }, "got one that is invalid"],
      [{ credentials: [good], rotatAt: new Date() }, "there is no member rotatAt"],
      [{ credentials: [{ ...good, expires: 5 }] }, "credentials[0]: there is no member expires"],
      [null, "it must be an object, or undefined for nothing; got null"],
      [{ credentials: [{ ...good, profile: "x".repeat(20_000) }] }, "at most 16384"],
    ];
    for (const [at, [answer, says]] of answers.entries()) {
      upstream.issue = async () => answer as never;
      await client.send("job.submit", { agent: "a" });
      const { payload } = await client.arrived("session.error", at + 1);
      expect(payload).toMatchObject({
        code: "INTERNAL_ERROR",
        message: "the credentials of the job could not be issued",
      });
      const line = said("credentials were not issued")[at];
      expect(line?.fields["error"]).toContain(says);
      expect(JSON.stringify(line)).not.toContain(good.value);
      await expect.poll(() => upstream.live.size).toBe(0);
    }
  });

  it("CRED-07 where the value is that of another job", async () => {
    const { upstream, runtime } = setUp();
    const client = await rawClient(runtime, FEATURES);
    const same = { scheme: "bearer", value: "sk-the-same-value", endpoint: "https://example.com" };
    upstream.issued = () => ({ credentials: [same] });
    await client.send("job.submit", { agent: "a", input: "wait" });
    await client.arrived("job.accepted");
    await client.send("job.submit", { agent: "a" });
    expect((await client.arrived("session.error")).payload["code"]).toBe("INTERNAL_ERROR");
  });

  it("CRED-07 where the value was that of a job that has ended, or of the same one before a rotation", async () => {
    const { upstream, runtime, said } = setUp();
    const client = await rawClient(runtime, FEATURES);
    const same = { scheme: "bearer", value: "sk-the-same-value", endpoint: "https://example.com" };
    upstream.issued = () => ({ credentials: [same] });
    await client.send("job.submit", { agent: "a" });
    await client.arrived("job.result");
    await expect.poll(() => runtime.credentials.outstanding()).toEqual([]);
    await client.send("job.submit", { agent: "a" });
    expect((await client.arrived("session.error")).payload["code"]).toBe("INTERNAL_ERROR");
    expect(said("credentials were not issued")[0]?.fields["error"]).toContain("was issued before");
    upstream.issued = () => undefined;
    await client.send("job.submit", { agent: "a", input: "wait" });
    const { job_id: jobId } = await client.arrived("job.accepted", 2);
    upstream.issued = () => ({ credentials: [same] });
    await expect(runtime.credentials.rotate(jobId!)).rejects.toMatchObject({
      code: "INTERNAL_ERROR",
    });
  });

  it("with the refusal of the provisioner in its own words", async () => {
    const { upstream, runtime } = setUp();
    upstream.issuing = () => {
      throw new ArcpError("BUDGET_EXHAUSTED", "the team has spent its month");
    };
    const client = await rawClient(runtime, FEATURES);
    await client.send("job.submit", { agent: "a" });
    expect((await client.arrived("session.error")).payload).toMatchObject({
      code: "BUDGET_EXHAUSTED",
      message: "the team has spent its month",
      retryable: false,
    });
  });

  it("CRED-01 and none is outstanding where a job gets none", async () => {
    const { upstream, runtime, store } = setUp();
    upstream.issue = () => undefined;
    const client = await rawClient(runtime, FEATURES);
    await client.send("job.submit", { agent: "a" });
    expect((await client.arrived("job.accepted")).payload).not.toHaveProperty("credentials");
    await client.arrived("job.result");
    expect(await ledgerOf(store)).toEqual([]);
    expect(upstream.revocations).toEqual([]);
  });
});

describe("an answer that does not come", () => {
  it("is not waited for, and what may have come of it is revoked, at once and a minute later", async () => {
    const { upstream, runtime, clock, store } = setUp();
    upstream.issuing = () => new Promise(() => {});
    const client = await rawClient(runtime, FEATURES);
    await client.send("job.submit", { agent: "a" });
    await expect.poll(() => upstream.requests.length).toBe(1);
    await clock.advance(10_000);
    expect((await client.arrived("session.error")).payload).toMatchObject({
      code: "INTERNAL_ERROR",
      retryable: true,
    });
    expect(upstream.requests[0]!.signal.aborted).toBe(true);
    await expect.poll(() => upstream.revocations.length).toBe(1);
    expect(await ledgerOf(store)).toHaveLength(1);
    await clock.advance(60_000);
    expect(upstream.revocations).toHaveLength(2);
    await expect.poll(() => ledgerOf(store)).toEqual([]);
  });

  it("and comes after all is revoked with what it said", async () => {
    const { upstream, runtime, clock, store } = setUp();
    const { opened, open } = door();
    upstream.issuing = () => opened;
    const client = await rawClient(runtime, FEATURES);
    await client.send("job.submit", { agent: "a" });
    await expect.poll(() => upstream.requests.length).toBe(1);
    await clock.advance(10_000);
    await client.arrived("session.error");
    await clock.advance(60_000);
    await expect.poll(() => ledgerOf(store)).toEqual([]);
    open();
    await expect.poll(() => upstream.revocations.length).toBe(3);
    expect(upstream.live.size).toBe(0);
    expect(upstream.revocations[2]).toMatchObject({ handle: { alias: expect.any(String) } });
    await clock.advance(60_000);
    await expect.poll(() => ledgerOf(store)).toEqual([]);
  });
});

describe("a revocation that fails", () => {
  it("CRED-12 CRED-13 SEC-21 is tried again with longer and longer pauses, then told for good", async () => {
    const { upstream, runtime, clock, said, store } = setUp();
    const at: number[] = [];
    upstream.revoking = () => {
      at.push(clock.monotonic());
      throw new Error(`the gateway does not know ${[...upstream.live][0]}`);
    };
    const client = await rawClient(runtime, FEATURES);
    await client.send("job.submit", { agent: "a" });
    await client.arrived("job.result");
    await expect.poll(() => at.length).toBe(1);
    expect(runtime.credentials.outstanding()).toMatchObject([
      {
        ...{ status: "revoking", attempts: 1, agent: "a@1.0.0", principal: "me" },
        credentials: [expect.stringMatching(/^cred_/)],
        error: "Error: the gateway does not know (redacted)",
      },
    ]);
    await clock.advance(15_000);
    expect(at.map((time) => time - at[0]!)).toEqual([0, 1_000, 3_000, 7_000, 15_000]);
    await clock.advance(3 * 3_600_000);
    expect(at).toHaveLength(24);
    expect(runtime.credentials.outstanding()).toMatchObject([{ status: "failed", attempts: 24 }]);
    expect(said("credentials could not be revoked")).toMatchObject([{ level: "error" }]);
    expect(await ledgerOf(store)).toHaveLength(1);
    upstream.revoking = () => undefined;
    runtime.credentials.revokeAgain();
    await expect.poll(() => ledgerOf(store)).toEqual([]);
    expect(upstream.live.size).toBe(0);
  });

  it("does not wait for a provisioner that hangs", async () => {
    const { upstream, runtime, clock } = setUp();
    upstream.revoking = () => new Promise(() => {});
    const client = await rawClient(runtime, FEATURES);
    await client.send("job.submit", { agent: "a" });
    await client.arrived("job.result");
    await expect.poll(() => upstream.revocations.length).toBe(1);
    await clock.advance(10_000);
    expect(runtime.credentials.outstanding()).toMatchObject([
      { attempts: 1, error: expect.stringContaining("no answer within 10000 ms") },
    ]);
    runtime.credentials.revokeAgain();
    await expect.poll(() => upstream.revocations.length).toBe(2);
    const closing = runtime.close();
    await clock.advance(5_000);
    await closing;
  });
});

describe("credentials that end by themselves", () => {
  it("CRED-08 are rotated at the time that their provisioner named, and again until that succeeds", async () => {
    const { upstream, runtime, clock, said } = setUp();
    upstream.issued = (answer) => ({ ...answer, rotateAt: new Date(clock.wall() + 60_000) });
    const client = await rawClient(runtime, FEATURES);
    await client.send("job.submit", { agent: "a", input: "wait" });
    await client.arrived("job.accepted");
    await clock.advance(59_000);
    expect(upstream.requests).toHaveLength(1);
    await clock.advance(1_000);
    expect(upstream.requests).toHaveLength(2);
    upstream.issuing = () => {
      throw new Error("down");
    };
    await clock.advance(63_500);
    expect(said("credentials were not rotated in time")).toHaveLength(3);
    upstream.issuing = () => undefined;
    await clock.advance(10_000);
    expect(upstream.live.size).toBe(1);
    const rotated = client.seen.filter(({ type }) => type === "job.event");
    expect(rotated).toHaveLength(2);
    await runtime.close();
    const { length } = upstream.requests;
    await clock.advance(600_000);
    expect(upstream.requests).toHaveLength(length);
  });

  it("CRED-08 are rotated when the clock is set forward beyond that time, once", async () => {
    const { upstream, runtime, clock } = setUp();
    upstream.issued = (answer) => ({ ...answer, rotateAt: new Date(clock.wall() + 60_000) });
    const client = await rawClient(runtime, FEATURES);
    await client.send("job.submit", { agent: "a", input: "wait" });
    await client.arrived("job.accepted");
    upstream.issued = (answer) => answer;
    await clock.jump(59_999);
    expect(upstream.requests).toHaveLength(1);
    await clock.jump(1);
    await expect.poll(() => upstream.requests.length).toBe(2);
    await clock.advance(120_000);
    expect(upstream.requests).toHaveLength(2);
    await runtime.close();
  });

  it("CRED-23 leave it to the runtime to hold a job to what their upstream does not count", async () => {
    // The gateway enforces nothing at all.
    const { upstream, runtime } = setUp();
    const client = await rawClient(runtime, FEATURES);
    const spender = defineAgent({
      name: "b",
      async run(_input, ctx) {
        const asked = () =>
          ctx.authorize("tool.call", "t").then(
            () => "allowed",
            (error: unknown) => (error as { code?: string }).code,
          );
        const before = await asked();
        await ctx.metric("cost.inference", 1, "EUR");
        return [before, await asked()];
      },
    });
    runtime.replaceAgents([spender]);
    const lease = { "cost.budget": ["EUR:1"], "tool.call": ["t"] };
    await client.send("job.submit", { agent: "b", lease_request: lease });
    const { payload } = await client.arrived("job.result");
    expect(payload["result"]).toEqual(["allowed", "BUDGET_EXHAUSTED"]);
    expect(upstream.requests).toMatchObject([{ budget: { EUR: 1 } }]);
  });

  it("CRED-20 CRED-22 are asked for with what the job has left", async () => {
    const { upstream, runtime } = setUp();
    const client = await rawClient(runtime, FEATURES);
    const budgeted = defineAgent({
      name: "b",
      async run(_input, ctx) {
        await ctx.metric("cost.inference", 0.3, "USD");
        await ctx.flush();
        return aborted(ctx);
      },
    });
    runtime.replaceAgents([budgeted]);
    await client.send("job.submit", {
      agent: "b",
      lease_request: { "cost.budget": ["USD:1"] },
      lease_constraints: { expires_at: "2026-01-01T01:00:00Z" },
    });
    const { job_id: jobId } = await client.arrived("job.accepted");
    await client.arrived("job.event");
    await runtime.credentials.rotate(jobId!);
    expect(upstream.requests).toMatchObject([
      { budget: { USD: 1 }, expiresAt: new Date("2026-01-01T01:00:00Z"), models: [] },
      { budget: { USD: 0.7 }, expiresAt: new Date("2026-01-01T01:00:00Z") },
    ]);
  });
});

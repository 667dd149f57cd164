/** What a principal asks for is stored, and holds none of its keys. §9.8.4 (W-34) */
import { describe, expect, it } from "vitest";
import { bearer } from "../auth.js";
import type { AgentContext } from "../context.js";
import { createRuntime } from "../create.js";
import { defineAgent } from "../define.js";
import { aborted, rawClient } from "../raw-client.test-helper.js";
import { CANARY, disc, gateway } from "./gateway.test-helper.js";
import { createKeyring } from "./keyring.js";
import { inJson, redacted } from "./redact.js";

const FEATURES = ["provisioned_credentials"];
const LEASE = { "agent.delegate": ["waits"] };

function setUp(run: (ctx: AgentContext, input: unknown) => unknown = (ctx) => aborted(ctx)) {
  const upstream = gateway();
  const store = disc();
  const runtime = createRuntime({
    agents: [
      defineAgent({ name: "waits", run: (_input, ctx) => aborted(ctx) }),
      defineAgent({ name: "works", run: (input, ctx) => run(ctx, input) }),
    ],
    auth: bearer({ tok: "me", theirs: "somebody" }),
    credentials: upstream,
    store: store.next(),
  });
  const stored = async () => {
    const { jobs, logs, ledger, sessions } = await store.inner.load();
    const entries = await Promise.all(logs.map(({ job }) => store.inner.readLog(job, 0, 100)));
    return JSON.stringify([jobs, ledger, sessions, entries]);
  };
  return { upstream, runtime, stored };
}

/** A client whose job has a key. */
async function withKey({ upstream, runtime }: ReturnType<typeof setUp>) {
  const client = await rawClient(runtime, FEATURES);
  await client.send("job.submit", { agent: "waits" });
  const { job_id } = await client.arrived("job.accepted");
  const [value] = upstream.live;
  return { client, jobId: job_id!, value: value! };
}

describe("a submit", () => {
  it.each<[string, (value: string) => object]>([
    ["/payload/input", (value) => ({ input: { nested: [`Bearer ${value}`] } })],
    ["/payload/input", (value) => ({ input: { [value]: true } })],
    ["/payload/idempotency_key", (value) => ({ idempotency_key: value })],
    ["/payload/lease_request", (value) => ({ lease_request: { "tool.call": [value] } })],
  ])("CRED-25 that holds the key of another job in %s is refused", async (path, holding) => {
    const bench = setUp();
    const { client, value } = await withKey(bench);
    await client.send("job.submit", { agent: "waits", ...holding(value) });
    const { payload } = await client.arrived("session.error");
    expect(payload).toMatchObject({ code: "INVALID_REQUEST", retryable: false, details: { path } });
    expect(JSON.stringify(payload)).not.toContain(CANARY);
    expect(await bench.stored()).not.toContain(CANARY);
    expect(bench.upstream.requests).toHaveLength(1);
  });

  it("IDEM-09 CRED-25 that is refused for a key of a job consumes no key of its own", async () => {
    const bench = setUp();
    const { client, value } = await withKey(bench);
    const asked = { agent: "waits", idempotency_key: "k" };
    await client.send("job.submit", { ...asked, input: value });
    await client.arrived("session.error");
    await client.send("job.submit", { ...asked, input: "none" });
    await client.arrived("job.accepted", 2);
    // IDEM-06: what differs is a conflict first of all, whatever it holds.
    await client.send("job.submit", { ...asked, input: value });
    expect((await client.arrived("session.error", 2)).payload["code"]).toBe("DUPLICATE_KEY");
    expect(await bench.stored()).not.toContain(CANARY);
  });

  it("CRED-25 tells nobody whose key another principal's is, and takes what is good no more", async () => {
    const bench = setUp();
    const { client, jobId, value } = await withKey(bench);
    const other = await rawClient(bench.runtime, FEATURES, { token: "theirs" });
    await other.send("job.submit", { agent: "waits", input: value });
    await other.arrived("job.accepted");
    await client.send("job.cancel", { job_id: jobId }, { job_id: jobId });
    await client.arrived("job.error");
    await expect.poll(() => bench.upstream.live.has(value)).toBe(false);
    await client.send("job.submit", { agent: "waits", input: value });
    await client.arrived("job.accepted", 2);
  });
});

it("CRED-25 a delegation that holds the key of another job is refused, and leaves no trace", async () => {
  const errors: unknown[] = [];
  const bench = setUp(async (ctx, input) => {
    const [value] = bench.upstream.live;
    await ctx.delegate("waits", { value, input }).catch((error) => errors.push(error.code));
    await ctx.delegate("waits", input, { id: value! }).catch((error) => errors.push(error.code));
  });
  const { client } = await withKey(bench);
  await client.send("job.submit", { agent: "works", input: "in", lease_request: LEASE });
  await client.arrived("job.result");
  expect(errors).toEqual(["INVALID_REQUEST", "INVALID_REQUEST"]);
  expect(await bench.stored()).not.toContain(CANARY);
});

it("CRED-25 the reason of a cancel is stored without the key of another job", async () => {
  const bench = setUp();
  const { client, value } = await withKey(bench);
  await client.send("job.submit", { agent: "waits" });
  const { job_id } = await client.arrived("job.accepted", 2);
  await client.send("job.cancel", { job_id, reason: `leaked ${value}` }, { job_id });
  const { payload } = await client.arrived("job.cancelled");
  expect(payload["reason"]).toBe("leaked (redacted)");
  expect(await bench.stored()).not.toContain(CANARY);
});

/** As it stands in a text of JSON, that stands in another one, and so on. */
const nested = (value: string, depth: number): string =>
  depth === 0 ? value : nested(inJson(value), depth - 1);

describe("a keyring", () => {
  it.each([0, 1, 2, 3])(
    "CRED-25 finds a value with quotes in JSON that stands in a text of JSON: %i deep",
    (depth) => {
      const value = String.raw`sk-"twelve\34"`;
      const keyring = createKeyring();
      keyring.add("me", [value]);
      const said = { input: { text: `{"key":"${nested(value, depth)}"}` } };
      expect(keyring.memberWith("me", said)).toBe("input");
      const kept = keyring.redacted("me", `a ${nested(value, depth)} b`);
      expect(kept).toBe("a (redacted) b");
      keyring.remove("me", [value]);
      expect(keyring.memberWith("me", said)).toBeUndefined();
    },
  );

  it("finds what a search for each value finds", () => {
    let seed = 7;
    const next = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
    const text = (length: number) => Array.from({ length }, () => 'ab"'[next(3)]).join("");
    const formsOf = (value: string) => [0, 1, 2, 3, 4].map((depth) => nested(value, depth));
    for (let n = 0; n < 500; n++) {
      const keyring = createKeyring();
      const [gone, ...kept] = new Set(Array.from({ length: 1 + next(4) }, () => text(8 + next(3))));
      keyring.add("me", [gone!, ...kept]);
      const said = text(next(40)) + (next(2) === 0 ? gone! : "") + text(next(5));
      const holds = [gone!, ...kept].flatMap(formsOf).some((one) => inJson(said).includes(one));
      expect(keyring.memberWith("me", { said })).toBe(holds ? "said" : undefined);
      expect(keyring.memberWith("somebody", { said })).toBeUndefined();
      keyring.remove("me", [gone!]);
      expect(keyring.redacted("me", said)).toBe(redacted(said, kept.flatMap(formsOf)));
    }
  });

  it("CRED-07 keeps a value for whoever had it first, and finds nothing for who has none", () => {
    const keyring = createKeyring();
    keyring.add("me", ["sk-the-first"]);
    keyring.add("somebody", ["sk-the-first"]);
    keyring.remove("somebody", ["sk-the-first"]);
    expect(keyring.has("sk-the-first")).toBe(true);
    expect(keyring.memberWith("me", { input: "sk-the-first" })).toBe("input");
    expect(keyring.memberWith("somebody", { input: "sk-the-first" })).toBeUndefined();
    expect(keyring.redacted("somebody", "sk-the-first")).toBe("sk-the-first");
    expect(keyring.redactedOfAll("a sk-the-first b")).toBe("a (redacted) b");
    keyring.remove("me", ["sk-the-first"]);
    expect(keyring.redactedOfAll("a sk-the-first b")).toBe("a sk-the-first b");
  });

  it("passes once over a text, however many values there are", () => {
    const keyring = createKeyring();
    const values = Array.from({ length: 10_000 }, (_, n) => `sk-common-beginning-${n * 7919}`);
    keyring.add("me", values);
    const said = { input: "sk-common-beginning-".repeat(50_000) };
    // With a search for each of them this would take minutes.
    expect(keyring.memberWith("me", said)).toBeUndefined();
    expect(keyring.memberWith("me", { input: `${said.input}${values.at(-1)}` })).toBe("input");
  });

  it("looks each value up, and for none, where thousands end alike and have quotes", () => {
    const keyring = createKeyring();
    const values = Array.from({ length: 2_000 }, (_, n) => `"sk-${1e8 + n}"-the-tail`);
    keyring.add("me", values);
    const input = "-the-tail".repeat(111_000);
    expect(keyring.memberWith("me", { input })).toBeUndefined();
    expect(keyring.memberWith("me", { input: JSON.stringify([input, values[7]]) })).toBe("input");
  });
});

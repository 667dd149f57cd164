import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { connectWith } from "../client/connect.js";
import { scriptedClient, testClock } from "../testing/index.js";
import type { ScriptedClient } from "../testing/index.js";
import { bearer } from "./auth.js";
import type { Verifier } from "./auth.js";
import { createRuntime } from "./create.js";
import { defineAgent } from "./define.js";
import type { Runtime } from "./create.js";
import { identityOf } from "./identity.js";
import type { Identity, LeaseAsk } from "./policy.js";
import { agentOf } from "./raw-client.test-helper.js";
import { memoryPair } from "../transports/memory.js";

const MINUTE = 60_000;

/** A log of which the test reads lines by their message. */
function journal() {
  const lines: (readonly [fields: object, message: string])[] = [];
  const write = (fields: object, message: string) => void lines.push([fields, message]);
  const of = (message: string) => lines.filter((line) => line[1] === message).map(([f]) => f);
  return { of, logger: { debug: write, info: write, warn: write, error: write } };
}

/** Lets a client in for another minute each time, with the scopes that its token names. */
const byTheMinute =
  (wall: () => number): Verifier =>
  (token) => ({ principal: "ada", scopes: token.split("+"), expiresAt: wall() + MINUTE });

describe("a token that ends", () => {
  it("AUTH-10 ends its connection with an error to be retried; the session is resumed with another", async () => {
    const clock = testClock();
    const { of, logger } = journal();
    const auth = byTheMinute(clock.wall);
    const runtime = createRuntime({ auth, clock, logger, agents: [agentOf(() => "done")] });
    const first = scriptedClient(runtime);
    const welcome = await first.hello({ token: "read" });
    await clock.advance(MINUTE - 1);
    await heard(first);
    await clock.advance(1);
    expect(await first.next("session.error")).toMatchObject({
      session_id: welcome.session_id,
      payload: { code: "UNAUTHENTICATED", retryable: true },
    });
    expect(await first.end()).toMatchObject({ code: 1008 });

    const again = scriptedClient(runtime);
    const { resume_token } = welcome.payload;
    const resume = { session_id: welcome.session_id, resume_token, last_event_seq: 0 };
    const back = await again.hello({ token: "read+write", resume });
    expect(back.session_id).toBe(welcome.session_id);
    expect(of("session opened")).toMatchObject([{ principal: "ada", scopes: ["read"] }]);
    expect(of("session resumed")).toMatchObject([{ principal: "ada", scopes: ["read", "write"] }]);
    await runtime.close();
  });

  it("AUTH-10 ends its connection when the clock is set forward, and nothing is done before that is seen", async () => {
    for (const seen of [true, false]) {
      const clock = testClock();
      let runs = 0;
      const agents = [agentOf(() => (runs += 1))];
      const on = seen ? clock : { ...clock, onJump: () => () => {} };
      const runtime = createRuntime({ auth: byTheMinute(clock.wall), clock: on, agents });
      const client = scriptedClient(runtime);
      await client.hello({ token: "t" });
      await clock.jump(MINUTE - 1);
      await heard(client);
      await clock.jump(1);
      if (!seen) client.send("job.submit", { agent: "a", input: 1 });
      expect((await client.next("session.error")).payload).toMatchObject({
        code: "UNAUTHENTICATED",
        retryable: true,
      });
      expect(await client.end()).toMatchObject({ code: 1008 });
      expect(runs).toBe(0);
      await runtime.close();
    }
  });

  it("AUTH-10 does nothing that its connection asks for afterwards, also where the timer is late", async () => {
    const clock = { ...testClock(), timer: () => () => {} };
    let runs = 0;
    const agents = [agentOf(() => (runs += 1))];
    const runtime = createRuntime({ auth: byTheMinute(clock.wall), clock, agents });
    const client = scriptedClient(runtime);
    await client.hello({ token: "t" });
    await clock.advance(MINUTE);
    client.send("job.submit", { agent: "a", input: 1 });
    await client.end();
    const other = scriptedClient(runtime);
    await other.hello({ token: "t" });
    other.send("job.submit", { agent: "a", input: 2 });
    expect((await other.next("job.result")).payload["result"]).toBe(1);
    await runtime.close();
  });

  it("AUTH-10 costs a client of ours nothing: it asks for another token, resumes, and its job runs on", async () => {
    const clock = testClock();
    const { of, logger } = journal();
    const auth = byTheMinute(clock.wall);
    let go = (_: string) => {};
    const agents = [agentOf(() => new Promise((resolve) => (go = resolve)))];
    const runtime = createRuntime({ auth, clock, logger, agents });
    let tokens = 0;
    const client = await clientOf(runtime, () => `t${(tokens += 1)}`);
    const job = await client.submit("a");
    await clock.advance(MINUTE);
    await expect.poll(() => of("session resumed").length).toBe(1);
    go("at last");
    expect(await job.result()).toBe("at last");
    expect(tokens).toBe(2);
    await client.close();
    await runtime.close();
  });

  it("AUTH-03 that is over is no token", async () => {
    const clock = testClock();
    const auth = () => ({ principal: "ada", expiresAt: clock.wall() });
    const runtime = createRuntime({ auth, clock });
    const client = scriptedClient(runtime);
    await expect(client.hello({ token: "t" })).rejects.toThrow();
    expect(client.seen).toMatchObject([{ payload: { code: "UNAUTHENTICATED", retryable: false } }]);
    await runtime.close();
  });

  it("AUTH-07 is followed by no other principal's", async () => {
    const clock = testClock();
    const auth: Verifier = (token) => ({ principal: token, expiresAt: clock.wall() + MINUTE });
    const runtime = createRuntime({ auth, clock });
    const ada = scriptedClient(runtime);
    const welcome = await ada.hello({ token: "ada" });
    await clock.advance(MINUTE);
    await ada.end();
    const { resume_token } = welcome.payload;
    const resume = { session_id: welcome.session_id, resume_token, last_event_seq: 0 };
    const bob = scriptedClient(runtime);
    await expect(bob.hello({ token: "bob", resume })).rejects.toThrow();
    expect(bob.seen).toMatchObject([{ payload: { code: "UNAUTHENTICATED", retryable: false } }]);
    await runtime.close();
  });
});

describe("a policy", () => {
  it("is told the scopes of the token that the session was resumed with last", async () => {
    const asked: Identity[] = [];
    const lease = ({ identity }: LeaseAsk) => void asked.push(identity);
    const auth: Verifier = (token) => ({ principal: "ada", scopes: token.split("+") });
    const runtime = createRuntime({ auth, policy: { lease }, agents: [agentOf(() => 1)] });
    const first = scriptedClient(runtime);
    const welcome = await first.hello({ token: "read" });
    first.send("job.submit", { agent: "a" });
    await first.next("job.accepted");
    first.drop();
    const { resume_token } = welcome.payload;
    const resume = { session_id: welcome.session_id, resume_token, last_event_seq: 0 };
    const again = scriptedClient(runtime);
    await again.hello({ token: "read+write", resume });
    again.send("job.submit", { agent: "a" });
    await again.next("job.accepted");
    expect(asked.map(({ scopes }) => scopes)).toEqual([["read"], ["read", "write"]]);
    await runtime.close();
  });

  it("is told them for a child too", async () => {
    const asked: LeaseAsk[] = [];
    const lease = (ask: LeaseAsk) => void asked.push(ask);
    const auth: Verifier = (token) => ({ principal: "ada", scopes: [token] });
    const child = defineAgent({ name: "child", run: () => 1 });
    const parent = agentOf(async (_input, ctx) => (await ctx.delegate("child")).result());
    const runtime = createRuntime({ auth, policy: { lease }, agents: [parent, child] });
    const client = scriptedClient(runtime);
    await client.hello({ token: "read", features: ["delegation"] });
    const grants = { "agent.delegate": ["child"] };
    client.send("job.submit", { agent: "a", lease_request: grants });
    await client.until(() => asked.length === 2);
    expect(asked.map(({ agent, identity }) => [agent, identity.scopes])).toEqual([
      ["a@1.0.0", ["read"]],
      ["child@1.0.0", ["read"]],
    ]);
    await runtime.close();
  });
});

describe("what a verifier gives", () => {
  it.each([
    [5, "it gave a number"],
    [null, "it gave null"],
    ["", "a principal, a string"],
    [{ principal: "" }, "a principal, a string"],
    ["a\nb", "no control characters"],
    [{ principal: "a\u001bb" }, "no control characters"],
    [{ principal: "ada", scopes: "read" }, "an array of strings"],
    [{ principal: "ada", scopes: [1] }, "an array of strings"],
    [{ principal: "ada", expiresAt: "2030-01-01" }, "milliseconds since the epoch"],
    [{ principal: "ada", expiresAt: NaN }, "milliseconds since the epoch"],
    [{ principal: "ada", expiresAt: 1_790_000_000 }, "1790000000 looks like seconds"],
    [{ principal: "ada", expires: 1_790_000_000_000 }, 'there is no "expires"'],
    [{ principal: "ada", scope: ["read"] }, 'there is no "scope"'],
  ])("AUTH-06 %j is no decision", (given, words) => {
    expect(() => identityOf(given)).toThrow(words);
  });

  it("AUTH-06 of a principal that is longer than any is no decision, in a table neither", () => {
    const words = "a principal has at most 256 characters; this one has 257";
    expect(identityOf("a".repeat(256))?.principal).toHaveLength(256);
    expect(() => identityOf("a".repeat(257))).toThrow(words);
    expect(() => bearer({ t: "a".repeat(257) })).toThrow(words);
  });

  it("is kept as it was given, and cannot be changed by a policy", () => {
    const scopes = ["read"];
    const identity = identityOf({ principal: "ada", scopes, expiresAt: 0 });
    scopes.push("write");
    expect(identity).toEqual({ principal: "ada", scopes: ["read"], expiresAt: 0 });
    expect([identity, identity?.scopes].every(Object.isFrozen)).toBe(true);
  });

  it.each([
    {},
    { principal: "ada", expiresAt: 1_790_000_000 },
    { principal: "ada", scope: ["read"] },
  ])("is told the log, and nobody is let in, where it is none: %j", async (given) => {
    const { of, logger } = journal();
    const runtime = createRuntime({ auth: () => given as never, logger });
    const client = scriptedClient(runtime);
    await expect(client.hello({ token: "t" })).rejects.toThrow();
    expect(client.seen).toMatchObject([{ payload: { code: "UNAUTHENTICATED", retryable: true } }]);
    expect(of("the verifier threw")).toHaveLength(1);
    await runtime.close();
  });
});

describe("a table of tokens", () => {
  const hash = (token: string) => `sha256:${createHash("sha256").update(token).digest("hex")}`;

  it("AUTH-03 takes hashes in the place of tokens, and no hash for a token", async () => {
    const verify = bearer({ [hash("t1")]: "ada", t2: { principal: "bob", scopes: ["read"] } });
    expect(await verify("t1")).toBe("ada");
    expect(await verify("t2")).toEqual({ principal: "bob", scopes: ["read"] });
    expect(await verify(hash("t1"))).toBeUndefined();
    expect(await verify("t3")).toBeUndefined();
  });

  it.each([
    [{ "sha256:s3cr3t": "ada" }, 'the token of "ada" is not written as a hash'],
    [{ [hash("t").toUpperCase().replace("SHA", "sha")]: "ada" }, "in lower case"],
    [{ [hash("t").replace("sha", "SHA")]: "ada" }, "in lower case"],
    [{ [hash("t").replace("sha", "Sha-")]: "ada" }, "in lower case"],
    [{ s3cr3t: { scopes: [] } }, "a principal, a string"],
    [{ s3cr3t: "a\nb" }, "no control characters"],
    [{ s3cr3t: { principal: "ada", scopes: 1 } }, "an array of strings"],
    [{ s3cr3t: { principal: "ada", scope: ["read"] } }, 'there is no "scope"'],
    [{ s3cr3t: { principal: "ada", expiresAt: 1_790_000_000 } }, "looks like seconds"],
  ])("%j is refused in words", (table, words) => {
    expect(() => bearer(table as never)).toThrow(words);
    expect(() => bearer(table as never)).not.toThrow("s3cr3t");
  });
});

/** Until the runtime has heard all that was said before. */
async function heard(client: ScriptedClient): Promise<void> {
  client.send("session.ping", { nonce: "n" });
  await client.next("session.pong");
}

function clientOf(runtime: Runtime, token: () => string) {
  const connect = connectWith(() => {
    throw new Error("by dial only");
  });
  const dial = async () => {
    const [mine, theirs] = memoryPair();
    runtime.accept(theirs);
    return mine;
  };
  return connect(dial, { token });
}

/** What a runtime does where nothing is configured, in the numbers of the draft. §5.3 */
import { describe, expect, it } from "vitest";
import { Limits } from "../../generated/current/index.js";
import { testAgent, testClock } from "../testing/index.js";
import { memoryPair } from "../transports/memory.js";
import { readAll } from "../transports/contract.js";
import { decode } from "../wire/decode.js";
import { bearer } from "./auth.js";
import { createRuntime } from "./create.js";
import { aborted, agentOf, rawClient } from "./raw-client.test-helper.js";

const HOUR_MS = 3_600_000;
const auth = bearer({ tok: "me" });
const quick = agentOf(() => 1);

/** A hello of so many bytes, on a connection of its own; resolves with how the connection ends. */
async function refusedHello(bytes: number): Promise<unknown> {
  const [mine, theirs] = memoryPair();
  createRuntime({ auth, agents: [] }).accept(theirs);
  const payload = {
    client: { name: "raw", version: "1" },
    auth: { scheme: "bearer", token: "no" },
  };
  const text = JSON.stringify({ arcp: "1.1", id: "m1", type: "session.hello", payload });
  await mine.send([text.padEnd(bytes, " ")]);
  const { frames } = await readAll(mine);
  return (JSON.parse(frames[0]!) as { readonly payload: { readonly code: string } }).payload.code;
}

/** A message of so many bytes or levels, as a peer reads it. */
const message = (payload: object, bytes = 0) =>
  JSON.stringify({ arcp: "1.1", id: "m1", type: "session.ack", payload }).padEnd(bytes, " ");

const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);

describe("messages", () => {
  it("max_hello_bytes: the first one has at most 64 KiB (ENC-15)", async () => {
    expect(await refusedHello(65_536)).toBe("UNAUTHENTICATED");
    expect(await refusedHello(65_537)).toBe("INVALID_REQUEST");
  });

  it("max_depth: they nest 64 levels deep at most (ENC-16)", () => {
    // The envelope and its payload are the first two.
    const read = (levels: number) =>
      decode(message({ last_processed_seq: 1, x: nested(levels - 2) })).ok;
    expect([read(64), read(65)]).toEqual([true, false]);
  });

  it("max_frame_bytes: an event that does not fit into 1 MiB is refused to its agent (ENC-14)", async () => {
    const job = await testAgent(
      agentOf(async (_input, ctx) => {
        const told: string[] = [];
        for (const length of [1_040_000, 1_048_576]) {
          try {
            await ctx.log("info", "x".repeat(length));
            told.push("told");
          } catch {
            told.push("refused");
          }
        }
        return told;
      }),
    );
    expect(await job.result()).toEqual(["told", "refused"]);
  });

  it("max_id_length, max_idempotency_key_length, max_token_length: texts have at most so many characters", () => {
    const read = (type: string, payload: object, id = "m1") =>
      decode(JSON.stringify({ arcp: "1.1", id, type, session_id: "s", payload })).ok;
    const client = { name: "raw", version: "1" };
    const fits: readonly (readonly [number, (text: string) => boolean])[] = [
      [Limits.maxIdLength, (text) => read("session.ack", { last_processed_seq: 1 }, text)],
      [
        Limits.maxIdempotencyKeyLength,
        (text) => read("job.submit", { agent: "a", idempotency_key: text }),
      ],
      [
        Limits.maxTokenLength,
        (text) => read("session.hello", { client, auth: { scheme: "bearer", token: text } }),
      ],
    ];
    for (const [most, accepts] of fits) {
      expect([accepts("x".repeat(most)), accepts("x".repeat(most + 1))]).toEqual([true, false]);
    }
  });
});

describe("leases", () => {
  const accepted = async (patterns: readonly string[]) => {
    const client = await rawClient({ agents: [quick] });
    client.send("job.submit", { agent: "a", lease_request: { "tool.call": patterns } });
    await client.until(() =>
      client.seen.some(({ type }) => type === "job.accepted" || type === "session.error"),
    );
    return client.seen.some(({ type }) => type === "job.accepted");
  };

  it("max_lease_patterns: have 256 patterns at most", async () => {
    const names = (count: number) => Array.from({ length: count }, (_, at) => `t${at}`);
    expect([await accepted(names(256)), await accepted(names(257))]).toEqual([true, false]);
  });

  it("max_pattern_length: have patterns of 512 characters at most", async () => {
    const one = (length: number) => ["x".repeat(length)];
    expect([await accepted(one(512)), await accepted(one(513))]).toEqual([true, false]);
  });
});

describe("times", () => {
  it("hello_deadline_ms: a connection that says nothing is closed after 5 s (HELLO-03)", async () => {
    const clock = testClock();
    const [mine, theirs] = memoryPair();
    createRuntime({ auth, agents: [], clock }).accept(theirs);
    let over = false;
    const end = readAll(mine).then(() => (over = true));
    await clock.advance(4_999);
    expect(over).toBe(false);
    await clock.advance(1);
    await end;
  });

  it("heartbeat_interval_sec, heartbeat_missed_intervals: a silent client is pinged after 30 s, and given up after 60 (HB-02, HB-05)", async () => {
    const clock = testClock();
    const client = await rawClient({ agents: [], clock, auth }, ["heartbeat"]);
    expect(client.seen[0]!.payload).toMatchObject({ heartbeat_interval_sec: 30 });
    const pings = () => client.seen.filter(({ type }) => type === "session.ping").length;
    await clock.advance(29_999);
    expect(pings()).toBe(0);
    await clock.advance(1);
    expect(pings()).toBe(1);
    await clock.advance(29_999);
    expect(client.ended).toBeUndefined();
    await clock.advance(1);
    expect(await client.end()).toMatchObject({ code: 4008 });
  });

  it("cancel_grace_ms: an agent that does not stop is given up 30 s after the cancel (CANCEL-10)", async () => {
    const clock = testClock();
    const deaf = agentOf(() => new Promise(() => {}));
    const client = await rawClient({ agents: [deaf], clock });
    client.send("job.submit", { agent: "a" });
    const { job_id } = await client.arrived("job.accepted");
    client.send("job.cancel", { job_id });
    await client.arrived("job.cancelled");
    await clock.advance(29_999);
    expect(client.seen.some(({ type }) => type === "job.error")).toBe(false);
    await clock.advance(1);
    await client.arrived("job.error");
  });

  it("lease_grace_ms: a job whose lease has ended is ended 1 s later (EXP-09)", async () => {
    const job = await testAgent(
      agentOf((_input, ctx) => {
        ctx.log("info", "begun");
        return aborted(ctx);
      }),
      undefined,
      {
        expiresAt: new Date(Date.UTC(2026, 0) + 60_000),
      },
    );
    await job.event("log");
    await job.advance(60_999);
    expect(job.status).toBe("running");
    await job.advance(1);
    await expect(job.result()).rejects.toMatchObject({ code: "LEASE_EXPIRED" });
  });

  it("retention_hours: a job is kept for 24 hours after its end (SEC-33)", async () => {
    const clock = testClock();
    const client = await rawClient({ agents: [quick], clock }, ["list_jobs"]);
    client.send("job.submit", { agent: "a" });
    await client.arrived("job.result");
    const listed = async (count: number) => {
      client.send("session.list_jobs");
      return ((await client.arrived("session.jobs", count)).payload["jobs"] as object[]).length;
    };
    await clock.advance(24 * HOUR_MS - 1);
    expect(await listed(1)).toBe(1);
    await clock.advance(1);
    expect(await listed(2)).toBe(0);
  });

  it("idempotency_hours: a key is remembered for 24 hours, also where its job is not (IDEM-08)", async () => {
    const clock = testClock();
    const client = await rawClient({ agents: [quick], clock, limits: { retentionMs: HOUR_MS } });
    const submit = () => client.send("job.submit", { agent: "a", idempotency_key: "k" });
    submit();
    await client.arrived("job.result");
    await clock.advance(24 * HOUR_MS - 1);
    submit();
    await client.arrived("session.error");
    await clock.advance(1);
    submit();
    await client.arrived("job.result", 2);
  });

  it("resume_window_sec, tombstone_hours: a session lasts for 600 s, and is remembered for 24 hours more (RES-26)", async () => {
    const clock = testClock();
    const runtime = createRuntime({ agents: [], clock, auth });
    const lost = async () => {
      const client = await rawClient(runtime, []);
      client.drop();
      await client.end();
      return client.seen[0]!.payload;
    };
    const resumed = async ({ session_id, resume_token }: Record<string, unknown>) => {
      const [mine, theirs] = memoryPair();
      runtime.accept(theirs);
      const resume = { session_id, resume_token, last_event_seq: 0 };
      const payload = {
        ...{ client: { name: "raw", version: "1" }, auth: { scheme: "bearer", token: "tok" } },
        resume,
      };
      await mine.send([JSON.stringify({ arcp: "1.1", id: "m1", type: "session.hello", payload })]);
      const first = await mine.incoming[Symbol.asyncIterator]().next();
      const { type, payload: said } = JSON.parse(first.value as string) as {
        readonly type: string;
        readonly payload: { readonly code?: string };
      };
      return said.code ?? type;
    };
    const [early, late, last] = [await lost(), await lost(), await lost()];
    await clock.advance(599_999);
    expect(await resumed(early)).toBe("session.welcome");
    await clock.advance(2);
    expect(await resumed(late)).toBe("RESUME_WINDOW_EXPIRED");
    await clock.advance(24 * HOUR_MS - 2);
    expect(await resumed(late)).toBe("RESUME_WINDOW_EXPIRED");
    await clock.advance(2);
    expect(await resumed(last)).toBe("UNAUTHENTICATED");
  });
});

describe("pages", () => {
  it("list_page_default, list_page_max: of a list have 100 jobs, or as many as are asked for (LIST-10)", async () => {
    const client = await rawClient({ agents: [quick] }, ["list_jobs"]);
    for (let at = 0; at < 101; at += 1) client.send("job.submit", { agent: "a" });
    await client.arrived("job.result", 101);
    const page = async (limit: object): Promise<number | undefined> => {
      const before = client.seen.length;
      client.send("session.list_jobs", { ...limit });
      await client.until(() => client.seen.length > before);
      return (client.seen.at(-1)!.payload["jobs"] as object[] | undefined)?.length;
    };
    expect(await page({})).toBe(100);
    // More than the most may not even be asked for.
    expect(await page({ limit: Limits.listPageMax })).toBe(101);
    expect(await page({ limit: Limits.listPageMax + 1 })).toBeUndefined();
  });
});

/** Submits with one key in several sessions: what is asked of others is asked for one of them. §7.2, §9.4 */
import { describe, expect, it } from "vitest";
import { testClock } from "../testing/index.js";
import { ArcpError } from "../wire/errors.js";
import { bearer } from "./auth.js";
import { createRuntime } from "./create.js";
import { createDeciding } from "./deciding.js";
import type { LeaseAsk } from "./policy.js";
import { aborted, agentOf, rawClient } from "./raw-client.test-helper.js";

/** For so long one waits for another that has its key. */
const PATIENCE_MS = 1_500;

/** Three sessions of one principal, and a policy that answers when it is told to. */
async function setUp() {
  const clock = testClock();
  let waits = 0;
  const asked: { ask: LeaseAsk; answer: (what?: unknown) => void }[] = [];
  const runtime = createRuntime({
    clock: {
      ...clock,
      timer(at, run) {
        if (at === PATIENCE_MS) waits += 1;
        return clock.timer(at, run);
      },
    },
    agents: [agentOf((_input, ctx) => aborted(ctx))],
    auth: bearer({ tok: "me", other: "somebody" }),
    limits: { policyTimeoutMs: 1_000, credentialTimeoutMs: PATIENCE_MS - 1_000 },
    policy: {
      lease: (ask) =>
        new Promise((resolve) => asked.push({ ask, answer: resolve as (what?: unknown) => void })),
    },
  });
  const client = (token = "tok") => rawClient(runtime, [], { token });
  const [one, two, three] = [await client(), await client(), await client()];
  /** The first is asked about before the others submit, and these wait: whose key is read first is the platform's choice. */
  const submitted = async (others: readonly Client[], input: number): Promise<void> => {
    await submit(one, 1);
    await expect.poll(() => asked.length).toBe(1);
    for (const other of others) await submit(other, input);
    await expect.poll(() => waits).toBe(others.length);
  };
  return { clock, asked, one, two, three, client, submitted };
}

type Client = Awaited<ReturnType<typeof rawClient>>;

const submit = (client: Client, input: unknown = 1) =>
  client.send("job.submit", { agent: "a", input, idempotency_key: "k" });
/** Lets pass whatever passes by itself. */
const settled = () => new Promise((resolve) => setTimeout(resolve));

describe("two sessions that submit one key at once", () => {
  it("IDEM-10 have the policy asked once, and get one job", async () => {
    const { asked, one, two } = await setUp();
    await submit(one);
    await submit(two);
    await expect.poll(() => asked.length).toBe(1);
    await settled();
    asked[0]!.answer();
    const jobs = [await one.arrived("job.accepted"), await two.arrived("job.accepted")];
    expect(jobs[0]!.job_id).toBe(jobs[1]!.job_id);
    expect(asked).toHaveLength(1);
  });

  it("IDEM-06 are not one where they ask for other things: the second is refused once there is the first's job", async () => {
    const { asked, one, two, submitted } = await setUp();
    await submitted([two], 2);
    asked[0]!.answer();
    await one.arrived("job.accepted");
    expect((await two.arrived("session.error")).payload["code"]).toBe("DUPLICATE_KEY");
    expect(asked).toHaveLength(1);
  });

  it("IDEM-09 do not share a refusal: what is asked for otherwise is decided by itself", async () => {
    const { asked, one, two, submitted } = await setUp();
    await submitted([two], 2);
    asked[0]!.answer(new ArcpError("PERMISSION_DENIED", "not you"));
    expect((await one.arrived("session.error")).payload["code"]).toBe("PERMISSION_DENIED");
    await expect.poll(() => asked.length).toBe(2);
    asked[1]!.answer();
    await two.arrived("job.accepted");
    expect(two.seen.some(({ type }) => type === "session.error")).toBe(false);
  });

  it("IDEM-01 do not wait for another principal's, nor for another key", async () => {
    const { asked, one, two, client } = await setUp();
    await submit(one);
    await two.send("job.submit", { agent: "a", idempotency_key: "another" });
    await submit(await client("other"));
    await expect.poll(() => asked.length).toBe(3);
  });

  it("wait no longer for one that hangs than the limits let it, all together", async () => {
    const { clock, asked, one, two, three, submitted } = await setUp();
    await submitted([two, three], 1);
    await clock.advance(1_000);
    expect((await one.arrived("session.error")).payload["retryable"]).toBe(true);
    // One of the others is asked about; the last has waited for two by now.
    await expect.poll(() => asked.length).toBe(2);
    await clock.advance(500);
    await expect.poll(() => asked.length).toBe(3);
    asked[2]!.answer();
    await expect
      .poll(() => [...two.seen, ...three.seen].filter(({ type }) => type === "job.accepted").length)
      .toBe(1);
    asked[1]!.answer();
    const jobs = [await two.arrived("job.accepted"), await three.arrived("job.accepted")];
    expect(jobs[0]!.job_id).toBe(jobs[1]!.job_id);
  });
});

it("gives whoever was first its own failure, and nobody else", async () => {
  const deciding = createDeciding(testClock(), 1_000);
  const key = { name: "k", asked: "" };
  const fails = deciding("me", key, () => Promise.reject(new Error("a fault of ours")));
  const after = deciding("me", key, () => Promise.resolve());
  await expect(fails).rejects.toThrow("a fault of ours");
  await expect(after).resolves.toBeUndefined();
});

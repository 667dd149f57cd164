/** What an error says of trying again is what becomes of trying again. §12 (ERR-01, ERR-02) */
import { describe, expect, it } from "vitest";
import type { ErrorCode } from "../../generated/current/index.js";
import { scriptedClient, testAgent, testClock } from "../testing/index.js";
import { ArcpError } from "../wire/errors.js";
import { bearer } from "./auth.js";
import type { AgentContext } from "./context.js";
import { createRuntime } from "./create.js";
import { agentOf, rawClient } from "./raw-client.test-helper.js";

/** An error, and whether what it refused succeeded when it was asked for once more. */
interface Outcome {
  readonly code: unknown;
  readonly retryable: unknown;
  readonly succeededAgain: boolean;
}

type Client = Awaited<ReturnType<typeof rawClient>>;

const HELLO = { client: { name: "raw", version: "1" } };

/** Sends the same request twice, each with an id of its own. */
async function requested(
  type: string,
  payload: Record<string, unknown>,
  prepared: (client: Client) => unknown = () => undefined,
): Promise<Outcome> {
  const client = await rawClient({ agents: [agentOf(() => 1)] }, ["agent_versions"]);
  await prepared(client);
  client.send(type, payload);
  const { payload: error } = await client.arrived("session.error");
  client.send(type, payload);
  const { payload: again } = await client.arrived("session.error", 2);
  return { ...told(error), succeededAgain: again["code"] !== error["code"] };
}

/** Says hello twice, on connections of their own. */
async function greeted(
  runtime: ReturnType<typeof createRuntime>,
  hello: Record<string, unknown>,
): Promise<Outcome> {
  const answers = [];
  for (let time = 0; time < 2; time += 1) {
    const client = scriptedClient(runtime);
    client.send("session.hello", hello);
    await client.until(() => client.seen.length > 0);
    answers.push(client.seen[0]!);
  }
  return { ...told(answers[0]!.payload), succeededAgain: answers[1]!.type === "session.welcome" };
}

/** Has an agent ask for something twice. */
async function asked(
  ask: (ctx: AgentContext) => Promise<unknown>,
  options: NonNullable<Parameters<typeof testAgent>[2]> = {},
  passes = 0,
): Promise<Outcome> {
  const outcomes: unknown[] = [];
  let go = () => {};
  const time = new Promise<void>((resolve) => (go = resolve));
  const agent = agentOf(async (_input, ctx) => {
    await ctx.log("info", "begun");
    await time;
    for (let at = 0; at < 2; at += 1) {
      outcomes.push(await ask(ctx).catch((error: unknown) => error));
    }
  });
  const job = await testAgent(agent, undefined, options);
  await job.event("log");
  if (passes > 0) await job.advance(passes);
  go();
  await job.result().catch(() => undefined);
  const [error, again] = outcomes;
  return { ...told(error as object), succeededAgain: !ArcpError.is(again) };
}

/** Submits twice, with another key, to an agent whose first run fails. */
async function submitted(first: () => unknown, options: { readonly timeout?: true } = {}) {
  const clock = testClock();
  let runs = 0;
  const agent = agentOf(() => (++runs === 1 ? first() : "done"));
  const client = await rawClient({ agents: [agent], clock });
  client.send("job.submit", { agent: "a", max_runtime_sec: 5 });
  await client.arrived("job.accepted");
  if (options.timeout) await clock.advance(5_000);
  const { payload } = await client.arrived("job.error");
  client.send("job.submit", { agent: "a", max_runtime_sec: 5 });
  const ends = () => client.seen.filter(({ type }) => /^job\.(result|error)$/.test(type));
  await client.until(() => ends().length === 2);
  return { ...told(payload), succeededAgain: ends()[1]!.type === "job.result" };
}

const told = (error: object) => {
  const { code, retryable } = error as { readonly code?: unknown; readonly retryable?: unknown };
  return { code, retryable };
};

const tries: Readonly<Partial<Record<ErrorCode, () => Promise<Outcome>>>> = {
  PERMISSION_DENIED: () => asked((ctx) => ctx.authorize("tool.call", "t")),
  LEASE_SUBSET_VIOLATION: () =>
    asked((ctx) => ctx.delegate("a", null, { lease: { "tool.call": ["more"] } }), {
      lease: { "agent.delegate": ["a"] },
    }),
  JOB_NOT_FOUND: () => requested("job.cancel", { job_id: "job_01JABCDEFGHJKMNPQRSTVWXYZ0" }),
  DUPLICATE_KEY: () =>
    requested("job.submit", { agent: "a", input: 2, idempotency_key: "k" }, (client) => {
      client.send("job.submit", { agent: "a", input: 1, idempotency_key: "k" });
    }),
  AGENT_NOT_AVAILABLE: () => requested("job.submit", { agent: "nobody" }),
  AGENT_VERSION_NOT_AVAILABLE: () => requested("job.submit", { agent: "a@9.9.9" }),
  INVALID_REQUEST: () => requested("job.submit", { agent: 7 }),
  UNAUTHENTICATED: () =>
    greeted(createRuntime({ agents: [], auth: bearer({ tok: "me" }) }), {
      ...HELLO,
      auth: { scheme: "bearer", token: "wrong" },
    }),
  async RESUME_WINDOW_EXPIRED() {
    const clock = testClock();
    const runtime = createRuntime({ agents: [], auth: bearer({ tok: "me" }), clock });
    const client = await rawClient(runtime);
    const { session_id, resume_token } = client.seen[0]!.payload;
    client.drop();
    await client.end();
    await clock.advance(3_600_000);
    const resume = { session_id, resume_token, last_event_seq: 0 };
    return greeted(runtime, { ...HELLO, auth: { scheme: "bearer", token: "tok" }, resume });
  },
  LEASE_EXPIRED: () =>
    asked(
      (ctx) => ctx.authorize("tool.call", "t"),
      { lease: { "tool.call": ["t"] }, expiresAt: new Date(Date.UTC(2026, 0) + 1_000) },
      1_500,
    ),
  BUDGET_EXHAUSTED: () =>
    asked((ctx) => ctx.authorize("tool.call", "t"), {
      lease: { "tool.call": ["t"], "cost.budget": ["USD:0"] },
    }),
  async CANCELLED() {
    const client = await rawClient({ agents: [agentOf(() => new Promise(() => {}))] });
    const submit = () => client.send("job.submit", { agent: "a", idempotency_key: "k" });
    submit();
    client.send("job.cancel", { job_id: (await client.arrived("job.accepted")).job_id });
    await client.runtime.close();
    const { payload } = await client.arrived("job.error");
    // The same submit is answered with the same end.
    return { ...told(payload), succeededAgain: false };
  },
  TIMEOUT: () => submitted(() => new Promise(() => {}), { timeout: true }),
  INTERNAL_ERROR: () =>
    submitted(() => {
      throw new Error("not now");
    }),
};

describe("an error with the code", () => {
  it.each(Object.entries(tries))("%s says whether trying again can help", async (code, tried) => {
    const { succeededAgain, ...error } = await tried();
    expect(error).toEqual({ code, retryable: succeededAgain });
  });
});

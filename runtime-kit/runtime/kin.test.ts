/** §10, §7.2 (W-17, W-18): who has repeated a job's key hears of its children, as who submitted it does. */
import { describe, expect, it } from "vitest";
import { connect } from "../client/index.js";
import type { SeenMessage } from "../testing/index.js";
import { memory } from "../embed.js";
import { bearer } from "./auth.js";
import type { AgentContext } from "./context.js";
import { createRuntime } from "./create.js";
import type { RuntimeOptions } from "./create.js";
import { disc, door } from "./credentials/gateway.test-helper.js";
import { defineAgent } from "./define.js";
import { aborted, rawClient } from "./raw-client.test-helper.js";

const FEATURES = ["subscribe", "progress", "result_chunk"];
const LEASE = { "agent.delegate": ["child"] };
const SUBMIT = { agent: "parent", lease_request: LEASE, idempotency_key: "k" };

type Client = Awaited<ReturnType<typeof rawClient>>;
type Work = (ctx: AgentContext, input: unknown) => unknown;

function hosted(parent: Work, child: Work, options: Partial<RuntimeOptions> = {}) {
  const restartable = true;
  return createRuntime({
    agents: [
      defineAgent({ name: "parent", restartable, run: (input, ctx) => parent(ctx, input) }),
      defineAgent({ name: "child", restartable, run: (input, ctx) => child(ctx, input) }),
    ],
    auth: bearer({ tok: "me" }),
    ...options,
  });
}

/** A parent whose child says `"begun"`, and what it is told to say. */
function family(options: Partial<RuntimeOptions> = {}) {
  let say: ((text: string) => Promise<void>) | undefined;
  let more: (() => Promise<unknown>) | undefined;
  const runtime = hosted(
    async (ctx) => {
      await ctx.delegate("child", "first", { id: "one" });
      more = () => ctx.delegate("child", "second", { lease: LEASE });
      return aborted(ctx);
    },
    async (ctx, input) => {
      await ctx.log("info", `begun ${String(input)}`);
      if (input === "first") say = (text) => ctx.log("info", text);
      if (input === "second") await ctx.delegate("child", "third");
      return aborted(ctx);
    },
    options,
  );
  return { runtime, say: (text: string) => say!(text), more: () => more!() };
}

const textsIn = (client: Client, job?: string) =>
  client.seen
    .filter(({ type, job_id }) => type === "job.event" && (job === undefined || job === job_id))
    .map(({ payload }) => (payload["body"] as { message?: string }).message)
    .filter((message) => message !== undefined);

const heard = (client: Client, text: string) => client.until(() => textsIn(client).includes(text));

const acceptedIn = (client: Client): SeenMessage[] =>
  client.seen.filter(({ type }) => type === "job.accepted");

describe("a session that has repeated the key of a job", () => {
  it("hears of the children that run, and what they say from then on", async () => {
    const { runtime, say } = family();
    const first = await rawClient(runtime, FEATURES);
    await first.send("job.submit", SUBMIT);
    await heard(first, "begun first");
    const again = await rawClient(runtime, FEATURES);
    await again.send("job.submit", SUBMIT);
    const child = await again.arrived("job.accepted", 2);
    const [, original] = acceptedIn(first);
    expect(child.payload).toEqual(original!.payload);
    expect(child.payload).not.toHaveProperty("request_id");
    await say("now");
    await heard(again, "now");
    expect(textsIn(again)).toEqual(["now"]);
    // Who submitted it hears it as before, and is told of the child once.
    await heard(first, "now");
    await first.send("job.submit", SUBMIT);
    await first.arrived("job.accepted", 3);
    expect(acceptedIn(first).map(({ job_id }) => job_id)).toEqual([
      ...acceptedIn(again).map(({ job_id }) => job_id),
      acceptedIn(again)[0]!.job_id,
    ]);
    // W-17: it may cancel the parent, and so the child.
    await again.send("job.cancel", { job_id: child.job_id }, { job_id: child.job_id });
    expect((await again.arrived("job.cancelled")).job_id).toBe(child.job_id);
    expect((await again.arrived("job.error")).job_id).toBe(child.job_id);
  });

  it("DEL-02 hears of those that are made later, and of theirs, each behind the event of its parent", async () => {
    const { runtime, more } = family();
    const first = await rawClient(runtime, FEATURES);
    await first.send("job.submit", SUBMIT);
    await heard(first, "begun first");
    const again = await rawClient(runtime, FEATURES);
    await again.send("job.submit", SUBMIT);
    await again.arrived("job.accepted", 2);
    await more();
    await heard(again, "begun third");
    const order = (client: Client) =>
      client.seen
        .filter(({ type }) => type === "job.accepted" || type === "job.event")
        .map(({ type, payload }) => {
          const { message, agent, child_job_id: child } = (payload["body"] ?? {}) as never;
          return type === "job.accepted" ? payload["job_id"] : (message ?? child ?? agent);
        });
    const [, , second, third] = acceptedIn(again).map(({ job_id }) => job_id);
    const told = order(again).slice(2);
    expect(told.toSorted()).toEqual(
      [second, second, "begun second", third, third, "begun third"].toSorted(),
    );
    for (const child of [second, third]) {
      const event = again.seen.findIndex(
        ({ payload }) => (payload["body"] as { child_job_id?: string })?.child_job_id === child,
      );
      expect(event).toBeLessThan(again.seen.findIndex((m) => m === accepted(again, child!)));
    }
    const seqs = again.seen.map(({ event_seq: seq }) => seq).filter((seq) => seq !== undefined);
    expect(seqs).toEqual(seqs.map((_, at) => at + 1));
  });

  it("hears them after a restart of the runtime", async () => {
    const store = disc();
    const one = family({ store: store.next() });
    const first = await rawClient(one.runtime, FEATURES);
    await first.send("job.submit", SUBMIT);
    await heard(first, "begun first");
    const again = await rawClient(one.runtime, FEATURES);
    await again.send("job.submit", SUBMIT);
    await again.arrived("job.accepted", 2);
    await one.say("before");
    await heard(again, "before");
    const { session_id, resume_token } = (await again.arrived("session.welcome")).payload;
    const two = family({ store: store.next() });
    const resume = { session_id, resume_token, last_event_seq: again.seen.at(-1)!.event_seq };
    const resumed = await rawClient(two.runtime, FEATURES, { resume });
    await heard(resumed, "begun first");
  });

  it("hears no more children than a principal may subscribe to, for which none waits", async () => {
    const { runtime, say, more } = family({ limits: { maxSubscriptionsPerPrincipal: 1 } });
    const first = await rawClient(runtime, FEATURES);
    await first.send("job.submit", SUBMIT);
    await heard(first, "begun first");
    const again = await rawClient(runtime, FEATURES);
    await again.send("job.submit", SUBMIT);
    await again.arrived("job.accepted");
    await say("now");
    await more();
    await heard(first, "begun third");
    await again.send("job.cancel", { job_id: acceptedIn(again)[0]!.job_id });
    await again.arrived("job.error");
    expect(textsIn(again)).toEqual([]);
    expect(acceptedIn(again)).toHaveLength(1);
  });

  it("is given them by a client that listens for children", async () => {
    const { runtime, say } = family();
    const first = await connect(memory(runtime, "me"));
    const options = { lease: LEASE, idempotencyKey: "k" };
    const job = await first.submit("parent", undefined, options);
    const texts: unknown[] = [];
    let over = false;
    for await (const { kind } of job) if (kind === "delegate") break;
    await expect
      .poll(() => say("early").catch(() => "not yet"), { timeout: 5_000 })
      .toBe(undefined);
    const { opened, open } = door();
    const again = await connect(memory(runtime, "me"), {
      on: {
        async child({ job: child, parentId }) {
          texts.push(parentId);
          open();
          for await (const { body } of child) texts.push((body as { message?: string }).message);
          over = true;
        },
      },
    });
    const same = await again.submit("parent", undefined, options);
    expect(same.id).toBe(job.id);
    await opened;
    await say("now");
    await expect.poll(() => texts).toEqual([job.id, "now"]);
    await same.cancel();
    await expect.poll(() => over).toBe(true);
    await Promise.all([first.close(), again.close()]);
  });
});

it("DEL-10 a child that another session submitted is no subscription of its parent's session", async () => {
  const runtime = hosted(
    (ctx) => aborted(ctx),
    (ctx) => aborted(ctx),
    { cancelAuthority: "principal", limits: { maxSubscriptionsPerPrincipal: 1 } },
  );
  const home = await rawClient(runtime, FEATURES);
  await home.send("job.submit", SUBMIT);
  const { job_id: parent_job_id } = await home.arrived("job.accepted");
  const other = await rawClient(runtime, FEATURES);
  for (const count of [1, 2]) {
    await other.send("job.submit", { agent: "child", parent_job_id });
    await other.arrived("job.accepted", count);
    await home.arrived("job.accepted", count + 1);
  }
  await other.send("job.subscribe", { job_id: parent_job_id }, { job_id: parent_job_id });
  await other.arrived("job.subscribed");
  // The next one is one too many.
  const third = await rawClient(runtime, FEATURES);
  await third.send("job.subscribe", { job_id: parent_job_id }, { job_id: parent_job_id });
  expect((await third.arrived("session.error")).payload).toMatchObject({
    details: { limit: "max_subscriptions_per_principal" },
  });
});

function accepted(client: Client, job: string): SeenMessage | undefined {
  return acceptedIn(client).find(({ job_id }) => job_id === job);
}

it("W-18 a child that has ended takes no place among the subscriptions of who repeated its parent's key", async () => {
  const { opened, open } = door();
  const runtime = hosted(
    async (ctx) => {
      await opened;
      for (const count of [1, 2, 3]) {
        const child = await ctx.delegate("child", count);
        await child.result();
      }
      return "all";
    },
    (_, count) => count,
    // One is the parent itself, whose key was repeated.
    { limits: { maxSubscriptionsPerPrincipal: 2 } },
  );
  const first = await rawClient(runtime, FEATURES);
  await first.send("job.submit", SUBMIT);
  await first.arrived("job.accepted");
  const again = await rawClient(runtime, FEATURES);
  await again.send("job.submit", SUBMIT);
  await again.arrived("job.accepted");
  open();
  await again.arrived("job.result", 4);
  const results = again.seen.filter(({ type }) => type === "job.result");
  expect(results.map(({ payload }) => payload["result"])).toEqual([1, 2, 3, "all"]);
});

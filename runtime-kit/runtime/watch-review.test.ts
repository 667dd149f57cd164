/** §14.3 (SEC-12, SEC-13): a subscription outlives connections and processes, and not the permission to look on. */
import { describe, expect, it, vi } from "vitest";
import { connect } from "../client/index.js";
import { testClock } from "../testing/index.js";
import type { SeenMessage } from "../testing/index.js";
import { bearer } from "./auth.js";
import { createRuntime } from "./create.js";
import type { RuntimeOptions } from "./create.js";
import { disc, door } from "./credentials/gateway.test-helper.js";
import { defineAgent } from "./define.js";
import type { ObserveAsk, Policy } from "./policy.js";
import { rawClient } from "./raw-client.test-helper.js";

type Client = Awaited<ReturnType<typeof rawClient>>;

const ALL = ["subscribe", "result_chunk", "progress", "ack"];
const SECRET = "what the owner alone may know";

/** Runtimes one after the other on the same store, each with a policy of its own. */
function lives() {
  const store = disc();
  const told: { fields: Record<string, unknown>; message: string }[] = [];
  const tell = (fields: object, message: string) =>
    void told.push({ fields: fields as Record<string, unknown>, message });
  let { opened, open } = door();
  const says = defineAgent({
    name: "says",
    restartable: true,
    async run(_input, ctx) {
      await ctx.log("info", "begun");
      await ctx.flush();
      await opened;
      await ctx.log("info", SECRET);
      return SECRET;
    },
  });
  return {
    told,
    /** Lets the agents go on. */
    goOn: () => open(),
    ended: () => told.filter(({ message }) => message === "may no longer look at a job"),
    begin(policy: Policy = {}, more: RuntimeOptions = {}) {
      open();
      ({ opened, open } = door());
      return createRuntime({
        agents: [says],
        auth: bearer({
          tok: "ada",
          bob: { principal: "bob", scopes: ["look"] },
          "bob later": { principal: "bob" },
          eve: "eve",
        }),
        policy,
        store: store.next(),
        logger: { debug: tell, info: tell, warn: tell, error: tell },
        ...more,
      });
    },
  };
}

const allow: Policy = { observe: () => "allow" };
const scoped: Policy = {
  observe: ({ identity }: ObserveAsk) => (identity.scopes.includes("look") ? "allow" : "deny"),
};

async function watched(runtime: ReturnType<typeof createRuntime>, token = "bob") {
  const owner = await rawClient(runtime, ALL);
  await owner.send("job.submit", { agent: "says" });
  const { job_id: job } = await owner.arrived("job.accepted");
  await owner.arrived("job.event");
  const looker = await rawClient(runtime, ALL, { token });
  const whole = { job_id: job!, history: true, from_event_seq: 0 };
  looker.send("job.subscribe", whole, { job_id: job! });
  await looker.arrived("job.event");
  return { owner, looker, job: job! };
}

/** Where a client would go on. */
function resumeOf({ seen }: Client) {
  const { payload } = seen.findLast(({ type }) => type === "session.welcome")!;
  const numbers = seen.map(({ event_seq: seq }) => Number(seq ?? 0));
  const { session_id, resume_token } = payload;
  return { session_id, resume_token, last_event_seq: Math.max(...numbers) };
}

const numbered = ({ seen }: Client) => seen.filter(({ event_seq: seq }) => seq !== undefined);
const kinds = (client: Client) =>
  numbered(client).map(({ type, payload }: SeenMessage) => payload["kind"] ?? type);
const bodies = (client: Client) => numbered(client).map(({ payload }) => payload["body"]);

describe("a subscription whose principal may look on no longer", () => {
  it.each([
    ["no policy any more", {}, "JOB_NOT_FOUND"],
    ["a policy that hides", { observe: () => "hide" }, "JOB_NOT_FOUND"],
    ["a policy that denies, late", { observe: async () => "deny" }, "PERMISSION_DENIED"],
    [
      "a policy that throws",
      {
        observe() {
          throw new Error("no directory");
        },
      },
      "JOB_NOT_FOUND",
    ],
  ] as [string, Policy, string][])(
    "SEC-12 SEC-13 WATCH-02 ends at the resume after a restart: %s",
    async (_, policy, code) => {
      const { begin, goOn, ended } = lives();
      const first = begin(allow);
      const { owner, looker, job } = await watched(first);
      const runtime = begin(policy);
      const again = await rawClient(runtime, ALL, { token: "bob", resume: resumeOf(looker) });
      const owned = await rawClient(runtime, ALL, { resume: resumeOf(owner) });
      goOn();
      await owned.arrived("job.result");
      // A job of its own is told in the same numbers, without a gap.
      again.send("job.submit", { agent: "says" });
      await again.arrived("job.result");
      expect(JSON.stringify(again.seen).split(SECRET)).toHaveLength(3);
      expect(
        kinds(again).filter((kind) => kind === "x-vendor.arcp.withheld").length,
      ).toBeGreaterThan(0);
      expect(bodies(again)).toContainEqual({ code });
      const from = resumeOf(looker).last_event_seq;
      expect(numbered(again).map(({ event_seq: seq }) => seq)).toEqual(
        numbered(again).map((_one, at) => from + 1 + at),
      );
      again.send("job.subscribe", { job_id: job }, { job_id: job });
      expect((await again.arrived("session.error")).payload).toMatchObject({ code });
      expect(ended()).toMatchObject([
        { fields: { principal: "bob", job, owner: "ada", decision: expect.any(String) } },
      ]);
      await runtime.close();
    },
  );

  it("SEC-12 RES-09 holds back what stands behind it while the policy hangs, nothing before it, and once for all", async () => {
    const { begin, goOn } = lives();
    const clock = testClock();
    let hangs = false;
    const observe: Policy["observe"] = () => (hangs ? new Promise<never>(() => {}) : "allow");
    const runtime = begin({ observe }, { clock });
    const { looker, job } = await watched(runtime);
    const second = await rawClient(runtime, ALL);
    await second.send("job.submit", { agent: "says" });
    const { job_id: other } = await second.arrived("job.event");
    looker.send("job.subscribe", { job_id: other! }, { job_id: other! });
    await looker.arrived("job.subscribed", 2);
    const resume = resumeOf(looker);
    looker.send("job.submit", { agent: "says" });
    const { job_id: own } = await looker.arrived("job.accepted");
    await looker.until(() =>
      looker.seen.some(({ job_id, event_seq }) => job_id === own && !!event_seq),
    );
    looker.drop();
    hangs = true;
    goOn();
    await second.arrived("job.result");
    const again = await rawClient(runtime, ALL, { token: "bob", resume });
    // Its own begins in front of theirs.
    await again.arrived("job.event");
    expect(numbered(again).map(({ job_id }) => job_id)).toEqual([own]);
    await clock.advance(5_000);
    await again.until(() =>
      again.seen.some(({ type, job_id }) => type === "job.result" && job_id === own),
    );
    const withheld = numbered(again).filter(
      ({ payload }) => payload["kind"] === "x-vendor.arcp.withheld",
    );
    expect(new Set(withheld.map(({ job_id }) => job_id))).toEqual(new Set([job, other]));
    const seqs = numbered(again).map(({ event_seq: seq }) => seq);
    expect(seqs).toEqual(seqs.map((_one, at) => resume.last_event_seq + 1 + at));
    await runtime.close();
  });

  it("SEC-12 ends at a resume with fewer scopes, and nothing is told of what happened meanwhile", async () => {
    const { begin, goOn, ended } = lives();
    const runtime = begin(scoped);
    const { owner, looker } = await watched(runtime);
    looker.drop();
    goOn();
    await owner.arrived("job.result");
    const again = await rawClient(runtime, ALL, { token: "bob later", resume: resumeOf(looker) });
    await again.until(() => numbered(again).length === 2);
    expect(kinds(again)).toEqual(["x-vendor.arcp.withheld", "x-vendor.arcp.withheld"]);
    expect(JSON.stringify(again.seen)).not.toContain(SECRET);
    expect(ended()).toHaveLength(1);
    // What is permitted again is told again, from the same numbers.
    again.drop();
    const last = await rawClient(runtime, ALL, {
      token: "bob",
      resume: { ...resumeOf(again), last_event_seq: 1 },
    });
    await last.arrived("job.result");
    expect(kinds(last)).toEqual(["log", "job.result"]);
    await runtime.close();
  });

  it("WATCH-15 goes on where it is still permitted, which is asked once for each connection", async () => {
    const { begin, goOn } = lives();
    const observe = vi.fn((_ask: ObserveAsk) => "allow" as const);
    const first = begin({ observe });
    const { looker } = await watched(first);
    expect(observe).toHaveBeenCalledTimes(1);
    const runtime = begin({ observe });
    const again = await rawClient(runtime, ALL, { token: "bob", resume: resumeOf(looker) });
    goOn();
    await again.arrived("job.result");
    expect(observe).toHaveBeenCalledTimes(2);
    expect(observe.mock.lastCall).toMatchObject([
      { identity: { principal: "bob", scopes: ["look"] } },
    ]);
    expect(JSON.stringify(again.seen)).toContain(SECRET);
    await runtime.close();
  });

  it("ends where the policy does not answer, and holds up what else its session has no longer than that", async () => {
    const { begin, goOn } = lives();
    const { looker } = await watched(begin(allow));
    const clock = testClock();
    const runtime = begin({ observe: () => new Promise(() => {}) }, { clock });
    const again = await rawClient(runtime, ALL, { token: "bob", resume: resumeOf(looker) });
    goOn();
    again.send("job.submit", { agent: "says" });
    await again.arrived("job.accepted");
    await clock.advance(4_999);
    expect(numbered(again)).toEqual([]);
    await clock.advance(1);
    expect((await again.arrived("job.result")).payload["result"]).toBe(SECRET);
    expect(bodies(again)).toContainEqual({ code: "JOB_NOT_FOUND" });
    expect(JSON.stringify(again.seen).split(SECRET)).toHaveLength(3);
    await runtime.close();
  });

  it("of one's own job is nobody's to end", async () => {
    const { begin, goOn } = lives();
    const { looker } = await watched(begin(), "tok");
    const runtime = begin();
    const again = await rawClient(runtime, ALL, { resume: resumeOf(looker) });
    goOn();
    expect((await again.arrived("job.result")).payload["result"]).toBe(SECRET);
    expect(await runtime.reviewWatches()).toBe(0);
    await runtime.close();
  });
});

describe("runtime.reviewWatches", () => {
  it("ends those that are no longer permitted, and tells them; others go on", async () => {
    const { begin, goOn, ended } = lives();
    let may = ["bob", "eve"];
    const runtime = begin({
      observe: async ({ identity }) => (may.includes(identity.principal) ? "allow" : "hide"),
    });
    const { owner, looker, job } = await watched(runtime);
    const other = await rawClient(runtime, ALL, { token: "eve" });
    other.send("job.subscribe", { job_id: job }, { job_id: job });
    await other.arrived("job.subscribed");
    expect(await runtime.reviewWatches()).toBe(0);
    may = ["eve"];
    expect(await runtime.reviewWatches()).toBe(1);
    await looker.until(() => kinds(looker).includes("x-vendor.arcp.withheld"));
    expect(await runtime.reviewWatches()).toBe(0);
    goOn();
    await Promise.all([owner.arrived("job.result"), other.arrived("job.result")]);
    expect(JSON.stringify(looker.seen)).not.toContain(SECRET);
    expect(ended()).toHaveLength(1);
    // Whoever has the end already loses nothing any more.
    may = [];
    expect(await runtime.reviewWatches()).toBe(0);
    // Permitted again, it may be watched again.
    may = ["bob"];
    const whole = { job_id: job, history: true, from_event_seq: 0 };
    looker.send("job.subscribe", whole, { job_id: job });
    await looker.arrived("job.result");
    expect(kinds(looker)).toEqual(["log", "x-vendor.arcp.withheld", "log", "log", "job.result"]);
    await runtime.close();
  });

  it("is not needed where the same session asks again and is refused", async () => {
    const { begin, goOn } = lives();
    let decision: "allow" | "hide" = "allow";
    const runtime = begin({ observe: () => decision });
    const { owner, looker, job } = await watched(runtime);
    decision = "hide";
    looker.send("job.subscribe", { job_id: job }, { job_id: job });
    expect((await looker.arrived("session.error")).payload["code"]).toBe("JOB_NOT_FOUND");
    goOn();
    await owner.arrived("job.result");
    await looker.until(() => kinds(looker).length === 2);
    expect(kinds(looker)).toEqual(["log", "x-vendor.arcp.withheld"]);
    expect(JSON.stringify(looker.seen)).not.toContain(SECRET);
    await runtime.close();
  });

  it("is told to a program that waits for the job, as an error with the code", async () => {
    const { begin, goOn } = lives();
    let decision: "allow" | "deny" = "allow";
    const runtime = begin({ observe: () => decision });
    const ada = await connect(runtime.dial("ada"));
    const bob = await connect(runtime.dial("bob"));
    const job = await ada.submit("says");
    const seen = await bob.watch(job.id, { from: 0 });
    const kindsSeen: string[] = [];
    const looped = (async () => {
      for await (const { kind } of seen) kindsSeen.push(kind);
    })();
    await expect.poll(() => kindsSeen).toEqual(["log"]);
    decision = "deny";
    await runtime.reviewWatches();
    await expect(looped).rejects.toMatchObject({ code: "PERMISSION_DENIED", retryable: false });
    await expect(seen.result()).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    expect(kindsSeen).toEqual(["log"]);
    goOn();
    expect(await job.result()).toBe(SECRET);
    await Promise.all([ada.close(), bob.close()]);
    await runtime.close();
  });
});

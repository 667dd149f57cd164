/** What a runtime makes of a store that another one left behind, as a `kill -9` leaves it: in the middle of things. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { memoryStore } from "../stores/memory.js";
import type { Store } from "../stores/port.js";
import { memoryPair } from "../transports/memory.js";
import { readAll } from "../transports/contract.js";
import { bearer } from "./auth.js";
import { createRuntime } from "./create.js";
import type { RuntimeOptions } from "./create.js";
import { defineAgent } from "./define.js";
import type { Agent } from "./define.js";
import { aborted, agentOf, mortal, rawClient, storeWith } from "./raw-client.test-helper.js";
import { testClock } from "../testing/index.js";
import type { SeenMessage } from "../testing/index.js";

type Client = Awaited<ReturnType<typeof rawClient>>;

/** Runtimes one after the other on one store. */
function lives(options: RuntimeOptions) {
  const inner = memoryStore();
  let kill = () => {};
  return {
    inner,
    /** The next life; the one before is killed, if it was not closed. */
    begin(more: RuntimeOptions = {}) {
      kill();
      const life = mortal(inner);
      kill = () => void life.kill();
      return createRuntime({ auth: bearer({ tok: "me" }), ...options, ...more, store: life.store });
    },
  };
}

const sessionOf = ({ seen }: Client) =>
  seen.find(({ type }) => type === "session.welcome")!.payload as {
    session_id: string;
    resume_token: string;
  };

const events = ({ seen }: Client) => seen.filter(({ event_seq: seq }) => seq !== undefined);

/** The client's session, gone on with after what it has, or after `last`. */
function resumed(
  runtime: ReturnType<typeof createRuntime>,
  client: Client,
  last?: number,
  features?: string[],
) {
  const seen = events(client).at(-1)?.["event_seq"] ?? 0;
  const { session_id, resume_token } = sessionOf(client);
  const resume = { session_id, resume_token, last_event_seq: last ?? seen };
  return rawClient(runtime, features, { resume });
}

/** What the runtime answers to a resume that it refuses. */
async function refusal(runtime: ReturnType<typeof createRuntime>, client: Client, last = 0) {
  const [mine, theirs] = memoryPair();
  runtime.accept(theirs);
  const { session_id, resume_token } = sessionOf(client);
  const payload = {
    client: { name: "raw", version: "1" },
    auth: { scheme: "bearer", token: "tok" },
    resume: { session_id, resume_token, last_event_seq: last },
  };
  await mine.send([JSON.stringify({ arcp: "1.1", id: "m1", type: "session.hello", payload })]);
  const { frames } = await readAll(mine);
  return (JSON.parse(frames[0]!) as SeenMessage).payload["code"];
}

const echo = defineAgent({
  name: "echo",
  async run(input, ctx) {
    await ctx.log("info", "echoing");
    return input;
  },
});
const waiting = agentOf(async (_input, ctx) => {
  await ctx.log("info", "begun");
  return aborted(ctx);
});

async function submitted(client: Client, agent: string, input: unknown = null) {
  const before = client.seen.filter(({ type }) => type === "job.accepted").length;
  await client.send("job.submit", { agent, input });
  return (await client.arrived("job.accepted", before + 1)).payload["job_id"] as string;
}

describe("a runtime on a store that another one left", () => {
  it("G3 replays to a resumed session what it had sent before, byte for byte", async () => {
    const { begin } = lives({ agents: [echo] });
    const client = await rawClient(begin());
    await submitted(client, "echo", { some: "input" });
    await client.arrived("job.result");
    const again = await resumed(begin(), client, 0);
    await again.arrived("job.result");
    expect(events(again)).toEqual(events(client));
    const { session_id: same } = sessionOf(client);
    expect(sessionOf(again).session_id).toBe(same);
  });

  it("ends a job that ran with a retryable INTERNAL_ERROR, under the next number", async () => {
    const { begin } = lives({ agents: [waiting] });
    const client = await rawClient(begin());
    const id = await submitted(client, "a");
    await client.arrived("job.event");
    const again = await resumed(begin(), client);
    const error = await again.arrived("job.error");
    expect(error).toMatchObject({
      job_id: id,
      event_seq: 2,
      payload: { code: "INTERNAL_ERROR", retryable: true, final_status: "error" },
    });
  });

  it("G1 starts a job that was accepted and had not begun, with its input", async () => {
    const first = lives({ agents: [waiting, echo] });
    const client = await rawClient(first.begin({ limits: { maxRunningJobs: 1 } }));
    await submitted(client, "a");
    await client.arrived("job.event");
    const id = await submitted(client, "echo", { kept: [1, "é"] });
    const again = await resumed(first.begin(), client);
    const result = await again.arrived("job.result");
    expect(result).toMatchObject({ job_id: id, payload: { result: { kept: [1, "é"] } } });
  });

  it("validates the input of a job that had not begun again, as its schema made something else of it", async () => {
    const dated = defineAgent<Date>({
      name: "dated",
      input: {
        "~standard": {
          version: 1,
          vendor: "test",
          validate: (value) => ({ value: new Date(String(value)) }),
        },
      },
      run: (input) => input.getFullYear(),
    });
    const life = lives({ agents: [waiting, dated] });
    const client = await rawClient(life.begin({ limits: { maxRunningJobs: 1 } }));
    await submitted(client, "a");
    await submitted(client, "dated", "1986-10-05");
    const again = await resumed(life.begin(), client);
    expect((await again.arrived("job.result")).payload["result"]).toBe(1986);
  });

  it("starts a job again whose agent says that it may be, and goes on with its log", async () => {
    let starts = 0;
    const twice = defineAgent({
      name: "twice",
      restartable: true,
      async run(input, ctx) {
        starts += 1;
        await ctx.log("info", `start ${starts}`);
        return starts === 1 ? aborted(ctx) : input;
      },
    });
    const { begin } = lives({ agents: [twice] });
    const client = await rawClient(begin());
    await submitted(client, "twice", "the input");
    await client.arrived("job.event");
    const again = await resumed(begin(), client);
    const result = await again.arrived("job.result");
    expect(result).toMatchObject({ event_seq: 3, payload: { result: "the input" } });
    const messages = [...events(client), ...events(again)].map(({ payload }) => payload["body"]);
    expect(messages.slice(0, 2)).toMatchObject([{ message: "start 1" }, { message: "start 2" }]);
  });

  it("starts a job again with the input that was submitted, whatever its agent did to it", async () => {
    const inputs: unknown[] = [];
    const spoiler = defineAgent({
      name: "spoiler",
      restartable: true,
      async run(input, ctx) {
        const own = input as Record<string, unknown>;
        inputs.push(Object.keys(own));
        delete own["x"];
        own["self"] = own;
        await ctx.log("info", "begun");
        return inputs.length === 1 ? aborted(ctx) : "done";
      },
    });
    const { begin } = lives({ agents: [spoiler] });
    const client = await rawClient(begin());
    await submitted(client, "spoiler", { x: 1 });
    await client.arrived("job.event");
    const again = await resumed(begin(), client);
    await again.arrived("job.result");
    expect(inputs).toEqual([["x"], ["x"]]);
  });

  it("ends a job whose input cannot be looked at any more, and lets everybody in", async () => {
    const validate = () => ({ value: "as it was" });
    const fails = () => Promise.reject(new Error("the schema is broken"));
    const checked = (check: () => { value: string } | Promise<never>) =>
      defineAgent({
        name: "checked",
        input: { "~standard": { version: 1, vendor: "test", validate: check } },
        run: () => "done",
      });
    const life = lives({ limits: { maxRunningJobs: 1 } });
    const client = await rawClient(life.begin({ agents: [waiting, checked(validate)] }));
    await submitted(client, "a");
    await submitted(client, "checked");
    const again = await resumed(life.begin({ agents: [waiting, checked(fails)] }), client);
    const error = await again.arrived("job.error", 2);
    expect(error.payload["message"]).toBe("the input could not be looked at");
  });

  it("G6 has stored that an agent began before it begins, at once or after it waited", async () => {
    const seen: unknown[] = [];
    const looking = defineAgent({
      name: "looking",
      async run(_input, ctx) {
        const { jobs } = await life.inner.load();
        seen.push(jobs.find(({ id }) => id === ctx.jobId)?.["status"]);
      },
    });
    const life = lives({ agents: [looking], limits: { maxRunningJobs: 1 } });
    const client = await rawClient(life.begin());
    await Promise.all([submitted(client, "looking"), submitted(client, "looking")]);
    await client.arrived("job.result", 2);
    expect(seen).toEqual(["running", "running"]);
  });

  it("CHUNK never starts a job again that had begun to stream its result", async () => {
    const streaming = defineAgent({
      name: "streaming",
      restartable: true,
      run: (_input, ctx) =>
        ctx.stream(
          (async function* () {
            yield "first";
            await aborted(ctx);
          })(),
        ),
    });
    const { begin } = lives({ agents: [streaming] });
    const client = await rawClient(begin());
    await submitted(client, "streaming");
    await client.arrived("job.event");
    const again = await resumed(begin(), client);
    expect((await again.arrived("job.error")).payload).toMatchObject({ retryable: true });
  });

  it("W-17 ends a job that was being cancelled as cancelled, and never starts it again", async () => {
    const stubborn = defineAgent({
      name: "stubborn",
      restartable: true,
      async run(_input, ctx) {
        await ctx.log("info", "begun");
        await new Promise(() => {});
      },
    });
    const { begin } = lives({ agents: [stubborn] });
    const client = await rawClient(begin());
    const id = await submitted(client, "stubborn");
    await client.arrived("job.event");
    await client.send("job.cancel", { job_id: id });
    await client.arrived("job.cancelled");
    const again = await resumed(begin(), client);
    expect((await again.arrived("job.error")).payload).toMatchObject({ code: "CANCELLED" });
  });

  it("ends a job whose agent is not hosted any more, and says so", async () => {
    const life = lives({});
    const first = life.begin({ agents: [waiting, echo], limits: { maxRunningJobs: 1 } });
    const client = await rawClient(first);
    await submitted(client, "a");
    await submitted(client, "echo");
    const again = await resumed(life.begin({ agents: [waiting] }), client);
    const error = await again.arrived("job.error", 2);
    expect(error.payload["message"]).toContain("echo@1.0.0 is not hosted here any more");
  });

  it("G2 gives no number a second time", async () => {
    const { begin } = lives({ agents: [echo] });
    const client = await rawClient(begin());
    await submitted(client, "echo");
    await client.arrived("job.result");
    const again = await resumed(begin(), client);
    await submitted(again, "echo");
    await again.arrived("job.result");
    expect(events(again).map(({ event_seq: seq }) => seq)).toEqual([3, 4]);
  });

  it("W-08 knows a used token after the restart, and refuses it", async () => {
    const { begin } = lives({ agents: [echo] });
    const features = ["ack"];
    const client = await rawClient(begin(), features);
    const again = await resumed(begin(), client, 0, features);
    // An acknowledgement of something sent after the welcome proves that it arrived.
    await submitted(again, "echo");
    await again.arrived("job.result");
    await again.send("session.ack", { last_processed_seq: 2 });
    await submitted(again, "echo");
    expect(await refusal(begin(), client)).toBe("UNAUTHENTICATED");
  });

  it("RES-20 finds hashes of resume tokens there, and no token", async () => {
    let text = "";
    const recording = storeWith((batch, inner) => {
      text += JSON.stringify(batch);
      return inner.commit(batch);
    });
    // One that forgets is told no more than it needs.
    const store = { ...recording, durable: true };
    const runtime = createRuntime({ auth: bearer({ tok: "me" }), agents: [echo], store });
    const client = await rawClient(runtime);
    await submitted(client, "echo");
    await client.arrived("job.result");
    const again = await resumed(runtime, client);
    await submitted(again, "echo");
    await again.arrived("job.result");
    await runtime.close();
    const tokens = [client, again].map((one) => sessionOf(one).resume_token);
    expect(new Set(tokens).size).toBe(2);
    for (const token of tokens) {
      expect(text).not.toContain(token);
      expect(text).toContain(createHash("sha256").update(token).digest("hex"));
    }
  });

  it("W-08 tells a session that expired from one that never was", async () => {
    const clock = testClock();
    const life = lives({ clock, limits: { resumeWindowMs: 1_000 } });
    const first = life.begin();
    const client = await rawClient(first);
    await client.close();
    await clock.advance(2_000);
    expect(await refusal(first, client)).toBe("RESUME_WINDOW_EXPIRED");
    expect(await refusal(life.begin(), client)).toBe("RESUME_WINDOW_EXPIRED");
  });

  it("RES refuses a cursor whose events went with their job", async () => {
    const { begin, inner } = lives({ agents: [echo] });
    const client = await rawClient(begin());
    const id = await submitted(client, "echo");
    await client.arrived("job.result");
    await submitted(client, "echo");
    await client.arrived("job.result", 2);
    await inner.commit([{ op: "job.delete", id: id as `job_${string}` }]);
    const runtime = begin();
    expect(await refusal(runtime, client, 0)).toBe("RESUME_WINDOW_EXPIRED");
    const again = await resumed(runtime, client, 2);
    await again.arrived("job.result");
    expect(events(again).map(({ event_seq: seq }) => seq)).toEqual([3, 4]);
  });

  it("RES G3 has the store drop the numbers of forgotten jobs, and never resumes from among them", async () => {
    const limits = { maxFinishedJobs: 4 };
    const { begin, inner } = lives({ agents: [echo, waiting], limits });
    const runtime = begin();
    const client = await rawClient(runtime);
    const kept = await rawClient(runtime);
    await submitted(kept, "echo");
    const started = await submitted(kept, "a");
    await kept.arrived("job.event", 2);
    for (let at = 1; at <= 200; at += 1) {
      for (const each of [client, kept]) {
        await submitted(each, "echo");
        await each.arrived("job.result", at + (each === kept ? 1 : 0));
      }
    }
    const runsOf = (of: Client) =>
      inner.readRuns(sessionOf(of).session_id as `sess_${string}`, 0, 1_000);
    expect((await runsOf(client)).length).toBeLessThan(100);
    // A job that is there keeps its numbers, and those after them.
    const runs = await runsOf(kept);
    expect(runs[0]).toMatchObject({ job: started });
    const again = begin();
    expect(await refusal(again, client, 150)).toBe("RESUME_WINDOW_EXPIRED");
    expect(await refusal(again, client, 0)).toBe("RESUME_WINDOW_EXPIRED");
    const back = await resumed(again, client, 399);
    await back.arrived("job.result");
    expect(events(back).map(({ event_seq: seq }) => seq)).toEqual([400]);
  });

  it("lists what had finished, with its numbers", async () => {
    const { begin } = lives({ agents: [echo] });
    const client = await rawClient(begin(), ["list_jobs"]);
    await submitted(client, "echo");
    await client.arrived("job.result");
    await client.send("session.list_jobs", {});
    const { jobs } = (await client.arrived("session.jobs")).payload;
    const other = await rawClient(begin(), ["list_jobs"]);
    await other.send("session.list_jobs", {});
    expect((await other.arrived("session.jobs")).payload["jobs"]).toEqual(jobs);
  });

  it("forgets a finished job when its retention is over, counted from its end", async () => {
    const life = lives({ agents: [echo], limits: { retentionMs: 60_000 } });
    const client = await rawClient(life.begin({ clock: testClock() }), ["list_jobs"]);
    await submitted(client, "echo");
    await client.arrived("job.result");
    const later = testClock({ wall: testClock().wall() + 59_000 });
    await life.begin({ clock: later }).ready;
    await later.advance(500);
    expect((await life.inner.load()).jobs).toHaveLength(1);
    await later.advance(1_000);
    expect((await life.inner.load()).jobs).toHaveLength(0);
  });

  it("lets nobody in when the store cannot be read, and says so", async () => {
    const broken: Store = { ...memoryStore(), load: () => Promise.reject(new Error("no disc")) };
    const runtime = createRuntime({ store: broken });
    await expect(runtime.ready).rejects.toThrow("no disc");
    const [mine, theirs] = memoryPair();
    runtime.accept(theirs);
    const { closed } = await readAll(mine);
    expect(closed).toEqual({ code: 1011, reason: "the store cannot be read" });
  });

  it("finds what a clean end left to it: jobs that had not begun, and those that may begin again", async () => {
    let starts = 0;
    const again = defineAgent({
      name: "again",
      restartable: true,
      async run(input, ctx) {
        starts += 1;
        await ctx.log("info", `start ${starts}`);
        if (starts > 1) return input;
        // What it still says after its signal is no end of the job.
        return aborted(ctx).catch(async () => {
          await ctx.log("info", "too late").catch(() => {});
          throw new Error("stopped");
        });
      },
    });
    const life = lives({ agents: [again, waiting, echo] });
    const first = life.begin({ limits: { maxRunningJobs: 2 } });
    const client = await rawClient(first);
    await submitted(client, "again", "restarted");
    await submitted(client, "a");
    await client.arrived("job.event", 2);
    await submitted(client, "echo", "was pending");
    await first.close();
    expect(await client.end()).toMatchObject({ code: 1001 });
    expect(events(client).map(({ payload }) => payload["code"] ?? payload["kind"])).toEqual([
      "log",
      "log",
      "INTERNAL_ERROR",
    ]);
    const later = await resumed(life.begin(), client);
    await later.arrived("job.result", 2);
    const results = later.seen.filter(({ type }) => type === "job.result");
    const told = results.map(({ payload }) => payload["result"]);
    expect(told.sort()).toEqual(["restarted", "was pending"]);
    const said = [...events(client), ...events(later)].map(({ payload }) => payload["body"]);
    expect(JSON.stringify(said)).not.toContain("too late");
  });

  const agents: readonly Agent[] = [waiting, echo];
  it("is the same however often it is restarted", async () => {
    const { begin } = lives({ agents });
    let client = await rawClient(begin());
    const seen: SeenMessage[] = [];
    for (let life = 0; life < 5; life += 1) {
      await submitted(client, "echo", life);
      await client.arrived("job.result");
      await submitted(client, "a");
      await client.arrived("job.event", 2);
      const next = await resumed(begin(), client);
      await next.arrived("job.error");
      seen.push(...events(client));
      client = next;
    }
    seen.push(...events(client));
    expect(seen.map(({ event_seq: seq }) => seq)).toEqual(seen.map((_, i) => i + 1));
    const all = await resumed(begin(), client, 0);
    await all.until(() => events(all).length === seen.length);
    expect(events(all)).toEqual(seen);
  });
});

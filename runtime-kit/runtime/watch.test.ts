/** §7.6 (W-19): sessions that look on, live and at what was, over a memory store and one in a file. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { memoryStore } from "../stores/memory.js";
import type { Store } from "../stores/port.js";
import { sqlite } from "../stores/sqlite.js";
import type { SeenMessage } from "../testing/index.js";
import { bearer } from "./auth.js";
import { createRuntime } from "./create.js";
import type { Runtime, RuntimeOptions } from "./create.js";
import { defineAgent } from "./define.js";
import { mortal, rawClient } from "./raw-client.test-helper.js";

type Client = Awaited<ReturnType<typeof rawClient>>;

const ALL = ["subscribe", "result_chunk", "progress", "list_jobs", "ack", "heartbeat"];

/** An agent that says what it is told to, and ends when it is told to. */
function talker() {
  const runs = new Map<string, (text: string | undefined) => void>();
  const agent = defineAgent<{ name?: string } | undefined>({
    name: "talker",
    run: (input, ctx) =>
      new Promise<string>((resolve) => {
        runs.set(input?.name ?? "", (text) => {
          if (text === undefined) resolve("done");
          else void ctx.log("info", text);
        });
      }),
  });
  return {
    agent,
    say: (text: string, name = "") => runs.get(name)?.(text),
    end: (name = "") => runs.get(name)?.(undefined),
    running: (name = "") => runs.has(name),
  };
}

function bench(more: RuntimeOptions = {}) {
  const talk = talker();
  const streaming = defineAgent({
    name: "streaming",
    run: (_input, ctx) => ctx.stream(["one ", "two"]),
  });
  const progress = defineAgent({
    name: "progress",
    async run(_input, ctx) {
      await ctx.progress(1, 2);
      await ctx.log("info", "between");
      await ctx.progress(2, 2);
    },
  });
  const runtime = createRuntime({
    auth: bearer({ tok: "me", other: "somebody else" }),
    agents: [talk.agent, streaming, progress],
    ...more,
  });
  return { runtime, ...talk };
}

async function submitted(client: Client, agent: string, input: object = {}): Promise<string> {
  const count = client.seen.filter(({ type }) => type === "job.accepted").length;
  await client.send("job.submit", { agent, input });
  return (await client.arrived("job.accepted", count + 1)).job_id!;
}

const subscribe = (client: Client, job_id: string, more: object = {}) =>
  client.send("job.subscribe", { job_id, ...more }, { job_id });

const eventsOf = (client: Client, job: string) =>
  client.seen.filter(({ job_id, event_seq }) => job_id === job && event_seq !== undefined);

const texts = (client: Client, job: string) =>
  eventsOf(client, job).map(({ type, payload }) =>
    type === "job.event" ? (payload as { body: { message?: string } }).body.message : type,
  );

/** A fence: what was sent before is answered, and its effects are seen. */
async function fence(client: Client): Promise<void> {
  const count = client.seen.filter(({ type }) => type === "session.pong").length;
  await client.send("session.ping", { nonce: `n${count}` });
  await client.arrived("session.pong", count + 1);
}

const folders: string[] = [];

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "arcp-watch-"));
  folders.push(folder);
  return folder;
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const stores: readonly (readonly [string, () => Store])[] = [
  ["memory", memoryStore],
  ["sqlite", () => sqlite(join(freshFolder(), "arcp.db"))],
];

describe.each(stores)("a subscription, on %s", (_name, store) => {
  it("WATCH-06, WATCH-07, WATCH-12: history follows the answer, and then what happens", async () => {
    const { runtime, say, end } = bench({ store: store() });
    const owner = await rawClient(runtime, ALL);
    const other = await submitted(owner, "talker", { name: "other" });
    const job = await submitted(owner, "talker");
    say("unrelated", "other");
    say("first");
    await owner.until(() => texts(owner, job).includes("first"));
    say("unrelated", "other");
    await owner.until(() => texts(owner, other).length === 2);
    say("second");
    await owner.until(() => texts(owner, job).includes("second"));

    const watcher = await rawClient(runtime, ALL);
    await subscribe(watcher, job, { from_event_seq: 0, history: true });
    const { payload } = await watcher.arrived("job.subscribed");
    const own = eventsOf(owner, job);
    expect(payload).toMatchObject({
      current_status: "running",
      agent: "talker@1.0.0",
      lease: {},
      parent_job_id: null,
      replayed: true,
      subscribed_from: own.at(-1)!.event_seq,
    });
    await watcher.until(() => texts(watcher, job).includes("second"));
    say("third");
    end();
    await watcher.arrived("job.result");
    await owner.arrived("job.result");
    expect(watcher.seen.map(({ type }) => type).indexOf("job.subscribed")).toBe(1);
    expect(eventsOf(watcher, job).map(({ event_seq: seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(texts(watcher, job)).toEqual(["first", "second", "third", "job.result"]);
    // WATCH-11: each with the number that it bears where it was submitted; the end is the same for all (G4).
    expect(eventsOf(watcher, job).map(originOf)).toEqual([
      ...eventsOf(owner, job)
        .map(({ event_seq: seq }) => seq)
        .slice(0, -1),
      undefined,
    ]);
    expect(terminalOf(watcher)).toEqual(terminalOf(owner));
    await runtime.close();
  });

  it("WATCH-07, WATCH-09: history begins after the number that it is asked from", async () => {
    const { runtime, say, end } = bench({ store: store() });
    const owner = await rawClient(runtime, ALL);
    const other = await submitted(owner, "talker", { name: "other" });
    const job = await submitted(owner, "talker");
    for (const text of ["a", "b", "c", "d"]) {
      say(text);
      say(text, "other");
      await owner.until(
        () => texts(owner, job).includes(text) && texts(owner, other).includes(text),
      );
    }
    end();
    await owner.arrived("job.result");
    const numbers = eventsOf(owner, job).map(({ event_seq: seq }) => seq!);
    for (const [after, expected] of [
      [0, ["a", "b", "c", "d", "job.result"]],
      [numbers[0], ["b", "c", "d", "job.result"]],
      // A number of another job of that session is a place in its order all the same.
      [numbers[1]! + 1, ["c", "d", "job.result"]],
      [numbers[3], ["job.result"]],
    ] as const) {
      const watcher = await rawClient(runtime, ALL);
      await subscribe(watcher, job, { from_event_seq: after, history: true });
      await watcher.arrived("job.result");
      expect(texts(watcher, job)).toEqual(expected);
    }
    await runtime.close();
  });

  it("WATCH-08, WATCH-19: without history nothing of before is sent, and nothing of what has ended", async () => {
    const { runtime, say, end } = bench({ store: store() });
    const owner = await rawClient(runtime, ALL);
    const job = await submitted(owner, "talker");
    say("before");
    await owner.until(() => texts(owner, job).length === 1);
    const watcher = await rawClient(runtime, ALL);
    await subscribe(watcher, job);
    expect((await watcher.arrived("job.subscribed")).payload).toMatchObject({
      replayed: false,
      subscribed_from: 1,
    });
    say("after");
    end();
    await watcher.arrived("job.result");
    expect(texts(watcher, job)).toEqual(["after", "job.result"]);

    const late = await rawClient(runtime, ALL);
    await subscribe(late, job);
    expect((await late.arrived("job.subscribed")).payload).toMatchObject({
      current_status: "success",
      replayed: false,
      subscribed_from: 3,
    });
    await fence(late);
    expect(eventsOf(late, job)).toEqual([]);
    await runtime.close();
  });

  it("WATCH-22, WATCH-23: nothing comes after job.unsubscribe, and a later subscription is a new one", async () => {
    const { runtime, say, end } = bench({ store: store() });
    const owner = await rawClient(runtime, ALL);
    const job = await submitted(owner, "talker");
    const watcher = await rawClient(runtime, ALL);
    await subscribe(watcher, job);
    await watcher.arrived("job.subscribed");
    say("seen");
    await watcher.until(() => texts(watcher, job).length === 1);
    await watcher.send("job.unsubscribe", { job_id: job }, { job_id: job });
    await fence(watcher);
    say("unseen");
    await owner.until(() => texts(owner, job).includes("unseen"));
    await subscribe(watcher, job, { from_event_seq: 0, history: true });
    await watcher.arrived("job.subscribed", 2);
    end();
    await watcher.arrived("job.result");
    expect(texts(watcher, job)).toEqual(["seen", "seen", "unseen", "job.result"]);
    expect(eventsOf(watcher, job).map(({ event_seq: seq }) => seq)).toEqual([1, 2, 3, 4]);
    await runtime.close();
  });
});

const originOf = ({ payload }: SeenMessage) => payload["origin_seq"];

const terminalOf = ({ seen }: Client) => {
  const {
    id: _id,
    session_id: _session,
    event_seq: _seq,
    ...rest
  } = seen.find(({ type }) => type === "job.result")!;
  return rest;
};

const keyOf = ({ seen }: Client) =>
  seen.find(({ type }) => type === "session.welcome")!.payload as {
    session_id: string;
    resume_token: string;
  };

/** The client's session, gone on with on a new connection after `last`. */
function resumed(runtime: Runtime, client: Client, last: number) {
  const { session_id, resume_token } = keyOf(client);
  const resume = { session_id, resume_token, last_event_seq: last };
  return rawClient(runtime, ALL, { resume });
}

/** What a job's frames say beyond the ids of connections. */
const frames = (client: Client, job: string) =>
  eventsOf(client, job).map((frame) => JSON.stringify(frame));

describe("WATCH-15: a subscription outlives", () => {
  it("a dropped connection: what happened meanwhile is replayed, and the frames are the same byte for byte", async () => {
    const { runtime, say, end } = bench();
    const owner = await rawClient(runtime, ALL);
    const job = await submitted(owner, "talker");
    const watcher = await rawClient(runtime, ALL);
    await subscribe(watcher, job);
    await watcher.arrived("job.subscribed");
    say("one");
    say("two");
    await watcher.until(() => texts(watcher, job).length === 2);
    watcher.drop();
    say("three");
    end();
    await owner.arrived("job.result");
    const again = await resumed(runtime, watcher, 0);
    await again.arrived("job.result");
    expect(texts(again, job)).toEqual(["one", "two", "three", "job.result"]);
    expect(frames(again, job).slice(0, 2)).toEqual(frames(watcher, job));
    await runtime.close();
  });

  it("its end, for a replay: the frames of an ended subscription are the same as they were", async () => {
    const { runtime, say } = bench();
    const owner = await rawClient(runtime, ALL);
    const job = await submitted(owner, "talker");
    const watcher = await rawClient(runtime, ALL);
    await subscribe(watcher, job);
    await watcher.arrived("job.subscribed");
    say("one");
    await watcher.until(() => texts(watcher, job).length === 1);
    await watcher.send("job.unsubscribe", {}, { job_id: job });
    await fence(watcher);
    watcher.drop();
    say("two");
    await owner.until(() => texts(owner, job).length === 2);
    const again = await resumed(runtime, watcher, 0);
    await again.until(() => texts(again, job).length === 1);
    await fence(again);
    expect(frames(again, job)).toEqual(frames(watcher, job));
    await runtime.close();
  });

  it("the owner's session, which is away", async () => {
    const { runtime, say, end } = bench();
    const owner = await rawClient(runtime, ALL);
    const job = await submitted(owner, "talker");
    const watcher = await rawClient(runtime, ALL);
    await subscribe(watcher, job);
    await watcher.arrived("job.subscribed");
    owner.drop();
    say("alone");
    end();
    await watcher.arrived("job.result");
    expect(eventsOf(watcher, job).map(originOf)).toEqual([1, undefined]);
    await runtime.close();
  });

  it.each(stores.map(([name]) => name))("a restart, on %s", async (kind) => {
    const folder = freshFolder();
    const inner = memoryStore();
    const begin = () => {
      const life = kind === "memory" ? mortal(inner) : undefined;
      const store = life?.store ?? sqlite(join(folder, "arcp.db"));
      const restartable = defineAgent<{ again?: boolean }>({
        name: "again",
        restartable: true,
        async run(_input, ctx) {
          await ctx.log("info", "begun");
          if (!isSecond) await new Promise(() => {});
          return "done";
        },
      });
      const runtime = createRuntime({ auth: bearer({ tok: "me" }), agents: [restartable], store });
      return { runtime, end: () => (life === undefined ? runtime.close() : life.kill()) };
    };
    let isSecond = false;
    const first = begin();
    const owner = await rawClient(first.runtime, ALL);
    const job = await submitted(owner, "again");
    await owner.until(() => texts(owner, job).length === 1);
    const [watcher, former] = [
      await rawClient(first.runtime, ALL),
      await rawClient(first.runtime, ALL),
    ];
    for (const client of [watcher, former]) {
      await subscribe(client, job, { from_event_seq: 0, history: true });
      await client.until(() => texts(client, job).length === 1);
    }
    await former.send("job.unsubscribe", {}, { job_id: job });
    // Its answer comes once all that was asked for before is durable.
    await former.send("session.list_jobs");
    await former.arrived("session.jobs");
    await first.end();
    isSecond = true;
    const second = begin();
    const again = await resumed(second.runtime, watcher, 0);
    await again.arrived("job.result");
    expect(frames(again, job)[0]).toEqual(frames(watcher, job)[0]);
    expect(eventsOf(again, job).map(originOf).slice(0, -1)).toEqual(
      [1, 2, 3].slice(0, texts(again, job).length - 1),
    );
    expect(eventsOf(again, job).map(({ event_seq: seq }) => seq)).toEqual(
      eventsOf(again, job).map((_frame, at) => at + 1),
    );
    const ended = await resumed(second.runtime, former, 0);
    await ended.until(() => texts(ended, job).length > 0);
    await fence(ended);
    expect(frames(ended, job)).toEqual(frames(former, job));
    // WATCH-14: the numbers of the submitting session are still a place in the history.
    const late = await rawClient(second.runtime, ALL);
    await subscribe(late, job, { from_event_seq: 1, history: true });
    await late.arrived("job.result");
    expect(texts(late, job)).toEqual(texts(again, job).slice(1));
    await second.runtime.close();
  });
});

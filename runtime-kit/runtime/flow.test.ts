/** That neither an agent without a pause nor a reader without a hurry is felt by others. */
import { describe, expect, it, vi } from "vitest";
import { memoryStore } from "../stores/memory.js";
import { scriptedClient, testClock } from "../testing/index.js";
import type { SeenMessage } from "../testing/index.js";
import { memoryPair } from "../transports/memory.js";
import type { Transport } from "../transports/port.js";
import type { AgentContext } from "./context.js";
import { createRuntime } from "./create.js";
import { createDeliveries } from "./delivery.js";
import type { LiveSession } from "./live.js";
import { agentOf } from "./raw-client.test-helper.js";

describe("an agent without a pause", () => {
  it.each([
    ["events", ["progress"]],
    ["what its session does not take", []],
  ])("that reports %s leaves others their pings, submits and cancels", async (_what, features) => {
    const runtime = createRuntime({
      agents: [
        agentOf(async (input, ctx) => {
          if (input === "echo") return input;
          for (let at = 0; !ctx.signal.aborted; at += 1) await ctx.progress(at);
        }),
      ],
    });
    const busy = scriptedClient(runtime, { principal: "me" });
    await busy.hello({ features });
    busy.send("job.submit", { agent: "a" });
    const { job_id } = await busy.next("job.accepted");
    const other = scriptedClient(runtime, { principal: "you" });
    await other.hello();
    for (let round = 0; round < 20; round += 1) {
      other.send("session.ping", { nonce: `n${round}` });
      await other.next("session.pong");
      other.send("job.submit", { agent: "a", input: "echo" });
      await other.next("job.result");
    }
    busy.send("job.cancel", { job_id });
    await busy.next("job.cancelled");
    expect((await busy.next("job.error")).payload["code"]).toBe("CANCELLED");
    await runtime.close();
  });
});

describe("a reader that is behind", () => {
  /** A client in the process, whose program reads nothing until it is told to; its agent reports all that it is let. */
  async function stopped(features: string[], agent: (ctx: AgentContext) => Promise<unknown>) {
    const clock = testClock();
    const runtime = createRuntime({ clock, agents: [agentOf((_input, ctx) => agent(ctx))] });
    const [mine, theirs] = memoryPair({ mark: 4096 });
    runtime.accept(theirs, { principal: "slow" });
    let sent = 0;
    const say = (type: string, payload: object) =>
      void mine.send([JSON.stringify({ arcp: "1.1", id: `m${(sent += 1)}`, type, payload })]);
    say("session.hello", { client: { name: "slow", version: "1" }, capabilities: { features } });
    say("job.submit", { agent: "a" });
    const frames = mine.incoming[Symbol.asyncIterator]();
    /** Reads on, as far as `until` says. */
    async function read(until: (message: SeenMessage) => boolean): Promise<SeenMessage[]> {
      const seen: SeenMessage[] = [];
      for (;;) {
        const next = await frames.next();
        if (next.done === true) throw new Error(`the connection ended: ${next.value.reason}`);
        seen.push(JSON.parse(next.value) as SeenMessage);
        if (until(seen.at(-1)!)) return seen;
      }
    }
    return { clock, runtime, say, read };
  }

  const phases = (seen: readonly SeenMessage[]) =>
    seen.flatMap(({ payload }) => {
      const body = payload["body"] as { readonly phase?: string } | undefined;
      return payload["kind"] === "status" ? [body?.phase] : [];
    });
  const isEnd = ({ type }: SeenMessage) => type === "job.result";

  it.each([
    ["ACK-07 is told of in the log", ["ack"], ["back_pressure"]],
    ["is told of to nobody without the feature", [], []],
  ])("%s, once, and holds its agent up", async (_title, features, told) => {
    let emitted = 0;
    const { clock, runtime, read } = await stopped(features, async (ctx) => {
      for (; emitted < 8_000; emitted += 1) await ctx.log("info", "x");
    });
    // Held up at once, whenever it may go on.
    await vi.waitFor(() => expect(emitted).toBeGreaterThan(1_000));
    await clock.advance(900);
    expect(emitted).toBeLessThan(4_000);
    await clock.advance(200);
    const before = emitted;
    await clock.advance(60_000);
    expect(emitted).toBe(before);
    const seen = await read(isEnd);
    const seqs = seen.flatMap(({ event_seq: seq }) => seq ?? []);
    expect(phases(seen)).toEqual(told);
    expect(seqs).toEqual(Array.from(seqs, (_seq, i) => i + 1));
    await runtime.close();
  });

  it("ACK-07 holds its agent up if it acknowledges too little, though its connection takes everything", async () => {
    let emitted = 0;
    const { clock, runtime, say, read } = await stopped(["ack"], async (ctx) => {
      for (; emitted < 100_000 && !ctx.signal.aborted; emitted += 1) {
        await ctx.log("info", "x");
        if (emitted % 500 === 499)
          await new Promise((resolve) =>
            clock.timer(clock.monotonic() + 100, () => resolve(undefined)),
          );
      }
    });
    // Reads 5,000 events a second, and says that it has processed ten of them.
    const reading = read(isEnd);
    await vi.waitFor(() => expect(emitted).toBeGreaterThan(0));
    for (let acked = 1; acked <= 50; acked += 1) {
      await clock.advance(200);
      say("session.ack", { last_processed_seq: acked * 2 });
    }
    await clock.advance(200);
    const held = emitted;
    expect(held).toBeLessThan(12_000);
    // It says nothing more, from which nothing is concluded.
    await clock.advance(10_000);
    expect(emitted).toBeGreaterThan(held + 10_000);
    await clock.advance(60_000);
    await reading;
    await runtime.close();
  });
});

const BODY = `{"job_id":"job_1","kind":"log","body":"${"x".repeat(300)}"}`;

/** A store with one job's log of so many entries, all numbered in one session. */
async function backlog(count: number, body = BODY) {
  const store = memoryStore();
  const entries = Array.from({ length: count }, () => ({ type: "job.event", body }) as const);
  await store.commit([
    { op: "job.put", job: { id: "job_1" } },
    { op: "session.put", session: { id: "sess_1" } },
    { op: "log.append", job: "job_1", first: 0, entries },
    {
      op: "run.append",
      session: "sess_1",
      run: { firstSeq: 1, job: "job_1", firstIndex: 0, count },
    },
  ]);
  return store;
}

function delivered(count: number, store: ReturnType<typeof memoryStore>, send: Transport["send"]) {
  const [mine] = memoryPair();
  const transport: Transport = { incoming: mine.incoming, send, close: () => mine.close() };
  const deliveries = createDeliveries({
    store,
    frames: () => (entry, _index, seq) => `${seq} ${entry.body}`,
    shapeFor: () => undefined,
    defer: setImmediate,
    stuck: () => () => {},
    sent: () => {},
    sealed: () => undefined,
    damaged: (job) => expect.unreachable(job),
    failed: (_session, error) => expect.unreachable(String(error)),
  });
  const session = { state: { id: "sess_1" }, committed: count } as LiveSession;
  const delivery = deliveries.begin(session, transport, 0);
  deliveries.wake(delivery);
  return delivery;
}

describe("a delivery", () => {
  it("lets others have their turn, however fast the peer takes a backlog", async () => {
    const count = 20_000;
    let frames = 0;
    const delivery = delivered(count, await backlog(count), async (batch) => {
      frames += batch.length;
    });
    let turns = 0;
    for (; delivery.cursor < count; turns += 1) await new Promise(setImmediate);
    expect(frames).toBe(count);
    expect(turns).toBeGreaterThan(5);
  });

  it.each([300, 30_000, 300_000])(
    "hands a reader that has stopped little more than it took, of entries of %i characters",
    async (length) => {
      const store = await backlog(400, BODY.replace(/x+/, "x".repeat(length)));
      const readLog = vi.spyOn(store, "readLog");
      const handed: string[] = [];
      delivered(400, store, (batch) => {
        handed.push(...batch);
        return new Promise(() => {});
      });
      await vi.waitFor(() => expect(handed).not.toEqual([]));
      for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
      const most = 160 * 1024 + length;
      expect(handed.join("").length).toBeLessThan(most);
      const read = await Promise.all(readLog.mock.results.map(({ value }) => value));
      const size = read.flat().reduce((sum, { body }) => sum + body.length, 0);
      expect(size).toBeLessThan(most);
    },
  );
});

/** That neither an agent without a pause nor a reader without a hurry is felt by others. */
import { describe, expect, it, vi } from "vitest";
import { memoryStore } from "../stores/memory.js";
import { scriptedClient } from "../testing/index.js";
import { memoryPair } from "../transports/memory.js";
import type { Transport } from "../transports/port.js";
import { createRuntime } from "./create.js";
import { createDelivery } from "./delivery.js";
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

function delivered(
  count: number,
  store: ReturnType<typeof memoryStore>,
  send: Transport["send"],
) {
  const [mine] = memoryPair();
  const transport: Transport = { incoming: mine.incoming, send, close: () => mine.close() };
  return createDelivery({
    store,
    session: "sess_1",
    transport,
    cursor: 0,
    newest: () => count,
    frames: () => (entry, _index, seq) => `${seq} ${entry.body}`,
    defer: setImmediate,
    sent: () => {},
    failed: (error) => expect.unreachable(String(error)),
  });
}

describe("a delivery", () => {
  it("lets others have their turn, however fast the peer takes a backlog", async () => {
    const count = 20_000;
    let frames = 0;
    const delivery = delivered(count, await backlog(count), async (batch) => {
      frames += batch.length;
    });
    delivery.wake();
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
      const delivery = delivered(400, store, (batch) => {
        handed.push(...batch);
        return new Promise(() => {});
      });
      delivery.wake();
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

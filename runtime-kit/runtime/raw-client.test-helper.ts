/** A client of raw frames in the process of its runtime, and a store that waits to be let go. */
import { expect, vi } from "vitest";
import { memoryStore } from "../stores/memory.js";
import type { Store, Write } from "../stores/port.js";
import { memoryPair } from "../transports/memory.js";
import { bearer } from "./auth.js";
import type { AgentContext } from "./context.js";
import { createRuntime } from "./create.js";
import type { Runtime, RuntimeOptions } from "./create.js";
import { defineAgent } from "./define.js";

export type Frame = Record<string, unknown> & { type: string; payload: Record<string, unknown> };

/** A client of raw frames, in process. */
export async function rawClient(
  options: RuntimeOptions | Runtime,
  features = ["result_chunk", "progress"],
  more: object = {},
) {
  const runtime =
    "accept" in options ? options : createRuntime({ auth: bearer({ tok: "me" }), ...options });
  const [mine, theirs] = memoryPair();
  runtime.accept(theirs);
  const frames: Frame[] = [];
  const ended = (async () => {
    const incoming = mine.incoming[Symbol.asyncIterator]();
    for (;;) {
      const next = await incoming.next();
      if (next.done) return next.value;
      frames.push(JSON.parse(next.value) as Frame);
    }
  })();
  let sent = 0;
  const send = (type: string, payload: object) =>
    mine.send([JSON.stringify({ arcp: "1.1", id: `m${(sent += 1)}`, type, payload })]);
  const arrived = (type: string, count = 1) =>
    vi.waitFor(
      () => {
        const found = frames.filter((frame) => frame.type === type);
        expect(found.length).toBeGreaterThanOrEqual(count);
        return found[count - 1]!;
      },
      { timeout: 10_000, interval: 2 },
    );
  await send("session.hello", {
    client: { name: "raw", version: "1" },
    auth: { scheme: "bearer", token: "tok" },
    capabilities: { features },
    ...more,
  });
  await arrived("session.welcome");
  return { runtime, frames, send, arrived, ended, transport: mine };
}

export const agentOf = (run: (input: unknown, context: AgentContext) => unknown) =>
  defineAgent({ name: "a", run });

/** A memory store whose commits go another way. */
export function storeWith(commit: (batch: readonly Write[], inner: Store) => Promise<void>): Store {
  const inner = memoryStore();
  return {
    commit: (batch) => commit(batch, inner),
    readLog: (...args) => inner.readLog(...args),
    readRuns: (...args) => inner.readRuns(...args),
    load: () => inner.load(),
    close: () => inner.close(),
  };
}

/** A store that keeps every commit waiting until it is let go. */
export function heldStore() {
  const held: (() => void)[] = [];
  const batches: (readonly Write[])[] = [];
  let hold = false;
  const store = storeWith(async (batch, inner) => {
    batches.push(batch);
    if (hold) await new Promise<void>((resolve) => held.push(resolve));
    await inner.commit(batch);
  });
  return {
    store,
    batches,
    hold: () => (hold = true),
    release() {
      hold = false;
      for (const resolve of held.splice(0)) resolve();
    },
    waiting: () => held.length,
  };
}

/** Never resolves; rejects when the job is told to stop. */
export function aborted(ctx: AgentContext): Promise<never> {
  return new Promise((_resolve, reject) => {
    ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason as Error));
  });
}

/** A client of raw frames in the process of its runtime, and a store that waits to be let go. */
import { memoryStore } from "../stores/memory.js";
import type { Store, Write } from "../stores/port.js";
import { scriptedClient } from "../testing/index.js";
import type { SeenMessage } from "../testing/index.js";
import { bearer } from "./auth.js";
import type { AgentContext } from "./context.js";
import { createRuntime } from "./create.js";
import type { Runtime, RuntimeOptions } from "./create.js";
import { defineAgent } from "./define.js";

/** A client of raw frames in process, welcomed. */
export async function rawClient(
  options: RuntimeOptions | Runtime,
  features = ["result_chunk", "progress"],
  more: object = {},
) {
  const runtime =
    "accept" in options ? options : createRuntime({ auth: bearer({ tok: "me" }), ...options });
  const client = scriptedClient(runtime);
  await client.hello({ token: "tok", features, ...more });
  /** The message of this type that came as the `count`th. */
  const arrived = async (type: string, count = 1): Promise<SeenMessage> => {
    const found = () => client.seen.filter((frame) => frame.type === type)[count - 1];
    await client.until(() => found() !== undefined);
    return found()!;
  };
  return Object.assign(client, { runtime, arrived });
}

export const agentOf = (run: (input: unknown, context: AgentContext) => unknown) =>
  defineAgent({ name: "a", run });

/** A memory store whose commits go another way. */
export function storeWith(commit: (batch: readonly Write[], inner: Store) => Promise<void>): Store {
  const inner = memoryStore();
  return {
    durable: inner.durable,
    commit: (batch) => commit(batch, inner),
    readLog: (...args) => inner.readLog(...args),
    readRuns: (...args) => inner.readRuns(...args),
    load: () => inner.load(),
    close: () => inner.close(),
  };
}

/** A store whose user can die: from then on nothing that it asks for is done or answered. */
export function mortal(inner: Store) {
  let alive = true;
  const never = new Promise<never>(() => {});
  const store: Store = {
    durable: true,
    commit: (batch) => (alive ? inner.commit(batch) : never),
    readLog: (...args) => (alive ? inner.readLog(...args) : never),
    readRuns: (...args) => (alive ? inner.readRuns(...args) : never),
    load: () => inner.load(),
    close: async () => {},
  };
  return { store, kill: () => (alive = false) };
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

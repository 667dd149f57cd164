import { expect, it } from "vitest";
import { memoryStore } from "../stores/memory.js";
import { StoreError } from "../stores/errors.js";
import type { Store } from "../stores/port.js";
import { createRuntime } from "./create.js";

it("refuses a store that another runtime has, which goes on with it, and takes it once that is closed", async () => {
  const inner = memoryStore();
  let closed = 0;
  // As of a store that outlives its runtimes.
  const store: Store = {
    durable: true,
    commit: (batch) => inner.commit(batch),
    readLog: (...args) => inner.readLog(...args),
    readRuns: (...args) => inner.readRuns(...args),
    load: () => inner.load(),
    async close() {
      closed += 1;
    },
  };
  const first = createRuntime({ store });
  const second = createRuntime({ store });
  const error: unknown = await second.ready.catch((thrown: unknown) => thrown);
  expect(StoreError.is(error, "IN_USE"), String(error)).toBe(true);
  expect(String(error)).toContain("give each its own");
  await first.ready;
  await second.close();
  expect(closed).toBe(0);
  await first.close();
  expect(closed).toBe(1);
  const third = createRuntime({ store });
  await third.ready;
  await third.close();
});

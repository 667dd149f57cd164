import { describe, expect, it } from "vitest";
import type { JobId, SessionId } from "../../generated/current/index.js";
import { describeStore } from "./contract.js";
import { memoryStore } from "./memory.js";

describeStore("memory", { make: () => memoryStore() });

describe("memoryStore", () => {
  const j = "j" as JobId;
  const s = "s" as SessionId;

  it("joins runs that continue each other, so that a long job alone is one run", async () => {
    const store = memoryStore();
    await store.commit([
      { op: "job.put", job: { id: j } },
      { op: "session.put", session: { id: s } },
    ]);
    for (let i = 0; i < 1_000; i += 1) {
      await store.commit([
        { op: "log.append", job: j, first: i, entries: [{ type: "job.event", body: "{}" }] },
        { op: "run.append", session: s, run: { firstSeq: i + 1, job: j, firstIndex: i, count: 1 } },
      ]);
    }
    expect(await store.readRuns(s, 0, 10)).toEqual([
      { firstSeq: 1, job: j, firstIndex: 0, count: 1_000 },
    ]);
    expect(await store.readRuns(s, 999, 10)).toHaveLength(1);
    expect(await store.readRuns(s, 1_000, 10)).toEqual([]);
  });

  it("lets names that are special in objects be names", async () => {
    const store = memoryStore();
    const id = "__proto__" as JobId;
    await store.commit([{ op: "job.put", job: { id } }]);
    expect((await store.load()).jobs).toEqual([{ id }]);
    expect(await store.readLog("constructor" as JobId, 0, 1)).toEqual([]);
  });
});

import { expect, it } from "vitest";
import type { JobId } from "../../generated/current/index.js";
import type { Write } from "../stores/port.js";
import { createCommits } from "./commits.js";
import { storeWith } from "./raw-client.test-helper.js";

const id = "job_a" as JobId;
const put = (at: number): Write => ({ op: "job.put", job: { id, at } });

it("writes of a record the last state alone, and not across its deletion", async () => {
  const batches: (readonly Write[])[] = [];
  const commits = createCommits({
    store: storeWith((batch, inner) => {
      batches.push(batch);
      return inner.commit(batch);
    }),
    defer: (flush) => void setImmediate(flush),
    number: () => {},
    begun: () => {},
    committed: () => {},
    failed: (error) => expect.unreachable(String(error)),
  });
  const deleted: Write = { op: "job.delete", id };
  for (const write of [put(1), put(2), deleted, put(3), put(4)]) commits.write(write);
  await commits.flushed();
  commits.write(put(5));
  await commits.flushed();
  expect(batches).toEqual([[put(2), deleted, put(4)], [put(5)]]);
});

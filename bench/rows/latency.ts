import { join } from "node:path";
import { sqlite } from "arcp/stores/sqlite";
import { connect } from "../client.js";
import { median } from "../figures.js";
import type { Row, Size } from "../row.js";
import type { Server } from "../server.js";

/** What the next job may cost beside the ceiling's share: its own commit, and half of one that is under way. */
const COMMITS = 1.5;

async function untilAccepted(server: Server, count: number): Promise<number> {
  const client = await connect(server.url);
  const times: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const began = performance.now();
    client.submit({ agent: "echo", input: { text: "x" } });
    await client.until(({ type }) => {
      if (type === "job.accepted") times.push(performance.now() - began);
      return type === "job.result";
    });
  }
  await client.drop();
  return median(times);
}

/** The p50 of a commit of one record, as a runtime makes it. */
async function commitTime(folder: string, count: number): Promise<number> {
  const store = sqlite(join(folder, "commits.sqlite"));
  await store.load();
  const times: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const began = performance.now();
    await store.commit([{ op: "job.put", job: { id: "job_01JABCDEFGHJKMNPQRSTVWXYZ0", at } }]);
    times.push(performance.now() - began);
  }
  await store.close();
  return median(times);
}

/** How long a submit waits to be accepted, one at a time. */
export function latency(size: Size): Row {
  const count = size === "small" ? 100 : 2_000;
  return {
    name: "latency",
    subjects: ["ceiling", "memory", "durable"],
    figures: [
      {
        id: "latency",
        title:
          "submit → accepted, one at a time, p50 (durable: against the ceiling and 1.5 commits)",
        unit: "ms",
        better: "less",
        against: "ceiling",
        aims: { memory: 1.3, durable: 1 },
      },
    ],
    async prepare(server) {
      await untilAccepted(server, count);
    },
    measure: async (server) => [await untilAccepted(server, count)],
    allowance: async (subject, { folder }) =>
      subject === "durable" ? COMMITS * (await commitTime(folder, count)) : 0,
  };
}

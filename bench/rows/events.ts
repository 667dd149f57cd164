import { connect } from "../client.js";
import type { Row, Size } from "../row.js";
import type { Server } from "../server.js";

/** Events of one job to one client, in a second. */
async function rate(server: Server, count: number): Promise<number> {
  const client = await connect(server.url);
  let received = 0;
  const began = performance.now();
  client.submit({ agent: "events", input: { count } });
  await client.until(({ type }) => {
    if (type === "job.event") received += 1;
    return type === "job.result";
  });
  const seconds = (performance.now() - began) / 1000;
  await client.drop();
  if (received !== count) throw new Error(`${received} events of ${count} arrived`);
  return count / seconds;
}

/** Events of one job to one client, and whether ten times as many cost ten times as much. */
export function events(size: Size): Row {
  const count = size === "small" ? 5_000 : 50_000;
  return {
    name: "events",
    subjects: ["ceiling", "memory", "durable"],
    figures: [
      {
        id: "events",
        title: "events of one job to one client, 370-byte frames",
        unit: "events/s",
        better: "more",
        against: "ceiling",
        aims: { memory: 2.5, durable: 2 },
      },
      {
        id: "events-growth",
        title: "the same rate at 10 times the events",
        unit: "of the rate",
        better: "more",
        against: "itself",
        aims: { memory: 0.8, durable: 0.8 },
      },
    ],
    async prepare(server) {
      await rate(server, count / 2);
    },
    async measure(server) {
      const once = await rate(server, count);
      return [once, (await rate(server, count * 10)) / once];
    },
  };
}

import { connect } from "../client.js";
import type { Row, Size } from "../row.js";

const RATE = 20_000;

/** The server's main loop while one job reports 20,000 events a second: what other sessions wait. */
export function loop(size: Size): Row {
  const seconds = size === "small" ? 1 : 5;
  return {
    name: "loop",
    subjects: ["ceiling", "memory", "durable"],
    figures: [
      {
        id: "loop-p99",
        title: "main loop at 20,000 events/s offered, p99",
        unit: "ms",
        better: "less",
        against: "ceiling",
        aims: { memory: 1, durable: 1 },
      },
      {
        id: "loop-most",
        title: "the longest that it stalled meanwhile",
        unit: "ms",
        better: "less",
        against: "ceiling",
        aims: {},
      },
    ],
    async measure(server) {
      const client = await connect(server.url);
      await server.ask("watch");
      client.submit({ agent: "paced", input: { rate: RATE, seconds } });
      await client.until(({ type }) => type === "job.result");
      const delays = await server.ask("delays");
      await client.drop();
      return delays;
    },
  };
}

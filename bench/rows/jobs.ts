import { connect } from "../client.js";
import type { Row, Size } from "../row.js";
import type { Server } from "../server.js";

const IN_FLIGHT = 64;

async function rate(server: Server, count: number): Promise<number> {
  const client = await connect(server.url);
  let submitted = 0;
  let ended = 0;
  const submit = (): void => {
    if (submitted === count) return;
    submitted += 1;
    client.submit({ agent: "echo", input: { text: "x" } });
  };
  const began = performance.now();
  for (let at = 0; at < IN_FLIGHT; at += 1) submit();
  await client.until(({ type }) => {
    if (type !== "job.result") return false;
    ended += 1;
    submit();
    return ended === count;
  });
  const seconds = (performance.now() - began) / 1000;
  await client.drop();
  return count / seconds;
}

/** Jobs from submit to result, 64 of one session in flight. */
export function jobs(size: Size): Row {
  const count = size === "small" ? 1_000 : 20_000;
  return {
    name: "jobs",
    subjects: ["ceiling", "memory", "durable"],
    figures: [
      {
        id: "jobs",
        title: "jobs (submit → result), 64 in flight",
        unit: "jobs/s",
        better: "more",
        against: "ceiling",
        aims: { memory: 1, durable: 0.7 },
      },
    ],
    async prepare(server) {
      await rate(server, count / 4);
    },
    measure: async (server) => [await rate(server, count)],
  };
}

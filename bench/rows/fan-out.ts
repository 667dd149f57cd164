import { connect } from "../client.js";
import type { Client } from "../client.js";
import type { Row, Size } from "../row.js";
import type { Server } from "../server.js";

/** Connections that greet at the same time: fewer than a runtime lets wait. */
const AT_ONCE = 50;
/** Sessions of one principal: fewer than it may have. */
const OF_ONE = 500;
const FEATURES = ["progress", "result_chunk", "subscribe"];

let rounds = 0;

/** Connections of an audience, each round's of principals of its own. */
async function audience(server: Server, many: number): Promise<readonly Client[]> {
  const round = (rounds += 1);
  const clients: Client[] = [];
  for (let at = 0; at < many; at += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, many - at) }, (_, beside) => {
      const token = `audience-${round}-${Math.floor((at + beside) / OF_ONE)}`;
      return connect(server.url, { token, features: FEATURES });
    });
    clients.push(...(await Promise.all(some)));
  }
  return clients;
}

/** Frames in a second that one job's events make, all subscribers together. */
async function rate(
  server: Server,
  clients: readonly Client[],
  input: { readonly count: number; readonly burst: boolean },
): Promise<number> {
  const owner = await connect(server.url);
  owner.submit({ agent: "gated", input });
  let job = "";
  await owner.until((frame) => {
    job = frame.job_id ?? "";
    return frame.type === "job.accepted";
  });
  await Promise.all(
    clients.map((client) => {
      client.subscribe(job);
      return client.until(({ type }) => type === "job.subscribed");
    }),
  );
  const ended = clients.map((client) => client.count());
  const began = performance.now();
  await server.ask("go");
  const counts = await Promise.all(ended);
  const seconds = (performance.now() - began) / 1000;
  await owner.drop();
  const short = counts.find((count) => count !== input.count);
  if (short !== undefined) throw new Error(`${short} events of ${input.count} arrived`);
  return (input.count * clients.length) / seconds;
}

/** The events of one job to very many subscribers: many at once, and one at a time. */
export function fanOut(size: Size): Row {
  const many = size === "small" ? 100 : 1_000;
  const count = size === "small" ? 40 : 400;
  const figure = { unit: "frames/s", better: "more", against: "ceiling" } as const;
  const whom = `${many.toLocaleString("en")} subscribers`;
  return {
    name: "fan-out",
    subjects: ["ceiling", "memory", "durable"],
    figures: [
      {
        ...figure,
        id: "fan-out",
        title: `one job to ${whom}`,
        aims: { memory: 1, durable: 0.8 },
      },
      // Each frame a write of its own, here and there: what is left to compare is little.
      { ...figure, id: "fan-out-single", title: "the same, an event in a turn", aims: {} },
    ],
    async measure(server) {
      const clients = await audience(server, many);
      const numbers = [
        await rate(server, clients, { count, burst: true }),
        await rate(server, clients, { count: count / 4, burst: false }),
      ];
      await Promise.all(clients.map((client) => client.drop()));
      return numbers;
    },
  };
}

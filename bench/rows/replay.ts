import { setTimeout as later } from "node:timers/promises";
import { connect } from "../client.js";
import type { Ticket } from "../client.js";
import type { Row, Size } from "../row.js";
import type { Server } from "../server.js";

/** A session that is away while its job reports `count` events; resolves when all are kept. */
async function backlog(server: Server, count: number): Promise<Ticket> {
  const before = (await server.ask("ended"))[0] ?? 0;
  const client = await connect(server.url);
  client.submit({ agent: "backlog", input: { count } });
  await client.until(({ type }) => type === "job.accepted");
  await client.drop();
  while ((await server.ask("ended"))[0] === before) await later(20);
  return client.ticket;
}

/** Events a second, from the hello to the job's result; gives the ticket for the next time. */
async function resume(server: Server, ticket: Ticket, count: number): Promise<[number, Ticket]> {
  let last = 0;
  const began = performance.now();
  const client = await connect(server.url, {
    resume: ticket,
    look({ type, event_seq: seq = 0 }) {
      if (seq !== last + 1) throw new Error(`number ${seq} came after ${last}`);
      last = seq;
      return type === "job.result";
    },
  });
  const seconds = (performance.now() - began) / 1000;
  await client.drop();
  if (last !== count + 1) throw new Error(`${last} entries of ${count + 1} were replayed`);
  return [count / seconds, client.ticket];
}

/** Replay after a resume, from the first event on, and whether its cost grows with the backlog alone. */
export function replay(size: Size): Row {
  const count = size === "small" ? 50_000 : 1_000_000;
  const tenth = count / 10;
  const tickets = new Map<Server, { whole: Ticket; part: Ticket }>();
  return {
    name: "replay",
    subjects: ["ceiling", "memory", "durable"],
    figures: [
      {
        id: "replay",
        title: `resume replay of ${count.toLocaleString("en")} events`,
        unit: "events/s",
        better: "more",
        against: "ceiling",
        aims: { memory: 2.5, durable: 2 },
      },
      {
        id: "replay-growth",
        title: "its rate against that of a tenth of the backlog",
        unit: "of the rate",
        better: "more",
        against: "itself",
        aims: { memory: 0.8, durable: 0.8 },
      },
    ],
    async prepare(server) {
      tickets.set(server, {
        whole: await backlog(server, count),
        part: await backlog(server, tenth),
      });
    },
    async measure(server) {
      const known = tickets.get(server);
      if (known === undefined) throw new Error("replay was not prepared");
      let part: number;
      let whole: number;
      [part, known.part] = await resume(server, known.part, tenth);
      [whole, known.whole] = await resume(server, known.whole, count);
      return [whole, whole / part];
    },
  };
}

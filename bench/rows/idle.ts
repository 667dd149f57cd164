import { connect } from "../client.js";
import type { Row, Size } from "../row.js";

/** Connections that greet at the same time: fewer than a runtime lets wait. */
const AT_ONCE = 50;
/** Sessions of one principal: fewer than it may have. */
const OF_ONE = 500;

/** Memory of sessions in which nothing happens. */
export function idle(size: Size): Row {
  const count = size === "small" ? 500 : 5_000;
  return {
    name: "idle",
    subjects: ["ceiling", "memory", "durable"],
    fresh: true,
    figures: [
      {
        id: "idle",
        title: `an idle session, ${count.toLocaleString("en")} of them`,
        unit: "KiB each",
        better: "less",
        against: "ceiling",
        aims: { memory: 1.5, durable: 1.5 },
      },
    ],
    async measure(server) {
      const open = (from: number, to: number) =>
        Promise.all(
          Array.from({ length: to - from }, (_, at) =>
            connect(server.url, { token: `p${Math.floor((from + at) / OF_ONE)}` }),
          ),
        );
      // What the first ones cost once is no session's.
      const clients = await open(0, AT_ONCE);
      const [before = 0] = await server.ask("memory");
      for (let at = AT_ONCE; at < AT_ONCE + count; at += AT_ONCE) {
        clients.push(...(await open(at, at + AT_ONCE)));
      }
      const [after = 0] = await server.ask("memory");
      await Promise.all(clients.map((client) => client.drop()));
      return [(after - before) / 1024 / count];
    },
  };
}

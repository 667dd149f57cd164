import type { Row, Size } from "../row.js";

/** Reading the frame of one event: `JSON.parse` alone, and with all that a peer checks. */
export function decode(size: Size): Row {
  const times = size === "small" ? 2 : 20;
  return {
    name: "decode",
    subjects: ["ceiling", "memory"],
    figures: [
      {
        id: "decode",
        title: "decode and validate one event, against JSON.parse",
        unit: "ns",
        better: "less",
        against: "ceiling",
        aims: { memory: 1.5 },
      },
    ],
    async prepare(server) {
      await server.ask("read");
    },
    async measure(server) {
      let total = 0;
      for (let at = 0; at < times; at += 1) total += (await server.ask("read"))[0] ?? 0;
      return [total / times];
    },
  };
}

import { connect } from "../client.js";
import type { Figure, Row, Size } from "../row.js";
import type { Server } from "../server.js";

const MIB = 1024 * 1024;

/** Megabytes a second of a result's text. */
async function rate(server: Server, bytes: number): Promise<number> {
  const client = await connect(server.url);
  let received = 0;
  const began = performance.now();
  client.submit({ agent: "stream", input: { bytes } });
  await client.until(({ type, payload }) => {
    received += payload.body?.data?.length ?? 0;
    return type === "job.result";
  });
  const seconds = (performance.now() - began) / 1000;
  await client.drop();
  if (received !== bytes) throw new Error(`${received} bytes of ${bytes} arrived`);
  return bytes / 1e6 / seconds;
}

/** A streamed result. */
export function stream(size: Size): Row {
  const sizes = size === "small" ? [4, 16] : [64, 256];
  return {
    name: "stream",
    subjects: ["ceiling", "memory", "durable"],
    figures: sizes.map((mib): Figure => ({
      id: `stream-${mib}`,
      title: `streamed result of ${mib} MiB`,
      unit: "MB/s",
      better: "more",
      against: "ceiling",
      aims: { memory: 0.9, durable: 0.6 },
    })),
    async prepare(server) {
      await rate(server, 4 * MIB);
    },
    async measure(server) {
      const rates: number[] = [];
      for (const mib of sizes) rates.push(await rate(server, mib * MIB));
      return rates;
    },
  };
}

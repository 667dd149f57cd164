/** Sessions that all lose their connection at once, since the process is killed, and is started again on its file. */
import { connect } from "arcp";
import type { Client } from "arcp";
import { PRINCIPALS, startServer } from "./server.js";
import type { Place, Server } from "./server.js";

/** What came of it. Times in milliseconds, from the kill on. */
export interface Dropped {
  readonly sessions: number;
  readonly listening: number;
  /** All sessions have resumed, and have had an answer. */
  readonly live: number;
  readonly events: number;
}

/** Kills the process under so many sessions, each with a job, and starts it again. Throws if anything is missing. */
export async function dropped(place: Place, count: number): Promise<Dropped> {
  let server: Server = await startServer(place);
  const { url } = server;
  const tokens = PRINCIPALS.slice(2);
  const gaps: string[] = [];
  const sessions = await inBatches(count, async (at) => {
    let back = (): void => {};
    const resumed = new Promise<void>((resolve) => (back = resolve));
    const client = await connect(url, {
      token: tokens[at % tokens.length] as string,
      on: { resumed: () => back(), gap: (gap) => void gaps.push(JSON.stringify(gap)) },
    });
    return { client, resumed, job: await client.submit("steps", { count: 20 }) };
  });
  await new Promise((resolve) => setTimeout(resolve, 500));

  const begun = performance.now();
  await server.kill();
  const since = (): number => performance.now() - begun;
  server = await startServer(place, Number(new URL(url).port));
  const listening = since();
  await Promise.all(
    sessions.map(async ({ client, resumed }) => {
      await resumed;
      await client.ping();
    }),
  );
  const live = since();
  const lengths = await Promise.all(sessions.map(({ job }) => follow(job)));
  await Promise.all(sessions.map(({ client }) => client.close()));
  await server.kill();
  if (gaps.length > 0) throw new Error(`${gaps.length} sessions have a gap: ${gaps[0]}`);
  return { sessions: count, listening, live, events: lengths.reduce((sum, one) => sum + one, 0) };
}

/** Reads a job's events: those of its session are all its own, so that each number is one more than the last. */
async function follow(job: Awaited<ReturnType<Client["submit"]>>): Promise<number> {
  let last = 0;
  for await (const { seq } of job) {
    if (seq !== last + 1) throw new Error(`event ${seq} came after event ${last}`);
    last = seq;
  }
  const result = await job.result();
  if (result !== "done") throw new Error(`a job ended with ${String(result)}`);
  return last;
}

/** Hundreds of connections at once are more than a listener takes in one go. */
async function inBatches<T>(count: number, make: (at: number) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  while (made.length < count) {
    const size = Math.min(100, count - made.length);
    const from = made.length;
    made.push(...(await Promise.all(Array.from({ length: size }, (_, at) => make(from + at)))));
  }
  return made;
}

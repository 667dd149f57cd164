/** Somebody else's session, which is to notice nothing: how long its pings and its jobs take. */
import { connect } from "arcp";

/** The figures of one stretch of time, in milliseconds. */
export interface Latency {
  readonly rounds: number;
  readonly ping: number;
  readonly job: number;
}

/** A session that goes on asking. */
export interface Bystander {
  /** What was measured since the last call, as 99th percentiles. */
  take(): Latency;
  end(): Promise<void>;
}

export async function openBystander(url: string): Promise<Bystander> {
  const client = await connect(url, { token: "bystander" });
  let pings: number[] = [];
  let jobs: number[] = [];
  let open = true;

  async function round(): Promise<void> {
    pings.push(await client.ping());
    const begun = performance.now();
    const job = await client.submit("echo", 1);
    await job.result();
    jobs.push(performance.now() - begun);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }

  const asking = (async () => {
    while (open) await round();
  })();

  return {
    take() {
      const latency = { rounds: jobs.length, ping: p99(pings), job: p99(jobs) };
      pings = [];
      jobs = [];
      return latency;
    },
    async end() {
      open = false;
      await asking;
      await client.close();
    },
  };
}

function p99(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
}

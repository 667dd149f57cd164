/**
 * Somebody else's session, which is to notice nothing: how long its pings and its jobs take. In a process of its own: beside
 * a hundred readers it would wait for what they read, and not for the runtime.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** The figures of one stretch of time, in milliseconds; 99th percentiles. */
export interface Latency {
  readonly rounds: number;
  readonly ping: number;
  readonly job: number;
}

/** A session that goes on asking. */
export interface Bystander {
  /** What was measured since the last call. */
  take(): Promise<Latency>;
  end(): void;
}

export async function openBystander(url: string): Promise<Bystander> {
  const child = fork(join(import.meta.dirname, "asking.ts"), [url]);
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`the bystander ended with ${String(code)}`);
  });
  ended.catch(() => undefined);
  const told = async (): Promise<unknown> =>
    (await Promise.race([once(child, "message"), ended]))[0];
  await told();
  return {
    async take() {
      const latency = told();
      if (child.connected) child.send("take");
      return (await latency) as Latency;
    },
    end: () => child.disconnect(),
  };
}

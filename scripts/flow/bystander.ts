/**
 * Somebody else's session, which is to notice nothing: how long its pings and its jobs take. In a process of its own: beside
 * a hundred readers it would wait for what they read, and not for the runtime.
 */
import { fork } from "node:child_process";
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
  let ended = (_error: Error): void => undefined;
  child.once("exit", (code) => ended(new Error(`the bystander ended with ${code}`)));
  const told = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      ended = reject;
      child.once("message", resolve);
    });
  await told();
  return {
    async take() {
      child.send("take");
      return (await told()) as Latency;
    },
    end: () => child.disconnect(),
  };
}

/** The agents of the proof of flow, for `arcp serve --agent`. */
import type { AgentDefinition } from "../../runtime-kit/runtime/index.js";

/** What `flood` is asked for. */
export interface Flood {
  readonly count: number;
  /** Time for its readers to gather, before it begins. */
  readonly delayMs: number;
}

/** What `memory` says, in bytes. */
export interface Memory {
  readonly pid: number;
  readonly live: number;
  readonly rss: number;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Reports as fast as it is stored, whoever reads: it waits for the disc, and for nobody else. */
const flood: AgentDefinition<Flood, number> = {
  name: "flood",
  async run({ count, delayMs }, context) {
    await pause(delayMs);
    for (let at = 0; at < count; at += 1) {
      void context.log("info", `${at} ${"x".repeat(100)}`);
      if (at % 256 === 255) await context.flush();
    }
    return count;
  },
};

/** Goes on after the process has died, from its beginning. */
const steps: AgentDefinition<{ readonly count: number }, string> = {
  name: "steps",
  restartable: true,
  async run({ count }, context) {
    for (let at = 0; at < count; at += 1) {
      await context.log("info", `step ${at}`);
      await pause(10);
    }
    return "done";
  },
};

const echo: AgentDefinition<unknown, unknown> = { name: "echo", run: (input) => input };

/** What the process holds; with `--expose-gc`, once it has let go of what it does not need. */
const memory: AgentDefinition<unknown, Memory> = {
  name: "memory",
  run() {
    const { gc } = globalThis as { readonly gc?: () => void };
    for (let times = 0; times < 3; times += 1) gc?.();
    const { heapUsed, external, rss } = process.memoryUsage();
    return { pid: process.pid, live: heapUsed + external, rss };
  },
};

export default [flood, steps, echo, memory];

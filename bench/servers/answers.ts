/** The side door of a server: what the benchmark asks its process. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { gate } from "../work.js";
import type { Answers, Question } from "../work.js";

const READS = 20_000;

/** Where `gated` jobs of this process wait. */
export const start = gate();

/** Jobs that have ended in this process. */
export const jobs = { ended: 0 };

/**
 * Tells the benchmark where this server listens, and answers it from then on.
 *
 * @param read reads the text of an event's frame, as this server's peers would
 * @param close ends the server in good order
 */
export function answer(
  url: string,
  frame: string,
  read: (text: string) => unknown,
  close: () => Promise<void>,
): void {
  const delays = monitorEventLoopDelay({ resolution: 1 });

  function answerOf({ ask }: Question): Answers {
    switch (ask) {
      case "memory": {
        globalThis.gc?.();
        globalThis.gc?.();
        return [process.memoryUsage.rss()];
      }
      case "watch":
        delays.reset();
        delays.enable();
        return [];
      case "delays":
        delays.disable();
        return [delays.percentile(99) / 1e6, delays.max / 1e6];
      case "cpu": {
        const { user, system } = process.cpuUsage();
        return [(user + system) / 1e6];
      }
      case "go":
        start.open();
        return [];
      case "ended":
        return [jobs.ended];
      case "read": {
        const began = performance.now();
        for (let at = 0; at < READS; at += 1) read(frame);
        return [((performance.now() - began) * 1e6) / READS];
      }
    }
  }

  process.on("message", (question: Question) => process.send?.(answerOf(question)));
  process.on("disconnect", () => void close().finally(() => process.exit(0)));
  process.send?.(url);
}

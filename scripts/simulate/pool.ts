/** Threads that run seeds: as many as there are cores. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Asked, Told } from "./worker.js";

/** A seed that failed. */
export type Failure = Extract<Told, { readonly do: "failed" }>;

/** What many seeds came to. */
export interface Tally {
  readonly seeds: number;
  readonly entries: number;
  readonly failures: readonly Failure[];
}

/** A thread that has not told of any progress for so long is in an endless loop, in milliseconds. */
const STUCK = 60_000;
/** Seeds that a thread is given at once. */
const SHARE = 500;

/**
 * Runs the seeds `from` to `to` of a bundle. Ends early with the first failure if `first` says so; otherwise after
 * as many as are worth reading.
 */
export async function runSeeds(
  file: string,
  asked: Asked,
  progress: (seeds: number, failures: number) => void = () => {},
): Promise<Tally> {
  const failures: Failure[] = [];
  let [next, seeds, entries] = [asked.from, 0, 0];
  const enough = (): boolean => failures.length >= (asked.first ? 1 : 20);

  async function thread(): Promise<void> {
    const worker = new Worker(file, {
      // Young objects are most of a run: with room for them there is little to collect.
      resourceLimits: { maxYoungGenerationSizeMb: 64 },
      execArgv: ["--enable-source-maps"],
    });
    try {
      while (next <= asked.to && !enough()) {
        const share = { ...asked, from: next, to: Math.min(next + SHARE - 1, asked.to) };
        next = share.to + 1;
        await oneShare(worker, share);
      }
    } finally {
      await worker.terminate();
    }
  }

  function oneShare(worker: Worker, share: Asked): Promise<void> {
    return new Promise((resolve, reject) => {
      const stuck = (): void => {
        const where = `between seed ${share.from} and ${share.to}`;
        reject(new Error(`a thread is stuck ${where}: a loop that never yields?`));
      };
      let timer = setTimeout(stuck, STUCK);
      worker.removeAllListeners();
      worker.on("error", reject);
      worker.on("message", (told: Told) => {
        clearTimeout(timer);
        if (told.do === "done") return resolve();
        timer = setTimeout(stuck, STUCK);
        if (told.do === "failed") failures.push(told);
        else [seeds, entries] = [seeds + told.count, entries + told.entries];
        progress(seeds, failures.length);
        if (enough()) {
          clearTimeout(timer);
          resolve();
        }
      });
      worker.postMessage(share);
    });
  }

  const threads = Math.min(availableParallelism(), Math.ceil((asked.to - asked.from + 1) / SHARE));
  await Promise.all(Array.from({ length: threads }, thread));
  return { seeds, entries, failures: failures.sort((a, b) => a.seed - b.seed) };
}

/** A thread that runs seeds, one after the other, and tells what it found. */
import { parentPort } from "node:worker_threads";
import type { Violation } from "../torture/check/violation.js";
import { simulate } from "./simulation.js";

/** What a thread is asked: all seeds from one to another, and with `only` just these faults of them. */
export interface Asked {
  readonly from: number;
  readonly to: number;
  readonly only?: readonly number[];
  /** Whether to end with the first seed that fails. */
  readonly first: boolean;
}

/** What it answers: now and then that it goes on, each seed that failed, and the end. */
export type Told =
  | { readonly do: "seeds"; readonly count: number; readonly entries: number }
  | {
      readonly do: "failed";
      readonly seed: number;
      readonly faults: readonly number[];
      readonly violations: readonly Violation[];
    }
  | { readonly do: "done" };

const OFTEN = 50;

// Errors are made by the thousand here, and their stacks are what costs; a replay, in a process of its own, has them.
Error.stackTraceLimit = 0;

if (parentPort === null) throw new Error("this module is a thread's");
const port = parentPort;
const tell = (told: Told): void => port.postMessage(told);

// What nobody handles is a bug of ours too; the seed that it belongs to is the present one.
let stray: unknown;
process.on("unhandledRejection", (reason) => (stray ??= reason));

async function run({ from, to, only, first }: Asked): Promise<void> {
  let [count, entries] = [0, 0];
  for (let seed = from; seed <= to; seed += 1) {
    const outcome = await simulate(seed, only);
    const violations = [...outcome.violations, ...strays()];
    count += 1;
    entries += outcome.history.entries.length;
    if (violations.length > 0) {
      const faults = outcome.struck.map(({ fault }) => fault.number);
      tell({ do: "failed", seed, faults, violations });
      if (first) break;
    }
    if (count % OFTEN !== 0) continue;
    tell({ do: "seeds", count, entries });
    [count, entries] = [0, 0];
  }
  tell({ do: "seeds", count, entries });
  tell({ do: "done" });
}

function strays(): Violation[] {
  if (stray === undefined) return [];
  const text = `nobody handled ${stray instanceof Error ? stray.stack : String(stray)}`;
  stray = undefined;
  return [{ kind: "trouble", place: 0, text }];
}

port.on("message", (asked: Asked) => void run(asked));

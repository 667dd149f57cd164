import { isTerminal } from "../../generated/current/index.js";
import type { JobInput } from "../jobs/facts.js";
import { ArcpError } from "../wire/errors.js";
import type { Commits } from "./commits.js";
import type { Core } from "./core.js";
import { abort } from "./live.js";
import type { LiveJob } from "./live.js";
import { createTimer } from "./timer.js";
import type { Workload } from "./workload.js";

/** What becomes of the jobs that have not ended when a runtime does. §7.3 */
export interface Shutdown {
  /** Ends every job that has not ended, and tells its agent. */
  endAll(reason: string): void;
  /**
   * Waits until no job runs or waits, at most until the monotonic time `until`; then ends the rest. On a store that
   * lasts, what may start later is left to the next process.
   */
  drain(until: number): Promise<void>;
}

export interface ShutdownOptions {
  readonly core: Core;
  readonly commits: Commits;
  readonly workload: Workload;
  readonly jobs: () => Iterable<LiveJob>;
  readonly step: (job: LiveJob, input: JobInput) => void;
}

export function createShutdown(options: ShutdownOptions): Shutdown {
  const { core, commits, workload, step } = options;
  const { clock, store } = core;

  function unended(): readonly LiveJob[] {
    return [...options.jobs()].filter((job) => !isTerminal(job.state.status) && !job.suspended);
  }

  function endAll(reason: string): void {
    for (const job of unended()) {
      const error = new ArcpError("INTERNAL_ERROR", reason);
      step(job, { type: "failed", error });
      abort(job, error);
    }
  }

  /** Leaves jobs to the next process on this store, as a crash would, where they may start there; ends the others. */
  function suspend(jobs: readonly LiveJob[]): void {
    // Who ends settles with who does not, and takes those along that were looked at before: all of that comes first.
    for (let round = 0; round < 2; round++) {
      for (const job of jobs) step(job, { type: "interrupted", again: job.agent.restartable });
    }
    for (const job of jobs) {
      if (!isTerminal(job.state.status)) {
        job.suspended = true;
        job.timer?.set(undefined);
        core.alarms.clear(job);
        workload.remove(job.state.principal, job.inputSize);
        job.ended();
      }
      abort(job, new ArcpError("INTERNAL_ERROR", "the runtime is going down"));
    }
  }

  return {
    endAll,
    async drain(until) {
      workload.drain();
      if (store.durable) suspend(unended().filter(({ state }) => state.status === "pending"));
      const patience = new Promise<void>((resolve) => {
        const timer = createTimer(clock, resolve);
        timer.set(until);
        void workload.idle().then(() => timer.set(undefined));
      });
      await Promise.race([workload.idle(), patience]);
      if (store.durable) suspend(unended());
      else endAll("the runtime went down while the job ran");
      await commits.flushed().catch(() => {});
    },
  };
}

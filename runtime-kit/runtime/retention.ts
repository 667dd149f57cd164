import type { Clock } from "../wire/time.js";
import type { RuntimeLimits } from "./limits.js";
import type { LiveJob, Reader } from "./live.js";

/** Finished jobs, kept for their retention or until there are too many of them (W-38). */
export interface Retention {
  /** Keeps a job that has ended, for its retention counted from its end. */
  keep(job: LiveJob): void;
  /** Forgets the oldest of too many, but none whose end its reader is still to be sent. */
  makeRoom(): void;
  /** Forgets a job. */
  forget(job: LiveJob): void;
}

export interface RetentionOptions {
  readonly clock: Clock;
  readonly limits: RuntimeLimits;
  readonly delivered: (job: LiveJob, reader: Reader) => boolean;
  readonly forgotten: (job: LiveJob) => void;
}

export function createRetention(options: RetentionOptions): Retention {
  const { clock, limits } = options;
  /** In the order in which they ended. */
  const finished = new Set<LiveJob>();
  /** Size of their logs, in characters. */
  let size = 0;

  function forget(job: LiveJob): void {
    job.retention.set(undefined);
    if (finished.delete(job)) size -= job.logSize;
    options.forgotten(job);
  }

  return {
    keep(job) {
      finished.add(job);
      size += job.logSize;
      const age = Math.max(0, clock.wall() - (job.state.completedAt ?? clock.wall()));
      job.retention.set(clock.monotonic() + Math.max(0, limits.retentionMs - age));
    },
    makeRoom() {
      for (const job of finished) {
        if (finished.size <= limits.maxFinishedJobs && size <= limits.maxFinishedBytes) return;
        if ([...job.readers.values()].every((reader) => options.delivered(job, reader)))
          forget(job);
      }
    },
    forget,
  };
}

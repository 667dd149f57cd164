import type { Clock } from "../wire/time.js";
import type { RuntimeLimits } from "./limits.js";
import type { LiveJob, Reader } from "./live.js";
import { createTimer } from "./timer.js";

/** Finished jobs, kept for their retention or until there are too many of them (W-38). */
export interface Retention {
  /** Keeps a job that has ended, for its retention counted from its end. Jobs come in the order in which they ended. */
  keep(job: LiveJob): void;
  /** Forgets the oldest of too many, but none whose end its reader is still to be sent. */
  makeRoom(): void;
}

export interface RetentionOptions {
  readonly clock: Clock;
  readonly limits: RuntimeLimits;
  readonly delivered: (job: LiveJob, reader: Reader) => boolean;
  readonly forgotten: (job: LiveJob) => void;
}

export function createRetention(options: RetentionOptions): Retention {
  const { clock, limits } = options;
  /** In the order in which they ended, each with the time until which it is kept, by the monotonic clock. */
  const finished = new Map<LiveJob, number>();
  /** Size of their logs, in characters. */
  let size = 0;
  /** Where room is looked for: what is gone leaves a hole at the front of a map, which is not to be passed each time. */
  let oldest = finished.keys();
  // One for all: whoever ended first is forgotten first.
  const timer = createTimer(clock, forgetOld);

  function forget(job: LiveJob): void {
    if (finished.delete(job)) size -= job.logSize;
    options.forgotten(job);
  }

  function forgetOld(): void {
    for (const [job, until] of finished) {
      if (until > clock.monotonic()) return timer.set(until);
      forget(job);
    }
  }

  return {
    keep(job) {
      const age = Math.max(0, clock.wall() - (job.state.completedAt ?? clock.wall()));
      const until = clock.monotonic() + Math.max(0, limits.retentionMs - age);
      if (finished.size === 0) timer.set(until);
      finished.set(job, until);
      size += job.logSize;
    },
    makeRoom() {
      while (finished.size > limits.maxFinishedJobs || size > limits.maxFinishedBytes) {
        const next = oldest.next();
        if (next.done) {
          oldest = finished.keys();
          return;
        }
        if (hasEnd(next.value)) forget(next.value);
      }
    },
  };

  function hasEnd(job: LiveJob): boolean {
    for (const reader of job.readers.values()) if (!options.delivered(job, reader)) return false;
    return true;
  }
}

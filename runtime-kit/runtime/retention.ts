import type { Clock } from "../wire/time.js";
import type { RuntimeLimits } from "./limits.js";
import type { LiveJob } from "./live.js";

/** Finished jobs, kept for their retention or until there are too many of them (W-38). */
export interface Retention {
  /** Keeps a job that has ended, for its retention counted from its end. */
  keep(job: LiveJob): void;
  /** Forgets what is too many, if anything is. */
  makeRoom(): void;
  /** Forgets what is too many, if something was that could not be forgotten when it was looked at. */
  tryAgain(): void;
  /** A store had logs of so many characters. */
  took(characters: number): void;
  /** The logs have become longer, by so many characters. */
  grew(characters: number): void;
  /** Forgets a job. */
  forget(job: LiveJob): void;
}

export interface RetentionOptions {
  readonly clock: Clock;
  readonly limits: RuntimeLimits;
  /** Who still counts on a finished job. The lower, the sooner it may go; see `NOBODY` and `UNSENT`. */
  readonly claim: (job: LiveJob) => number;
  readonly forgotten: (job: LiveJob) => void;
  /** The logs of jobs that have not ended are too much by themselves. */
  readonly overflow: () => void;
}

/** All that receive the job have acknowledged its end, or are gone. */
export const NOBODY = Number.NEGATIVE_INFINITY;
/** A session that is connected has not been sent the end yet. */
export const UNSENT = Number.POSITIVE_INFINITY;

/** Jobs among which the next to go is chosen: of thousands, looking at all would cost more than it is worth. */
const CHOICE = 64;

/** How much more than may be stored is borne with, until readers have taken what they are to be sent. */
const LAST_RESORT = 9 / 8;

export function createRetention(options: RetentionOptions): Retention {
  const { clock, limits } = options;
  /** In the order in which they ended. */
  const finished = new Set<LiveJob>();
  /** Size of their logs, and of all logs, in characters. */
  let size = 0;
  let total = 0;
  let blocked = false;
  let overflowing = false;

  function forget(job: LiveJob): void {
    job.retention.set(undefined);
    if (finished.delete(job)) size -= job.logSize;
    total -= job.logSize;
    options.forgotten(job);
  }

  const tooMuch = () => total > limits.maxStoredBytes;
  const tooMany = () =>
    tooMuch() || finished.size > limits.maxFinishedJobs || size > limits.maxFinishedBytes;

  /**
   * The next job to go: the oldest that nobody counts on, else that of the session that is away longest (ACK-05,
   * ACK-06). One whose end is still to be sent goes only when the store would grow on.
   */
  function next(): LiveJob | undefined {
    let chosen: LiveJob | undefined;
    let least = UNSENT;
    let seen = 0;
    for (const job of finished) {
      const claim = options.claim(job);
      if (claim === NOBODY) return job;
      if (claim < least) [chosen, least] = [job, claim];
      if (claim < UNSENT && (seen += 1) === CHOICE) break;
    }
    const [oldest] = finished;
    return chosen ?? (total > limits.maxStoredBytes * LAST_RESORT ? oldest : undefined);
  }

  function makeRoom(): void {
    while (tooMany()) {
      const job = next();
      if (job === undefined) break;
      forget(job);
    }
    blocked = tooMany();
    if (total - size <= limits.maxStoredBytes || overflowing) return;
    overflowing = true;
    options.overflow();
  }

  return {
    keep(job) {
      finished.add(job);
      size += job.logSize;
      // What overflowed has ended, and may go.
      overflowing = false;
      const age = Math.max(0, clock.wall() - (job.state.completedAt ?? clock.wall()));
      job.retention.set(clock.monotonic() + Math.max(0, limits.retentionMs - age));
    },
    makeRoom,
    tryAgain() {
      if (blocked) makeRoom();
    },
    took: (characters) => void (total += characters),
    grew(characters) {
      total += characters;
      if (tooMuch()) makeRoom();
    },
    forget,
  };
}

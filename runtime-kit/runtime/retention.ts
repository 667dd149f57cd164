import type { Clock } from "../wire/time.js";
import type { RuntimeLimits } from "./limits.js";
import type { LiveJob } from "./live.js";
import { createTimer } from "./timer.js";

/** Finished jobs, kept for their retention or until there are too many of them (W-38). */
export interface Retention {
  /** Keeps a job that has ended, for its retention counted from its end. Jobs come in the order in which they ended. */
  keep(job: LiveJob): void;
  /** Forgets what is too many, if anything is. */
  makeRoom(): void;
  /** Forgets what is too many, if something was that could not be forgotten when it was looked at. */
  tryAgain(): void;
  /** A store had logs of so many characters. */
  took(characters: number): void;
  /** The logs have become longer, by so many characters. */
  grew(characters: number): void;
}

/** Why a job was forgotten: its time was over, or one of the limits had to be kept. */
export type Reason = "retention" | "max_finished_jobs" | "max_finished_bytes" | "max_stored_bytes";

export interface RetentionOptions {
  readonly clock: Clock;
  readonly limits: RuntimeLimits;
  /** Who still counts on a finished job. The lower, the sooner it may go; see `NOBODY` and `UNSENT`. */
  readonly claim: (job: LiveJob) => number;
  /** Whether others need it still: a reader that is being given what it said before, or what it delegated. */
  readonly inUse: (job: LiveJob) => boolean;
  readonly forgotten: (job: LiveJob, reason: Reason) => void;
  /** The logs of jobs that have not ended are too much by themselves. */
  readonly overflow: () => void;
}

/** All that receive the job have acknowledged its end, or are gone. */
export const NOBODY = Number.NEGATIVE_INFINITY;
/** A session that is connected has not been sent the end yet. */
export const UNSENT = Number.POSITIVE_INFINITY;

/**
 * Jobs among which the next to go is chosen, besides those that are not sent yet: of very many, looking at all each
 * time would cost more than it is worth.
 */
const CHOICE = 1_024;

/**
 * As many go for one look at all those, if nobody comes back for them meanwhile: a session that is away may have left
 * very many to look past. More, and too many would go before what was acknowledged since.
 */
const TOGETHER = 256;

/** When a job that is in use is looked at again. */
const IN_USE_MS = 1_000;

/** How much more than may be stored is borne with, until readers have taken what they are to be sent. */
const LAST_RESORT = 9 / 8;

/** Finished jobs that may go, the last of them first, and who counted on each of them when they were chosen. */
interface Choice {
  readonly jobs: LiveJob[];
  readonly claim: number;
}

export function createRetention(options: RetentionOptions): Retention {
  const { clock, limits } = options;
  /** In the order in which they ended, each with the time until which it is kept, by the monotonic clock. */
  const finished = new Map<LiveJob, number>();
  /** What is gone leaves a hole at the front of a map: whoever began there each time would pass them all. */
  let front = finished.keys();
  let first: LiveJob | undefined;
  /** Size of their logs, and of all logs, in characters. */
  let size = 0;
  let total = 0;
  let chosen: Choice = { jobs: [], claim: NOBODY };
  let blocked = false;
  let overflowing = false;
  // One for all: whoever ended first is forgotten first.
  const timer = createTimer(clock, forgetOld);

  function forget(job: LiveJob, reason: Reason): void {
    if (finished.delete(job)) size -= job.logSize;
    total -= job.logSize;
    options.forgotten(job, reason);
  }

  function forgetOld(): void {
    for (let job = oldest(); job !== undefined; job = oldest()) {
      const until = finished.get(job) ?? 0;
      if (until > clock.monotonic()) return timer.set(until);
      if (options.inUse(job)) return timer.set(clock.monotonic() + IN_USE_MS);
      forget(job, "retention");
    }
  }

  function oldest(): LiveJob | undefined {
    while (first === undefined || !finished.has(first)) {
      const next = front.next();
      first = next.value;
      if (!next.done) continue;
      front = finished.keys();
      if (finished.size === 0) return undefined;
    }
    return first;
  }

  const tooMuch = () => total > limits.maxStoredBytes;
  const tooMany = () =>
    tooMuch() || finished.size > limits.maxFinishedJobs || size > limits.maxFinishedBytes;

  const limit = (): Reason => {
    if (tooMuch()) return "max_stored_bytes";
    return finished.size > limits.maxFinishedJobs ? "max_finished_jobs" : "max_finished_bytes";
  };

  /**
   * The next jobs to go: what nobody counts on, the oldest first, else those of the session that is away longest
   * (ACK-05, ACK-06).
   */
  function choose(): Choice {
    let jobs: LiveJob[] = [];
    let least = UNSENT;
    let seen = 0;
    for (const job of finished.keys()) {
      const claim = options.claim(job);
      if (claim === UNSENT) continue;
      if (claim < least) [jobs, least] = [[], claim];
      if (claim === least && jobs.length < TOGETHER) jobs.push(job);
      if ((seen += 1) === CHOICE || (least === NOBODY && jobs.length === TOGETHER)) break;
    }
    return { jobs: jobs.reverse(), claim: least };
  }

  /** The next of those that were chosen, if it may still go. */
  function nextChosen(): LiveJob | undefined {
    for (let job = chosen.jobs.pop(); job !== undefined; job = chosen.jobs.pop()) {
      if (finished.has(job) && options.claim(job) <= chosen.claim) return job;
    }
    return undefined;
  }

  /** Forgets one job, if one may go. */
  function forgetOne(): boolean {
    const eldest = oldest();
    if (eldest === undefined) return false;
    let job = options.claim(eldest) === NOBODY ? eldest : nextChosen();
    if (job === undefined) {
      chosen = choose();
      job = nextChosen();
    }
    // One whose end is still to be sent goes only when the store would grow on.
    const last = total > limits.maxStoredBytes * LAST_RESORT && !options.inUse(eldest);
    job ??= last ? eldest : undefined;
    if (job !== undefined) forget(job, limit());
    return job !== undefined;
  }

  function makeRoom(): void {
    while (tooMany() && forgetOne());
    blocked = tooMany();
    if (total - size <= limits.maxStoredBytes || overflowing) return;
    overflowing = true;
    options.overflow();
  }

  return {
    keep(job) {
      const age = Math.max(0, clock.wall() - (job.state.completedAt ?? clock.wall()));
      const until = clock.monotonic() + Math.max(0, limits.retentionMs - age);
      if (finished.size === 0) timer.set(until);
      finished.set(job, until);
      size += job.logSize;
      // What overflowed has ended, and may go.
      overflowing = false;
    },
    makeRoom,
    tryAgain() {
      if (blocked) makeRoom();
    },
    took: (characters) => void (total += characters),
    grew: (characters) => void (total += characters),
  };
}

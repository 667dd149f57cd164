import type { JobId } from "../../generated/draft-1.1/index.js";
import type { Commits, Segment } from "./commits.js";
import type { LiveJob } from "./live.js";

/** How far an agent may be ahead of the store and of its readers. §8 */
export interface Pressure {
  /** Whether a job's agent has reported more than may be open, because it never waits. */
  isTooHigh(job: LiveJob): boolean;
  /** What makes an agent wait that awaits; never rejects. */
  room(job: LiveJob): Promise<void>;
  /** What was reported is on its way to the store. */
  begun(segments: readonly Segment[]): void;
  /** What was reported became durable. */
  committed(segments: readonly Segment[]): void;
}

export interface PressureOptions {
  readonly commits: Commits;
  readonly job: (id: JobId) => LiveJob | undefined;
  /** Resolves when the reader of a job's session has room again, at once if it is away. */
  readonly readerRoom: (job: LiveJob) => Promise<void>;
  /** Whether the reader of a job's session is so far behind that an agent should wait. */
  readonly readerBehind: (job: LiveJob) => boolean;
}

/**
 * A group of events: whoever reported as many, and awaits, waits until they are on their way to the store. Then it
 * reports the next ones while these are stored, and no further.
 */
const GROUP = { events: 256, characters: 512 * 1024 };
/** Reported and not yet durable: who never awaits is ended beyond it. */
const HARD = { events: 10_000, characters: 16 * 1024 * 1024 };

const ROOM: Promise<void> = Promise.resolve();

export function createPressure(options: PressureOptions): Pressure {
  /** What is reported may be awaited or not, and a store that fails ends the job anyway. */
  async function wait(job: LiveJob): Promise<void> {
    try {
      await options.commits.begun();
      await options.readerRoom(job);
    } catch {
      // The runtime is ending, and says so through the agent's signal.
    } finally {
      job.room = undefined;
    }
  }

  return {
    isTooHigh: ({ open }) => open.events > HARD.events || open.characters > HARD.characters,
    room(job) {
      const { open, onItsWay } = job;
      const little =
        open.events - onItsWay.events < GROUP.events &&
        open.characters - onItsWay.characters < GROUP.characters;
      if (little && !options.readerBehind(job)) return ROOM;
      job.room ??= wait(job);
      return job.room;
    },
    begun(segments) {
      for (const { job: id } of segments) {
        const job = options.job(id);
        if (job !== undefined) Object.assign(job.onItsWay, job.open);
      }
    },
    committed(segments) {
      for (const { job: id } of segments) {
        const job = options.job(id);
        if (job === undefined) continue;
        const { open, onItsWay } = job;
        open.events -= onItsWay.events;
        open.characters -= onItsWay.characters;
        onItsWay.events = 0;
        onItsWay.characters = 0;
      }
    },
  };
}

import { isTerminal } from "../../generated/current/index.js";
import type { JobId } from "../../generated/current/index.js";
import type { JobInput } from "../jobs/facts.js";
import { ArcpError } from "../wire/errors.js";
import type { Commits, Segment } from "./commits.js";
import type { Core } from "./core.js";
import { abort, isAborted } from "./live.js";
import type { LiveJob } from "./live.js";
import { createTimer } from "./timer.js";

/** How fast an agent may report: as fast as that is stored, and as its slowest reader takes it. §6.5 */
export interface Flow {
  /** A step of the job's machine, and the promise that makes an agent wait which awaits it. Throws what is refused. */
  report(job: LiveJob, input: JobInput): Promise<void>;
  /** What was reported is on its way to the store. */
  begun(segments: readonly Segment[]): void;
  /** What was reported became durable. */
  committed(segments: readonly Segment[]): void;
}

export interface FlowOptions {
  readonly core: Core;
  readonly commits: Commits;
  readonly job: (id: JobId) => LiveJob | undefined;
  /** The logs have become longer, by so many characters. */
  readonly grew: (characters: number) => void;
  /** One step of a job's machine. Throws what is refused to the agent. */
  readonly step: (job: LiveJob, input: JobInput) => void;
  /** Whether a reader is so far behind that an agent should wait. */
  readonly readerBehind: (job: LiveJob) => boolean;
  /** Resolves when every reader has room again, at once if all are away. */
  readonly readerRoom: (job: LiveJob) => Promise<void>;
}

/**
 * A group of events: whoever reported as many, and awaits, waits until they are on their way to the store. Then it
 * reports the next ones while these are stored, and no further.
 */
const GROUP = { events: 256, characters: 1024 * 1024 };
/** Reported and not yet durable: who never awaits is ended beyond it. */
const HARD = { events: 10_000, characters: 16 * 1024 * 1024 };

const ROOM: Promise<void> = Promise.resolve();

/** How long a reader holds an agent up before it is told of in the log, and before it is told of again. */
const PRESSURE_MS = 1_000;
const PRESSURE_AGAIN_MS = 30_000;

export function createFlow(options: FlowOptions): Flow {
  const { core, commits, step } = options;
  const { clock } = core;

  /** What an agent reports: a step, and then the promise that makes it wait when too much is open. */
  function report(job: LiveJob, input: JobInput): Promise<void> {
    const { entries } = job.state;
    step(job, input);
    if (job.state.entries === entries) return unrecorded(job);
    const { events, characters } = job.open;
    if (events > HARD.events || characters > HARD.characters) {
      const text = "the agent reports faster than it can be stored, and never waits";
      const error = new ArcpError("INTERNAL_ERROR", text, { retryable: false });
      abort(job, error);
      step(job, { type: "failed", error });
      throw error;
    }
    const { onItsWay } = job;
    const little =
      events - onItsWay.events < GROUP.events &&
      characters - onItsWay.characters < GROUP.characters;
    if (little && !options.readerBehind(job)) return ROOM;
    job.room ??= room(job);
    return job.room;
  }

  /** What the session's features leave out fills no group that would be waited for; others need their turn all the same. */
  function unrecorded(job: LiveJob): Promise<void> {
    job.unrecorded += 1;
    return job.unrecorded % GROUP.events === 0 ? new Promise<void>(core.defer) : ROOM;
  }

  /** Never rejects: what is reported may be awaited or not, and a store that fails ends the job anyway. */
  async function room(job: LiveJob): Promise<void> {
    const told = createTimer(clock, () => tellOfPressure(job));
    try {
      await commits.begun();
      if (!options.readerBehind(job)) return;
      told.set(Math.max(clock.monotonic() + PRESSURE_MS, job.pressedAt + PRESSURE_AGAIN_MS));
      await options.readerRoom(job);
    } catch {
      // The runtime is ending, and says so through the agent's signal.
    } finally {
      told.set(undefined);
      job.room = undefined;
    }
  }

  /** ACK-07: whoever looks on is told that it is a reader, and not the agent, that takes its time. §8.2.5 */
  function tellOfPressure(job: LiveJob): void {
    const over = isTerminal(job.state.status) || isAborted(job) || job.suspended;
    if (over || !job.state.records.pressure) return;
    job.pressedAt = clock.monotonic();
    const body = {
      phase: "back_pressure",
      message: "a reader is behind; the agent may have to wait",
    };
    step(job, { type: "emit", kind: "status", body: JSON.stringify(body) });
  }

  return {
    report,
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
        options.grew(onItsWay.characters);
        onItsWay.events = 0;
        onItsWay.characters = 0;
      }
    },
  };
}

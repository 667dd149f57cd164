import { isTerminal } from "../../generated/current/index.js";
import type { SessionId } from "../../generated/current/index.js";
import type { ReaderState, Watch } from "../jobs/readers.js";
import { newReader, readersOf } from "./live.js";
import type { LiveJob, Reader } from "./live.js";
import type { Subscriptions } from "./subscriptions.js";

/** The sessions that receive a job without having submitted it: by its key, or as subscribers. */
export interface Receivers {
  /** The session receives the job from now on. */
  add(job: LiveJob, state: ReaderState): Reader;
  /** A session that looked on has repeated the job's key: it may cancel, and receives the job if it was given nothing. */
  engage(job: LiveJob, looker: Reader): void;
  /** What a reader is has changed: it is stored with its job. */
  changed(job: LiveJob): void;
  /** The session is no longer there. */
  gone(job: LiveJob, reader: Reader): void;
  /** A job was restored, has ended, or is forgotten: what counts against whose subscriptions follows. */
  restored(job: LiveJob): void;
  ended(job: LiveJob): void;
  forgotten(job: LiveJob): void;
}

export interface ReceiversOptions {
  readonly subscriptions: Subscriptions;
  readonly exists: (session: SessionId) => boolean;
  /** A session receives a job's entries from now on; `active` if it is to be kept until the job ends. */
  readonly gained: (session: SessionId, job: LiveJob, active: boolean) => void;
  readonly persist: (job: LiveJob) => void;
}

export function createReceivers(options: ReceiversOptions): Receivers {
  const { subscriptions } = options;

  const payer = (job: LiveJob, { watch }: Reader) => watch?.principal ?? job.state.principal;

  function count(job: LiveJob, reader: Reader): void {
    // A subscription to a job that has ended is over as soon as the history is given.
    const own = reader.whole || reader.through === "home";
    const passes = reader.watch !== undefined || reader.through === "kin";
    const counts = !own && (!passes || isLive(job, reader));
    if (counts === reader.counted) return;
    reader.counted = counts;
    subscriptions.change(payer(job, reader), counts ? 1 : -1);
  }

  function uncount(job: LiveJob, reader: Reader): void {
    if (reader.counted) subscriptions.change(payer(job, reader), -1);
    reader.counted = false;
  }

  /** Readers whose session has expired are no longer stored with their job. */
  function forgetReaders(job: LiveJob): void {
    for (const reader of [...readersOf(job)]) {
      if (!reader.whole && !options.exists(reader.session)) gone(job, reader);
    }
  }

  function gone(job: LiveJob, reader: Reader): void {
    uncount(job, reader);
    job.readers.delete(reader.session);
    job.watchers?.delete(reader.session);
  }

  function changed(job: LiveJob): void {
    job.state.readers = Array.from(readersOf(job), stateOf);
    options.persist(job);
    for (const reader of readersOf(job)) count(job, reader);
  }

  return {
    gone,
    changed,
    add(job, state) {
      forgetReaders(job);
      const reader = newReader(state);
      const known = job.watchers?.has(state.session) === true;
      const into = state.watch === undefined ? job.readers : (job.watchers ??= new Map());
      into.set(state.session, reader);
      if (!known) options.gained(state.session, job, state.watch === undefined);
      changed(job);
      return reader;
    },
    engage(job, looker) {
      const { session, watch, lastSeq } = looker;
      if (watch === undefined) return;
      job.watchers?.delete(session);
      const now: Watch = { ...watch, over: false, controls: true };
      let reader = looker;
      if (watch.over || lastSeq <= watch.since) {
        const state = { session, live: job.state.entries, whole: false };
        reader = newReader({ ...state, watch: { ...now, first: 0, since: lastSeq } });
        reader.counted = looker.counted;
      }
      if (reader === looker) reader.watch = now;
      job.readers.set(session, reader);
      changed(job);
    },
    restored(job) {
      for (const reader of readersOf(job)) count(job, reader);
    },
    ended(job) {
      for (const reader of readersOf(job)) count(job, reader);
    },
    forgotten(job) {
      for (const reader of readersOf(job)) uncount(job, reader);
    },
  };
}

function isLive({ state }: LiveJob, { watch }: Reader): boolean {
  return watch?.over !== true && (watch?.controls === true || !isTerminal(state.status));
}

function stateOf({ session, live, whole, through, watch }: Reader): ReaderState {
  return {
    ...{ session, live, whole },
    ...(through === undefined ? {} : { through }),
    ...(watch === undefined ? {} : { watch }),
  };
}

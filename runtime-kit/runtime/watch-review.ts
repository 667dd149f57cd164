import type { ErrorCode, JobId } from "../../generated/current/index.js";
import type { FrameBuilder } from "../wire/encode.js";
import { timestamp } from "../wire/time.js";
import { WITHHELD_KIND } from "../wire/withheld.js";
import type { Core } from "./core.js";
import type { JobIndex } from "./job-index.js";
import { readerOf } from "./live.js";
import type { LiveJob, LiveSession, Reader } from "./live.js";
import type { Numbering } from "./numbering.js";
import type { Observers, View } from "./observers.js";
import { isOver } from "./watch.js";

/**
 * Whether those who were let look on still may: a subscription outlives connections and processes, the permission to
 * have it may not. §14.3
 */
export interface WatchReview {
  /**
   * Asks about a session's subscription to another principal's job once for each connection, before anything is sent
   * on it. A promise where somebody has to be asked.
   */
  settled(session: LiveSession, job: LiveJob): Promise<void> | undefined;
  /** What builds the frames of a subscriber: of entries that it may no longer see one of an event that says just that. */
  guarded(session: LiveSession, job: LiveJob, build: FrameBuilder): FrameBuilder;
  /** Takes what the policy has just said, for whatever reason it was asked; says whether that ended a subscription. */
  told(session: LiveSession, job: LiveJob, view: View): boolean;
  /** Asks again about all that are connected; resolves with how many subscriptions ended. */
  again(): Promise<number>;
}

export function createWatchReview(options: {
  readonly core: Core;
  readonly observers: Pick<Observers, "view">;
  readonly numbering: Pick<Numbering, "repeat">;
  readonly jobs: Pick<JobIndex, "get" | "all">;
  readonly session: (id: LiveSession["state"]["id"]) => LiveSession | undefined;
  /** Nothing more is numbered for this reader. */
  readonly end: (job: LiveJob, reader: Reader) => void;
}): WatchReview {
  const { clock, logger } = options.core;

  function take(session: LiveSession, job: LiveJob, view: View): boolean {
    const reader = readerOf(job, session.state.id);
    if (reader === undefined || options.jobs.get(job.state.id) !== job) return false;
    reader.shownTo = session.connection?.id;
    reader.withheld = view === "allow" ? undefined : { code: CODES[view], at: clock.wall() };
    if (view === "allow" || !goesOn(session, job, reader)) return false;
    options.end(job, reader);
    const { id, principal } = session.state;
    const fields = { principal, session: id, job: job.state.id, owner: job.state.principal };
    logger.info({ ...fields, decision: view }, "may no longer look at a job");
    return true;
  }

  /** Takes the answer, if it is about the connection that there is. */
  async function ask(session: LiveSession, job: LiveJob): Promise<boolean> {
    const { connection } = session;
    const view = await options.observers.view(session, job);
    if (connection === undefined || session.connection !== connection) return false;
    return take(session, job, view);
  }

  function told(session: LiveSession, job: LiveJob, ended: boolean): boolean {
    const reader = readerOf(job, session.state.id);
    // All that it has may have been sent: one number more, so that it hears of it.
    if (ended && reader !== undefined && job.committed > 0) {
      options.numbering.repeat(job, reader, job.committed - 1);
    }
    return ended;
  }

  return {
    settled(session, job) {
      if (job.state.principal === session.state.principal) return undefined;
      const reader = readerOf(job, session.state.id);
      if (reader === undefined || reader.shownTo === session.connection?.id) return undefined;
      return ask(session, job).then(() => {});
    },
    guarded(session, job, build) {
      if (job.state.principal === session.state.principal) return build;
      return (entry, index, seq) => {
        const reader = readerOf(job, session.state.id);
        if (reader !== undefined && reader.withheld === undefined) return build(entry, index, seq);
        return build(withheld(job.state.id, reader?.withheld), index, seq);
      };
    },
    told: (session, job, view) => told(session, job, take(session, job, view)),
    async again() {
      const asked: Promise<boolean>[] = [];
      for (const job of options.jobs.all()) {
        for (const reader of job.watchers?.values() ?? []) {
          const session = options.session(reader.session);
          if (session?.connection === undefined) continue;
          if (session.state.principal === job.state.principal) continue;
          if (!goesOn(session, job, reader)) continue;
          asked.push(ask(session, job).then((ended) => told(session, job, ended)));
        }
      }
      return (await Promise.all(asked)).filter((ended) => ended).length;
    },
  };
}

/** Whether a subscription was not given back, and something of it may still be sent. */
function goesOn({ delivery }: LiveSession, job: LiveJob, reader: Reader): boolean {
  const sent = (delivery?.cursor ?? 0) >= reader.lastSeq;
  return reader.watch?.over === false && !(sent && isOver(job, reader));
}

/** What a new subscribe is refused with (W-20). */
const CODES: Readonly<Record<Exclude<View, "allow">, ErrorCode>> = {
  hide: "JOB_NOT_FOUND",
  deny: "PERMISSION_DENIED",
};

/** Since when a subscriber may see nothing more, and what it is told. */
export interface Withheld {
  readonly code: ErrorCode;
  /** By the wall clock. */
  readonly at: number;
}

function withheld(jobId: JobId, { code, at }: Withheld = { code: "JOB_NOT_FOUND", at: 0 }) {
  const payload = { job_id: jobId, kind: WITHHELD_KIND, ts: timestamp(at), body: { code } };
  return { type: "job.event", body: JSON.stringify(payload) } as const;
}

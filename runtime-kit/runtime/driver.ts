import { isTerminal } from "../../generated/current/index.js";
import type { JobId } from "../../generated/current/index.js";
import type { JobRequest } from "../sessions/server.js";
import { afterSent } from "../sessions/liveness.js";
import { PATIENCE_MS, unread } from "../sessions/pace.js";
import { frameBuilder } from "../wire/encode.js";
import type { FrameBuilder } from "../wire/encode.js";
import { nowOf } from "../wire/time.js";
import { wireVersion } from "../wire/version.js";
import type { StoreError } from "../stores/errors.js";
import type { LogEntry } from "../stores/port.js";
import { createAnnounce } from "./announcements.js";
import { assembled } from "./assembled.js";
import { createBuffered } from "./buffered.js";
import { createCommits } from "./commits.js";
import type { NumberedRun, Segment } from "./commits.js";
import { createConnections } from "./connections.js";
import type { Connections } from "./connections.js";
import type { Core } from "./core.js";
import type { CredentialDesk } from "./credentials/provisioner.js";
import { inWords } from "./failures.js";
import { createDeliveries } from "./delivery.js";
import type { Shape } from "./delivery.js";
import { createJobs } from "./jobs.js";
import { isAborted, owns, readerOf, readersOf, signalOf, tellWaiting } from "./live.js";
import type { Asker, Connection, LiveJob, LiveSession } from "./live.js";
import { createNumbering } from "./numbering.js";
import { createOrigins, originOf } from "./origins.js";
import type { OriginTable } from "./origins.js";
import { restore } from "./restore.js";
import { NOBODY, UNSENT } from "./retention.js";
import { createSessions } from "./sessions.js";
import { createTimer } from "./timer.js";

/** A runtime at work: where sessions and jobs, who are strangers to each other (law 2), meet. */
export interface Driver {
  readonly credentials: CredentialDesk;
  readonly reviewWatches: () => Promise<number>;
  readonly accept: Connections["accept"];
  /** Takes up what the store kept, before anybody is let in. Rejects if it cannot be read. */
  restore(): Promise<void>;
  /** Resolves with what the store failed with, if it refuses a commit: then nothing goes on. */
  readonly failed: Promise<unknown>;
  /** Refuses what is new, waits for jobs until then (monotonic), ends the rest and every connection. */
  close(until: number): Promise<void>;
}

/** A reader that is further behind than this makes the agents of its jobs wait, until it is half as far. */
const READER_LAG = 1024;

/** Close code (RFC 6455: try again later) of a connection that has stopped reading, when what waits for it has to go. */
const CLOSE_STUCK = 1013;

/** How long the runtime waits at its end for readers to take the last terminals. */
const LAST_WORDS_MS = 2_000;

/** How long it waits then for credentials to be revoked. */
const LAST_REVOCATIONS_MS = 5_000;

/** How much of what is committed the connection of a session has not taken yet; nothing if it is away. */
function untaken(session: LiveSession): number {
  return session.delivery === undefined ? 0 : session.committed - session.delivery.cursor;
}

export function createDriver(core: Core): Driver {
  const { clock, logger } = core;
  let fail: (error: unknown) => void = () => {};
  const stopped = new Promise<unknown>((resolve) => (fail = resolve));

  const commits = createCommits({
    store: core.store,
    defer: core.defer,
    number: (segment, runs) => numbering.segment(segment, runs),
    begun: (segments) => jobs.begun(segments),
    committed,
    failed(error) {
      // Nothing may be sent that is not durable, so there is nothing left to say (G2).
      logger.error({ error: inWords(error) }, "the store refused a commit; the runtime stops");
      jobs.endAll("the runtime cannot store events");
      void connections.closeAll(1011, "the runtime cannot store events");
      fail(error);
    },
  });

  const damaged = (job: JobId, index: number, error: StoreError): void =>
    logger.error({ job, index, error: inWords(error) }, "an entry of the log cannot be read");

  const numbering = createNumbering({
    damaged,
    store: core.store,
    commits,
    defer: core.defer,
    job: (id) => jobs.get(id),
    session: (id) => sessions.get(id),
    gone: (job, reader) => jobs.gone(job, reader),
    numbered,
    failed(id, job, error) {
      logger.error({ session: id, job, error: inWords(error) }, "the log cannot be read");
      const connection = sessions.get(id)?.connection;
      if (connection !== undefined) connections.close(connection, 1011, "the log cannot be read");
    },
  });

  const origins = createOrigins({
    store: core.store,
    commits,
    defer: core.defer,
    session: (id) => sessions.get(id),
  });

  const sessions = createSessions({
    core,
    commits,
    send: (connection, draft) => connections.send(connection, draft),
    close: (connection, code, reason) => connections.close(connection, code, reason),
    connection: (id) => connections.get(id),
    deliver,
    request,
    left: () => jobs.readerMoved(),
  });

  const buffered = createBuffered(core.limits.maxBufferedBytesPerPrincipal);

  const connections = createConnections({ core, sessions });

  const jobs = createJobs({
    core,
    commits,
    reply(asker, draft) {
      if (owns(asker)) connections.send(asker.connection, draft);
    },
    claim,
    readerRoom,
    readerBehind: (job) => slowest(job) !== undefined && !isAborted(job),
    delivered({ state }, { session, next, lastSeq }, whileAway = true) {
      const delivery = sessions.get(session)?.delivery;
      if (delivery === undefined) return whileAway;
      return next === state.entries && delivery.cursor >= lastSeq;
    },
    gained: (session, job, active) =>
      sessions.gained(session, active && !isTerminal(job.state.status)),
    ended(job) {
      for (const { session, watch } of job.readers.values()) {
        if (watch === undefined) sessions.ended(session);
      }
    },
    released(job) {
      for (const { session: id, lastSeq } of readersOf(job)) {
        const session = sessions.get(id);
        // Where its end is not sent yet it can be no longer. The resume is answered with what is true.
        if (session?.connection !== undefined && lastSeq > (session.delivery?.cursor ?? lastSeq)) {
          letGo(session, "events were let go to make room");
        }
        sessions.released(id, job.state.id, lastSeq);
      }
    },
    sent: (session, seq) =>
      progress(session, () => session.delivery === undefined || session.delivery.cursor >= seq),
    exists: (session) => sessions.get(session) !== undefined,
    session: (id) => sessions.get(id),
    identityOf: (session) => sessions.get(session)?.identity,
    numbering,
    announce: createAnnounce({
      session: (id) => sessions.get(id),
      send: connections.send,
      credentials: () => jobs.credentials,
    }),
    origins,
  });

  /** Who still counts on a job that has ended: nobody, a session that is away since then, or one that is connected. */
  function claim(job: LiveJob): number {
    let since = NOBODY;
    for (const { session: id, next, lastSeq, watch } of readersOf(job)) {
      const session = sessions.get(id);
      if (session === undefined) continue;
      const { delivery } = session;
      const { features, acked, detachedAt } = session.state;
      if (delivery !== undefined && (next < job.state.entries || delivery.cursor < lastSeq)) {
        return UNSENT;
      }
      // Whoever only looks on, and is away, keeps nothing of others.
      if (watch !== undefined) continue;
      // Who never acknowledges has it once it was sent, as far as anybody can tell.
      const has = features.includes("ack") ? acked >= lastSeq : delivery !== undefined;
      if (!has) since = Math.max(since, delivery === undefined ? detachedAt : Number.MAX_VALUE);
    }
    return since;
  }

  function committed(segments: readonly Segment[], runs: readonly NumberedRun[]): void {
    for (const { session: id, run } of runs) {
      const session = sessions.get(id);
      if (session !== undefined) numbered(session, run.firstSeq + run.count - 1);
    }
    for (const segment of segments) numbering.committed(segment);
    jobs.committed(segments);
  }

  /** How far a session is behind: what its connection has not taken, or what it has not read, whichever is more. */
  function lag(session: LiveSession): number {
    if (session.delivery === undefined) return 0;
    const { pace } = session.state;
    return Math.max(untaken(session), pace.late ? unread(session.state, nowOf(clock)) : 0);
  }

  function numbered(session: LiveSession, lastSeq: number): void {
    session.committed = Math.max(session.committed, lastSeq);
    if (session.delivery !== undefined) deliveries.wake(session.delivery);
  }

  /**
   * A reader of a job that is too far behind, if there is one. Who only looks on is none (§14.3): the job of somebody else
   * does not wait for it, and what it does not take is in the log until it does.
   */
  function slowest(job: LiveJob): LiveSession | undefined {
    for (const { session: id } of job.readers.values()) {
      const session = sessions.get(id);
      if (session !== undefined && lag(session) >= READER_LAG) return session;
    }
    return undefined;
  }

  function request(asker: Asker, message: JobRequest): void {
    switch (message.type) {
      case "job.submit":
        return jobs.submit(asker, message);
      case "job.cancel":
        return jobs.cancel(asker, message);
      case "session.list_jobs":
        return jobs.list(asker, message);
      case "job.subscribe":
        return jobs.subscribe(asker, message);
      case "job.unsubscribe":
        return jobs.unsubscribe(asker, message);
    }
  }

  const deliveries = createDeliveries({
    damaged,
    store: core.store,
    frames,
    shapeFor,
    defer: core.defer,
    stuck: (delivery, size) =>
      buffered.hold(delivery.session.state.principal, size, () => {
        if (delivery.session.delivery !== delivery) return;
        letGo(delivery.session, "too much waits for this principal");
      }),
    sealed: ({ connection }, draft) => connection && connections.sealed(connection, draft),
    sent(session) {
      afterSent(session.state.liveness, { monotonic: clock.monotonic() });
      tellWaiting(session);
      if (untaken(session) === 0) jobs.readerMoved();
    },
    failed(session, error) {
      logger.error({ session: session.state.id, error: inWords(error) }, "delivery failed");
      if (session.connection === undefined) return;
      connections.close(session.connection, 1011, "the log cannot be read");
    },
  });

  function deliver(session: LiveSession, connection: Connection, cursor: number): void {
    numbering.tryAgain(session.state.id);
    session.delivery = deliveries.begin(session, connection.transport, cursor);
    deliveries.wake(session.delivery);
  }

  /** Closes a connection that has stopped reading; what it held is not sent. */
  function letGo({ state, delivery, connection }: LiveSession, reason: string): void {
    if (delivery?.stopped === true) return;
    logger.warn({ session: state.id, reason }, "a reader that has stopped is closed");
    if (delivery !== undefined) delivery.stopped = true;
    if (connection !== undefined) connections.close(connection, CLOSE_STUCK, reason);
  }

  function frames(session: LiveSession, id: JobId): FrameBuilder | Promise<FrameBuilder> {
    const job = jobs.get(id);
    if (job === undefined) throw new Error(`${id} is numbered but not retained`);
    const head = {
      sessionId: session.state.id,
      jobId: id,
      traceId: job.state.traceId,
      version: wireVersion(session.state.version),
    };
    if (readerOf(job, session.state.id)?.watch === undefined) return frameBuilder(head);
    const { review } = jobs;
    const build = (table: OriginTable) =>
      review.guarded(
        session,
        job,
        frameBuilder(head, (index) => originOf(table, index)),
      );
    const settled = review.settled(session, job);
    const table = settled === undefined ? origins.of(job) : settled.then(() => origins.of(job));
    return table instanceof Promise ? table.then(build) : build(table);
  }

  function shapeFor(session: LiveSession): Shape | undefined {
    const filled = jobs.credentials.fillerFor(session);
    if (session.state.features.includes("result_chunk")) return filled;
    return (job, entry, index) => inline(job, filled?.(job, entry, index) ?? entry);
  }

  function inline(job: JobId, entry: LogEntry): Promise<LogEntry> {
    return assembled(core.store, job, entry, core.limits.maxFrameBytes);
  }

  async function readerRoom(job: LiveJob): Promise<void> {
    for (let session = slowest(job); session !== undefined; session = slowest(job)) {
      const behind = session;
      // A job that was told to stop is not held back from saying so.
      await progress(behind, () => lag(behind) < READER_LAG / 2, signalOf(job));
      if (isAborted(job)) return;
    }
  }

  /** Resolves when a reader's progress, or its going away, made `done` true, or when `signal` aborts. */
  function progress(
    session: LiveSession,
    done: () => boolean,
    signal?: AbortSignal,
  ): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (done() || signal?.aborted === true) {
          timer.set(undefined);
          session.waiting?.delete(look);
          signal?.removeEventListener("abort", look);
          resolve();
        } else {
          // From then on what is not acknowledged holds nobody up.
          const { pace } = session.state;
          const until = pace.ackedAt + PATIENCE_MS;
          if (pace.late && until > clock.monotonic()) timer.set(until);
        }
      };
      const timer = createTimer(clock, look);
      session.waiting ??= new Set();
      session.waiting.add(look);
      signal?.addEventListener("abort", look);
      look();
    });
  }

  /** What was committed last is still to be said; a reader that does not take it is not waited for long. */
  async function lastWords(): Promise<void> {
    const patience = new AbortController();
    const timer = createTimer(clock, () => patience.abort());
    timer.set(clock.monotonic() + LAST_WORDS_MS);
    await Promise.all(
      Array.from(sessions.all(), (session) =>
        progress(session, () => untaken(session) === 0, patience.signal),
      ),
    );
    timer.set(undefined);
  }

  /** Nothing is left for the next process to revoke, unless it takes too long; then the ledger has it. */
  async function lastRevocations(): Promise<void> {
    const patience = new AbortController();
    const timer = createTimer(clock, () => patience.abort());
    timer.set(clock.monotonic() + LAST_REVOCATIONS_MS);
    await jobs.credentials.close(patience.signal);
    timer.set(undefined);
    await commits.flushed().catch(() => {});
  }

  return {
    credentials: jobs.credentials.desk,
    reviewWatches: jobs.review.again,
    accept: connections.accept,
    failed: stopped,
    restore: () => restore({ core, commits, sessions, jobs }),
    async close(until) {
      await jobs.drain(until);
      await Promise.all([lastWords(), lastRevocations()]);
      await connections.closeAll(1001, "the runtime is going down");
      // What timers still fire finds nothing to write to.
      commits.close();
      await core.store.close();
    },
  };
}

import { isTerminal } from "../../generated/current/index.js";
import type { JobId, Message, SessionId } from "../../generated/current/index.js";
import { jobDeadline, stepJob } from "../jobs/job.js";
import type { JobInput } from "../jobs/facts.js";
import type { JobState } from "../jobs/state.js";
import { errorDraft } from "../sessions/replies.js";
import type { RuntimeDraft } from "../wire/draft.js";
import { ArcpError } from "../wire/errors.js";
import { nowOf } from "../wire/time.js";
import type { Loaded, StoredRecord } from "../stores/port.js";
import { sizeOf } from "./admission.js";
import { createAgentRuns } from "./agent-runs.js";
import type { Announce } from "./announcements.js";
import { createCancel } from "./cancels.js";
import type { Commits, Segment } from "./commits.js";
import type { Core } from "./core.js";
import { createCredentials } from "./credentials/credentials.js";
import type { Credentials } from "./credentials/credentials.js";
import type { Agent } from "./define.js";
import { createDelegateDoor } from "./delegate-door.js";
import { createDelegation } from "./delegation.js";
import { createFamily } from "./family.js";
import { createFlow } from "./flow.js";
import { createInTurn } from "./in-turn.js";
import { createJobIndex } from "./job-index.js";
import { agentNamed, fromJobRecord, jobRecord } from "./job-record.js";
import { createKeys } from "./keys.js";
import { createKin } from "./kin.js";
import { createLists } from "./lists.js";
import { abort, newLiveJob, readersOf, takeUp } from "./live.js";
import type { Asker, LiveJob, LiveSession, Reader } from "./live.js";
import type { Numbering } from "./numbering.js";
import { createObservers } from "./observers.js";
import type { Identity } from "./policy.js";
import type { Origins } from "./origins.js";
import { frameBytesOf } from "./prospect.js";
import { createRate } from "./rate.js";
import { createReceivers } from "./receivers.js";
import { createRestarts } from "./restarts.js";
import { UNSENT, createRetention } from "./retention.js";
import { createRetry } from "./retry.js";
import { createShutdown } from "./shutdown.js";
import { createTimer } from "./timer.js";
import { createSubmits } from "./submits.js";
import { createSubscriptions } from "./subscriptions.js";
import { createWatch } from "./watch.js";
import { createWatchReview } from "./watch-review.js";
import type { WatchReview } from "./watch-review.js";
import { createWorkload } from "./workload.js";

/** The jobs of a runtime: from a submit to a terminal, and what is asked about them. §7 */
export interface Jobs {
  readonly credentials: Credentials;
  readonly review: WatchReview;
  submit(asker: Asker, message: Message<"job.submit">): void;
  cancel(asker: Asker, message: Message<"job.cancel">): void;
  subscribe(asker: Asker, message: Message<"job.subscribe">): void;
  unsubscribe(asker: Asker, message: Message<"job.unsubscribe">): void;
  list(asker: Asker, message: Message<"session.list_jobs">): void;
  get(id: JobId): LiveJob | undefined;
  /** A session that received a job is no longer there. */
  gone(job: LiveJob, reader: Reader): void;
  /** Takes a job that a store kept, with the length of its log and how far its readers numbered it. */
  restore(
    record: StoredRecord<JobId>,
    log: Pick<Loaded["logs"][number], "length" | "size">,
    numbered: ReadonlyMap<SessionId, Pick<Reader, "lastSeq"> & { readonly lastIndex: number }>,
  ): LiveJob;
  /** Takes a stored record if it is that of a spent key; says whether it was. */
  restoreKey(record: StoredRecord<JobId>): boolean;
  /** Goes on with what was restored: ends what was interrupted, or starts it (again). */
  resume(): Promise<void>;
  /** What was reported is on its way to the store. */
  begun(segments: readonly Segment[]): void;
  /** What was reported became durable. */
  committed(segments: readonly Segment[]): void;
  /** A reader has taken all there was for it, or went away. */
  readerMoved(): void;
  /** Ends every job that has not ended, and tells its agent. */
  endAll(reason: string): void;
  /**
   * Waits until no job runs or waits, at most until the monotonic time `until`; then ends the rest. On a store that
   * lasts, what may start later is left to the next process.
   */
  drain(until: number): Promise<void>;
}

export interface JobsOptions {
  readonly core: Core;
  readonly commits: Commits;
  /** Sends to the connection that asked, if it still owns its session. */
  readonly reply: (asker: Asker, draft: RuntimeDraft) => void;
  /** Who still counts on a job that has ended; see `RetentionOptions`. */
  readonly claim: (job: LiveJob) => number;
  /** Resolves when the reader of a job's session has room again, at once if it is away. */
  readonly readerRoom: (job: LiveJob) => Promise<void>;
  /** Whether the reader of a job's session is so far behind that an agent should wait. */
  readonly readerBehind: (job: LiveJob) => boolean;
  /** Whether a reader that is attached was sent all that it is to be given of a job; one that is away, by default, was. */
  readonly delivered: (job: LiveJob, reader: Reader, whileAway?: boolean) => boolean;
  /** Resolves when a session was sent its numbers up to this one, or is away. */
  readonly sent: (session: LiveSession, seq: number) => Promise<void>;
  readonly exists: (session: SessionId) => boolean;
  readonly session: (session: SessionId) => LiveSession | undefined;
  /** Whom a session's connection was verified to be, for a policy. */
  readonly identityOf: (session: SessionId) => Identity | undefined;
  /** A session receives a job's entries from now on; `active` if it is to be kept until the job ends. */
  readonly gained: (session: SessionId, job: LiveJob, active: boolean) => void;
  readonly origins: Origins;
  readonly ended: (job: LiveJob) => void;
  /** A job was forgotten, and its readers number it no longer. */
  readonly released: (job: LiveJob) => void;
  readonly numbering: Numbering;
  readonly announce: Announce;
}

export function createJobs(options: JobsOptions): Jobs {
  const { core, commits, reply } = options;
  const { clock, limits, logger } = core;
  const jobs = createJobIndex();
  const keys = createKeys(clock, commits);
  const workload = createWorkload(limits);
  const rate = createRate(clock, limits.maxSubmitsPerSecond);
  const subscriptions = createSubscriptions(limits.maxSubscriptionsPerPrincipal);
  const family = createFamily({ job: (id) => jobs.get(id), step });
  const credentials = createCredentials({
    ...{ core, commits, step },
    job: (id) => jobs.get(id),
    counters: family.countersOf,
    payerAbove: family.payerAbove,
  });
  const receivers = createReceivers({ ...options, subscriptions, persist });
  const kin = createKin({ ...options, family, receivers, subscriptions });
  const retry = createRetry({ ...options, credentials, subscriptions, receivers, kin, refuse });
  const observers = createObservers(core, jobs);
  const inTurn = createInTurn({ logger, refuse });
  const asked = { ...options, credentials, jobs, observers, inTurn, refuse };
  const list = createLists({ ...asked, frameBytesOf: (asker) => frameBytesOf(core, asker) });
  const cancel = createCancel({ ...asked, subscriptions, receivers, mayCancel, cancelTree });
  const watching = createWatch({
    ...{ ...asked, subscriptions, receivers },
    denied: ({ session }, job, view) => void review.told(session, job, view),
  });
  const review = createWatchReview({
    ...{ core, observers, jobs, numbering: options.numbering, session: options.session },
    end: watching.end,
  });
  const shutdown = createShutdown({ core, commits, workload, jobs: () => jobs.all(), step });
  const retention = createRetention({
    clock,
    limits,
    // Over a forgotten job no money of its children would find its way.
    claim: (job) => (family.livesOn(job) ? UNSENT : options.claim(job)),
    inUse: (job) => family.livesOn(job) || [...readersOf(job)].some(({ catchingUp }) => catchingUp),
    overflow,
    forgotten(job, reason) {
      jobs.delete(job);
      family.forget(job);
      commits.write({ op: "job.delete", id: job.state.id });
      keys.forget(job, limits.retentionMs, reason);
      receivers.forgotten(job);
      options.released(job);
    },
  });
  const flow = createFlow({ ...options, step, job: (id) => jobs.get(id), grew: retention.grew });
  const runs = createAgentRuns({
    ...{ core, commits, credentials, step, report: flow.report, persist },
    counters: (job) => family.countersOf(job.state),
    delegateOf: (job) => door.of(job),
  });
  const delegation = createDelegation({
    ...{ core, family, workload, credentials, step },
    identityOf: options.identityOf,
    create(parent, index, child, terms, issue) {
      const made = submits.begin(child, terms, issue, (job) => kin.announce(job, parent, index));
      kin.born(made, parent);
      return made;
    },
  });
  const door = createDelegateDoor({
    ...{ core, commits, delegation },
    cancel(child, reason) {
      // Its parent's words: they may hold what only its parent has (CRED-25).
      const by = child.state.parent?.job;
      cancelTree(child, reason && by ? credentials.redacted(by, reason) : reason);
    },
  });
  const restarts = createRestarts({
    ...{ core, credentials, step, persist },
    push(job) {
      runs.push(job);
      runs.startNext();
    },
  });
  const submits = createSubmits({
    ...{ core, commits, credentials, keys, workload, rate, retry, runs, delegation },
    ...{ arm, enter, reply, refuse, inTurn, mayCancel, kin },
    job: (id) => jobs.get(id),
    live(state, { agent, given, inputSize, input }) {
      const job = live(state, agent, given, inputSize);
      job.input = input;
      workload.add(state.principal, inputSize);
      options.gained(state.session, job, true);
      return job;
    },
  });

  function timePassed(job: LiveJob): void {
    step(job, { type: "time" });
  }

  /** One step of a job's machine, with its effects. Throws what is refused to the agent. */
  function step(job: LiveJob, given: JobInput): void {
    if (job.suspended) throw new ArcpError("INTERNAL_ERROR", "the runtime is going down");
    const input = credentials.guarded(job.state.id, given);
    let refused: ArcpError | undefined;
    const { entries } = job.state;
    for (const effect of stepJob(job.state, input, nowOf(clock), limits)) {
      if (effect.do === "append") {
        job.open.events += 1;
        job.open.characters += effect.entry.body.length;
        job.logSize += effect.entry.body.length;
        commits.append(job.state.id, effect.index, effect.entry);
      } else if (effect.do === "abort") {
        abort(job, effect.error);
        logger.info({ job: job.state.id, code: effect.error.code }, "agent told to stop");
      } else if (effect.do === "persist") {
        persist(job);
      } else if (effect.do === "refuse") {
        refused = effect.error;
      } else {
        ended(job);
      }
    }
    arm(job);
    if (refused !== undefined) throw refused;
    const isCost = input.type === "emit" && input.cost !== undefined;
    if (!isCost || job.state.entries === entries) return;
    family.charge(job, input.cost!);
    credentials.charged(job.state.id, input.cost!);
  }

  /** Ends a job and all that it delegated, at the same moment: nothing of them starts afterwards (G5, DEL-15). */
  function cancelTree(job: LiveJob, reason: string | undefined): void {
    if (isTerminal(job.state.status) || job.suspended) return;
    step(job, { type: "cancel", reason });
    persist(job);
    cancelChildren(job, "the job that delegated it was cancelled");
  }

  function cancelChildren(job: LiveJob, reason: string): void {
    for (const child of family.childrenOf(job)) cancelTree(child, reason);
  }

  function arm(job: LiveJob): void {
    const deadline = jobDeadline(job.state, limits);
    if (deadline !== undefined) {
      job.timer ??= createTimer(clock, () => timePassed(job));
    }
    job.timer?.set(deadline);
  }

  /** The first record of a job. */
  function enter(job: LiveJob): void {
    const { id } = job.state;
    commits.write({ op: "job.put", job: core.store.durable ? jobRecord(job) : { id } });
  }

  function persist(job: LiveJob): void {
    // What ends with the process is read by no other: there the log needs its job, which it has from its acceptance.
    if (core.store.durable) commits.write({ op: "job.put", job: jobRecord(job) });
  }

  function ended(job: LiveJob): void {
    core.alarms.clear(job);
    receivers.ended(job);
    job.input = undefined;
    job.given = undefined;
    credentials.ended(job.state.id);
    persist(job);
    family.settle(job);
    cancelChildren(job, "the job that delegated it has ended");
    door.ended(job);
    job.ended();
    options.ended(job);
    logger.info(
      { job: job.state.id, agent: job.state.agent, status: job.state.status },
      "job ended",
    );
    // Counted from the commit: what is forgotten before it is stored would be stored after it was forgotten.
    commits.after(() => retention.keep(job));
    workload.remove(job.state.principal, job.inputSize);
  }

  /** Running jobs fill the store by themselves: the one that takes the most has to end. */
  function overflow(): void {
    const running = [...jobs.all()].filter(({ state }) => !isTerminal(state.status));
    const [largest] = running.sort((a, b) => b.logSize - a.logSize);
    if (largest === undefined || largest.suspended) return;
    const error = new ArcpError("INTERNAL_ERROR", "the job's log is more than can be stored", {
      retryable: false,
      details: { limit: "max_stored_bytes", bytes: limits.maxStoredBytes },
    });
    step(largest, { type: "failed", error });
    abort(largest, error);
  }

  function live(state: JobState, agent: Agent, given: unknown, size: number): LiveJob {
    const job = newLiveJob(state, agent, { given, size });
    jobs.add(job);
    family.add(job);
    keys.add(job);
    // The end that its client named is a time of day.
    if (state.expiry !== undefined && !isTerminal(state.status)) {
      core.alarms.set(job, state.expiry.at, () => timePassed(job));
    }
    return job;
  }

  /** DEL-15: parent and child end in one commit; what says otherwise is a record that was lost. */
  function isOrphan(job: LiveJob): boolean {
    if (job.state.parent === undefined) return false;
    const parent = family.parentOf(job);
    return parent === undefined || isTerminal(parent.state.status);
  }

  function refuse(asker: Asker, requestId: string, error: ArcpError, jobId?: JobId): void {
    // Behind what is being committed: an earlier submit is answered first.
    commits.after(() => reply(asker, errorDraft(error, requestId, jobId)));
  }

  /** CANCEL-02, CANCEL-03, WATCH-25: its readers have submitted it, or repeated its key; its watchers have not. */
  function mayCancel({ session }: Asker, job: LiveJob): boolean {
    return job.readers.has(session.state.id) || core.cancelAuthority === "principal";
  }

  return {
    credentials,
    review,
    get: (id) => jobs.get(id),
    gone: receivers.gone,
    restore(record, log, numbered) {
      const former = fromJobRecord(record, log.length, nowOf(clock));
      const { state, given } = former;
      const agent = agentNamed(core.registry, state.agent);
      const job = live(state, agent, given, sizeOf(given));
      job.logSize = log.size;
      job.credentials = former.credentials ?? [];
      for (const reader of readersOf(job)) {
        const last = numbered.get(reader.session);
        if (last !== undefined) takeUp(reader, last);
      }
      retention.took(log.size);
      receivers.restored(job);
      family.restored(job);
      if (!isTerminal(state.status)) workload.add(state.principal, job.inputSize);
      return job;
    },
    restoreKey: (record) => keys.restore(record),
    async resume() {
      const restored = [...jobs.all()];
      for (const job of inOrderOfEnd(restored)) retention.keep(job);
      for (const job of restored) {
        options.numbering.catchUp(job);
        if (isTerminal(job.state.status)) continue;
        if (isOrphan(job)) cancelTree(job, "the job that delegated it has ended");
        step(job, { type: "interrupted", again: job.agent.restartable });
      }
      // A job that starts again has back what its children had, and their places.
      for (const job of restored) {
        if (isTerminal(job.state.status) || !(await restarts.ready(job))) continue;
        restarts.start(job);
      }
      runs.startNext();
      retention.makeRoom();
    },
    submit: submits.submit,
    list,
    cancel,
    subscribe: watching.subscribe,
    unsubscribe: watching.unsubscribe,
    begun: flow.begun,
    committed(segments) {
      flow.committed(segments);
      retention.makeRoom();
    },
    readerMoved: () => retention.tryAgain(),
    drain: shutdown.drain,
    endAll: shutdown.endAll,
  };
}

/** Those that have ended, whoever ended first first. */
function inOrderOfEnd(jobs: readonly LiveJob[]): readonly LiveJob[] {
  const endOf = ({ state }: LiveJob) => state.completedAt ?? 0;
  return jobs
    .filter(({ state }) => isTerminal(state.status))
    .sort((one, other) => endOf(one) - endOf(other));
}

import { isTerminal } from "../../generated/draft-1.1/index.js";
import type { JobId, Message, SessionId } from "../../generated/draft-1.1/index.js";
import { jobDeadline, stepJob } from "../jobs/job.js";
import type { JobInput } from "../jobs/job.js";
import { newJob } from "../jobs/state.js";
import type { JobState } from "../jobs/state.js";
import { listPage, summary } from "../jobs/listing.js";
import { errorDraft } from "../sessions/replies.js";
import type { RuntimeDraft } from "../wire/draft.js";
import { ArcpError } from "../wire/errors.js";
import { ulid } from "../wire/ids.js";
import { nowOf } from "../wire/time.js";
import type { Loaded, StoredRecord } from "../stores/port.js";
import { admit, sizeOf, inputFor } from "./admission.js";
import type { Admitted } from "./admission.js";
import { createAgentRuns } from "./agent-runs.js";
import type { Commits, Segment } from "./commits.js";
import type { Core } from "./core.js";
import type { Agent } from "./define.js";
import { inWords } from "./failures.js";
import { createFlow } from "./flow.js";
import { createJobIndex } from "./job-index.js";
import { agentNamed, fromJobRecord, jobRecord } from "./job-record.js";
import { acceptedDraft, cancelledDraft } from "./job-replies.js";
import { createKeys, keyOf } from "./keys.js";
import type { Key } from "./keys.js";
import { abort, newLiveJob, owns } from "./live.js";
import type { Asker, LiveJob, Reader } from "./live.js";
import type { Numbering } from "./numbering.js";
import { createRate } from "./rate.js";
import { createRetention } from "./retention.js";
import { createRetry } from "./retry.js";
import { createShutdown } from "./shutdown.js";
import { createTimer } from "./timer.js";
import { createSubscriptions } from "./subscriptions.js";
import { createWorkload } from "./workload.js";

/** The jobs of a runtime: from a submit to a terminal, and what is asked about them. §7 */
export interface Jobs {
  submit(asker: Asker, message: Message<"job.submit">): void;
  cancel(asker: Asker, message: Message<"job.cancel">): void;
  list(asker: Asker, message: Message<"session.list_jobs">): void;
  get(id: JobId): LiveJob | undefined;
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
  readonly exists: (session: SessionId) => boolean;
  /** A session receives a job's entries from now on. */
  readonly gained: (session: SessionId, job: LiveJob) => void;
  readonly ended: (job: LiveJob) => void;
  /** A job was forgotten, and its readers number it no longer. */
  readonly released: (job: LiveJob) => void;
  readonly numbering: Numbering;
}

export function createJobs(options: JobsOptions): Jobs {
  const { core, commits, reply } = options;
  const { clock, limits, logger } = core;
  const jobs = createJobIndex();
  const keys = createKeys(clock, commits);
  const workload = createWorkload(limits);
  const rate = createRate(clock, limits.maxSubmitsPerSecond);
  const subscriptions = createSubscriptions(limits.maxSubscriptionsPerPrincipal);
  const retry = createRetry({ ...options, subscriptions, refuse, persist });
  const shutdown = createShutdown({ core, commits, workload, jobs: () => jobs.all(), step });
  const retention = createRetention({
    clock,
    limits,
    claim: (job) => options.claim(job),
    inUse: ({ readers }) => [...readers.values()].some(({ catchingUp }) => catchingUp),
    overflow,
    forgotten(job) {
      jobs.delete(job);
      commits.write({ op: "job.delete", id: job.state.id });
      keys.forget(job, (job.state.completedAt ?? clock.wall()) + limits.retentionMs);
      subscriptions.remove(job.state.principal, job.subscribed);
      options.released(job);
    },
  });
  const flow = createFlow({ ...options, step, job: (id) => jobs.get(id), grew: retention.grew });
  const runs = createAgentRuns({ core, commits, step, report: flow.report, persist });

  /** One step of a job's machine, with its effects. Throws what is refused to the agent. */
  function step(job: LiveJob, input: JobInput): void {
    if (job.suspended) throw new ArcpError("INTERNAL_ERROR", "the runtime is going down");
    let refused: ArcpError | undefined;
    for (const effect of stepJob(job.state, input, nowOf(clock), limits)) {
      if (effect.do === "append") {
        job.open.events += 1;
        job.open.characters += effect.entry.body.length;
        job.logSize += effect.entry.body.length;
        commits.append(job.state.id, effect.index, effect.entry);
      } else if (effect.do === "abort") {
        abort(job, effect.error);
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
  }

  function arm(job: LiveJob): void {
    const deadline = jobDeadline(job.state);
    if (deadline !== undefined) {
      job.timer ??= createTimer(clock, () => step(job, { type: "time" }));
    }
    job.timer?.set(deadline);
  }

  function persist(job: LiveJob): void {
    // What ends with the process is read by no other: there the log needs its job, which it has from its acceptance.
    if (core.store.durable) commits.write({ op: "job.put", job: jobRecord(job) });
  }

  function ended(job: LiveJob): void {
    job.input = undefined;
    job.given = undefined;
    persist(job);
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
    keys.add(job);
    return job;
  }

  /** Whether a restored job can run: its agent is still here, and takes its input. Otherwise the job ends. */
  async function ready(job: LiveJob): Promise<boolean> {
    const { name, version } = job.agent;
    if (core.registry.get(name, version) === undefined) {
      const text = `${job.state.agent} is not hosted here any more`;
      step(job, { type: "failed", error: new ArcpError("INTERNAL_ERROR", text) });
      return false;
    }
    const input = await restoredInput(job);
    if (input instanceof ArcpError) {
      step(job, { type: "failed", error: input });
      return false;
    }
    job.input = input.value;
    return true;
  }

  async function restoredInput(job: LiveJob) {
    try {
      return await inputFor(job.agent, job.given);
    } catch (error) {
      // One agent's schema is no reason to let nobody in.
      logger.error({ job: job.state.id, error: inWords(error) }, "an input could not be looked at");
      return new ArcpError("INTERNAL_ERROR", "the input could not be looked at");
    }
  }

  function accept(
    asker: Asker,
    message: Message<"job.submit">,
    admitted: Admitted,
    key: Key | undefined,
  ): void {
    const over = workload.refusal(asker.session.state.principal);
    if (over !== undefined) return refuse(asker, message.id, over);
    const id: JobId = `job_${ulid(clock.wall(), core.entropy)}`;
    const session = asker.session.state;
    const state = newJob({
      id,
      agent: `${admitted.agent.name}@${admitted.agent.version}`,
      principal: session.principal,
      session: session.id,
      traceId: admitted.traceId,
      requestId: message.id,
      acceptedAt: clock.wall(),
      lease: admitted.lease,
      maxRuntimeMs: admitted.maxRuntimeMs,
      frameBytes: frameBytesOf(asker),
      key,
      features: session.features,
    });
    const job = live(state, admitted.agent, admitted.given, admitted.inputSize);
    job.input = admitted.input;
    workload.add(session.principal, job.inputSize);
    options.gained(session.id, job);
    runs.claim(job);
    commits.write({ op: "job.put", job: core.store.durable ? jobRecord(job) : { id } });
    // G1: accepted is said once it is true. SUB: accepted goes out before any event of the job.
    commits.after(() => {
      reply(asker, acceptedDraft(job.state));
      runs.push(job);
      runs.startNext();
    });
    logger.info({ job: id, agent: job.state.agent, principal: session.principal }, "job accepted");
  }

  function frameBytesOf({ connection }: Asker): number {
    return Math.min(connection.transport.frameBytes ?? Infinity, limits.maxFrameBytes);
  }

  function refuse(asker: Asker, requestId: string, error: ArcpError, jobId?: JobId): void {
    // Behind what is being committed: an earlier submit is answered first.
    commits.after(() => reply(asker, errorDraft(error, requestId, jobId)));
  }

  /** One submit after the other is looked at, and without waiting where nothing has to be waited for. Never rejects. */
  async function consider(
    asker: Asker,
    message: Message<"job.submit">,
    former: Promise<void> | undefined,
  ): Promise<void> {
    try {
      if (former !== undefined) await former;
      // IDEM-05: what was asked before is answered as it was, whatever would be said to it now.
      const { idempotency_key: named } = message.payload;
      const key = named === undefined ? undefined : await keyOf(core, message);
      const known = key && keys.get(asker.session.state.principal, key);
      if (!owns(asker)) return;
      if (key !== undefined && known !== undefined) return retry(asker, message.id, known, key);
      // Asked before the work is done, and again when it is.
      const { principal } = asker.session.state;
      const over = workload.refusal(principal) ?? rate.refusal(principal);
      if (over !== undefined) return refuse(asker, message.id, over);
      const looked = admit(core, message);
      const admitted = looked instanceof Promise ? await looked : looked;
      // W-09: what a superseded connection asked for is not done.
      if (!owns(asker)) return;
      const twin = key && keys.get(asker.session.state.principal, key);
      // IDEM-10: of two at once the other was faster.
      if (key !== undefined && twin !== undefined) retry(asker, message.id, twin, key);
      else if (admitted instanceof ArcpError) refuse(asker, message.id, admitted);
      else accept(asker, message, admitted, key);
    } catch (error) {
      logger.error({ error: inWords(error) }, "a submit could not be looked at");
      refuse(
        asker,
        message.id,
        new ArcpError("INTERNAL_ERROR", "the submit could not be looked at"),
      );
    } finally {
      asker.session.submitting -= 1;
    }
  }

  return {
    get: (id) => jobs.get(id),
    restore(record, log, numbered) {
      const { state, given } = fromJobRecord(record, log.length);
      const agent = agentNamed(core.registry, state.agent);
      const job = live(state, agent, given, sizeOf(given));
      job.logSize = log.size;
      for (const reader of job.readers.values()) {
        const last = numbered.get(reader.session);
        reader.next = last === undefined ? 0 : last.lastIndex + 1;
        reader.lastSeq = last?.lastSeq ?? 0;
      }
      retention.took(log.size);
      subscriptions.add(state.principal, job.subscribed);
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
        step(job, { type: "interrupted", again: job.agent.restartable });
        if (isTerminal(job.state.status) || !(await ready(job))) continue;
        runs.push(job);
      }
      runs.startNext();
      retention.makeRoom();
    },
    submit(asker, message) {
      const { session } = asker;
      const former = session.submitting === 0 ? undefined : session.submits;
      session.submitting += 1;
      session.submits = consider(asker, message, former);
    },
    cancel(asker, message) {
      const { session } = asker;
      const job = jobs.get(message.job_id);
      if (job === undefined || job.state.principal !== session.state.principal) {
        // W-20: a foreign job and none at all get one answer.
        const error = new ArcpError("JOB_NOT_FOUND", "no such job");
        return refuse(asker, message.id, error, message.job_id);
      }
      // CANCEL-02, CANCEL-03: whoever receives a job has submitted it, or repeated its key.
      if (!job.readers.has(session.state.id) && core.cancelAuthority === "session") {
        const text =
          "only the session that submitted a job may cancel it, or one that repeated its idempotency key";
        const error = new ArcpError("PERMISSION_DENIED", text);
        return refuse(asker, message.id, error, message.job_id);
      }
      if (!isTerminal(job.state.status)) {
        step(job, { type: "cancel", reason: message.payload.reason });
        persist(job);
        commits.after(() => reply(asker, cancelledDraft(job.state, message.id)));
      } else {
        const status = job.state.status;
        commits.after(() => reply(asker, cancelledDraft(job.state, message.id, status)));
      }
    },
    list(asker, message) {
      const { principal } = asker.session.state;
      const page = listPage(jobs.of(principal), message.payload, principal, frameBytesOf(asker));
      if (page instanceof ArcpError) return refuse(asker, message.id, page);
      const rows = page.jobs.map(({ state, readers }) =>
        summary(state, readers.get(state.session)?.lastSeq ?? 0),
      );
      const payload = { request_id: message.id, jobs: rows, next_cursor: page.next };
      // Nobody is told of a job, or of its end, that a crash could still undo.
      commits.after(() => reply(asker, { type: "session.jobs", payload }));
    },
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

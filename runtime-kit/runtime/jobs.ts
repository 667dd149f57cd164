import { isTerminal } from "../../generated/draft-1.1/index.js";
import type { JobId, Message, ResultId } from "../../generated/draft-1.1/index.js";
import { jobDeadline, stepJob } from "../jobs/job.js";
import type { JobInput } from "../jobs/job.js";
import { newJob } from "../jobs/state.js";
import { listPage, summary } from "../jobs/listing.js";
import { errorDraft } from "../sessions/replies.js";
import type { RuntimeDraft } from "../wire/draft.js";
import { ArcpError } from "../wire/errors.js";
import { ulid } from "../wire/ids.js";
import { nowOf } from "../wire/time.js";
import { admit } from "./admission.js";
import type { Admitted } from "./admission.js";
import { createContext } from "./agent-context.js";
import type { Commits } from "./commits.js";
import type { Core } from "./core.js";
import { agentFailure, inWords } from "./failures.js";
import { createFairQueue } from "./fair-queue.js";
import { createJobIndex } from "./job-index.js";
import { acceptedDraft, cancelledDraft } from "./job-replies.js";
import { owns } from "./live.js";
import type { Asker, LiveJob } from "./live.js";
import { deliverResult } from "./results.js";
import type { ResultSink } from "./results.js";
import { createTimer } from "./timer.js";
import { createWorkload } from "./workload.js";

/** The jobs of a runtime: from a submit to a terminal, and what is asked about them. §7 */
export interface Jobs {
  submit(asker: Asker, message: Message<"job.submit">): void;
  cancel(asker: Asker, message: Message<"job.cancel">): void;
  list(asker: Asker, message: Message<"session.list_jobs">): void;
  get(id: JobId): LiveJob | undefined;
  /** What is reported became durable. */
  flushed(job: JobId, events: number, characters: number): void;
  /** Ends every job that has not ended, and tells its agent. */
  endAll(reason: string): void;
  /** Waits until no job runs or waits, at most until the monotonic time `until`; then ends the rest. */
  drain(until: number): Promise<void>;
}

export interface JobsOptions {
  readonly core: Core;
  readonly commits: Commits;
  /** Sends to the connection that asked, if it still owns its session. */
  readonly reply: (asker: Asker, draft: RuntimeDraft) => void;
  /** Resolves when the reader of a job's session has room again, at once if it is away. */
  readonly readerRoom: (job: LiveJob) => Promise<void>;
  /** Whether the reader of a job's session is so far behind that an agent should wait. */
  readonly readerBehind: (job: LiveJob) => boolean;
  /** Whether nobody who is attached is still to be sent something of a job. */
  readonly delivered: (job: LiveJob) => boolean;
  readonly accepted: (job: LiveJob) => void;
  readonly ended: (job: LiveJob) => void;
  /** A job was forgotten, and its session numbers it no longer. */
  readonly released: (job: LiveJob) => void;
}

/** Reported and not yet durable: from here on an agent that awaits waits, and beyond the second it is ended. */
const SOFT = { events: 256, characters: 512 * 1024 };
const HARD = { events: 10_000, characters: 16 * 1024 * 1024 };

const ROOM: Promise<void> = Promise.resolve();

export function createJobs(options: JobsOptions): Jobs {
  const { core, commits, reply } = options;
  const { clock, limits, logger } = core;
  const jobs = createJobIndex();
  /** Jobs that have ended, in that order. */
  const finished = new Set<LiveJob>();
  /** Size of their logs, in characters. */
  let finishedSize = 0;
  const queue = createFairQueue<LiveJob>((job) => job.state.principal);
  const workload = createWorkload(limits);
  let running = 0;

  /** One step of a job's machine, with its effects. Throws what is refused to the agent. */
  function step(job: LiveJob, input: JobInput): void {
    let refused: ArcpError | undefined;
    for (const effect of stepJob(job.state, input, nowOf(clock), limits)) {
      if (effect.do === "append") {
        job.open.events += 1;
        job.open.characters += effect.entry.body.length;
        job.logSize += effect.entry.body.length;
        commits.append(job.state.id, effect.index, effect.entry);
      } else if (effect.do === "abort") {
        job.abort.abort(effect.error);
      } else if (effect.do === "refuse") {
        refused = effect.error;
      } else {
        ended(job);
      }
    }
    job.timer.set(jobDeadline(job.state));
    if (refused !== undefined) throw refused;
  }

  function persist(job: LiveJob): void {
    commits.write({ op: "job.put", job: { ...job.state } });
  }

  /** What an agent reports: a step, and then the promise that makes it wait when too much is open. */
  function report(job: LiveJob, input: JobInput): Promise<void> {
    step(job, input);
    const { events, characters } = job.open;
    if (events > HARD.events || characters > HARD.characters) {
      const text = "the agent reports faster than it can be stored, and never waits";
      const error = new ArcpError("INTERNAL_ERROR", text, { retryable: false });
      job.abort.abort(error);
      step(job, { type: "failed", error });
      throw error;
    }
    const little = events < SOFT.events && characters < SOFT.characters;
    if (little && !options.readerBehind(job)) return ROOM;
    job.room ??= room(job);
    return job.room;
  }

  /** Never rejects: what is reported may be awaited or not, and a store that fails ends the job anyway. */
  async function room(job: LiveJob): Promise<void> {
    try {
      await commits.flushed();
      await options.readerRoom(job);
    } catch {
      // The runtime is ending, and says so through the agent's signal.
    } finally {
      job.room = undefined;
    }
  }

  function ended(job: LiveJob): void {
    job.input = undefined;
    persist(job);
    job.ended();
    options.ended(job);
    logger.info(
      { job: job.state.id, agent: job.state.agent, status: job.state.status },
      "job ended",
    );
    // Counted from the commit: what is forgotten before it is stored would be stored after it was forgotten.
    commits.after(() => {
      finished.add(job);
      finishedSize += job.logSize;
      job.retention.set(clock.monotonic() + limits.retentionMs);
      makeRoom();
    });
    workload.remove(job.state.principal, job.inputSize);
  }

  /** Forgets the oldest of too many finished jobs, but none whose end its reader is still to be sent. */
  function makeRoom(): void {
    for (const job of finished) {
      const few = finished.size <= limits.maxFinishedJobs;
      if (few && finishedSize <= limits.maxFinishedBytes) return;
      if (options.delivered(job)) forget(job);
    }
  }

  function forget(job: LiveJob): void {
    job.retention.set(undefined);
    if (finished.delete(job)) finishedSize -= job.logSize;
    jobs.delete(job);
    commits.write({ op: "job.delete", id: job.state.id });
    options.released(job);
  }

  function startNext(): void {
    while (running < limits.maxRunningJobs) {
      const job = queue.shift();
      if (job === undefined) break;
      if (isTerminal(job.state.status)) continue;
      running += 1;
      void run(job);
    }
  }

  async function run(job: LiveJob): Promise<void> {
    // An agent that ignores its signal may run on; its slot is free once its job has ended.
    const ended = new Promise<void>((resolve) => (job.ended = resolve));
    try {
      step(job, { type: "start" });
      persist(job);
      await Promise.race([work(job), ended]);
    } finally {
      running -= 1;
      startNext();
    }
  }

  /** Runs the agent; whatever it does, its job ends. Never rejects. */
  async function work(job: LiveJob): Promise<void> {
    const resultId: ResultId = `res_${ulid(clock.wall(), core.entropy)}`;
    const result: ResultSink = {
      report: (input) => report(job, input),
      chunkBytes: limits.chunkBytes,
      frameBytes: job.state.frameBytes,
      resultId,
    };
    try {
      const context = createContext(job, core, {
        report: result.report,
        flushed: () => commits.flushed(),
        result,
      });
      const value = await job.agent.run(job.input, context);
      await deliverResult(job, value, result);
    } catch (error) {
      if (!ArcpError.is(error)) {
        logger.warn(
          { job: job.state.id, agent: job.state.agent, error: inWords(error) },
          "agent threw",
        );
      }
      step(job, { type: "failed", error: agentFailure(error) });
    }
  }

  function accept(asker: Asker, message: Message<"job.submit">, admitted: Admitted): void {
    const over = workload.refusal(asker.session.state.principal);
    if (over !== undefined) return refuse(asker, message.id, over);
    const id: JobId = `job_${ulid(clock.wall(), core.entropy)}`;
    const session = asker.session.state;
    workload.add(session.principal, admitted.inputSize);
    const job: LiveJob = {
      state: newJob({
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
        features: session.features,
      }),
      agent: admitted.agent,
      input: admitted.input,
      inputSize: admitted.inputSize,
      logSize: 0,
      abort: new AbortController(),
      timer: createTimer(clock, () => step(job, { type: "time" })),
      retention: createTimer(clock, () => forget(job)),
      open: { events: 0, characters: 0 },
      lastSeq: 0,
      room: undefined,
      ended: () => {},
    };
    jobs.add(job);
    options.accepted(job);
    persist(job);
    // G1: accepted is said once it is true. SUB: accepted goes out before any event of the job.
    commits.after(() => {
      reply(asker, acceptedDraft(job.state));
      queue.push(job);
      startNext();
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

  async function consider(asker: Asker, message: Message<"job.submit">): Promise<void> {
    try {
      // Asked before the work is done, and again when it is.
      const over = workload.refusal(asker.session.state.principal);
      if (over !== undefined) return refuse(asker, message.id, over);
      if (!owns(asker)) return;
      const admitted = await admit(core, message);
      // W-09: what a superseded connection asked for is not done.
      if (!owns(asker)) return;
      if (admitted instanceof ArcpError) refuse(asker, message.id, admitted);
      else accept(asker, message, admitted);
    } catch (error) {
      logger.error({ error: inWords(error) }, "a submit could not be looked at");
      refuse(
        asker,
        message.id,
        new ArcpError("INTERNAL_ERROR", "the submit could not be looked at"),
      );
    }
  }

  function endAll(reason: string): void {
    for (const job of jobs.all()) {
      if (isTerminal(job.state.status)) continue;
      const error = new ArcpError("INTERNAL_ERROR", reason);
      step(job, { type: "failed", error });
      job.abort.abort(error);
    }
  }

  return {
    get: (id) => jobs.get(id),
    submit(asker, message) {
      const { session } = asker;
      session.submitting += 1;
      session.submits = session.submits
        .then(() => consider(asker, message))
        .finally(() => (session.submitting -= 1));
    },
    cancel(asker, message) {
      const { session } = asker;
      const job = jobs.get(message.job_id);
      if (job === undefined || job.state.principal !== session.state.principal) {
        // W-20: a foreign job and none at all get one answer.
        const error = new ArcpError("JOB_NOT_FOUND", "no such job");
        return refuse(asker, message.id, error, message.job_id);
      }
      if (job.state.session !== session.state.id && core.cancelAuthority === "session") {
        const error = new ArcpError(
          "PERMISSION_DENIED",
          "only the submitting session may cancel a job",
        );
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
      const rows = page.jobs.map(({ state, lastSeq }) => summary(state, lastSeq));
      const payload = { request_id: message.id, jobs: rows, next_cursor: page.next };
      reply(asker, { type: "session.jobs", payload });
    },
    flushed(id, events, characters) {
      const job = jobs.get(id);
      if (job === undefined) return;
      job.open.events -= events;
      job.open.characters -= characters;
    },
    async drain(until) {
      workload.drain();
      const patience = new Promise<void>((resolve) => {
        const timer = createTimer(clock, resolve);
        timer.set(until);
        void workload.idle().then(() => timer.set(undefined));
      });
      await Promise.race([workload.idle(), patience]);
      endAll("the runtime went down while the job ran");
      await commits.flushed().catch(() => {});
    },
    endAll,
  };
}

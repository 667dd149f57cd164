import { isTerminal } from "../../generated/draft-1.1/index.js";
import type { JobId, Message, ResultId } from "../../generated/draft-1.1/index.js";
import { jobDeadline, stepJob } from "../jobs/job.js";
import type { JobInput } from "../jobs/job.js";
import { listPage, summary } from "../jobs/listing.js";
import { leaseOnWire } from "../leases/lease.js";
import { errorDraft } from "../sessions/replies.js";
import type { RuntimeDraft } from "../wire/draft.js";
import { ArcpError } from "../wire/errors.js";
import { ulid } from "../wire/ids.js";
import { nowOf, timestamp } from "../wire/time.js";
import { admit } from "./admission.js";
import type { Admitted } from "./admission.js";
import { createContext } from "./agent-context.js";
import type { Commits } from "./commits.js";
import type { Core } from "./core.js";
import { agentFailure } from "./failures.js";
import { owns } from "./live.js";
import type { Asker, LiveJob } from "./live.js";
import { deliverResult } from "./results.js";
import { createTimer } from "./timer.js";

/** The jobs of a runtime: from a submit to a terminal, and what is asked about them. §7 */
export interface Jobs {
  submit(asker: Asker, message: Message<"job.submit">): void;
  cancel(asker: Asker, message: Message<"job.cancel">): void;
  list(asker: Asker, message: Message<"session.list_jobs">): void;
  get(id: JobId): LiveJob | undefined;
  /** What is reported became durable. */
  flushed(job: JobId, events: number, characters: number): void;
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
  const jobs = new Map<JobId, LiveJob>();
  const queue: LiveJob[] = [];
  const idle = new Set<() => void>();
  /** Jobs that have not ended, by principal. */
  const active = new Map<string, number>();
  let total = 0;
  let running = 0;
  let draining = false;

  /** One step of a job's machine, with its effects. Throws what is refused to the agent. */
  function step(job: LiveJob, input: JobInput): void {
    let refused: ArcpError | undefined;
    for (const effect of stepJob(job.state, input, nowOf(clock), limits)) {
      if (effect.do === "append") {
        job.open.events += 1;
        job.open.characters += effect.entry.body.length;
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
    if (events < SOFT.events && characters < SOFT.characters) return ROOM;
    job.room ??= commits
      .flushed()
      .then(() => options.readerRoom(job))
      .finally(() => (job.room = undefined));
    return job.room;
  }

  function ended(job: LiveJob): void {
    persist(job);
    count(job.state.principal, -1);
    job.ended();
    logger.info(
      { job: job.state.id, agent: job.state.agent, status: job.state.status },
      "job ended",
    );
    createTimer(clock, () => forget(job)).set(clock.monotonic() + limits.retentionMs);
  }

  function forget(job: LiveJob): void {
    jobs.delete(job.state.id);
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
    if (running === 0 && queue.length === 0) for (const resolve of idle) resolve();
  }

  async function run(job: LiveJob): Promise<void> {
    // An agent that ignores its signal may run on; its slot is free once its job has ended.
    const ended = new Promise<void>((resolve) => (job.ended = resolve));
    step(job, { type: "start" });
    persist(job);
    await Promise.race([work(job), ended]);
    running -= 1;
    startNext();
  }

  async function work(job: LiveJob): Promise<void> {
    const resultId: ResultId = `res_${ulid(clock.wall(), core.entropy)}`;
    try {
      const context = createContext(job, core, {
        report: (input) => report(job, input),
        flushed: () => commits.flushed(),
        resultId,
      });
      const value = await job.agent.run(job.input, context);
      await deliverResult(job, value, {
        report: (input) => report(job, input),
        limits,
        resultId,
      });
    } catch (error) {
      if (!ArcpError.is(error)) {
        logger.warn(
          { job: job.state.id, agent: job.state.agent, error: String(error) },
          "agent threw",
        );
      }
      step(job, { type: "failed", error: agentFailure(error) });
    }
  }

  function count(principal: string, change: 1 | -1): void {
    total += change;
    const next = (active.get(principal) ?? 0) + change;
    if (next === 0) active.delete(principal);
    else active.set(principal, next);
  }

  function overLimit(principal: string): ArcpError | undefined {
    const limit = draining
      ? "draining"
      : (active.get(principal) ?? 0) >= limits.maxJobsPerPrincipal
        ? "max_jobs_per_principal"
        : total >= limits.maxRunningJobs + limits.maxPendingJobs
          ? "max_pending_jobs"
          : undefined;
    if (limit === undefined) return undefined;
    const text = draining ? "the runtime is going down" : `too many jobs (${limit})`;
    return new ArcpError("INTERNAL_ERROR", text, { details: { limit } });
  }

  function accept(asker: Asker, message: Message<"job.submit">, admitted: Admitted): void {
    const over = overLimit(asker.session.state.principal);
    if (over !== undefined) return refuse(asker, message.id, over);
    const id: JobId = `job_${ulid(clock.wall(), core.entropy)}`;
    const session = asker.session.state;
    session.jobs += 1;
    count(session.principal, 1);
    const job: LiveJob = {
      state: {
        id,
        agent: `${admitted.agent.name}@${admitted.agent.version}`,
        principal: session.principal,
        session: session.id,
        traceId: admitted.traceId,
        requestId: message.id,
        acceptedAt: clock.wall(),
        lease: admitted.lease,
        maxRuntimeMs: admitted.maxRuntimeMs,
        records: {
          progress: session.features.includes("progress"),
          chunks: session.features.includes("result_chunk"),
        },
        status: "pending",
        entries: 0,
        runUntil: undefined,
        cancel: undefined,
        stream: undefined,
        completedAt: undefined,
      },
      agent: admitted.agent,
      input: admitted.input,
      abort: new AbortController(),
      timer: createTimer(clock, () => step(job, { type: "time" })),
      open: { events: 0, characters: 0 },
      lastSeq: 0,
      room: undefined,
      ended: () => {},
    };
    jobs.set(id, job);
    persist(job);
    // G1: accepted is said once it is true. SUB: accepted goes out before any event of the job.
    commits.after(() => {
      reply(asker, acceptedDraft(job));
      queue.push(job);
      startNext();
    });
    logger.info({ job: id, agent: job.state.agent, principal: session.principal }, "job accepted");
  }

  function refuse(asker: Asker, requestId: string, error: ArcpError, jobId?: JobId): void {
    // Behind what is being committed: an earlier submit is answered first.
    commits.after(() => reply(asker, errorDraft(error, requestId, jobId)));
  }

  async function consider(asker: Asker, message: Message<"job.submit">): Promise<void> {
    try {
      const admitted = await admit(core, message);
      // W-09: what a superseded connection asked for is not done.
      if (!owns(asker)) return;
      if (admitted instanceof ArcpError) refuse(asker, message.id, admitted);
      else accept(asker, message, admitted);
    } catch (error) {
      logger.error({ error: String(error) }, "a submit could not be looked at");
      refuse(
        asker,
        message.id,
        new ArcpError("INTERNAL_ERROR", "the submit could not be looked at"),
      );
    }
  }

  return {
    get: (id) => jobs.get(id),
    submit(asker, message) {
      asker.session.submits = asker.session.submits.then(() => consider(asker, message));
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
        commits.after(() => reply(asker, cancelledDraft(job, message.id, undefined)));
      } else {
        const status = job.state.status;
        commits.after(() => reply(asker, cancelledDraft(job, message.id, status)));
      }
    },
    list(asker, message) {
      const states = Array.from(jobs.values(), (job) => job.state);
      const page = listPage(states, message.payload, asker.session.state.principal);
      if (page instanceof ArcpError) return refuse(asker, message.id, page);
      const rows = page.jobs.map((state) => summary(state, jobs.get(state.id)?.lastSeq ?? 0));
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
      draining = true;
      if (running > 0 || queue.length > 0) {
        await new Promise<void>((resolve) => {
          const timer = createTimer(clock, resolve);
          timer.set(until);
          idle.add(() => {
            timer.set(undefined);
            resolve();
          });
        });
      }
      for (const job of jobs.values()) {
        if (isTerminal(job.state.status)) continue;
        const error = new ArcpError("INTERNAL_ERROR", "the runtime went down while the job ran");
        step(job, { type: "failed", error });
        job.abort.abort(error);
      }
      await commits.flushed();
    },
  };
}

function acceptedDraft({ state }: LiveJob): RuntimeDraft {
  return {
    type: "job.accepted",
    job_id: state.id,
    trace_id: state.traceId,
    payload: {
      job_id: state.id,
      request_id: state.requestId,
      agent: state.agent,
      lease: leaseOnWire(state.lease),
      accepted_at: timestamp(state.acceptedAt),
      trace_id: state.traceId,
    },
  };
}

function cancelledDraft(
  { state }: LiveJob,
  requestId: string,
  finalStatus: string | undefined,
): RuntimeDraft {
  const reason = state.cancel?.reason;
  return {
    type: "job.cancelled",
    job_id: state.id,
    trace_id: state.traceId,
    payload: {
      job_id: state.id,
      request_id: requestId,
      ...(reason === undefined ? {} : { reason }),
      ...(finalStatus === undefined ? {} : { final_status: finalStatus }),
    },
  };
}

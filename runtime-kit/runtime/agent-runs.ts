import { isTerminal } from "../../generated/current/index.js";
import type { ResultId } from "../../generated/current/index.js";
import type { JobInput } from "../jobs/facts.js";
import type { Counter } from "../leases/budget.js";
import { ArcpError } from "../wire/errors.js";
import { ulid } from "../wire/ids.js";
import { createContext } from "./agent-context.js";
import type { Commits } from "./commits.js";
import type { Delegate } from "./context.js";
import type { Core } from "./core.js";
import type { Credentials } from "./credentials/credentials.js";
import { agentFailure, inWords } from "./failures.js";
import { createFairQueue } from "./fair-queue.js";
import { isAborted, signalOf } from "./live.js";
import type { LiveJob } from "./live.js";
import { deliverResult } from "./results.js";
import type { ResultSink } from "./results.js";

/** The agents at work: so many at the same time, and the principals in turn. */
export interface AgentRuns {
  /**
   * Called before a job's acceptance is stored. Where there is room, the job counts as running from then on: one commit
   * says both, and the agent starts as soon as it is there.
   */
  claim(job: LiveJob): void;
  /** Starts a job that was claimed; puts another one that may start at the end of its principal's queue. */
  push(job: LiveJob): void;
  /** Starts what there is room for. */
  startNext(): void;
}

export interface AgentRunsOptions {
  readonly core: Core;
  readonly commits: Commits;
  readonly credentials: Credentials;
  /** One step of a job's machine. Throws what is refused to the agent. */
  readonly step: (job: LiveJob, input: JobInput) => void;
  /** A step, and a promise that makes the agent wait when too much is open. */
  readonly report: (job: LiveJob, input: JobInput) => Promise<void>;
  readonly persist: (job: LiveJob) => void;
  /** All counters that bind a job. */
  readonly counters: (job: LiveJob) => readonly Counter[] | undefined;
  readonly delegateOf: (job: LiveJob) => Delegate;
}

export function createAgentRuns({
  core,
  commits,
  credentials,
  step,
  report,
  persist,
  counters,
  delegateOf,
}: AgentRunsOptions): AgentRuns {
  const { clock, limits, logger } = core;
  const queue = createFairQueue<LiveJob>((job) => job.state.principal);
  let running = 0;

  /** Jobs whose acceptance says that they run, with a slot that is kept for them. */
  const claimed = new Set<LiveJob>();

  function startNext(): void {
    while (running < limits.maxRunningJobs) {
      const job = queue.shift();
      if (job === undefined) break;
      begin(job);
    }
  }

  function begin(job: LiveJob): void {
    if (isTerminal(job.state.status) || job.suspended) return;
    running += 1;
    job.ended = free;
    void run(job, durablyBegun(job));
  }

  /** Its parent may hold the last slot, and wait for it: a child needs none. Their number has a bound of its own. */
  function isChild({ state }: LiveJob): boolean {
    return state.parent !== undefined;
  }

  /** An agent that ignores its signal may run on; its slot is free once its job has ended. */
  function free(): void {
    running -= 1;
    queueMicrotask(startNext);
  }

  async function run(job: LiveJob, begun: Promise<void> | undefined): Promise<void> {
    if (begun !== undefined) await begun;
    // It may have been told to stop while that was made durable.
    if (isTerminal(job.state.status)) return;
    if (isAborted(job)) step(job, { type: "failed", error: agentFailure(signalOf(job).reason) });
    else await work(job);
  }

  /**
   * An agent that must not be started twice waits until it is durable that it was started: after a crash in between,
   * its job would look as if nobody had touched it (G6). Never rejects: a store that fails ends every job.
   */
  function durablyBegun(job: LiveJob): Promise<void> | undefined {
    step(job, { type: "start" });
    persist(job);
    return job.agent.restartable ? undefined : commits.flushed().catch(() => {});
  }

  function claim(job: LiveJob): void {
    if (job.agent.restartable || (running >= limits.maxRunningJobs && !isChild(job))) return;
    running += 1;
    job.ended = free;
    claimed.add(job);
    step(job, { type: "start" });
  }

  function push(job: LiveJob): void {
    if (claimed.delete(job)) void run(job, undefined);
    else if (isChild(job)) begin(job);
    else queue.push(job);
  }

  /** Runs the agent; whatever it does, its job ends. Never rejects. */
  async function work(job: LiveJob): Promise<void> {
    let resultId: ResultId | undefined;
    // It may fail when its job has ended long ago, with words that hold what it had.
    const redacted = credentials.redactor(job.state.id);
    const result: ResultSink = {
      report: (input) => report(job, input),
      guard: credentials.guardedStream(job.state.id),
      chunkBytes: limits.chunkBytes,
      frameBytes: job.state.frameBytes,
      use: { begun: false, done: undefined, twice: false },
      resultId: () => (resultId ??= `res_${ulid(clock.wall(), core.entropy)}`),
    };
    try {
      const context = createContext(job, core, {
        report: result.report,
        flushed: () => commits.flushed(),
        counters: () => counters(job),
        delegate: delegateOf(job),
        credentials: credentials.forAgent(job.state.id),
        result,
      });
      const value = await job.agent.run(job.input, context);
      await deliverResult(job, value, result);
    } catch (error) {
      if (!ArcpError.is(error)) {
        logger.warn(
          {
            job: job.state.id,
            agent: job.state.agent,
            error: redacted(inWords(error)),
          },
          "agent threw",
        );
      }
      // What becomes of a suspended job is not this process's to say.
      if (!job.suspended) step(job, { type: "failed", error: agentFailure(error) });
    }
  }

  return { claim, push, startNext };
}

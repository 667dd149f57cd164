/** The doors of an agent's context that ask its lease. §9.3 */
import { isTerminal } from "../../generated/current/index.js";
import type { JobInput } from "../jobs/facts.js";
import { authorize, expired } from "../leases/enforce.js";
import type { Refusal, Standing } from "../leases/enforce.js";
import type { Counter } from "../leases/budget.js";
import type { CompiledLease } from "../leases/lease.js";
import { ArcpError } from "../wire/errors.js";
import { nowOf } from "../wire/time.js";
import { checkAuthorize, checkModel } from "./check-doors.js";
import type { AuthorizedOperation } from "./context.js";
import type { Core } from "./core.js";
import type { LiveJob } from "./live.js";

export interface Authority {
  /** Resolves with what may be done; rejects with why it may not. */
  allow(namespace: string, target: string): Promise<AuthorizedOperation>;
  /** The same for a model, which needs nothing to be looked up. */
  useModel(name: string): string;
}

/** What a door says once its job has ended. */
export function jobEnded({ state }: LiveJob): ArcpError {
  return new ArcpError("CANCELLED", `the job has ended: ${state.status}`);
}

/** Throws why a job's doors are closed, if they are: it was told to stop, or has ended. */
export function assertOpen(job: LiveJob): void {
  job.abort?.signal.throwIfAborted();
  if (isTerminal(job.state.status)) throw jobEnded(job);
}

export function createAuthority(
  job: LiveJob,
  core: Core,
  counters: () => readonly Counter[] | undefined,
  report: (input: JobInput) => void,
): Authority {
  const { state } = job;

  function standing(): Standing {
    return { now: nowOf(core.clock), expiry: state.expiry, counters: counters() };
  }

  function refuse({ code, message, details }: Refusal): never {
    // Only the first one is news: what is refused again and again must not fill a log.
    if (code === "LEASE_EXPIRED" && state.expiry?.refused !== true) {
      core.logger.info({ job: state.id, agent: state.agent, ...details }, "the lease has ended");
      report({ type: "expired" });
    }
    throw new ArcpError(code, message, { details });
  }

  /** Asks at once: nothing may come between the answer and what is done with it. */
  function ask(namespace: string, target: string, asked: string): string {
    assertOpen(job);
    const lease = namespace === "model.use" ? leaseOfModels(state.lease, core) : state.lease;
    const verdict = authorize(lease, { namespace, target, asked }, standing());
    return verdict.allowed ? verdict.target : refuse(verdict);
  }

  return {
    async allow(namespace, target) {
      checkAuthorize(namespace, target);
      assertOpen(job);
      const late = expired({ namespace }, standing());
      if (late !== undefined) refuse(late);
      const real = await realTarget(core, namespace, target);
      // Asked after the last wait, so that nothing starts once a cancel is acknowledged (G5).
      return { namespace, target: ask(namespace, real, target) };
    },
    useModel(name) {
      checkModel(name);
      return ask("model.use", name, name);
    },
  };
}

/** MODEL-03, MODEL-04: without `model.use` a job has the models that the operator registered, if any (W-26). */
function leaseOfModels(lease: CompiledLease, { models }: Core): CompiledLease {
  return lease.grants.some(({ namespace }) => namespace === "model.use") ? lease : models;
}

/** Links are resolved before the lease is asked, so that none leads out of it. LEASE, SEC of §9.3, §14 */
async function realTarget(core: Core, namespace: string, target: string): Promise<string> {
  if (!namespace.startsWith("fs.") || core.realPaths === undefined) return target;
  try {
    return await core.realPaths.one(target);
  } catch (error) {
    if (ArcpError.is(error)) throw error;
    throw new ArcpError("PERMISSION_DENIED", `${namespace}: the path cannot be resolved`, {
      details: { namespace, target },
      cause: error,
    });
  }
}

import type { Budget } from "../../../generated/current/index.js";
import type { JobState } from "../../jobs/state.js";
import { budgetOnWire } from "../../leases/budget.js";
import type { Counter } from "../../leases/budget.js";
import { leaseOnWire } from "../../leases/lease.js";
import type { CompiledLease } from "../../leases/lease.js";
import type { CredentialRequest } from "./provisioner.js";

/** What a request says of the job alone. */
export type Terms = Omit<CredentialRequest, "grantId" | "replaces" | "signal">;

/**
 * What a job's credentials are bound to, as it stands now. §9.8.3
 *
 * @param counters all that bind it, its own and its parents'
 * @param models those of jobs whose lease names none (W-26)
 * @param reported what it told of costs so far
 */
export function termsOf(
  job: JobState,
  counters: readonly Counter[] | undefined,
  models: CompiledLease,
  reported: Budget,
): Terms {
  const lease = leaseOnWire(job.lease);
  return {
    jobId: job.id,
    agent: job.agent,
    principal: job.principal,
    parentJobId: job.parent?.job,
    lease,
    budget: counters && budgetOnWire(counters),
    reported,
    models: lease["model.use"] ?? leaseOnWire(models)["model.use"] ?? [],
    expiresAt: job.expiry && new Date(job.expiry.at),
  };
}

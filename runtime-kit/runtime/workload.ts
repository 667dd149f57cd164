import { ArcpError } from "../wire/errors.js";
import type { RuntimeLimits } from "./limits.js";

/** How many jobs there are that have not ended, and whether there may be more. §14.6 */
export interface Workload {
  /** `characters` is the size of the job's input, which is held until the job has ended. */
  add(principal: string, characters: number): void;
  remove(principal: string, characters: number): void;
  /** Why this principal may have no further job now; retryable, with the limit in `details`. */
  refusal(principal: string): ArcpError | undefined;
  /** The same for a job that one which runs has asked for: a drain waits for that one, and so for what it needs. */
  refusalOfChild(principal: string): ArcpError | undefined;
  /** Refuses every further job from now on. */
  drain(): void;
  /** Resolves when no job is left. */
  idle(): Promise<void>;
}

export function createWorkload(limits: RuntimeLimits): Workload {
  const active = new Map<string, number>();
  const waiting = new Set<() => void>();
  let total = 0;
  let held = 0;
  let draining = false;

  function change(principal: string, by: 1 | -1, characters: number): void {
    total += by;
    held += by * characters;
    const next = (active.get(principal) ?? 0) + by;
    if (next === 0) active.delete(principal);
    else active.set(principal, next);
    if (total === 0) for (const resolve of waiting) resolve();
  }

  function reached(principal: string): string | undefined {
    if ((active.get(principal) ?? 0) >= limits.maxJobsPerPrincipal) return "max_jobs_per_principal";
    if (held >= limits.maxInputsBytes) return "max_inputs_bytes";
    return total >= limits.maxRunningJobs + limits.maxPendingJobs ? "max_pending_jobs" : undefined;
  }

  function refusalOfChild(principal: string): ArcpError | undefined {
    const limit = reached(principal);
    if (limit === undefined) return undefined;
    return new ArcpError("INTERNAL_ERROR", `too many jobs (${limit})`, { details: { limit } });
  }

  return {
    add: (principal, characters) => change(principal, 1, characters),
    remove: (principal, characters) => change(principal, -1, characters),
    refusal(principal) {
      if (!draining) return refusalOfChild(principal);
      const details = { limit: "draining" };
      return new ArcpError("INTERNAL_ERROR", "the runtime is going down", { details });
    },
    refusalOfChild,
    drain: () => void (draining = true),
    idle: () =>
      total === 0 ? Promise.resolve() : new Promise((resolve) => void waiting.add(resolve)),
  };
}

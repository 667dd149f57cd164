import { isTerminal } from "../../generated/current/index.js";
import type { JobId } from "../../generated/current/index.js";
import type { Cost, JobInput } from "../jobs/facts.js";
import type { JobState } from "../jobs/state.js";
import { budgetSum, charged, counterOf } from "../leases/budget.js";
import type { Counter } from "../leases/budget.js";
import type { LiveJob } from "./live.js";

/**
 * Which jobs delegated which, and whose money they spend. A child's costs go to its own counter of the currency, else to
 * the nearest job above it that has one and has not ended; so does what is left of its own counters, once it has ended.
 * What a job sets aside for a child is gone from its counters until then. §10 (W-22)
 */
export interface Family {
  add(job: LiveJob): void;
  forget(job: LiveJob): void;
  /** A job was taken from a store, which may have forgotten some of its children. */
  restored(job: LiveJob): void;
  /** Whether a job may have had children that are not known any more. */
  mayLack(job: LiveJob): boolean;
  parentOf(job: LiveJob): LiveJob | undefined;
  childrenOf(job: LiveJob): readonly LiveJob[];
  /** How many of them have not ended: of all that are kept there may be thousands. */
  livingOf(job: LiveJob): number;
  /** Whether one of those below a job has not ended, which may take its time when the job has. */
  livesOn(job: LiveJob): boolean;
  /** How many jobs stand above a job. */
  depthOf(job: LiveJob): number;
  /** All counters that bind a job, its own and those above it; nothing if none does. */
  countersOf(job: JobState): readonly Counter[] | undefined;
  /** Who pays above a job in a currency: the nearest one that has a counter of it, and has not ended. */
  payerAbove(job: Pick<LiveJob, "state">, currency: string | undefined): LiveJob | undefined;
  /** Takes a cost from above, where the job has no counter for it, and says so in both logs. DEL-12 */
  charge(job: LiveJob, cost: Cost): void;
  /** Sets these amounts aside for a child, from where its costs would go. DEL-13 */
  reserve(parent: LiveJob, amounts: readonly Counter[]): void;
  /** A job has ended: gives back what it has left, be it less than nothing. DEL-14 */
  settle(job: LiveJob): void;
}

export function createFamily(options: {
  readonly job: (id: JobId) => LiveJob | undefined;
  readonly step: (job: LiveJob, input: JobInput) => void;
}): Family {
  const { step } = options;
  const children = new Map<JobId, LiveJob[]>();
  const living = new Map<JobId, number>();
  const lacking = new Set<JobId>();
  const none: readonly LiveJob[] = [];

  function parentOf({ state }: Pick<LiveJob, "state">): LiveJob | undefined {
    return state.parent && options.job(state.parent.job);
  }

  function* above(job: Pick<LiveJob, "state">): Generator<LiveJob> {
    for (let one = parentOf(job); one !== undefined; one = parentOf(one)) yield one;
  }

  function payerAbove(
    job: Pick<LiveJob, "state">,
    currency: string | undefined,
  ): LiveJob | undefined {
    for (const one of above(job)) {
      if (isTerminal(one.state.status)) continue;
      if (counterOf(one.state.budget ?? [], currency) !== undefined) return one;
    }
    return undefined;
  }

  /** Changes one counter of a job, which tells of it in its log. */
  function add(payer: LiveJob, { currency, left }: Counter): void {
    step(payer, { type: "recount", counters: budgetSum(payer.state.budget ?? [], currency, left) });
  }

  function livesOn({ state }: LiveJob): boolean {
    const own = children.get(state.id) ?? none;
    return own.some((child) => !isTerminal(child.state.status) || livesOn(child));
  }

  return {
    livesOn,
    add(job) {
      const { parent } = job.state;
      if (parent === undefined) return;
      const siblings = children.get(parent.job);
      if (siblings === undefined) children.set(parent.job, [job]);
      else siblings.push(job);
      if (!isTerminal(job.state.status)) living.set(parent.job, (living.get(parent.job) ?? 0) + 1);
    },
    forget(job) {
      children.delete(job.state.id);
      living.delete(job.state.id);
      lacking.delete(job.state.id);
      const { parent } = job.state;
      const left = (parent && children.get(parent.job))?.filter((one) => one !== job);
      if (parent === undefined || left === undefined) return;
      children.set(parent.job, left);
      lacking.add(parent.job);
    },
    restored: ({ state }) => void lacking.add(state.id),
    mayLack: ({ state }) => lacking.has(state.id),
    parentOf,
    livingOf: ({ state }) => living.get(state.id) ?? 0,
    childrenOf: ({ state }) => children.get(state.id) ?? none,
    depthOf: (job) => [...above(job)].length,
    countersOf(job) {
      let all = job.budget;
      for (const { state } of above({ state: job })) {
        if (state.budget === undefined || isTerminal(state.status)) continue;
        const nearer = all ?? [];
        const further = state.budget.filter(({ currency }) => !counterOf(nearer, currency));
        all = [...nearer, ...further];
      }
      return all;
    },
    payerAbove,
    charge(job, cost) {
      if (counterOf(job.state.budget ?? [], cost.currency) !== undefined) return;
      const payer = payerAbove(job, cost.currency);
      const counter = counterOf(payer?.state.budget ?? [], cost.currency);
      if (payer === undefined || counter === undefined) return;
      const counters = charged(payer.state.budget ?? [], counter, cost.value);
      step(payer, { type: "recount", counters });
      // BUD-13: whoever watches the child alone is told as well.
      step(job, { type: "remaining", counters: [counterOf(counters, cost.currency)!] });
    },
    reserve(parent, amounts) {
      for (const { currency, left } of amounts) {
        const own = counterOf(parent.state.budget ?? [], currency) !== undefined;
        const payer = own ? parent : payerAbove(parent, currency);
        if (payer !== undefined) add(payer, { currency, left: negated(left) });
      }
    },
    settle(job) {
      const { parent } = job.state;
      if (parent === undefined) return;
      living.set(parent.job, (living.get(parent.job) ?? 1) - 1);
      for (const counter of job.state.budget ?? []) {
        const payer = payerAbove(job, counter.currency);
        if (payer !== undefined) add(payer, counter);
      }
    },
  };
}

function negated(value: Counter["left"]): Counter["left"] {
  return (
    value.startsWith("-") ? value.slice(1) : value === "0" ? value : `-${value}`
  ) as Counter["left"];
}

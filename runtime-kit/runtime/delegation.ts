import { isTerminal } from "../../generated/draft-1.1/index.js";
import type {
  DelegateId,
  EventBody,
  JobId,
  Lease,
  LeaseConstraints,
  Message,
} from "../../generated/draft-1.1/index.js";
import { parseAgentRef } from "../jobs/agents.js";
import type { JobInput } from "../jobs/facts.js";
import { countersOf } from "../leases/budget.js";
import { difference, isPositive } from "../leases/decimal.js";
import { authorize } from "../leases/enforce.js";
import { leaseOnWire } from "../leases/lease.js";
import { isSubset } from "../leases/subset.js";
import { checkEvent } from "../wire/check.js";
import { ArcpError } from "../wire/errors.js";
import { ulid } from "../wire/ids.js";
import { nowOf } from "../wire/time.js";
import { admit } from "./admission.js";
import type { Admitted } from "./admission.js";
import type { Core } from "./core.js";
import type { Family } from "./family.js";
import { agentFailure, agentMistake } from "./failures.js";
import type { LiveJob } from "./live.js";
import type { Workload } from "./workload.js";

/** What is asked of another agent. §10 */
export interface Delegated {
  readonly id: DelegateId;
  readonly agent: string;
  readonly input: unknown;
  readonly lease: Lease | undefined;
  readonly constraints: LeaseConstraints | undefined;
  readonly maxRuntimeSec: number | undefined;
}

/** A child before it is one: what it is made of, under its parent. */
export interface Child extends Admitted {
  readonly id: JobId;
  readonly parent: LiveJob;
  readonly delegateId: DelegateId;
}

/** Jobs that ask for other jobs. §10 (W-22) */
export interface Delegation {
  /**
   * Makes the child that a running agent asks for, or finds the one that it asked for before by the same id. Rejects with
   * what it is refused with, which the parent's log has by then as well.
   */
  delegate(parent: LiveJob, asked: Delegated): Promise<LiveJob>;
  /** Looks at what a client asks for by `parent_job_id`. DEL-16 */
  admit(parent: LiveJob, message: Message<"job.submit">): Promise<Admitted | ArcpError>;
  /**
   * The child that it is then, written down in its parent's log, to be made within the same turn; or what to refuse the
   * submit with.
   */
  bySubmit(parent: LiveJob, message: Message<"job.submit">, terms: Admitted): Child | ArcpError;
}

export interface DelegationOptions {
  readonly core: Core;
  readonly family: Family;
  readonly workload: Workload;
  readonly step: (job: LiveJob, input: JobInput) => void;
  /** Makes a child that was recorded, within the same turn. */
  readonly create: (child: Child) => LiveJob;
}

export function createDelegation(options: DelegationOptions): Delegation {
  const { core, family, workload, step } = options;
  const { clock, entropy, limits } = core;
  /** What is being looked at: an id that is repeated meanwhile is the same child. DEL-09 */
  const open = new Map<string, Promise<LiveJob>>();

  function assertOpen({ state, abort }: LiveJob): void {
    abort?.signal.throwIfAborted();
    if (!isTerminal(state.status)) return;
    throw new ArcpError("CANCELLED", `the job has ended: ${state.status}`);
  }

  /** ENF-06: the parent's lease is asked as for any other operation, for the bare name. DEL-08 */
  function allowed(parent: LiveJob, agent: string): ArcpError | undefined {
    const target = parseAgentRef(agent)?.name ?? agent;
    const { lease, expiry } = parent.state;
    const standing = { now: nowOf(clock), expiry, counters: family.countersOf(parent) };
    const verdict = authorize(lease, { namespace: "agent.delegate", target }, standing);
    if (verdict.allowed) return undefined;
    const { code, message, details } = verdict;
    if (code === "LEASE_EXPIRED") step(parent, { type: "expired" });
    return new ArcpError(code, message, { details });
  }

  /** DEL-21 */
  function crowded(parent: LiveJob): ArcpError | undefined {
    const living = family.childrenOf(parent).filter(({ state }) => !isTerminal(state.status));
    const limit =
      family.depthOf(parent) >= limits.maxDelegationDepth
        ? "max_delegation_depth"
        : living.length >= limits.maxChildrenPerJob
          ? "max_children_per_job"
          : undefined;
    if (limit === undefined) return workload.refusal(parent.state.principal);
    const text = `the job delegates too deep, or to too many (${limit})`;
    const retryable = limit === "max_children_per_job";
    return new ArcpError("INTERNAL_ERROR", text, { retryable, details: { limit } });
  }

  /** SUBSET-01 to SUBSET-09: what the child may do, spend, and until when lies within what its parent has. */
  function excess(parent: LiveJob, { lease, expiry }: Admitted): ArcpError | undefined {
    const violation = (reason: string, details: Readonly<Record<string, unknown>>): ArcpError =>
      new ArcpError("LEASE_SUBSET_VIOLATION", reason, { details });
    const subset = isSubset(lease, parent.state.lease);
    if (!subset.ok) {
      const { ok: _, reason, ...details } = subset;
      return violation(reason, details);
    }
    const ends = parent.state.expiry;
    if (ends !== undefined && expiry !== undefined && expiry.at > ends.at) {
      return violation(`the parent's lease ends before, at ${ends.written}`, {
        expires_at: ends.written,
      });
    }
    const counters = family.countersOf(parent);
    for (const { currency, left } of counters === undefined ? [] : (countersOf(lease) ?? [])) {
      const given = counters?.find((one) => one.currency === currency);
      if (given !== undefined && !isPositive(difference(left, given.left))) continue;
      const has = given === undefined ? `has no ${currency}` : `has ${given.left} ${currency} left`;
      return violation(`the parent ${has}, and the child asks for ${left}`, {
        namespace: "cost.budget",
        currency,
        left: Number(given?.left ?? 0),
      });
    }
    return undefined;
  }

  /** Looks at a delegation as at a submit; what has to be waited for is waited for here. */
  async function admitted(parent: LiveJob, asked: Delegated): Promise<Admitted | ArcpError> {
    const early = allowed(parent, asked.agent) ?? crowded(parent);
    if (early !== undefined) return early;
    const { principal, traceId } = parent.state;
    const { agent, input, lease, constraints, maxRuntimeSec } = asked;
    const payload = {
      agent,
      input,
      ...(lease === undefined ? {} : { lease_request: lease }),
      ...(constraints === undefined ? {} : { lease_constraints: constraints }),
      ...(maxRuntimeSec === undefined ? {} : { max_runtime_sec: maxRuntimeSec }),
    };
    const identity = { principal, scopes: [] };
    return admit(core, { trace_id: traceId, payload }, identity, parent.state.id);
  }

  /**
   * The child, if its parent may pass so much on at this moment. What is done with the answer is done in the same turn:
   * else two children could have the same money, or one begin once its parent was told to stop (G5).
   */
  function judged(parent: LiveJob, asked: Delegated, terms: Admitted): Child | ArcpError {
    const late = allowed(parent, asked.agent) ?? crowded(parent) ?? excess(parent, terms);
    if (late !== undefined) return late;
    const { expiry: ends } = parent.state;
    return {
      ...terms,
      // SUBSET-08
      expiry: terms.expiry ?? (ends && { ...ends, refused: false }),
      id: `job_${ulid(clock.wall(), entropy)}`,
      parent,
      delegateId: asked.id,
    };
  }

  function tell(parent: LiveJob, kind: "delegate" | "tool_result", body: object): void {
    try {
      const text = JSON.stringify(body);
      checkEvent(kind, JSON.parse(text));
      step(parent, { type: "emit", kind, body: text });
    } catch (error) {
      throw ArcpError.is(error) ? agentMistake(error) : error;
    }
  }

  /** What was asked, as the parent's log tells of it. §8.2.8 */
  function bodyOf({ id, agent, input, lease, constraints }: Delegated) {
    return {
      delegate_id: id,
      agent,
      ...(input === undefined ? {} : { input }),
      ...(lease === undefined ? {} : { lease_request: lease }),
      ...(constraints === undefined ? {} : { lease_constraints: constraints }),
    } satisfies EventBody<"delegate">;
  }

  /** Writes down in the parent's log that the child is made, and sets its budget aside; throws what is refused. */
  function record(child: Child, asked: Delegated): void {
    const made = { child_job_id: child.id, lease: leaseOnWire(child.lease) };
    tell(child.parent, "delegate", { ...bodyOf(asked), ...made });
    family.reserve(child.parent, countersOf(child.lease) ?? []);
  }

  async function make(parent: LiveJob, asked: Delegated): Promise<LiveJob> {
    let error: ArcpError;
    try {
      const terms = await admitted(parent, asked);
      assertOpen(parent);
      const child = terms instanceof ArcpError ? terms : judged(parent, asked, terms);
      if (!(child instanceof ArcpError)) {
        record(child, asked);
        return options.create(child);
      }
      error = child;
    } catch (thrown) {
      error = agentFailure(thrown);
    }
    assertOpen(parent);
    // DEL-05, DEL-06: a refusal is news for the agent, and looks like a tool that failed.
    tell(parent, "delegate", bodyOf(asked));
    tell(parent, "tool_result", { call_id: asked.id, error: error.toPayload() });
    throw error;
  }

  function known(parent: LiveJob, id: DelegateId): LiveJob | undefined {
    return family.childrenOf(parent).find(({ state }) => state.parent?.delegateId === id);
  }

  return {
    async delegate(parent, asked) {
      assertOpen(parent);
      const before = known(parent, asked.id);
      if (before !== undefined) return before;
      const key = `${parent.state.id} ${asked.id}`;
      const making = open.get(key) ?? make(parent, asked).finally(() => open.delete(key));
      open.set(key, making);
      return making;
    },
    admit: (parent, message) => admitted(parent, askedBy(message)),
    bySubmit(parent, message, terms) {
      const asked = askedBy(message);
      const child = judged(parent, asked, terms);
      if (!(child instanceof ArcpError)) record(child, asked);
      return child;
    },
  };

  function askedBy({ payload }: Message<"job.submit">): Delegated {
    return {
      id: `del_${ulid(clock.wall(), entropy)}`,
      agent: payload.agent,
      input: payload.input,
      lease: payload.lease_request,
      constraints: payload.lease_constraints,
      maxRuntimeSec: payload.max_runtime_sec,
    };
  }
}

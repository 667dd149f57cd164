import type {
  DelegateId,
  EventBody,
  Lease,
  LeaseConstraints,
  SessionId,
} from "../../generated/current/index.js";
import { parseAgentRef } from "../jobs/agents.js";
import type { JobInput } from "../jobs/facts.js";
import { kindOf } from "../jobs/readers.js";
import type { JobState } from "../jobs/state.js";
import { beyond, counterOf, countersOf } from "../leases/budget.js";
import { authorize } from "../leases/enforce.js";
import { leaseOnWire } from "../leases/lease.js";
import { isSubset } from "../leases/subset.js";
import { checkEvent } from "../wire/check.js";
import { ArcpError } from "../wire/errors.js";
import { nowOf } from "../wire/time.js";
import { admit } from "./admission.js";
import type { Admitted } from "./admission.js";
import { assertOpen } from "./authority.js";
import type { Core } from "./core.js";
import type { Credentials, Issue } from "./credentials/credentials.js";
import type { Family } from "./family.js";
import { agentFailure, agentMistake } from "./failures.js";
import { unscoped } from "./identity.js";
import { withModels } from "./lease-policy.js";
import type { LiveJob } from "./live.js";
import type { Identity } from "./policy.js";
import { childProspect } from "./prospect.js";
import { logOf } from "./stored-log.js";
import type { Workload } from "./workload.js";

/** What is asked of another agent. §10 */
export interface Delegated {
  readonly id: DelegateId;
  /** Whether the agent gave the id, so that it may have been given before. */
  readonly named: boolean;
  readonly agent: string;
  readonly input: unknown;
  readonly lease: Lease | undefined;
  readonly constraints: LeaseConstraints | undefined;
  readonly maxRuntimeSec: number | undefined;
}

/** Jobs that ask for other jobs. §10 (W-22) */
export interface Delegation {
  /**
   * Makes the child that a running agent asks for, or finds the one that it asked for before by the same id. Rejects with
   * what it is refused with, which the parent's log has by then as well.
   */
  delegate(parent: LiveJob, asked: Delegated): Promise<LiveJob>;
  /** What a child would be made of; what has to be waited for is waited for here. */
  admit(parent: LiveJob, asked: Delegated, identity: Identity): Promise<Admitted | ArcpError>;
  /**
   * Writes a child down in its parent's log and sets its budget aside, if its parent may pass so much on at this moment;
   * else says why not. Gives the place in the log. What is done with the answer is done in the same turn: else two
   * children could have the same money, or one begin once its parent was told to stop (G5).
   */
  record(parent: LiveJob, asked: Delegated, child: JobState): number | ArcpError;
}

export interface DelegationOptions {
  readonly core: Core;
  readonly family: Family;
  readonly workload: Workload;
  readonly credentials: Pick<Credentials, "issue" | "provisioned" | "memberWith">;
  readonly step: (job: LiveJob, input: JobInput) => void;
  /** Whom a session's connection was verified to be; nobody where it has expired. */
  readonly identityOf: (session: SessionId) => Identity | undefined;
  /** Makes a child that was recorded at `index` of its parent's log, within the same turn. */
  readonly create: (
    parent: LiveJob,
    index: number,
    child: JobState,
    terms: Admitted,
    issue: Issue | undefined,
  ) => LiveJob;
}

export function createDelegation(options: DelegationOptions): Delegation {
  const { core, family, workload, credentials, step } = options;
  const { clock, limits } = core;
  /** What is being looked at: an id that is repeated meanwhile is the same child. DEL-09 */
  const open = new Map<string, Promise<LiveJob>>();

  /** ENF-06: the parent's lease is asked as for any other operation, for the bare name. DEL-08 */
  function allowed(parent: LiveJob, agent: string): ArcpError | undefined {
    const target = parseAgentRef(agent).name;
    const { lease, expiry } = parent.state;
    const standing = { now: nowOf(clock), expiry, counters: family.countersOf(parent.state) };
    const verdict = authorize(lease, { namespace: "agent.delegate", target }, standing);
    if (verdict.allowed) return undefined;
    const { code, message, details } = verdict;
    if (code === "LEASE_EXPIRED") step(parent, { type: "expired" });
    return new ArcpError(code, message, { details });
  }

  /** DEL-21 */
  function crowded(parent: LiveJob): ArcpError | undefined {
    const tooDeep = family.depthOf(parent) >= limits.maxDelegationDepth;
    const tooMany = family.livingOf(parent) >= limits.maxChildrenPerJob;
    if (!tooDeep && !tooMany) return workload.refusalOfChild(parent.state.principal);
    const limit = tooDeep ? "max_delegation_depth" : "max_children_per_job";
    const text = `the job delegates too deep, or to too many (${limit})`;
    return new ArcpError("INTERNAL_ERROR", text, { retryable: !tooDeep, details: { limit } });
  }

  /** SUBSET-01 to SUBSET-09: what the child may do, spend, and until when lies within what its parent has. */
  function excess(
    parent: LiveJob,
    { lease, expiry }: Pick<JobState, "lease" | "expiry">,
  ): ArcpError | undefined {
    const violation = (reason: string, details: Readonly<Record<string, unknown>>): ArcpError =>
      new ArcpError("LEASE_SUBSET_VIOLATION", reason, { details });
    const subset = isSubset(lease, parent.state.lease);
    if (!subset.ok) {
      const { ok: _, reason, ...details } = subset;
      return violation(reason, details);
    }
    const ends = parent.state.expiry;
    if (ends !== undefined && expiry !== undefined && expiry.at > ends.at) {
      const reason = `the parent's lease ends before, at ${ends.written}`;
      return violation(reason, { expires_at: ends.written });
    }
    const counters = family.countersOf(parent.state);
    if (counters === undefined) return undefined;
    const over = beyond(countersOf(lease) ?? [], counters);
    if (over === undefined) return undefined;
    const { currency, left } = over;
    const given = counterOf(counters, currency);
    const has = given === undefined ? `has no ${currency}` : `has ${given.left} ${currency} left`;
    const details = { namespace: "cost.budget", currency, left: Number(given?.left ?? 0) };
    return violation(`the parent ${has}, and the child asks for ${left}`, details);
  }

  async function admitted(
    parent: LiveJob,
    asked: Delegated,
    identity: Identity,
  ): Promise<Admitted | ArcpError> {
    const early = allowed(parent, asked.agent) ?? crowded(parent);
    if (early !== undefined) return early;
    const { agent, input, lease, constraints, maxRuntimeSec } = asked;
    const payload = {
      agent,
      input,
      ...(lease === undefined ? {} : { lease_request: lease }),
      ...(constraints === undefined ? {} : { lease_constraints: constraints }),
      ...(maxRuntimeSec === undefined ? {} : { max_runtime_sec: maxRuntimeSec }),
    };
    const { id, traceId, lease: granted, expiry } = parent.state;
    const terms = await admit(core, { trace_id: traceId, payload }, identity, id);
    if (ArcpError.is(terms)) return terms;
    // SUBSET-08
    const own = terms.expiry ?? (expiry && { ...expiry, refused: false });
    // SEC-15: by neither clock later than the parent's, whatever was done to the other one meanwhile.
    const ends = own && { ...own, until: Math.min(own.until, expiry?.until ?? Infinity) };
    const within = { ...terms, lease: withModels(terms.lease, granted), expiry: ends };
    // CRED-15: nothing is issued for what its parent may not pass on.
    return excess(parent, within) ?? within;
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

  function record(parent: LiveJob, asked: Delegated, child: JobState): number | ArcpError {
    const refusal = allowed(parent, asked.agent) ?? crowded(parent) ?? excess(parent, child);
    if (refusal !== undefined) return refusal;
    const index = parent.state.entries;
    const made = { child_job_id: child.id, lease: leaseOnWire(child.lease) };
    try {
      tell(parent, "delegate", { ...bodyOf(asked), ...made });
    } catch (error) {
      if (ArcpError.is(error)) return error;
      throw error;
    }
    // Behind the event, which may be refused: too large for a frame, or with the value of a credential.
    family.reserve(parent, countersOf(child.lease) ?? []);
    return index;
  }

  async function attempt(parent: LiveJob, asked: Delegated): Promise<LiveJob | ArcpError> {
    const { session, principal } = parent.state;
    const identity = options.identityOf(session) ?? unscoped(principal);
    const terms = await admitted(parent, asked, identity);
    assertOpen(parent);
    if (ArcpError.is(terms)) return terms;
    const child = childProspect(core, parent, asked.id, terms);
    const issue = credentials.provisioned ? await credentials.issue(child) : undefined;
    try {
      assertOpen(parent);
      const index = record(parent, asked, child);
      if (!ArcpError.is(index)) return options.create(parent, index, child, terms, issue);
      issue?.drop();
      return index;
    } catch (error) {
      issue?.drop();
      throw error;
    }
  }

  async function make(parent: LiveJob, asked: Delegated): Promise<LiveJob> {
    const made = await attempt(parent, asked).catch(agentFailure);
    if (!ArcpError.is(made)) return made;
    assertOpen(parent);
    // DEL-05, DEL-06: a refusal is news for the agent, and looks like a tool that failed.
    tell(parent, "delegate", bodyOf(asked));
    tell(parent, "tool_result", { call_id: asked.id, error: made.toPayload() });
    throw made;
  }

  /** CRED-25: what is asked for is stored, and so holds no key, be it that of another job. */
  function assertSpeakable({ state }: LiveJob, asked: Delegated): void {
    const { id, agent, input, lease, constraints } = asked;
    const said = { id, agent, input, lease, constraints };
    const member = credentials.memberWith(state.principal, said);
    if (member === undefined) return;
    const text = `delegate: ${member} holds the value of a credential of a job, which must not be stored`;
    throw agentMistake(new ArcpError("INVALID_REQUEST", text));
  }

  /** DEL-09: a child that was forgotten is not made a second time; its parent's log still knows of it. */
  async function first(parent: LiveJob, asked: Delegated): Promise<LiveJob> {
    if (!asked.named || !family.mayLack(parent)) return make(parent, asked);
    for await (const { type, body } of logOf(core.store, parent.state.id)) {
      if (type !== "job.event" || kindOf(body) !== "delegate") continue;
      const told = (JSON.parse(body) as { readonly body: EventBody<"delegate"> }).body;
      if (told.delegate_id !== asked.id || told.child_job_id === undefined) continue;
      const text = "the child of this delegation has ended, and was forgotten";
      const details = { job_id: told.child_job_id };
      throw new ArcpError("RESUME_WINDOW_EXPIRED", text, { details });
    }
    return make(parent, asked);
  }

  function known(parent: LiveJob, { id, named }: Delegated): LiveJob | undefined {
    if (!named) return undefined;
    return family.childrenOf(parent).find(({ state }) => state.parent?.delegateId === id);
  }

  return {
    async delegate(parent, asked) {
      assertOpen(parent);
      const before = known(parent, asked);
      if (before !== undefined) return before;
      assertSpeakable(parent, asked);
      const key = `${parent.state.id} ${asked.id}`;
      const making = open.get(key) ?? first(parent, asked).finally(() => open.delete(key));
      open.set(key, making);
      return making;
    },
    admit: admitted,
    record,
  };
}

import { isTerminal } from "../../generated/current/index.js";
import type { DelegateId } from "../../generated/current/index.js";
import { leaseOnWire } from "../leases/lease.js";
import { checkSubmission } from "../wire/check.js";
import { ArcpError } from "../wire/errors.js";
import { ulid } from "../wire/ids.js";
import { outcomeOf } from "./child-outcome.js";
import type { Commits } from "./commits.js";
import type { Delegate, DelegatedJob } from "./context.js";
import type { Core } from "./core.js";
import type { Delegation } from "./delegation.js";
import { agentMistake } from "./failures.js";
import type { LiveJob } from "./live.js";
import { optionally } from "./optional.js";

/** The door of an agent's context that leads to other agents. §10 */
export interface DelegateDoor {
  of(parent: LiveJob): Delegate;
  /** A job has ended; whoever waits is told once that is durable. */
  ended(job: LiveJob): void;
}

export function createDelegateDoor(options: {
  readonly core: Core;
  readonly commits: Commits;
  readonly delegation: Delegation;
  readonly cancel: (child: LiveJob, reason: string | undefined) => void;
}): DelegateDoor {
  const { core, commits } = options;
  const waiting = new Map<LiveJob, (() => void)[]>();

  function durablyEnded(job: LiveJob): Promise<void> {
    if (isTerminal(job.state.status)) return commits.flushed();
    return new Promise((resolve) => {
      const others = waiting.get(job);
      if (others === undefined) waiting.set(job, [resolve]);
      else others.push(resolve);
    });
  }

  function handle(child: LiveJob, delegateId: DelegateId): DelegatedJob<never> {
    const { state } = child;
    return {
      jobId: state.id,
      delegateId,
      agent: state.agent,
      lease: leaseOnWire(state.lease),
      result: optionally(() => result(child)),
      cancel: optionally((reason) => cancel(child, reason)),
    };
  }

  async function result(child: LiveJob): Promise<never> {
    await durablyEnded(child);
    const { id, entries } = child.state;
    return (await outcomeOf(core.store, id, entries, core.limits.maxResultBytes)) as never;
  }

  async function cancel(child: LiveJob, reason: string | undefined): Promise<void> {
    if (isTerminal(child.state.status)) return;
    options.cancel(child, reason);
    await commits.flushed();
  }

  async function delegate(
    parent: LiveJob,
    ...[agent, input, given]: Parameters<Delegate>
  ): Promise<DelegatedJob<never>> {
    const id = given?.id ?? `del_${ulid(core.clock.wall(), core.entropy)}`;
    const asked = askedOf({ id, named: given?.id !== undefined }, agent, input, given);
    const child = await options.delegation.delegate(parent, asked);
    await commits.flushed();
    return handle(child, asked.id);
  }

  return {
    of: (parent) => optionally((...asked) => delegate(parent, ...asked)),
    ended(job) {
      const told = waiting.get(job);
      waiting.delete(job);
      if (told !== undefined) commits.after(() => told.forEach((tell) => tell()));
    },
  };
}

/** What the agent asks for, as a message could say it. Throws what is wrong with it. */
function askedOf(
  { id, named }: { readonly id: string; readonly named: boolean },
  agent: string,
  input: unknown,
  { lease, expiresAt, maxRuntimeSec }: Parameters<Delegate>[2] = {},
) {
  const ends = expiresAt instanceof Date ? expiresAt.toISOString() : expiresAt;
  const constraints = ends === undefined ? undefined : { expires_at: ends };
  const payload = {
    agent,
    input,
    lease_request: lease,
    lease_constraints: constraints,
    max_runtime_sec: maxRuntimeSec,
  };
  try {
    // What the agent does to these objects later must not reach what was checked.
    const sent = JSON.parse(JSON.stringify(payload)) as typeof payload;
    checkSubmission(sent);
    if (typeof id !== "string" || id === "" || id.length > 128) {
      throw new TypeError("the id of a delegation has 1 to 128 characters");
    }
    return {
      id: id as DelegateId,
      named,
      agent: sent.agent,
      input: sent.input,
      lease: sent.lease_request,
      constraints: sent.lease_constraints,
      maxRuntimeSec: sent.max_runtime_sec,
    };
  } catch (error) {
    const text = error instanceof Error ? error.message : "it is no JSON";
    throw agentMistake(new ArcpError("INVALID_REQUEST", `delegate: ${text}`, { cause: error }));
  }
}

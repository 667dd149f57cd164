import { isTerminal } from "../../generated/current/index.js";
import type { JobId } from "../../generated/current/index.js";
import { restoredJob } from "../jobs/state.js";
import type { JobState } from "../jobs/state.js";
import type { StoredRecord } from "../stores/port.js";
import type { Now } from "../wire/time.js";
import type { Agent } from "./define.js";
import type { LiveJob } from "./live.js";
import type { Registry } from "./registry.js";

/** What of a job outlives the process besides its state. */
interface Beside {
  /** The input as it was submitted, while the agent may have to be started with it. */
  readonly given?: unknown;
  /** The ids of its credentials while it lives; never more of them (CRED-25). */
  readonly credentials?: readonly string[];
}

/** A job as it is stored. */
export function jobRecord(job: LiveJob): StoredRecord<JobId> {
  const { status } = job.state;
  const needed = status === "pending" || (!isTerminal(status) && job.agent.restartable);
  const beside: Beside = needed ? { given: job.given } : {};
  const { credentials } = job;
  const has = needed && credentials.length > 0;
  return { ...job.state, ...beside, ...(has ? { credentials } : {}) };
}

/** A stored job, with a log of that many entries. */
export function fromJobRecord(
  record: StoredRecord<JobId>,
  entries: number,
  now: Now,
): Beside & { readonly state: JobState } {
  const { given, credentials, ...state } = record as unknown as JobState & Beside;
  return { state: restoredJob(state, entries, now), given, ...(credentials && { credentials }) };
}

/** The agent of a stored job; one that is no longer hosted is never run. */
export function agentNamed(registry: Registry, reference: string): Agent {
  const at = reference.lastIndexOf("@");
  const [name, version] = [reference.slice(0, at), reference.slice(at + 1)];
  const known = registry.get(name, version);
  return known ?? { name, version, input: undefined, restartable: false, run: () => undefined };
}

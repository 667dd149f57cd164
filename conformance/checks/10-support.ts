/** What the checks of delegation share: parents, what they ask for, and what comes of it. §9.4, §10 */
import type { Job } from "../peer/job.js";
import { Job as ChildJob } from "../peer/job.js";
import type { Peer, WaitOptions } from "../peer/peer.js";
import type { SubmitOptions, Trial } from "../run/trial.js";
import { scriptAgent, type ScriptStep } from "../script.js";
import { needsNamespace, outcomes } from "./9-leases.js";

type Lease = Readonly<Record<string, readonly string[]>>;
type DelegateStep = Extract<ScriptStep, { op: "delegate" }>;

/** A delegation to the script agent; the child does nothing by default. */
export function delegate(
  delegate_id: string,
  more: Partial<Omit<DelegateStep, "op" | "delegate_id">> = {},
): DelegateStep {
  return { op: "delegate", delegate_id, steps: [{ op: "return" }], ...more };
}

/** A session at a runtime whose agents can delegate; the check is not applicable to another. */
export async function delegating(t: Trial): Promise<Peer> {
  const peer = await t.session();
  await needsNamespace(t, peer, "agent.delegate", scriptAgent);
  return peer;
}

/** A submit of a parent that may delegate to the script agent, and has this besides. */
export function under(
  lease: Lease,
  payload: Readonly<Record<string, unknown>> = {},
): SubmitOptions {
  return { payload: { lease_request: { "agent.delegate": [scriptAgent], ...lease }, ...payload } };
}

/** What came of each delegation and operation of a job: `made`, `allowed`, or the code of the refusal. */
export function fates(job: Job): Readonly<Record<string, string>> {
  const made = job
    .bodies("delegate")
    .filter(({ child_job_id }) => typeof child_job_id === "string")
    .map(({ delegate_id }) => [String(delegate_id), "made"] as const);
  return { ...Object.fromEntries(made), ...outcomes(job) };
}

/** Waits for the acceptance of the child that a job made by this id. */
export async function childOf(job: Job, id: string, options: WaitOptions = {}): Promise<Job> {
  const { peer } = job;
  const accepted = await peer.expect(
    ({ type, payload }) =>
      type === "job.accepted" &&
      payload["parent_job_id"] === job.id &&
      payload["delegate_id"] === id,
    { what: `job.accepted of the child ${id}`, ...options },
  );
  const { job_id, payload } = accepted.message;
  return new ChildJob(peer, String(job_id ?? payload["job_id"]), accepted);
}

/** Insists on what comes of each of these leases when a parent asks for a child under it. */
export async function passesOn(
  t: Trial,
  peer: Peer,
  parent: Lease,
  asked: readonly (readonly [lease: Lease, fate: string])[],
): Promise<void> {
  const steps = asked.map(([lease], at) => delegate(`d${at}`, { lease }));
  const job = await t.succeed(peer, steps, under(parent));
  const found = fates(job);
  asked.forEach(([lease, fate], at) =>
    t.equal(
      found[`d${at}`],
      fate,
      `a child with ${JSON.stringify(lease)} of a parent with ${JSON.stringify(parent)}`,
    ),
  );
}

/** What is left of a currency as a job was told, in order. */
export function leftOf(job: Job, currency: string): unknown[] {
  return job
    .bodies("metric")
    .filter(({ name, unit }) => name === "cost.budget.remaining" && unit === currency)
    .map(({ value }) => value);
}

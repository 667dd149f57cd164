/** Jobs that the jobs of this client have delegated, for a program that wants to hear them. §10 (W-22) */
import type { Message } from "../../generated/current/index.js";
import { tell } from "./client-state.js";
import type { ClientEffect, ClientState, Numbered } from "./client-state.js";

/** What is known of a child: the whole of its acceptance, or as much of it as its parent's event tells. */
export type ChildFacts = Pick<Message<"job.accepted">, "job_id" | "trace_id" | "payload">;

/** The most delegations that are remembered while their child has not been heard. */
const MOST_EXPECTED = 1024;

/** A child was accepted: one of ours from now on, if its parent is and the program wants to hear it. */
export function acceptedChild(
  state: ClientState,
  message: Message<"job.accepted">,
): ClientEffect[] | undefined {
  const { parent_job_id: parent } = message.payload;
  const wanted = state.config.children === true && parent != null && state.jobs.has(parent);
  return wanted ? adopt(state, message) : undefined;
}

/**
 * Looks at what came of one of our jobs, or of one that is none. That a child was accepted is said once, and not again to
 * a client that was away: it is known by its parent's `delegate` event, and becomes one of ours as soon as it speaks.
 */
export function heardOfChild(state: ClientState, message: Numbered): ClientEffect[] {
  if (state.config.children !== true) return [];
  const expected = state.expected.get(message.job_id);
  if (expected !== undefined && !state.jobs.has(message.job_id)) return adopt(state, expected);
  if (message.type === "job.event" && state.jobs.has(message.job_id)) expect(state, message);
  return [];
}

function expect(state: ClientState, { job_id, trace_id, payload }: Message<"job.event">): void {
  if (payload.kind !== "delegate") return;
  const { child_job_id: child, delegate_id, agent, lease = {} } = payload.body;
  if (child === undefined || state.jobs.has(child) || state.strangers.has(child)) return;
  const { ts: accepted_at } = payload;
  const facts = { job_id: child, parent_job_id: job_id, delegate_id, agent, lease, accepted_at };
  const trace = trace_id === undefined ? {} : { trace_id };
  state.expected.set(child, { job_id: child, ...trace, payload: { ...facts, ...trace } });
  if (state.expected.size <= MOST_EXPECTED) return;
  const [oldest] = state.expected.keys();
  state.expected.delete(oldest!);
}

function adopt(state: ClientState, child: ChildFacts): ClientEffect[] {
  state.expected.delete(child.job_id);
  if (state.jobs.has(child.job_id) || state.strangers.has(child.job_id)) return [];
  state.jobs.add(child.job_id);
  return [tell({ type: "child", child })];
}

import type { ClientToRuntime, JobId, Message } from "../../generated/current/index.js";
import { ArcpError, ConnectionError } from "../wire/errors.js";
import type { Now } from "../wire/time.js";
import { isOlder } from "../wire/version.js";
import { acceptedChild } from "./client-children.js";
import { answeredBy, member, refusedBy } from "./client-correlate.js";
import { keep, send, warn } from "./client-state.js";
import type { ClientEffect, ClientInput, ClientState, Numbered, Pending } from "./client-state.js";
import { missingFeature } from "./gates.js";

/** How many jobs that are none of ours, or that have ended, are remembered. */
const STRANGERS_KEPT = 1024;

/** A request of the program: sent at once, or as soon as there is a session. */
export function request(
  state: ClientState,
  input: Extract<ClientInput, { type: "request" }>,
  now: Now,
): ClientEffect[] {
  if (state.phase === "closing" || state.phase === "ended") {
    const error = new ConnectionError("CLOSED", "the client is closed");
    return [{ do: "reject", id: input.id, error }];
  }
  const { id, draft, repeatable } = input;
  const pending: Pending = { id, draft, repeatable, sent: false, unsure: false, abandoned: false };
  state.pending.set(id, pending);
  return state.phase === "live" ? transmit(state, [pending], now) : [];
}

/** Sends what waits for a session, in the order in which it was asked for; also what is repeated (W-33). */
export function flush(state: ClientState, now: Now): ClientEffect[] {
  const waiting = [...state.pending.values()].filter((pending) => !pending.sent);
  return [...giveBack(state, now), ...transmit(state, waiting, now)];
}

/** Says which subscriptions are over. What is lost on the way does no harm: nobody reads it here. */
export function giveBack(state: ClientState, now: Now): ClientEffect[] {
  const drafts = Array.from(state.givenBack, (jobId) => ({
    draft: { type: "job.unsubscribe", job_id: jobId, payload: { job_id: jobId } } as const,
  }));
  state.givenBack.clear();
  return send(state, drafts, now);
}

function transmit(state: ClientState, all: readonly Pending[], now: Now): ClientEffect[] {
  const effects: ClientEffect[] = [];
  const good: Pending[] = [];
  for (const pending of all) {
    const error = refusedHere(state, pending);
    if (error === undefined) good.push(pending);
    else effects.push(reject(state, pending, error));
  }
  for (const pending of good) pending.sent = true;
  const messages = good.map(({ id, draft }) => ({ id, draft }));
  // A submit is kept first, key and all: whoever goes on after a crash finds its job by repeating it.
  const submits = good.some(({ draft }) => draft.type === "job.submit");
  return [...effects, ...(submits ? keep(state) : []), ...send(state, messages, now)];
}

/** What may not be sent is refused here in the words of the runtime. §6.2 */
function refusedHere(state: ClientState, { draft }: Pending): ArcpError | undefined {
  if (draft.type === "job.cancel" && nothingAnswers(state, draft.job_id)) {
    const text = `${draft.job_id} has ended, or was not submitted here: nothing would answer the cancel`;
    return new ArcpError("JOB_NOT_FOUND", text);
  }
  // A gate looks at type and payload only, and a draft has both.
  const feature = missingFeature(
    draft as unknown as ClientToRuntime,
    state.session?.features ?? [],
  );
  if (feature === undefined) return undefined;
  const text = `the feature ${feature} was not negotiated with this runtime`;
  return new ArcpError("INVALID_REQUEST", text, { details: { feature } });
}

/** Whether a cancel would wait for an end that has been: a runtime of an older draft has no other answer. */
function nothingAnswers({ version, jobs, strangers }: ClientState, id?: JobId): boolean {
  return isOlder(version) && id !== undefined && !jobs.has(id) && strangers.has(id);
}

/** Settles the request of kind `type` that a reply answers. A reply to nothing is no error. */
export function answer(
  state: ClientState,
  message: Message,
  type: Pending["draft"]["type"],
): ClientEffect[] {
  const pending = answeredBy(state.pending, message, type);
  if (pending === undefined) return [];
  state.pending.delete(pending.id);
  return [{ do: "resolve", id: pending.id, message }];
}

/** A job was accepted: the answer to a submit, or a child that an agent made. §7.1 (W-22) */
export function accepted(
  state: ClientState,
  message: Message<"job.accepted">,
  now: Now,
): ClientEffect[] {
  const { payload, job_id: jobId } = message;
  const { parent_job_id: parent, delegate_id: delegation, request_id: request = "" } = payload;
  // A client may name the parent itself: then it is answered like any other.
  const child = (parent != null || delegation !== undefined) && !state.pending.has(request);
  const pending = child ? undefined : answeredBy(state.pending, message, "job.submit");
  if (pending === undefined) {
    const adopted = child ? acceptedChild(state, message) : undefined;
    if (adopted !== undefined) return adopted;
    if (!state.jobs.has(jobId)) remember(state, jobId);
    return [];
  }
  state.pending.delete(pending.id);
  if (pending.abandoned) {
    remember(state, jobId);
    // Until the cancel is answered: the connection may go before it arrives.
    if (pending.repeatable) state.doomed.set(jobId, pending);
    const draft = { type: "job.cancel", job_id: jobId, payload: { job_id: jobId } } as const;
    return send(state, [{ draft }], now);
  }
  state.strangers.delete(jobId);
  state.jobs.add(jobId);
  return [{ do: "resolve", id: pending.id, message }];
}

/** A `session.error` after the welcome fails the call that it names, and nothing else. §6.8 (W-11) */
export function refused(state: ClientState, message: Message<"session.error">): ClientEffect[] {
  const error = errorOf(message.payload);
  const pending = refusedBy(state.pending, message, error.code, isOlder(state.version));
  const jobId = member(message.payload, "job_id") ?? message.job_id;
  if (typeof jobId === "string") state.doomed.delete(jobId);
  return pending === undefined ? [warn(error)] : [reject(state, pending, error)];
}

/** A `job.error` about no job of ours may be how a peer refuses a submit. (W-36) */
export function refusedSubmit(
  state: ClientState,
  message: { readonly payload: unknown },
): ClientEffect[] {
  const pending = answeredBy(state.pending, message, "job.submit");
  return pending === undefined ? [] : [reject(state, pending, errorOf(message.payload))];
}

/** A job ended, so that whoever asked to cancel it has an answer. */
export function cancelled(state: ClientState, jobId: JobId, message: Numbered): ClientEffect[] {
  const effects: ClientEffect[] = [];
  for (const { id, draft } of state.pending.values()) {
    if (draft.type !== "job.cancel" || draft.payload.job_id !== jobId) continue;
    state.pending.delete(id);
    effects.push({ do: "resolve", id, message });
  }
  return effects;
}

/** The error in a payload, also where a peer writes `detail` for `details`. (W-36) */
export function errorOf(payload: unknown): ArcpError {
  const details = member(payload, "details") ?? member(payload, "detail");
  const retryable = member(payload, "retryable");
  const code = member(payload, "code");
  const message = member(payload, "message");
  return ArcpError.from({
    code: typeof code === "string" ? code : "INTERNAL_ERROR",
    message: typeof message === "string" ? message : "the peer gave no reason",
    ...(typeof retryable === "boolean" ? { retryable } : {}),
    ...(typeof details === "object" && details !== null
      ? { details: details as Readonly<Record<string, unknown>> }
      : {}),
  });
}

/** The connection went: what can be repeated waits, and nobody is told a guess about the rest. (W-33) */
export function unanswered(state: ClientState): ClientEffect[] {
  const effects: ClientEffect[] = [];
  for (const pending of state.doomed.values()) state.pending.set(pending.id, pending);
  state.doomed.clear();
  for (const pending of state.pending.values()) {
    if (!pending.sent) continue;
    // An abandoned submit too, since its job has to be found before it can be cancelled.
    if (pending.abandoned && !(pending.repeatable && pending.draft.type === "job.submit")) {
      state.pending.delete(pending.id);
    } else if (pending.repeatable) {
      pending.sent = false;
      pending.unsure = true;
    } else {
      effects.push(reject(state, pending, outcomeUnknown(pending)));
    }
  }
  return effects;
}

function outcomeUnknown({ draft }: Pending): ConnectionError {
  const trace = draft.trace_id === undefined ? "" : ` with the trace_id ${draft.trace_id}`;
  return new ConnectionError(
    "OUTCOME_UNKNOWN",
    `the connection ended before ${draft.type} was answered, so it may or may not have been done; ` +
      `look for it with client.jobs()${trace}`,
  );
}

/** A submit that a runtime may have, by a key under which it can be repeated. */
export function isOpenSubmit({ draft, repeatable, sent, unsure }: Pending): boolean {
  return draft.type === "job.submit" && repeatable && (sent || unsure);
}

export function rejectAll(state: ClientState, error: Error): ClientEffect[] {
  return [...state.pending.values()].map((pending) =>
    reject(
      state,
      pending,
      pending.draft.type === "job.submit" && (pending.sent || pending.unsure)
        ? outcomeUnknown(pending)
        : error,
    ),
  );
}

export function reject(state: ClientState, pending: Pending, error: Error): ClientEffect {
  state.pending.delete(pending.id);
  return { do: "reject", id: pending.id, error };
}

/** Keeps a job in mind whose messages are not for this client: what it still says surprises nobody. */
export function remember(state: ClientState, jobId: string): void {
  state.strangers.add(jobId);
  if (state.strangers.size <= STRANGERS_KEPT) return;
  for (const oldest of state.strangers) {
    state.strangers.delete(oldest);
    break;
  }
}

/** Whether the answer to a repeated submit, or subscribe, may yet make an unknown job ours. */
export function expectsUnknown(state: ClientState): boolean {
  for (const { draft, unsure } of state.pending.values()) {
    if (unsure && (draft.type === "job.submit" || draft.type === "job.subscribe")) return true;
  }
  return false;
}

/** Whether a repeated subscribe asks for this very job, which may have been heard to its end before. */
export function asksAgain(state: ClientState, jobId: JobId): boolean {
  for (const { draft, unsure } of state.pending.values()) {
    if (unsure && draft.type === "job.subscribe" && draft.job_id === jobId) return true;
  }
  return false;
}

/** The most messages that are kept for jobs that may yet be ours. */
export const EARLY_KEPT = 10_000;

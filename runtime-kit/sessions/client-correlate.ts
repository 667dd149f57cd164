import type { ErrorCode } from "../../generated/current/index.js";
import type { Pending } from "./client-state.js";

/** As much of a message as says which request it answers; frames of peers that follow no draft fit too. */
interface Reply {
  readonly id?: unknown;
  readonly trace_id?: unknown;
  readonly job_id?: unknown;
  readonly payload?: unknown;
}

type RequestType = Pending["draft"]["type"];

/** Codes that can answer one kind of request only, so that an error without any id still finds it. */
const CODES_OF: readonly (readonly [RequestType, readonly ErrorCode[]])[] = [
  [
    "job.submit",
    [
      "AGENT_NOT_AVAILABLE",
      "AGENT_VERSION_NOT_AVAILABLE",
      "DUPLICATE_KEY",
      "LEASE_SUBSET_VIOLATION",
    ],
  ],
  ["job.cancel", ["JOB_NOT_FOUND"]],
];

/**
 * The request of kind `type` that a reply answers. Eleven deployed implementations have five ways to
 * say so; they are tried from the surest to first in, first out. (W-05)
 */
export function answeredBy(
  pending: ReadonlyMap<string, Pending>,
  reply: Reply,
  type: RequestType,
): Pending | undefined {
  const named = namedBy(pending, reply);
  // A name that is not ours answers somebody else, or something given up: it must not hit another call.
  if (named.given) return named.request?.draft.type === type ? named.request : undefined;
  const candidates = open(pending, type);
  const found = byContent(candidates, reply);
  // A cancel names its job, so that the answer about another job is another's.
  if (found !== undefined || (type === "job.cancel" && jobOf(reply) !== undefined)) return found;
  return candidates[0];
}

/**
 * The request that an error answers, if it says so by name or by content. Never a guess beyond its code (W-11), but where
 * the peer's draft has no names and one request alone is open (OLD-08).
 */
export function refusedBy(
  pending: ReadonlyMap<string, Pending>,
  error: Reply,
  code: string,
  nameless: boolean,
): Pending | undefined {
  const named = namedBy(pending, error);
  if (named.given) return named.request;
  const found = byContent(open(pending), error);
  if (found !== undefined) return found;
  const type = CODES_OF.find(([, codes]) => codes.some((known) => known === code))?.[0];
  if (type !== undefined) return open(pending, type)[0];
  const [only, ...others] = open(pending);
  return nameless && others.length === 0 ? only : undefined;
}

function open(pending: ReadonlyMap<string, Pending>, type?: RequestType): Pending[] {
  const all = [...pending.values()];
  return all.filter((one) => one.sent && (type === undefined || one.draft.type === type));
}

function namedBy(
  pending: ReadonlyMap<string, Pending>,
  reply: Reply,
): { readonly given: boolean; readonly request?: Pending | undefined } {
  const payload = reply.payload;
  const names = [
    member(payload, "request_id"),
    member(member(payload, "details"), "request_id"),
    member(payload, "reply_to"),
    member(reply, "reply_to"),
    member(reply, "correlation_id"),
    member(payload, "correlation_id"),
  ].filter((name) => typeof name === "string");
  for (const name of names) {
    const request = pending.get(name);
    if (request?.sent === true) return { given: true, request };
  }
  const echoed = typeof reply.id === "string" ? pending.get(reply.id) : undefined;
  if (names.length === 0 && echoed?.sent === true) return { given: true, request: echoed };
  return { given: names.length > 0 };
}

function byContent(candidates: readonly Pending[], reply: Reply): Pending | undefined {
  const jobId = jobOf(reply);
  const traceId = reply.trace_id ?? member(reply.payload, "trace_id");
  return candidates.find(({ draft }) =>
    draft.type === "job.submit"
      ? traceId !== undefined && draft.trace_id === traceId
      : draft.type === "job.cancel" && jobId !== undefined && draft.payload.job_id === jobId,
  );
}

function jobOf(reply: Reply): unknown {
  return reply.job_id ?? member(reply.payload, "job_id");
}

/** A member of what may not be an object at all. */
export function member(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

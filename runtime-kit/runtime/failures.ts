import type { ErrorCode } from "../../generated/current/index.js";
import { ArcpError } from "../wire/errors.js";

/** Codes that an agent may end its job with: what a lease refused it, and an input that it cannot take. */
const AGENTS: ReadonlySet<string> = new Set<ErrorCode>([
  "PERMISSION_DENIED",
  "LEASE_SUBSET_VIOLATION",
  "LEASE_EXPIRED",
  "BUDGET_EXHAUSTED",
  "INVALID_REQUEST",
  "INTERNAL_ERROR",
]);

/** What a door of the context refused: the agent's mistake, and no fault of the client's request. */
const mistakes = new WeakSet<object>();

/** Remembers that an error tells the agent of a mistake of its own. */
export function agentMistake<E extends ArcpError>(error: E): E {
  mistakes.add(error);
  return error;
}

/**
 * The error that a job ends in when its agent threw. A code that an agent may use stays what it is; any
 * other, the agent's own, goes to `details.agent_code` under `INTERNAL_ERROR`, with the agent's
 * `retryable`; no stack goes anywhere. §12 (W-35)
 */
export function agentFailure(thrown: unknown): ArcpError {
  if (ArcpError.is(thrown) && AGENTS.has(thrown.code) && !mistakes.has(thrown)) {
    const { code, reason, retryable, details } = thrown;
    return new ArcpError(code, reason, { retryable, ...sendable(details), cause: thrown });
  }
  const { message, code, retryable } = partsOf(thrown);
  return new ArcpError("INTERNAL_ERROR", message, {
    ...(retryable === undefined ? {} : { retryable }),
    ...(code === undefined ? {} : { details: { agent_code: code } }),
    cause: thrown,
  });
}

/** Details that are JSON; what an agent puts there need not be, and a job ends all the same. */
function sendable(details: ArcpError["details"]): { readonly details?: Record<string, unknown> } {
  if (details === undefined) return {};
  try {
    return { details: JSON.parse(JSON.stringify(details)) as Record<string, unknown> };
  } catch {
    return {};
  }
}

function partsOf(thrown: unknown): {
  readonly message: string;
  readonly code: string | undefined;
  readonly retryable: boolean | undefined;
} {
  if (typeof thrown !== "object" || thrown === null) {
    return { message: `the agent threw ${String(thrown)}`, code: undefined, retryable: undefined };
  }
  const { message, reason, code, retryable } = thrown as Record<string, unknown>;
  const text = typeof reason === "string" ? reason : message;
  return {
    message: typeof text === "string" && text !== "" ? text : "the agent threw",
    code: typeof code === "string" ? code : undefined,
    retryable: typeof retryable === "boolean" ? retryable : undefined,
  };
}

/** Anything in words, for the log: `String` throws on an object without a prototype. */
export function inWords(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return "something that has no words";
  }
}

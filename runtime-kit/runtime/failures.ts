import type { ErrorCode } from "../../generated/draft-1.1/index.js";
import { ArcpError } from "../wire/errors.js";

/** What a lease refused, and an agent did not handle, is what the job ends in. */
const OWN: ReadonlySet<string> = new Set<ErrorCode>([
  "PERMISSION_DENIED",
  "LEASE_SUBSET_VIOLATION",
  "LEASE_EXPIRED",
  "BUDGET_EXHAUSTED",
  "INTERNAL_ERROR",
]);

/**
 * The error that a job ends in when its agent threw. A refusal of the lease stays what it is; any other
 * code, the agent's own, goes to `details.agent_code` under `INTERNAL_ERROR`, with the agent's
 * `retryable`; no stack goes anywhere. §12 (W-35)
 */
export function agentFailure(thrown: unknown): ArcpError {
  if (thrown instanceof ArcpError && OWN.has(thrown.code)) return thrown;
  const { message, code, retryable } = partsOf(thrown);
  return new ArcpError("INTERNAL_ERROR", message, {
    ...(retryable === undefined ? {} : { retryable }),
    ...(code === undefined ? {} : { details: { agent_code: code } }),
    cause: thrown,
  });
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

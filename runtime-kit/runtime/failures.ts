import { ArcpError, isErrorCode } from "../wire/errors.js";

/** Codes that say what the runtime did to a job; an agent that throws them only passes them on. */
const RUNTIME_ONLY = new Set(["CANCELLED", "TIMEOUT"]);

/**
 * The error that a job ends in when its agent threw. An error of the draft's codes stays what it is;
 * the agent's own code goes to `details.agent_code` under `INTERNAL_ERROR`, with the agent's
 * `retryable`; no stack goes anywhere. §12 (W-35)
 */
export function agentFailure(thrown: unknown): ArcpError {
  if (thrown instanceof ArcpError && isErrorCode(thrown.code) && !RUNTIME_ONLY.has(thrown.code)) {
    return thrown;
  }
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

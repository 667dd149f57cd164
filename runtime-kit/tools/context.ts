/** What the toolboxes have in common. §9.3 */
import { ErrorCode } from "../../generated/current/constants.js";
import { ArcpError } from "../wire/errors.js";

/** What a toolbox needs of an agent's context. */
export interface ToolContext {
  readonly signal: AbortSignal;
  /**
   * Checks the lease, emits `tool_call`, runs, emits `tool_result`. `operation.target` is the real
   * path, or the canonical URL, that was authorised. A refusal rejects with an `ArcpError`.
   */
  tool<T>(
    tool: string,
    args: Readonly<Record<string, unknown>>,
    run: (operation: { readonly namespace: string; readonly target: string }) => Promise<T> | T,
    options?: { readonly summarise?: (value: T) => unknown },
  ): Promise<T>;
}

/** An agent's own failure, as W-35 has it. */
export function failed(
  agentCode: string,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
  cause?: unknown,
): ArcpError {
  return new ArcpError(ErrorCode.InternalError, message, {
    retryable: false,
    details: { agent_code: agentCode, ...details },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Which request a reply answers, and what an error says. §6.8 (W-05, W-35) */
import { errors } from "../../../generated/current/errors.js";
import { isRecord, requestIdOf } from "../../peer/message.js";
import type { Loose } from "../driver.js";
import type { FaultName } from "./faults.js";

/** A message, read without much ado. */
export interface Message {
  readonly [member: string]: unknown;
  readonly arcp: unknown;
  readonly id: unknown;
  readonly type: string;
  readonly payload: Loose;
}

/** A request without an answer. */
export interface Request {
  /** The driver's call. */
  readonly n: number;
  readonly id: string;
  readonly type: string;
  readonly payload: Record<string, unknown>;
  readonly envelope: Loose;
  readonly traceId?: string;
  readonly jobId?: string;
  /** What earlier pages of a list have brought. */
  readonly ids?: string[];
}

type Has = (fault: FaultName) => boolean;

/** The request that `message` answers; of this type, where only one type can be answered by it. */
export function answeredBy(
  requests: readonly Request[],
  message: Message,
  type: string | undefined,
  has: Has,
): Request | undefined {
  const of = requests.filter((one) => type === undefined || one.type === type);
  if (has("replies-in-order-only")) return of[0];
  const named = requestIdOf(message);
  if (named !== undefined) {
    const found = of.find(({ id }) => id === named);
    return found ?? (has("foreign-replies-taken") ? of[0] : undefined);
  }
  if (has("replies-by-request-id-only")) return undefined;
  const trace = message["trace_id"] ?? message.payload["trace_id"];
  const found = of.find(
    ({ id, traceId }) => id === message.id || (traceId !== undefined && traceId === trace),
  );
  if (found !== undefined) return found;
  // An error that names nobody is nobody's; a reply without a name counts by order.
  return type === undefined && !has("error-fails-first") ? undefined : of[0];
}

/** An error as the program sees it. */
export function failureOf(payload: Loose, has: Has): Loose {
  const { code, message, retryable } = payload;
  const rows: Readonly<Record<string, { readonly retryable: boolean }>> = errors;
  const known = isRecord(rows[String(code)])
    ? rows[String(code)]?.retryable
    : has("unknown-is-retryable");
  const told = typeof retryable === "boolean" && !has("retryable-ignored") ? retryable : undefined;
  return { code, message, retryable: told ?? (has("never-retryable") ? false : known) };
}

/**
 * The one door through which every authority-bearing operation goes. §9.3, ENF-01, ENF-02
 */
import { ErrorCode } from "../../generated/draft-1.1/constants.js";
import { matches } from "./glob.js";
import { grammarOf } from "./grammars.js";
import type { CompiledLease } from "./lease.js";
import { clipped } from "./text.js";

/** What an agent wants to do. */
export interface Operation {
  /** For example `fs.read` or `tool.call`. */
  readonly namespace: string;
  /** What it is done to. For `fs.*` the real path: links resolved by whoever may touch the disc. */
  readonly target: string;
  /**
   * The target as the agent wrote it, for the refusal's text. Where a link outside of the lease leads
   * is nobody's business, so a runtime that resolves links sets it.
   */
  readonly asked?: string;
}

/** Why an operation may not be done; the parts of an `ArcpError`. */
export interface Refusal {
  readonly allowed: false;
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The answer of the door. */
export type Verdict = { readonly allowed: true } | Refusal;

type Check = (lease: CompiledLease, operation: Operation) => Refusal | undefined;

/** In the order of ENF-06 (W-24): expiry, capability, budget. The first refusal is the answer. */
const CHECKS: readonly Check[] = [capability];

/**
 * Whether a lease lets an operation be done. Total: any text is an answer, and what cannot be read is
 * refused. Synchronous, to be asked right before the operation. §9.3
 */
export function authorize(lease: CompiledLease, operation: Operation): Verdict {
  for (const check of CHECKS) {
    const refusal = check(lease, operation);
    if (refusal !== undefined) return refusal;
  }
  return { allowed: true };
}

function capability(lease: CompiledLease, operation: Operation): Refusal | undefined {
  const { namespace } = operation;
  const grant = lease.grants.find((granted) => granted.namespace === namespace);
  const grammar = grammarOf(namespace);
  if (grant === undefined || grammar === undefined) {
    return denied(operation, `the lease grants no ${clipped(namespace)}`);
  }
  const target = grammar.target(operation.target);
  if (!target.ok) return denied(operation, target.reason, { reason: target.reason });
  if (grant.patterns.some(({ matched }) => matches(matched, target.text))) return undefined;
  return denied(operation, "no pattern of the lease covers it");
}

function denied(
  { namespace, target, asked = target }: Operation,
  why: string,
  details: Readonly<Record<string, unknown>> = {},
): Refusal {
  const name = clipped(asked);
  return {
    allowed: false,
    code: ErrorCode.PermissionDenied,
    message: `${clipped(namespace)} of ${JSON.stringify(name)} is refused: ${why}`,
    details: { namespace: clipped(namespace), target: name, ...details },
  };
}

/**
 * The one door through which every authority-bearing operation goes. §9.3, ENF-01, ENF-02
 */
import { ErrorCode } from "../../generated/current/constants.js";
import type { Now } from "../wire/time.js";
import { exhausted, type Counter } from "./budget.js";
import { hasExpired, type Expiry } from "./expiry.js";
import { matches } from "./glob.js";
import { grammarOf, type Grammar } from "./grammars.js";
import type { CompiledLease, CompiledPattern, Grant } from "./lease.js";
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

/** The answer of the door. `target` is what to do it to: canonical, and for `fs.*` the real path as given. */
export type Verdict = { readonly allowed: true; readonly target: string } | Refusal;

/** What of a lease changes while its job runs. */
export interface Standing {
  readonly now: Now;
  /** Absent for a lease that does not end. */
  readonly expiry?: Expiry | undefined;
  /** All counters that the operation's costs may be charged to. */
  readonly counters?: readonly Counter[] | undefined;
}

type Check = (
  lease: CompiledLease,
  operation: Operation,
  standing: Standing,
) => Refusal | undefined;

/** In the order of ENF-06 (W-24). The first refusal is the answer. */
const CHECKS: readonly Check[] = [
  (_lease, operation, standing) => expired(operation, standing),
  capability,
  budget,
];

/**
 * Whether a lease lets an operation be done. Total: any text is an answer, and what cannot be read is
 * refused. Synchronous, to be asked right before the operation. §9.3
 */
export function authorize(
  lease: CompiledLease,
  operation: Operation,
  standing: Standing = UNLIMITED,
): Verdict {
  for (const check of CHECKS) {
    const refusal = check(lease, operation, standing);
    if (refusal !== undefined) return refusal;
  }
  return { allowed: true, target: exactTarget(lease, operation) };
}

/** A lease without an end and without a budget is not asked for the time. */
const UNLIMITED: Standing = { now: { monotonic: 0, wall: 0 } };

/** The refusal of an operation whose lease has ended; the first question, which may be asked before all others. EXP-06 */
export function expired(
  { namespace }: Pick<Operation, "namespace">,
  { expiry, now }: Standing,
): Refusal | undefined {
  if (expiry === undefined || !hasExpired(expiry, now)) return undefined;
  return {
    allowed: false,
    code: ErrorCode.LeaseExpired,
    message: `${clipped(namespace)} is refused: the lease ended at ${expiry.written}`,
    details: { namespace: clipped(namespace), expires_at: expiry.written },
  };
}

/** BUD-10 */
function budget(
  _lease: CompiledLease,
  { namespace }: Operation,
  { counters = [] }: Standing,
): Refusal | undefined {
  const currency = exhausted(counters);
  if (currency === undefined) return undefined;
  const name = clipped(currency);
  return {
    allowed: false,
    code: ErrorCode.BudgetExhausted,
    message: `${clipped(namespace)} is refused: the budget in ${name} is exhausted`,
    details: { namespace: clipped(namespace), currency: name },
  };
}

function capability(lease: CompiledLease, operation: Operation): Refusal | undefined {
  const { namespace } = operation;
  const grant = grantOf(lease, namespace);
  const grammar = grammarOf(namespace, grant?.kind);
  if (grant === undefined || grammar === undefined) {
    return denied(operation, grammar, `the lease grants no ${clipped(namespace)}`);
  }
  const target = grammar.target(operation.target);
  if (!target.ok) return denied(operation, grammar, target.reason, { reason: target.reason });
  const wanted = grammar.parts(target.text);
  const covers = ({ matched }: CompiledPattern): boolean =>
    grammar.parts(matched).every((part, at) => matches(part, wanted[at]!));
  if (grant.patterns.some(covers)) return undefined;
  return denied(operation, grammar, "no pattern of the lease covers it");
}

/** What an allowed operation may be done to: the disc has spellings of its own, all else is canonical. */
function exactTarget(lease: CompiledLease, { namespace, target }: Operation): string {
  const grammar = grammarOf(namespace, grantOf(lease, namespace)?.kind);
  if (grammar === undefined || grammar.onDisc) return target;
  const canonical = grammar.target(target);
  return canonical.ok ? canonical.text : target;
}

function grantOf(lease: CompiledLease, namespace: string): Grant | undefined {
  return lease.grants.find((granted) => granted.namespace === namespace);
}

function denied(
  { namespace, target, asked = target }: Operation,
  grammar: Grammar | undefined,
  why: string,
  details: Readonly<Record<string, unknown>> = {},
): Refusal {
  const name = clipped(grammar?.shown(asked) ?? asked);
  return {
    allowed: false,
    code: ErrorCode.PermissionDenied,
    message: `${clipped(namespace)} of ${JSON.stringify(name)} is refused: ${why}`,
    details: { namespace: clipped(namespace), target: name, ...details },
  };
}

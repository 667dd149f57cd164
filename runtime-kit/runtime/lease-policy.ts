/** Asks the operator about a lease, and holds the answer to being no more than was asked for. §9.4 */
import type { LeaseConstraints } from "../../generated/current/index.js";
import { counterOf, countersOf } from "../leases/budget.js";
import { difference, isPositive } from "../leases/decimal.js";
import { expiryOf } from "../leases/expiry.js";
import { leaseAsMatched } from "../leases/lease.js";
import type { CompiledLease } from "../leases/lease.js";
import { isSubset } from "../leases/subset.js";
import { ArcpError, isErrorCode } from "../wire/errors.js";
import { nowOf } from "../wire/time.js";
import type { Core } from "./core.js";
import { inWords } from "./failures.js";
import { compileGiven } from "./lease-given.js";
import { answerOf } from "./policy-answer.js";
import type { LeaseAsk } from "./policy.js";
import { within } from "./within.js";

/** A lease with the bounds on the whole of it. */
export interface LeaseTerms {
  readonly lease: CompiledLease;
  readonly constraints: LeaseConstraints;
}

/** Whoever asks, and for what; the lease is that of the terms. */
export type Asking = Pick<LeaseAsk, "identity" | "agent" | "parent">;

/**
 * What the operator's policy leaves of the terms, or the error that refuses them; without a policy they stand. A policy
 * that throws, gives no answer in time, or gives more than was asked for refuses: of its failure the log is told, and nobody else.
 */
export function applyPolicy(
  core: Core,
  asking: Asking,
  asked: LeaseTerms,
): LeaseTerms | ArcpError | Promise<LeaseTerms | ArcpError> {
  return core.policy.lease === undefined ? asked : consult(core, asking, asked);
}

async function consult(
  core: Core,
  asking: Asking,
  asked: LeaseTerms,
): Promise<LeaseTerms | ArcpError> {
  const { identity, agent } = asking;
  const refused = (why: string, retryable: boolean): ArcpError => {
    core.logger.error({ principal: identity.principal, agent, error: why }, "the policy failed");
    return new ArcpError("INTERNAL_ERROR", "the policy of this runtime failed", { retryable });
  };
  let answer: unknown;
  try {
    const ask = askOf(asking, asked);
    answer = await within(core.clock, core.limits.policyTimeoutMs, () => core.policy.lease?.(ask));
  } catch (error) {
    // To throw a refusal is as good as to return it; anything else may go otherwise next time.
    if (!ArcpError.is(error)) return refused(inWords(error), true);
    answer = error;
  }
  if (answer === undefined) return asked;
  if (ArcpError.is(answer)) {
    return isErrorCode(answer.code)
      ? answer
      : refused(`no code of the draft: ${answer.code}`, false);
  }
  const narrowed = await narrow(core, asked, answer);
  return typeof narrowed === "string" ? refused(narrowed, false) : narrowed;
}

/**
 * What the policy is told: of the lease what will be compared, since what was written may lead through a link to anywhere.
 * It answers; what it does to the question changes nothing, and so must not seem to.
 */
function askOf(asking: Asking, { lease, constraints }: LeaseTerms): LeaseAsk {
  return frozen({ ...asking, lease: leaseAsMatched(lease), constraints: { ...constraints } });
}

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(value).forEach(frozen);
  return Object.freeze(value);
}

/** The terms that an answer leaves, or what is wrong with it. */
async function narrow(
  core: Core,
  asked: LeaseTerms,
  answer: unknown,
): Promise<LeaseTerms | string> {
  const given = answerOf(answer);
  if (typeof given === "string") return given;
  const constraints = narrowEnd(core, asked.constraints, given.constraints);
  if (typeof constraints === "string") return `policy.lease gave constraints: ${constraints}`;
  if (given.lease === undefined) return { lease: asked.lease, constraints };
  const compiled = await compileGiven(core, asked.lease, given.lease);
  if (!compiled.ok) return `policy.lease gave a lease that is none: ${compiled.fault.message}`;
  const lease = withModels(compiled.lease, asked.lease);
  const subset = isSubset(lease, asked.lease, "the lease that was asked for");
  const more = subset.ok ? moreMoney(lease, asked.lease) : subset.reason;
  return more === undefined
    ? { lease, constraints }
    : `policy.lease gave more than was asked for: ${more}`;
}

/** No later than was asked for; what the policy does not speak of stands. */
function narrowEnd(
  core: Core,
  asked: LeaseConstraints,
  given: LeaseConstraints = {},
): LeaseConstraints | string {
  const { expires_at: text = asked.expires_at } = given;
  if (text === undefined) return {};
  const expires = expiryOf(text, nowOf(core.clock));
  if (!expires.ok) return expires.reason;
  const bound = asked.expires_at === undefined ? Infinity : Date.parse(asked.expires_at);
  return expires.expiry.at > bound
    ? "expires_at is later than was asked for"
    : { expires_at: text };
}

/** A job whose lease says nothing of models may have those that are registered: to say nothing must not give them (SUBSET-09). */
export function withModels(lease: CompiledLease, asked: CompiledLease): CompiledLease {
  const speaks = ({ grants }: CompiledLease) => grants.some((one) => one.namespace === "model.use");
  if (speaks(lease) || !speaks(asked)) return lease;
  return { grants: [...lease.grants, { namespace: "model.use", patterns: [] }] };
}

/** A budget takes away, and so to have one is less than to have none. */
function moreMoney(lease: CompiledLease, asked: CompiledLease): string | undefined {
  const given = countersOf(lease) ?? [];
  const over = (countersOf(asked) ?? []).find(({ currency, left }) => {
    const counter = counterOf(given, currency);
    return counter === undefined || isPositive(difference(counter.left, left));
  });
  if (over === undefined) return undefined;
  const { currency, left } = over;
  const counter = counterOf(given, currency);
  const gives = counter === undefined ? "no limit" : counter.left;
  return `cost.budget in ${currency} has ${gives}, and was asked to have ${left}`;
}

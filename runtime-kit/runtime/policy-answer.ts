/** What a policy gave, held to the shape of an answer: what cannot be read for sure takes nothing away, and so is none. */
import type { LeaseConstraints } from "../../generated/current/index.js";
import { isPlain, kindOf } from "../wire/options.js";

/** What a policy speaks of; the lease is not looked at yet. */
export interface Answered {
  readonly lease?: unknown;
  readonly constraints?: LeaseConstraints;
}

const ANSWERS =
  "it gives undefined to let the lease stand, an ArcpError to refuse it, or an object with lease, constraints, or both";
const END = "the end of a lease is { constraints: { expires_at } }, a text as date.toISOString()";

/** What the answer speaks of, or what is wrong with it. */
export function answerOf(answer: unknown): Answered | string {
  if (!isPlain(answer)) return `policy.lease gave ${kindOf(answer)}; ${ANSWERS}`;
  const odd = Object.keys(answer).find((name) => !["lease", "constraints"].includes(name));
  if (odd !== undefined) {
    const meant = /^expires/i.test(odd) ? END : ANSWERS;
    return `policy.lease gave an object with ${JSON.stringify(odd)}; ${meant}`;
  }
  const has = (name: string) => Object.hasOwn(answer, name);
  if (!has("lease") && !has("constraints")) {
    return `policy.lease gave an object without lease or constraints; ${ANSWERS}`;
  }
  const { lease, constraints } = answer;
  if (has("lease") && lease === undefined) return "policy.lease gave a lease of undefined";
  if (!has("constraints")) return { lease };
  const end = constraintsOf(constraints);
  if (typeof end === "string") return end;
  return has("lease") ? { lease, constraints: end } : { constraints: end };
}

function constraintsOf(given: unknown): LeaseConstraints | string {
  // A date, say, is an object without members.
  if (Object.prototype.toString.call(given) !== "[object Object]") {
    return `policy.lease gave constraints that are no object; ${END}`;
  }
  for (const [name, value] of Object.entries(given as object)) {
    const where = `policy.lease gave constraints with ${JSON.stringify(name)}`;
    if (name !== "expires_at") return `${where}; ${END}`;
    if (typeof value !== "string") return `${where}, ${kindOf(value)}; ${END}`;
  }
  return given as LeaseConstraints;
}

/**
 * Leases as they stand on the wire, for programs that want to know before they ask: what a pattern covers, and whether a
 * lease lies within another. §9.2, §9.4
 */
import { namespaces, type Namespace } from "../../generated/current/index.js";
import { authorize } from "./enforce.js";
import { beyond, countersOf } from "./budget.js";
import type { VendorNamespaces } from "./grammars.js";
import { compileLease, type CompiledLease } from "./lease.js";
import type { LeaseRequest, VendorNamespace } from "../wire/lease-request.js";
import { aString, anObject, checkArguments, checkOptions } from "../wire/options.js";
import { isSubset as within, type Subset } from "./subset.js";

/** Namespaces of vendors, where a lease has some: each with its kind of pattern. */
export interface LeaseOptions {
  readonly namespaces?: VendorNamespaces;
}

// In JavaScript one that was left out would be found much later, and under another name.
const MATCHES = { namespace: aString, pattern: aString, target: aString };
const COVERS = { namespace: aString, outer: aString, inner: aString };

/**
 * Whether a pattern covers a target: `matches("fs.read", "/src/**", "/src/a.ts")`. Paths are taken as they are written, with
 * no look at links. `false` for a target that nobody may have, such as `/a/%2e%2e/b`. Throws a `TypeError` for a pattern
 * that is none.
 */
export function matches(
  namespace: Namespace | VendorNamespace,
  pattern: string,
  target: string,
  options: LeaseOptions = {},
): boolean {
  checkArguments("matches", { namespace, pattern, target }, MATCHES);
  checkLease("matches", options);
  return authorize(compiled({ [namespace]: [pattern] }, options), { namespace, target }).allowed;
}

/**
 * Whether a pattern is proven to cover all that another one does: `covers("tool.call", "search.*", "search.web")`. Throws a
 * `TypeError` for a pattern that is none. §9.4
 */
export function covers(
  namespace: Namespace | VendorNamespace,
  outer: string,
  inner: string,
  options: LeaseOptions = {},
): boolean {
  checkArguments("covers", { namespace, outer, inner }, COVERS);
  checkLease("covers", options);
  return isSubset({ [namespace]: [inner] }, { [namespace]: [outer] }, options).ok;
}

/**
 * Whether a lease is proven to grant no more than another one, its budget included: what a runtime asks of a lease that is
 * delegated. Throws a `TypeError` for a lease that is none. §9.4
 */
export function isSubset(
  child: LeaseRequest,
  parent: LeaseRequest,
  options: LeaseOptions = {},
): Subset {
  checkLease("isSubset", options);
  const [inner, outer] = [compiled(child, options), compiled(parent, options)];
  const found = within(inner, outer);
  return found.ok ? affordable(inner, outer) : found;
}

function checkLease(whose: string, options: LeaseOptions): void {
  checkOptions(whose, options, { namespaces: anObject });
}

function affordable(child: CompiledLease, parent: CompiledLease): Subset {
  const given = countersOf(parent);
  if (given === undefined) return { ok: true };
  const over = beyond(countersOf(child) ?? [], given);
  if (over === undefined) return { ok: true };
  const { currency, left } = over;
  const reason = `the parent's budget has less ${currency} than ${left}`;
  return { ok: false, namespace: "cost.budget", pattern: `${currency}:${left}`, reason };
}

function compiled(lease: LeaseRequest, { namespaces: vendors = {} }: LeaseOptions): CompiledLease {
  const found = compileLease(lease, { served: Object.keys(namespaces), vendors });
  if (found.ok) return found.lease;
  throw new TypeError(`the lease is none: ${found.fault.path}: ${found.fault.message}`);
}

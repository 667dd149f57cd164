/**
 * Leases as they stand on the wire, for programs that want to know before they ask: what a pattern covers, and whether a
 * lease lies within another. §9.2, §9.4
 */
import { namespaces, type Lease } from "../../generated/current/index.js";
import { authorize } from "./enforce.js";
import { beyond, countersOf } from "./budget.js";
import type { VendorNamespaces } from "./grammars.js";
import { compileLease, type CompiledLease } from "./lease.js";
import { isSubset as within, type Subset } from "./subset.js";

/** Namespaces of vendors, where a lease has some: each with its kind of pattern. */
export interface LeaseOptions {
  readonly namespaces?: VendorNamespaces;
}

/**
 * Whether a pattern covers a target: `matches("fs.read", "/src/**", "/src/a.ts")`. Paths are taken as they are written, with
 * no look at links. `false` for a target that nobody may have, such as `/a/%2e%2e/b`. Throws a `TypeError` for a pattern
 * that is none.
 */
export function matches(
  namespace: string,
  pattern: string,
  target: string,
  options: LeaseOptions = {},
): boolean {
  return authorize(compiled({ [namespace]: [pattern] }, options), { namespace, target }).allowed;
}

/**
 * Whether a pattern is proven to cover all that another one does: `covers("tool.call", "search.*", "search.web")`. Throws a
 * `TypeError` for a pattern that is none. §9.4
 */
export function covers(
  namespace: string,
  outer: string,
  inner: string,
  options: LeaseOptions = {},
): boolean {
  return isSubset({ [namespace]: [inner] }, { [namespace]: [outer] }, options).ok;
}

/**
 * Whether a lease is proven to grant no more than another one, its budget included: what a runtime asks of a lease that is
 * delegated. Throws a `TypeError` for a lease that is none. §9.4
 */
export function isSubset(child: Lease, parent: Lease, options: LeaseOptions = {}): Subset {
  const [inner, outer] = [compiled(child, options), compiled(parent, options)];
  const found = within(inner, outer);
  return found.ok ? affordable(inner, outer) : found;
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

function compiled(lease: Lease, { namespaces: vendors = {} }: LeaseOptions): CompiledLease {
  const found = compileLease(lease, { served: Object.keys(namespaces), vendors });
  if (found.ok) return found.lease;
  throw new TypeError(`the lease is none: ${found.fault.path}: ${found.fault.message}`);
}

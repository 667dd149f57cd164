/**
 * Whether a lease lies within another: the burden of proof is on the one that is passed on. §9.4
 */
import { contains } from "./contain.js";
import type { Pattern } from "./glob.js";
import { grammarOf, type Grammar } from "./grammars.js";
import type { CompiledLease, Grant } from "./lease.js";
import type { Tally } from "./search.js";
import { clipped } from "./text.js";

/** Whether a lease is a subset; if not, or if it cannot be proven (SUBSET-04), of which pattern. */
export type Subset =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly namespace: string;
      /** As its client wrote it; absent where the namespace is the fault. */
      readonly pattern?: string;
      readonly reason: string;
    };

/**
 * Whether all that `child` grants is granted by `parent`: each pattern is covered by one of the parent's in the same
 * namespace, whole. Budgets are amounts, which are counted and not matched: they are no part of this. An equal lease is
 * a subset. Bounded in time, whatever the patterns are; what is not proven by then is no subset. SUBSET-02 to SUBSET-04
 *
 * @param around what the lease around is called in a reason
 */
export function isSubset(
  child: CompiledLease,
  parent: CompiledLease,
  around = "the parent's lease",
): Subset {
  const effort: Tally = { steps: 0 };
  for (const grant of child.grants) {
    const { namespace, kind } = grant;
    const grammar = grammarOf(namespace, kind);
    if (grammar?.counted === true || grant.patterns.length === 0) continue;
    const within = parent.grants.find((one) => one.namespace === namespace);
    const name = clipped(namespace);
    if (grammar === undefined || within === undefined || within.kind !== kind) {
      return { ok: false, namespace: name, reason: `${around} grants no ${name}` };
    }
    const fault = uncovered(grammar, grant, within, effort, around);
    if (fault !== undefined) return { ok: false, namespace: name, ...fault };
  }
  return { ok: true };
}

function uncovered(
  grammar: Grammar,
  { namespace, patterns }: Grant,
  within: Grant,
  effort: Tally,
  around: string,
): { readonly pattern: string; readonly reason: string } | undefined {
  const same = new Set(within.patterns.map(({ matched }) => matched));
  for (const { written, matched } of patterns) {
    if (same.has(matched)) continue;
    let proven: boolean | undefined = false;
    for (const { matched: outer } of within.patterns) {
      const found = coversParts(grammar, outer, matched, effort);
      if (found !== false) proven = found;
      if (found === true) break;
    }
    if (proven === true) continue;
    const pattern = clipped(written);
    const what = `${clipped(namespace)} ${JSON.stringify(pattern)}`;
    const reason =
      proven === undefined
        ? `it cannot be proven that ${around} covers ${what}: ask for a simpler pattern`
        : `no pattern of ${around} covers ${what}`;
    return { pattern, reason };
  }
  return undefined;
}

/** A pattern is covered where each of its parts is: there is no part that matches nothing. */
function coversParts(
  { parts }: Grammar,
  outer: Pattern,
  inner: Pattern,
  effort: Tally,
): boolean | undefined {
  const within = parts(inner);
  let proven: boolean | undefined = true;
  for (const [at, part] of parts(outer).entries()) {
    const found = contains(part, within[at]!, effort);
    if (found === false) return false;
    proven &&= found;
  }
  return proven;
}

/** From a lease that a policy gives back to one that can be enforced. §9.1 */
import type { Compiled, CompiledLease, CompiledPattern } from "../leases/lease.js";
import { isPlain } from "../wire/options.js";
import type { Core } from "./core.js";
import { compileRequest } from "./lease-request.js";

/**
 * Compiles what a policy gave. A pattern that it gives back as it was told it (`leaseAsMatched`) is the very one that was
 * asked for: it stays as its client wrote it, and its links are not looked at again. Else a link that is turned meanwhile
 * would lead to what the policy took away.
 */
export async function compileGiven(
  core: Core,
  asked: CompiledLease,
  given: unknown,
): Promise<Compiled> {
  const known = new Map<string, ReadonlyMap<unknown, CompiledPattern>>();
  for (const { namespace, patterns } of asked.grants) {
    // Of two that were written differently the first stands.
    const told = patterns.toReversed().map((pattern) => [pattern.matched, pattern] as const);
    known.set(namespace, new Map<unknown, CompiledPattern>(told));
  }
  const before = (namespace: string, text: unknown) => known.get(namespace)?.get(text);

  // What was written is known to be a pattern; its real path may be too long for one.
  const written = mapped(given, (namespace, text) => before(namespace, text)?.written ?? text);
  const compiled = await compileRequest(core, written);
  if (!compiled.ok) return compiled;
  const texts = given as Readonly<Record<string, readonly string[]>>;
  const grants = compiled.lease.grants.map((grant) => ({
    ...grant,
    patterns: grant.patterns.map(
      (pattern, at) => before(grant.namespace, texts[grant.namespace]?.[at]) ?? pattern,
    ),
  }));
  return { ok: true, lease: { grants } };
}

/** The texts of what may be a lease, each mapped; what is none stays as it is. */
function mapped(lease: unknown, map: (namespace: string, text: unknown) => unknown): unknown {
  if (!isPlain(lease)) return lease;
  return Object.fromEntries(
    Object.entries(lease).map(([namespace, texts]) => [
      namespace,
      Array.isArray(texts) ? texts.map((text) => map(namespace, text)) : texts,
    ]),
  );
}

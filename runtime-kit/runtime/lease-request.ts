/** From what a lease asks for to what a runtime can enforce. §9.1 */
import { compileLease, pathPrefixes, withRealPrefixes } from "../leases/lease.js";
import type { Compiled } from "../leases/lease.js";
import type { Core } from "./core.js";

/** Compiles a lease, with its paths as they really lead; a promise only where paths have to be looked up. */
export function compileRequest(core: Core, request: unknown): Compiled | Promise<Compiled> {
  const { realPaths } = core;
  const served = realPaths === undefined ? withoutFiles(core.namespaces) : core.namespaces;
  const compiled = compileLease(request, { served, vendors: core.vendors });
  if (!compiled.ok || realPaths === undefined) return compiled;
  const prefixes = pathPrefixes(compiled.lease);
  if (prefixes.length === 0) return compiled;
  return Promise.resolve(realPaths.all(prefixes)).then((real) =>
    withRealPrefixes(compiled.lease, real),
  );
}

/** Where real paths cannot be had, files cannot be leased. */
function withoutFiles(namespaces: readonly string[]): readonly string[] {
  return namespaces.filter((namespace) => !namespace.startsWith("fs."));
}

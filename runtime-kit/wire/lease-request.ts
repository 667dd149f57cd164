import type { Namespace } from "../../generated/current/index.js";

/** The name of a vendor's namespace. §5.4 */
export type VendorNamespace = `x-vendor.${string}.${string}`;

/**
 * A lease as it is asked for: the draft's namespaces and those of vendors, each with its patterns. What another one is called
 * is a slip of the pen. §9.1
 */
export type LeaseRequest = {
  readonly [Name in Namespace]?: readonly string[];
} & { readonly [Name in VendorNamespace]: readonly string[] };

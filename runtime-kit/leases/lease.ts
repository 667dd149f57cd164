/**
 * From a client's `lease_request` to the lease that a job carries. §9.1, §9.2
 */
import { Limits } from "../../generated/current/constants.js";
import type { Lease } from "../../generated/current/index.js";
import { escapePointer } from "../wire/json.js";
import { isOverlong, type Parsed, type Pattern } from "./glob.js";
import { grammarOf, rowOf, type Grammar, type VendorKind } from "./grammars.js";
import { literalPrefix, withPrefix } from "./paths.js";
import { searchWords } from "./plan.js";
import { clipped } from "./text.js";

/** One pattern: as the client wrote it, and canonical (for paths: with its real prefix) to be matched. */
export interface CompiledPattern {
  readonly written: string;
  readonly matched: Pattern;
}

/** What a lease grants in one namespace. */
export interface Grant {
  readonly namespace: string;
  /** How a vendor's namespace is matched, kept for as long as the job; the draft's are in its table. */
  readonly kind?: VendorKind;
  readonly patterns: readonly CompiledPattern[];
}

/** A lease that can be enforced: plain JSON, part of a job's state. A list, as its keys came from a client. */
export interface CompiledLease {
  readonly grants: readonly Grant[];
}

/** Why a lease request is refused, always with `INVALID_REQUEST`. */
export interface LeaseFault {
  /** JSON pointer below `lease_request`, empty for the request itself. */
  readonly path: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** A lease, or what is wrong with the request for it. */
export type Compiled =
  | { readonly ok: true; readonly lease: CompiledLease }
  | { readonly ok: false; readonly fault: LeaseFault };

/**
 * Words of search that the patterns of one lease may need together, so that no operation takes long.
 * All patterns of the draft's limits fit but the odd ones: each needs none, or, with a `*` in several
 * segments between two `**`, one for 32 characters there.
 */
const MAX_SEARCH_WORDS = 256;

/** What a runtime grants at all. */
export interface CompileOptions {
  /** Namespaces that the runtime enforces at every door. Any other is refused, never ignored. */
  readonly served: readonly string[];
  /** The namespaces of vendors that it enforces besides, each with its kind of pattern. */
  readonly vendors?: Readonly<Record<string, VendorKind>>;
}

/**
 * Checks a lease request as a whole and compiles it. No request grants nothing. Path patterns still
 * have the prefix that the client wrote: see `pathPrefixes` and `withRealPrefixes`. §9.2,
 * GLOB-04, GLOB-11
 */
export function compileLease(request: unknown, options: CompileOptions): Compiled {
  if (request === undefined) return { ok: true, lease: { grants: [] } };
  if (typeof request !== "object" || request === null || Array.isArray(request)) {
    return fault([], "a lease is an object of namespaces, each with a list of patterns");
  }
  const grants: Grant[] = [];
  let budget = Limits.maxLeasePatterns;
  let words = MAX_SEARCH_WORDS;
  for (const [namespace, texts] of Object.entries(request)) {
    const { grammar, kind } = readerOf(namespace, options);
    if (grammar === undefined) return unserved(namespace, options);
    if (!Array.isArray(texts)) return fault([namespace], `${namespace} takes a list of patterns`);
    if (grammar.counted && texts.length === 0) return unlimited(namespace);
    if ((budget -= texts.length) < 0) {
      return fault([namespace], `a lease has at most ${Limits.maxLeasePatterns} patterns in all`, {
        limit: Limits.maxLeasePatterns,
      });
    }
    const patterns: CompiledPattern[] = [];
    for (const [index, text] of texts.entries()) {
      const parsed = read(text, grammar.pattern);
      if (!parsed.ok) {
        return fault([namespace, index], `${namespace}: ${parsed.reason}`, {
          reason: parsed.reason,
        });
      }
      if ((words -= wordsOf(grammar, parsed.pattern)) < 0) return tooMuchSearch(namespace, index);
      patterns.push({ written: text as string, matched: parsed.pattern });
    }
    grants.push({ namespace, ...(kind === undefined ? {} : { kind }), patterns });
  }
  return { ok: true, lease: { grants } };
}

/** The paths to resolve on the disc before a lease is in force, each once. §9.3 */
export function pathPrefixes(lease: CompiledLease): readonly string[] {
  const prefixes = lease.grants
    .filter(({ namespace }) => grammarOf(namespace)?.onDisc)
    .flatMap(({ patterns }) => patterns.map(({ matched }) => literalPrefix(matched)));
  return [...new Set(prefixes)];
}

/**
 * The lease with the prefix of each path pattern replaced by its real path, so that it meets targets
 * that are real paths (`/tmp` may be a link). A prefix that `real` does not hold is a fault.
 *
 * @param real for each of `pathPrefixes(lease)` the real path that it leads to
 */
export function withRealPrefixes(
  lease: CompiledLease,
  real: ReadonlyMap<string, string>,
): Compiled {
  const grants: Grant[] = [];
  for (const grant of lease.grants) {
    if (!grammarOf(grant.namespace)?.onDisc) {
      grants.push(grant);
      continue;
    }
    const patterns: CompiledPattern[] = [];
    for (const [index, { written, matched }] of grant.patterns.entries()) {
      const prefix = real.get(literalPrefix(matched));
      const moved: Parsed =
        prefix === undefined
          ? { ok: false, reason: "the path in front of its wildcards cannot be resolved" }
          : withPrefix(matched, prefix);
      if (!moved.ok) {
        const { reason } = moved;
        return fault([grant.namespace, index], `${grant.namespace}: ${reason}`, { reason });
      }
      patterns.push({ written, matched: moved.pattern });
    }
    grants.push({ namespace: grant.namespace, patterns });
  }
  return { ok: true, lease: { grants } };
}

/** The lease as it stands on the wire: what the client wrote. §7.1 */
export function leaseOnWire(lease: CompiledLease): Lease {
  return textsOf(lease, ({ written }) => written);
}

/** The lease as it is compared, for whoever decides about it: canonical, and for files with links resolved. GLOB-09, SEC-09 */
export function leaseAsMatched(lease: CompiledLease): Lease {
  return textsOf(lease, ({ matched }) => matched);
}

function textsOf({ grants }: CompiledLease, text: (pattern: CompiledPattern) => string): Lease {
  return Object.fromEntries(
    grants.map(({ namespace, patterns }) => [namespace, patterns.map(text)]),
  ) as Lease;
}

function readerOf(
  namespace: string,
  { served, vendors = {} }: CompileOptions,
): { readonly grammar: Grammar | undefined; readonly kind?: VendorKind } {
  if (served.includes(namespace)) return { grammar: grammarOf(namespace) };
  const kind = Object.hasOwn(vendors, namespace) ? vendors[namespace] : undefined;
  if (kind === undefined) return { grammar: undefined };
  return { grammar: grammarOf(namespace, kind), kind };
}

function wordsOf(grammar: Grammar, pattern: Pattern): number {
  return grammar.parts(pattern).reduce((sum, part) => sum + searchWords(part), 0);
}

function read(text: unknown, parse: (text: string) => Parsed): Parsed {
  if (typeof text !== "string") return { ok: false, reason: "a pattern is a string" };
  if (isOverlong(text, Limits.maxPatternLength)) {
    return { ok: false, reason: `a pattern has at most ${Limits.maxPatternLength} characters` };
  }
  return parse(text);
}

/** BUD-18: it would look like a limit, and be none. */
function unlimited(namespace: string): Compiled {
  const reason = "at least one amount, as in `USD:5.00`; without it nothing is limited";
  return fault([namespace], `${namespace} takes ${reason}`);
}

function tooMuchSearch(namespace: string, index: number): Compiled {
  const reason =
    "the lease's patterns take too long to match: write fewer or shorter ones that have several segments and a `*` between two `**`";
  return fault([namespace, index], `${namespace}: ${reason}`, {
    reason,
    limit: MAX_SEARCH_WORDS * 32,
  });
}

function unserved(namespace: string, { served, vendors = {} }: CompileOptions): Compiled {
  const enforced = [
    ...served.filter((name) => grammarOf(name) !== undefined),
    ...Object.keys(vendors),
  ];
  const name = clipped(namespace);
  const feature = rowOf(namespace)?.feature;
  return fault(
    [namespace],
    `this runtime does not serve the namespace ${JSON.stringify(name)}; it serves ${enforced.join(", ") || "none"}`,
    { namespace: name, served: enforced, ...(feature === undefined ? {} : { feature }) },
  );
}

function fault(
  path: readonly (string | number)[],
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): Compiled {
  const pointer = path.map((key) => `/${escapePointer(clipped(String(key)))}`);
  const [namespace] = path;
  const named = typeof namespace === "string" ? { namespace: clipped(namespace) } : {};
  return {
    ok: false,
    fault: { path: pointer.join(""), message, details: { ...named, ...details } },
  };
}
